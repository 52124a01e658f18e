"""What is done in the database of the demonstration outside the application is told, each of it."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import text

from bench.tamper import RELIED_ON
from grants.core.audit import chain
from grants.core.database.db import Database
from grants.platform.trail.verify import CHECKS
from tests.rules.demonstration import Demonstration, standing, use_its_secret
from tests.run import Run, create, drop

CHANGED, DELETED = "was changed outside", "was deleted outside"
STRANGER = "was written outside this system; it gives no access"
TOLD: Mapping[str, tuple[str, str]] = {
    "the grantee of an award": ("award", CHANGED),
    "a month reopened": ("period", CHANGED),
    "a review of an application": ("review", CHANGED),
    "an e-mail deleted": ("message", DELETED),
    "the amount recommended": ("recommendation", CHANGED),
    "bank details copied from another row": ("bank_details", CHANGED),
    "results of a submitted report": ("report", CHANGED),
    "names and key persons of a grantee": ("organisation", CHANGED),
    "a paper of an application swapped": ("attached_file", CHANGED),
    "a session of an approving officer inserted": ("sign_in", STRANGER),
    "a recovery code inserted": ("recovery_code", STRANGER),
    "a link inserted": ("link", STRANGER),
    "evidence of an examination deleted": ("due_diligence_evidence", DELETED),
    "the form of a call emptied": ("call", CHANGED),
    "the name of a fund": ("fund", CHANGED),
    "who is compared with the sanctions list": ("sanctions_watch", CHANGED),
    "a sign-off deleted": ("sign_off", DELETED),
    "the page a review was typed on": ("review", CHANGED),
    "the note of a deposit": ("deposit", CHANGED),
    "who entered a rate": ("exchange_rate", CHANGED),
    "a contact of a donor deleted": ("donor_contact", DELETED),
    "the address of a contact": ("donor_contact", CHANGED),
    "the earmark of a pledge": ("pledge", CHANGED),
    "how often an organisation may apply": ("call", CHANGED),
    "services in a report": ("report", CHANGED),
}


@pytest.fixture(scope="module")
def attacked(planting: Demonstration, whole_run: Run, server_url: str) -> Iterator[Database]:
    """A copy of the demonstration for somebody with all rights on the database."""
    name = f"{whole_run.own}_attacked"
    planting.database.dispose()
    use_its_secret()
    with standing(
        create(server_url, name, f"{whole_run.own}_demonstration"), planting.folder
    ) as copy:
        yield copy.database
    drop(server_url, name)


def sentences(database: Database) -> set[str]:
    with database.session() as session:
        return {sentence for check in CHECKS for sentence in check(session)}


@pytest.fixture(scope="module")
def told(attacked: Database) -> set[str]:
    """What verification tells after all attacks, and before them: nothing."""
    assert sentences(attacked) == set()
    for name, statement in RELIED_ON.items():
        with attacked.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(text(statement)).rowcount, f"{name}: nothing to attack"
    return sentences(attacked)


@pytest.mark.parametrize("attack", TOLD)
def test_what_was_done_past_the_application_is_told(told: set[str], attack: str) -> None:
    table, why = TOLD[attack]
    about = [one for one in told if one.startswith(f"{table} ") and why in one]
    alike = [one for one in TOLD.values() if one == TOLD[attack]]
    assert len(about) >= len(alike), "each of them was done to another record"


FORGED = (
    "INSERT INTO trail (at, actor, subject, subject_id, action, facts) VALUES"
    " (now() - interval '300 days', 'Laila Haddad', 'award', 3, 'approve', '{}') RETURNING id"
)


def test_a_forged_act_that_is_dated_back_is_told(attacked: Database, told: set[str]) -> None:
    with attacked.transaction() as session:
        chain.append(session, [session.execute(text(FORGED)).scalar_one()])
    (breach,) = sentences(attacked) - told
    assert "is dated" in breach, "and an installation refuses it (test_chain.py)"


def test_each_attack_is_looked_for() -> None:
    assert TOLD.keys() == RELIED_ON.keys()

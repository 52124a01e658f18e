"""Whatever a superuser changes in the database by hand: is it seen, and how long does that take?

Each attack is made on a copy of the demonstration, past every trigger, as a person with all rights
on the database can. Then `ledger verify` and `trail verify` are asked. SECRET_KEY and the signed
head of the night before lie outside the database, so the attacker has neither.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from bench._stand import installation, show
from grants.books.ledger.verify import breaches
from grants.core.audit import chain, rules
from grants.core.audit.chain import Head
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.platform.trail.anchors import Anchorage
from seeds.story import plant

MIDDLE = (
    "(SELECT row_id FROM trail_link WHERE position = (SELECT max(position) / 2 FROM trail_link))"
)
FORGED = "INSERT INTO trail (at, actor, subject, subject_id, action, facts)"
APPROVAL = "subject = 'award' AND action IN ('approve', 'create')"
NEWEST = "position > (SELECT max(position) - 50 FROM trail_link)"
CUT = f"DELETE FROM trail WHERE id IN (SELECT row_id FROM trail_link WHERE {NEWEST})"
SET_BACK = (
    "UPDATE trail_head SET (position, hash) ="
    " (SELECT position, hash FROM trail_link ORDER BY position DESC LIMIT 1)"
)
REBUILD = "the chain anew"
THE_TRAIL: Mapping[str, tuple[str, ...]] = {
    "a flipped byte": (f"UPDATE trail SET action = 'X' || action WHERE id = {MIDDLE}",),
    "a reason rewritten": (f"UPDATE trail SET reason = 'agreed' WHERE id = {MIDDLE}",),
    "a renamed actor": (f"UPDATE trail SET actor = 'A. Nother' WHERE {APPROVAL}",),
    "another moment": (f"UPDATE trail SET at = at - interval '1 day' WHERE id = {MIDDLE}",),
    "a deleted middle": (f"DELETE FROM trail WHERE id = {MIDDLE}",),
    "a deleted middle, and its link": (
        f"CREATE TEMP TABLE gone AS SELECT {MIDDLE} AS id",
        "DELETE FROM trail WHERE id IN (SELECT id FROM gone)",
        "DELETE FROM trail_link WHERE row_id IN (SELECT id FROM gone)",
    ),
    "a cut tail of 50 rows": (CUT,),
    "a cut tail, its links, the head set back": (
        CUT,
        f"DELETE FROM trail_link WHERE {NEWEST}",
        SET_BACK,
    ),
    "a back-dated approval inserted": (
        f"{FORGED} VALUES ('2025-01-01', 'Laila Haddad', 'award', 1, 'approve', '{{}}')",
    ),
    "actors renamed, the chain rebuilt": (
        f"UPDATE trail SET actor = 'A. Nother' WHERE {APPROVAL}",
        REBUILD,
    ),
    "the newest 50 deleted, the chain rebuilt": (CUT, REBUILD),
    "a back-dated row, the chain rebuilt": (
        f"{FORGED} VALUES ('2025-01-01', 'Laila Haddad', 'award', 1, 'approve', '{{}}')",
        "UPDATE trail SET id = -1 WHERE id = (SELECT max(id) FROM trail)",
        REBUILD,
    ),
}
MONEY: Mapping[str, str] = {
    "amount of a pledge": "UPDATE pledge SET amount_minor = amount_minor * 10 WHERE id = 3",
    "party of a pledge": "UPDATE pledge SET donor_id = (SELECT max(donor_id) FROM pledge)"
    " WHERE id = (SELECT min(id) FROM pledge)",
    "amount of an award": "UPDATE award SET amount_minor = amount_minor + 100000 WHERE id = 1",
    "party of an award": "UPDATE award SET organisation_id = (SELECT max(organisation_id)"
    " FROM award) WHERE id = 1",
    "amount of an instalment": "UPDATE instalment SET amount_minor = amount_minor + 1 WHERE id = 1",
    "an instalment paid": "UPDATE instalment SET state = 'due', paid_on = NULL,"
    " bank_reference = NULL WHERE id = (SELECT min(id) FROM instalment WHERE paid_on IS NOT NULL)",
    "amount of a deposit": "UPDATE deposit SET amount_minor = amount_minor + 1 WHERE id = 1",
    "both sides of an entry": "UPDATE posting SET amount_minor = amount_minor * 2,"
    " usd_minor = usd_minor * 2 WHERE entry_id = (SELECT min(id) FROM entry)",
    "the day of an entry": "UPDATE entry SET booked_on = booked_on + 31 WHERE id = 1",
    "a reopened month": "UPDATE period SET closed_at = NULL",
    "an exchange rate": "UPDATE exchange_rate SET rate = rate * 2 WHERE effective_on ="
    " (SELECT max(effective_on) FROM exchange_rate)",
    "a line of the bank": "UPDATE bank_line SET counterparty = 'A. Nother'"
    " WHERE id = (SELECT min(id) FROM bank_line)",
    "bank details of a grantee": "UPDATE bank_details SET number = (SELECT number"
    " FROM bank_details ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM bank_details)",
    "bank details of the fund": "UPDATE bank_account SET intermediary_bank = 'of a thief'"
    " WHERE is_main",
    "where donors are told to pay": """UPDATE fund SET bank_details = '{"en": "of a thief"}'""",
    "how many have to approve": "UPDATE fund SET approval_tiers = '[]'",
    "a budget line": "UPDATE budget_line SET amount_minor = amount_minor + 1",
    "spending in a report": "UPDATE report SET spent_minor = spent_minor + 1"
    " WHERE id = (SELECT min(id) FROM report WHERE submitted_at IS NOT NULL)",
}
DECISIONS: Mapping[str, str] = {
    "a review rewritten": "UPDATE review SET total = 100, comment = 'excellent'"
    " WHERE id = (SELECT min(id) FROM review WHERE submitted_at IS NOT NULL)",
    "a review deleted": "DELETE FROM review WHERE submitted_at IS NOT NULL",
    "advice rewritten": "UPDATE advice SET remarks = 'without reservation'",
    "advice deleted": "DELETE FROM advice",
    "a recommended amount": "UPDATE recommendation SET amount_minor = amount_minor + 100",
    "a screening check": "UPDATE screening_check SET met = true WHERE NOT met",
    "due diligence": "UPDATE due_diligence SET decision = 'no doubts'",
    "the deadline of a call": "UPDATE call SET deadline_at = deadline_at + interval '1 day'",
    "an application after its submission": "UPDATE submission"
    " SET snapshot = snapshot || '{\"x\": 1}'",
    "a message deleted": "DELETE FROM message WHERE id = (SELECT max(id) FROM message)",
    "the hash of a document": "UPDATE document SET sha256 = repeat('b', 64) WHERE id = 1",
    "a certified copy": "UPDATE certificate_copy SET facts = '{}'",
    "a name struck off the sanctions list": "DELETE FROM sanctions_entry WHERE id ="
    " (SELECT max(id) FROM sanctions_entry)",
}
WHO: Mapping[str, str] = {
    "a role given by hand": "INSERT INTO membership (person_id, role, begun_at)"
    " SELECT max(id), 'approving_officer', now() FROM person",
    "a second factor added by hand": "INSERT INTO factor (person_id, kind, name, secret, counter,"
    " added_at) SELECT min(id), 'app', 'x', 'x', 0, now() FROM person",
    "a passphrase replaced": "UPDATE person SET password_hash = (SELECT password_hash FROM person"
    " WHERE password_hash IS NOT NULL LIMIT 1) || 'x' WHERE id = 1",
}
RELIED_ON: Mapping[str, str] = {
    "the grantee of an award": "UPDATE award SET organisation_id = (SELECT max(organisation_id)"
    " FROM award) WHERE id = (SELECT min(id) FROM award)",
    "a month reopened": "UPDATE period SET closed_at = NULL",
    "a review of an application": "UPDATE review SET total = 100 WHERE id ="
    " (SELECT min(id) FROM review WHERE submitted_at IS NOT NULL AND total < 100)",
    "an e-mail deleted": "DELETE FROM message WHERE id = (SELECT max(id) FROM message)",
    "the amount recommended": "UPDATE recommendation SET amount_minor = amount_minor + 100",
    "bank details copied from another row": "UPDATE bank_details SET number = (SELECT number"
    " FROM bank_details ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM bank_details)",
    "results of a submitted report": "UPDATE report SET people = people + 1 WHERE id ="
    " (SELECT min(id) FROM report WHERE submitted_at IS NOT NULL)",
    "names and key persons of a grantee": "UPDATE organisation SET other_names = '[]',"
    " key_persons = '[]' WHERE id = (SELECT min(id) FROM organisation WHERE key_persons <> '[]')",
    "a paper of an application swapped": "UPDATE attached_file SET document_id ="
    " (SELECT max(id) FROM document) WHERE id = (SELECT min(id) FROM attached_file)",
    "a session of an approving officer inserted": "INSERT INTO sign_in (token_hash, person_id,"
    " begun_at, browser, network, proved_at, seal) SELECT repeat('a', 64), min(person_id), now(),"
    " 'x', '', now(), repeat('a', 64) FROM membership WHERE role = 'approving_officer'",
    "a recovery code inserted": "INSERT INTO recovery_code (person_id, code_hash, made_at, seal)"
    " SELECT min(id), repeat('a', 64), now(), repeat('a', 64) FROM person",
    "a link inserted": "INSERT INTO link (token_hash, purpose, email, facts, made_at, expires_at,"
    " seal) SELECT repeat('a', 64), 'passphrase', email, '{}', now(), now() + interval '1 day',"
    " repeat('a', 64) FROM person ORDER BY id LIMIT 1",
    "evidence of an examination deleted": "DELETE FROM due_diligence_evidence WHERE id ="
    " (SELECT min(id) FROM due_diligence_evidence)",
    "the form of a call emptied": "UPDATE call SET form = '{}' WHERE id ="
    " (SELECT min(id) FROM call)",
    "the name of a fund": """UPDATE fund SET name = '{"en": "Another fund"}'""",
    "who is compared with the sanctions list": "UPDATE sanctions_watch SET persons = '[\"x\"]'",
    "a sign-off deleted": "DELETE FROM sign_off WHERE id = (SELECT min(id) FROM sign_off)",
    "the page a review was typed on": "UPDATE review SET sheet = 'another' WHERE id ="
    " (SELECT max(id) FROM review WHERE submitted_at IS NOT NULL)",
    "the note of a deposit": "UPDATE deposit SET note = 'another' WHERE id ="
    " (SELECT min(id) FROM deposit)",
    "who entered a rate": "UPDATE exchange_rate SET actor = 'A. Nother'",
    "a contact of a donor deleted": "DELETE FROM donor_contact WHERE id ="
    " (SELECT max(id) FROM donor_contact)",
    "the address of a contact": "UPDATE donor_contact SET email = 'thief@example.org' WHERE id ="
    " (SELECT min(id) FROM donor_contact)",
    "the earmark of a pledge": "UPDATE pledge SET earmarked_region = NULL, earmarked_theme = NULL,"
    " earmarked_window = NULL, earmarked_for = NULL WHERE id ="
    " (SELECT min(id) FROM pledge WHERE earmarking <> 'unearmarked')",
    "how often an organisation may apply": "UPDATE call SET applications_per_organisation ="
    " applications_per_organisation + 1 WHERE id = (SELECT max(id) FROM call)",
    "services in a report": "UPDATE report SET services = '{}' WHERE id ="
    " (SELECT max(id) FROM report WHERE submitted_at IS NOT NULL)",
}
"""What an attacker of November 2026 changed, of which 19 went unseen."""
RULES: Mapping[str, str] = {
    "the body of a trigger": "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "a missing trigger": "DROP TRIGGER posting_append_only ON posting",
    "a trigger switched off": "ALTER TABLE trail DISABLE TRIGGER trail_append_only",
    "a missing constraint": "ALTER TABLE advice DROP CONSTRAINT ck_advice_amount",
}
AS_SUPERUSER = {
    **THE_TRAIL,
    **{
        name: (one,)
        for part in (MONEY, DECISIONS, WHO, RELIED_ON, RULES)
        for name, one in part.items()
    },
}


@contextmanager
def copy(owner: Database) -> Iterator[Database]:
    """A copy of the demonstration, dropped again."""
    server = make_url(owner.url)
    aside = Database.at(server.set(database="postgres").render_as_string(hide_password=False))
    engine = aside.bind.engine.execution_options(isolation_level="AUTOCOMMIT")
    owner.dispose()
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE attacked TEMPLATE "{server.database}"'))
    attacked = Database.at(
        server.set(database="attacked").render_as_string(hide_password=False), pool_size=1
    )
    try:
        yield attacked
    finally:
        attacked.dispose()
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE attacked"))
        engine.dispose()


def attack(session: Session, statements: tuple[str, ...]) -> None:
    """All of it in one transaction; an attack that changes nothing is none."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        if statement == REBUILD:
            rebuild(session)
            continue
        done = session.execute(text(statement))
        assert done.rowcount != 0, statement  # type: ignore[attr-defined]


def rebuild(session: Session) -> None:
    """The whole chain over changed rows, as a person who knows how it is made would."""
    session.execute(text("DELETE FROM trail_link"))
    session.execute(text("UPDATE trail_head SET position = 0, hash = :no"), {"no": "0" * 64})
    chain.append(session, list(session.scalars(text("SELECT id FROM trail ORDER BY id"))))


def seen(database: Database, heads: list[Head]) -> tuple[list[str], float]:
    """What the two commands would say, and the seconds they take."""
    begun = time.perf_counter()
    with database.session() as session:
        found = [*breaches(session), *chain.breaches(session, heads)]
    return found, time.perf_counter() - begun


def main() -> None:
    with installation() as (_app, owner), tempfile.TemporaryDirectory() as folder:
        with owner.transaction() as session:
            plant(session, date(2026, 9, 15))
        with owner.transaction() as session:
            chain.note(session, rules.bind(session))
        anchors = Anchorage.at(Path(folder), "bench")
        with owner.session() as session:
            anchors.write(chain.head(session), clock.now())
        heads, _doubts = anchors.heads()
        rows = []
        for name, statements in {"nothing": (), **AS_SUPERUSER}.items():
            with copy(owner) as attacked:
                with attacked.sessions() as session:
                    attack(session, statements)
                    session.commit()
                found, seconds = seen(attacked, heads)
            print(".", end="", flush=True)
            rows.append([name, f"{len(found)}", f"{seconds:.1f}", found[0][:90] if found else ""])
        show("Tampered with", ("what", "breaches", "seconds", "the first"), rows)
        unseen = [name for name, number, *_rest in rows[1:] if number == "0"]
        print(
            f"\n{len(AS_SUPERUSER) - len(unseen)} of {len(AS_SUPERUSER)} attacks are seen.", *unseen
        )


if __name__ == "__main__":
    main()

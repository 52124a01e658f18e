"""The chain of the trail, attacked as somebody with full rights on the database would."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from runpy import run_path

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.audit import binding, chain
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.platform.trail.anchors import Anchorage
from seeds import earlier
from tests.factories import act_of, staff
from tests.rules.source import ROOT

Run = Callable[..., Result]
ACT = Act.by_system("test")


@pytest.fixture
def written(real_database: Database) -> Database:
    """A database with nine rows in the trail, some of them with odd facts."""
    for number in range(9):
        write(
            real_database,
            number,
            said="Ségura “é” \u2028 محمد 中",
            n=number,
            deep={"b": 1, "a": []},
        )
    return real_database


def write(database: Database, number: int, **facts: object) -> None:
    with database.transaction() as session:
        record(session, fund_by_code(session, "UNVTF"), f"act-{number}", ACT, **facts)


@pytest.fixture
def command(written: Database, tmp_path: Path) -> Run:
    settings = Settings(tmp_path, "http://localhost:5000", testing=True)
    runner = create_app(settings, written).test_cli_runner()
    return lambda *words: runner.invoke(args=["trail", *words])


def breaches(database: Database) -> list[str]:
    with database.session() as session:
        return list(chain.breaches(session))


def tamper(database: Database, *statements: str) -> None:
    """As a superuser, past every trigger."""
    with database.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_transaction_of_many_records_is_chained_part_by_part_in_its_order(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "_BATCH", 2)
    monkeypatch.setattr(binding, "_BATCH", 3)
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        for number in range(5):
            record(session, fund, f"act-{number}", ACT)
        session.add_all(Organisation(**given(number)) for number in range(20))
    assert breaches(real_database) == []
    order = text("SELECT row_id FROM trail_link ORDER BY position")
    with real_database.session() as session:
        assert (ids := list(session.scalars(order))) == sorted(ids)
        assert list(binding.breaches(session)) == []


def test_a_deferred_rule_that_is_broken_refuses_the_whole_as_it_is_committed(
    real_database: Database,
) -> None:
    with real_database.begin() as connection:
        connection.execute(text("CREATE TABLE one (id int PRIMARY KEY)"))
        late = "REFERENCES one DEFERRABLE INITIALLY DEFERRED"
        connection.execute(text(f"CREATE TABLE other (id int {late})"))
    with real_database.session() as session:
        before = chain.head(session)
    with pytest.raises(IntegrityError):
        break_a_rule(real_database)
    with real_database.session() as session:
        assert chain.head(session) == before
        assert session.scalar(text("SELECT count(*) FROM other")) == 0
    write(real_database, 1)
    assert breaches(real_database) == []


def break_a_rule(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO other VALUES (1)"))
        record(session, fund_by_code(session, "UNVTF"), "act", ACT)


def given(number: int) -> dict[str, object]:
    return {"code": f"O{number}", "name": "One", "kind": DonorKind.NGO, "country": "KE"}


def test_an_untouched_trail_is_whole(written: Database, command: Run) -> None:
    assert breaches(written) == []
    with written.session() as session:
        head = chain.head(session)
    answer = command("verify")
    assert answer.exit_code == 0
    assert answer.stdout == f"{head.rows} rows, head {head.hash}\n"
    assert head.rows >= 9


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_rows_with_it(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        record(session, fund, "before", ACT)
        savepoint = session.begin_nested()
        record(session, fund, "taken back", ACT)
        savepoint.rollback()
        record(session, fund, "after", ACT)
    assert breaches(real_database) == []
    with real_database.session() as session:
        kept = [link["action"] for link in chain.links(session)]
    assert kept[-2:] == ["before", "after"]


ROW = "(SELECT row_id FROM trail_link WHERE position = 5)"
LAST = "(SELECT max(position) FROM trail_link)"
ATTACKS = {
    "a flipped byte": f"UPDATE trail SET action = 'acT-4' WHERE id = {ROW}",
    "a renamed actor": f"UPDATE trail SET actor = 'somebody' WHERE id = {ROW}",
    "another moment": f"UPDATE trail SET at = at - interval '1 microsecond' WHERE id = {ROW}",
    "a changed fact": f"UPDATE trail SET facts = facts || '{{\"n\": 5}}' WHERE id = {ROW}",
    "a deleted middle": f"DELETE FROM trail WHERE id = {ROW}",
    "a deleted middle and its link": f"DELETE FROM trail WHERE id = {ROW};"
    " DELETE FROM trail_link WHERE position = 5",
    "a cut tail": f"DELETE FROM trail_link WHERE position = {LAST};"
    " DELETE FROM trail WHERE action = 'act-8'",
    "a back-dated row": "INSERT INTO trail (at, actor, subject, subject_id, action, facts)"
    " VALUES ('2020-01-01', 'Ingrid', 'award', 1, 'approve', '{}')",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_done_to_the_rows_is_seen(written: Database, command: Run, attack: str) -> None:
    tamper(written, *ATTACKS[attack].split(";"))
    assert breaches(written) != []
    answer = command("verify")
    assert answer.exit_code == 1
    assert answer.stdout.startswith("Audit trail: ")


def rebuild(session: Session) -> None:
    """The whole chain anew over changed rows, as somebody who knows how it is made would."""
    session.execute(text("DELETE FROM trail_link"))
    session.execute(text("UPDATE trail_head SET position = 0, hash = :start"), {"start": "0" * 64})
    chain.append(session, list(session.scalars(text("SELECT id FROM trail ORDER BY id"))))


def test_a_migration_of_before_chains_as_the_application_does(session: Session) -> None:
    """It knows nothing of functions that the database was given later."""
    migration = run_path(str(ROOT / "migrations/versions/0033_award_again.py"))
    before = chain.head(session)
    rows = session.scalars(text(migration["TRAIL"]), {"ids": [1, 2]}).all()
    migration["chain"](session.connection(), rows)
    told = list(chain.breaches(session))
    assert all("is older than the row before it" in one for one in told), "it knows no moments"
    assert chain.head(session).rows == before.rows + 2


@pytest.mark.parametrize(
    "change", ["UPDATE trail SET actor = 'x'", "DELETE FROM trail WHERE id > 8"]
)
def test_a_chain_that_was_rebuilt_is_found_out_by_an_anchor(
    written: Database, command: Run, change: str
) -> None:
    assert command("anchor").exit_code == 0
    write(written, 10)
    assert command("verify").exit_code == 0
    with written.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM trail_link"))
        session.execute(text(change))
        rebuild(session)
    assert breaches(written) == []
    answer = command("verify")
    assert answer.exit_code == 1
    assert "anchored" in answer.stdout


FORGED = (
    "INSERT INTO trail (at, actor, subject, subject_id, action, facts) VALUES"
    " (now() - interval '300 days', 'Laila Haddad', 'award', 3, 'approve', '{}') RETURNING id"
)


def forge(database: Database) -> None:
    """An act of January by somebody else, put at the end of the chain as the application does."""
    with database.transaction() as session:
        chain.append(session, [session.execute(text(FORGED)).scalar_one()])


def test_an_act_that_is_dated_back_is_refused_by_the_database(written: Database) -> None:
    with written.transaction() as session:
        earlier.end(session)
    with pytest.raises(DBAPIError, match="an earlier day than may be"):
        forge(written)
    with written.transaction() as session, clock.at(clock.wall() - timedelta(hours=20)):
        record(session, fund_by_code(session, "UNVTF"), "act", Act.by_system("a long job"))
    assert breaches(written) == []


def test_an_act_that_was_dated_back_is_told(written: Database) -> None:
    with written.transaction() as session:
        earlier.end(session)
    with written.transaction() as session:
        person = staff(session, Role.FUND_MANAGER)
        record(session, fund_by_code(session, "UNVTF"), "act", act_of(session, person))
        earlier.begin(session)  # by hand: it counts only before a person has acted
    forge(written)
    (breach,) = breaches(written)
    assert "is dated" in breach


def test_an_import_tells_of_earlier_days(written: Database) -> None:
    with written.transaction() as session:
        earlier.end(session)
    with written.transaction() as session, clock.at(datetime(2024, 1, 1, tzinfo=UTC)):
        record(session, fund_by_code(session, "UNVTF"), "act", Act.by_system("import"))
    assert breaches(written) == []


PLACED = "SELECT row_id FROM trail_link ORDER BY position DESC LIMIT 1"


@pytest.mark.parametrize("moment", ["placed_at - interval '1 hour'", "NULL"])
def test_time_does_not_run_backwards_in_the_chain(written: Database, moment: str) -> None:
    write(written, 10)
    tamper(written, f"UPDATE trail_link SET placed_at = {moment} WHERE row_id = ({PLACED})")
    assert any("is older than the row before it" in one for one in breaches(written))


def test_a_row_is_not_older_than_the_anchor_before_it(written: Database) -> None:
    with written.session() as session:
        head = chain.head(session)
    write(written, 10)
    anchored = replace(head, at=clock.wall() + timedelta(hours=1))
    with written.session() as session:
        (breach,) = chain.breaches(session, [anchored])
    assert "is older than the anchor before it" in breach


def test_an_anchor_that_somebody_else_wrote_is_not_genuine(
    written: Database, command: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "trail-anchors"
    with written.session() as session:
        head = chain.head(session)
    Anchorage.at(folder, "another secret").write(head, datetime(2026, 1, 1, tzinfo=UTC))
    answer = command("verify")
    assert answer.exit_code == 1
    assert "is not genuine" in answer.stdout


def test_an_auditor_checks_the_export_with_nothing_but_python(
    written: Database, command: Run, tmp_path: Path
) -> None:
    file = tmp_path / "trail.jsonl"
    command("anchor")
    assert command("export", str(file)).exit_code == 0
    lines = file.read_text("utf-8").split("\n")[:-1]
    first = json.loads(lines[0])
    assert first["previous"] == "0" * 64
    assert {*chain.COLUMNS, "placed_at", "previous", "hash"} == set(first)
    anchor = next((tmp_path / "trail-anchors").iterdir())
    assert checked(file, anchor) == (0, "the chain is whole")
    file.write_text("\n".join([*lines[:3], lines[3].replace("act-", "Act-"), *lines[4:]]), "utf-8")
    assert checked(file, anchor) == (1, "row 4 was changed")
    file.write_text("\n".join(lines[:-1]), "utf-8")
    assert checked(file, anchor)[0] == 1


def checked(file: Path, anchor: Path) -> tuple[int, str]:
    words = [sys.executable, f"{ROOT}/docs/check_trail.py", f"{file}", "--anchor", f"{anchor}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def test_writers_at_once_leave_one_chain(real_database: Database) -> None:
    with ThreadPoolExecutor(8) as crew:
        list(crew.map(lambda number: write(real_database, number), range(80)))
    assert breaches(real_database) == []


def test_a_fact_that_looks_like_the_previous_hash_changes_nothing(real_database: Database) -> None:
    said = '","previous":"","reason":"'
    write(real_database, 1, previous="", said=said, deep=[{"previous": ""}])
    with real_database.transaction() as session:
        record(session, fund_by_code(session, "UNVTF"), said, ACT, previous="")
    assert breaches(real_database) == []


def test_many_rows_of_one_transaction_follow_one_another(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        for number in range(250):
            record(session, fund, f"act-{number}", ACT)
    write(real_database, 250)
    assert breaches(real_database) == []


def test_an_act_whose_link_is_refused_is_not_kept(real_database: Database) -> None:
    """The link is sent with the COMMIT: both or neither."""
    with real_database.session() as session:
        rows, last = chain.head(session).rows, len(trail(real_database))
    taken = f"INSERT INTO trail_link VALUES ({rows + 1}, 0, 'x', 'x')"
    tamper(real_database, taken)
    with pytest.raises(IntegrityError, match="pk_trail_link"):
        write(real_database, 1)
    assert len(trail(real_database)) == last
    tamper(real_database, f"DELETE FROM trail_link WHERE position = {rows + 1}")
    write(real_database, 2)
    assert breaches(real_database) == []


def trail(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(text("SELECT action FROM trail")))


def test_what_is_rolled_back_is_in_no_chain(real_database: Database) -> None:
    def refused() -> None:
        with real_database.transaction() as session:
            record(session, fund_by_code(session, "UNVTF"), "undone", ACT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refused()
    write(real_database, 1)
    assert breaches(real_database) == []

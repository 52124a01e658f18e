"""The same line sent at once on real connections is recorded once; a kill in the middle leaves
none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.banking.bank import service
from grants.banking.bank.files.statement import UnreadableStatement
from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine, BankStatement, LineMatch
from grants.banking.bank.service import Part, accept
from grants.banking.bank.undoing import undo
from grants.banking.bank.verify import CHECKS
from grants.banking.bank.workflow import LineState
from grants.books.ledger import verify
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.pledges.models import Pledge
from tests.banking.bank.arranging import finance, numbered
from tests.banking.bank.files import BankEntry, camt
from tests.books.ledger.books import CLERK, main_account, money
from tests.factories import a_pledge

ROOT = Path(__file__).parents[3]
Deed = Callable[[Session, BankLine], object]


def arranged(database: Database, lines: int = 1) -> Act:
    """A statement with lines of USD 100 each, and the finance officer who decides."""
    with database.transaction() as session:
        fund = session.get_one(Fund, 1)
        numbered(session, fund)
        told = [BankEntry(money("100"), reference=f"B{number}") for number in range(lines)]
        import_statements(session, "march.xml", camt(told), CLERK)
        return finance(session, "Because.")


def at_once(database: Database, deeds: list[Deed]) -> list[str]:
    """Each deed on the first line, in a transaction of its own, let go at the same moment."""
    start = Barrier(len(deeds))

    def run(deed: Deed) -> str:
        with database.session() as session:
            line = session.scalars(select(BankLine).order_by(BankLine.id).limit(1)).one()
            start.wait(timeout=30)
            try:
                deed(session, line)
                session.commit()
            except (DomainError, Conflict, StaleDataError) as refusal:
                session.rollback()
                return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def sound(database: Database) -> None:
    with database.session() as session:
        assert [line for check in (*verify.CHECKS, *CHECKS) for line in check(session)] == []


def test_a_line_accepted_twice_at_once_is_recorded_once(real_database: Database) -> None:
    act = arranged(real_database)
    with real_database.transaction() as session:
        pledge_id = a_pledge(session, session.get_one(Fund, 1)).id

    def record(session: Session, line: BankLine) -> None:
        pledge = session.get_one(Pledge, pledge_id)
        accept(session, line, [Part(pledge, money("100"))], act)

    told = at_once(real_database, [record] * 8)
    assert sorted(told) == ["Conflict"] * 7 + ["done"]
    with real_database.session() as session:
        assert session.scalar(select(func.count(Deposit.id))) == 1
        assert session.scalar(select(func.count(Receipt.id))) == 1
        assert session.scalar(select(func.count(LineMatch.id))) == 1
    sound(real_database)


def test_of_different_things_said_of_a_line_at_once_one_holds(real_database: Database) -> None:
    act = arranged(real_database)
    told = at_once(
        real_database,
        [
            lambda session, line: accept(session, line, [Part(None, money("100"))], act),
            lambda session, line: service.interest(session, line, act),
            lambda session, line: service.set_aside(session, line, act),
        ],
    )
    assert sorted(told) == ["Conflict", "Conflict", "done"]
    sound(real_database)


def test_a_line_undone_twice_at_once_is_reversed_once(real_database: Database) -> None:
    act = arranged(real_database)
    at_once(real_database, [lambda session, line: service.interest(session, line, act)])
    told = at_once(real_database, [lambda session, line: undo(session, line, act)] * 4)
    assert sorted(told) == ["Conflict"] * 3 + ["done"]
    with real_database.session() as session:
        assert str(balances(session, session.get_one(Fund, 1)).cash) == "0.00"
    sound(real_database)


def test_the_same_file_sent_by_many_at_once_is_taken_in_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        numbered(session, session.get_one(Fund, 1))
    content = camt([BankEntry(money("100"), reference="B1")])
    start = Barrier(6)

    def send(_number: int) -> bool:
        start.wait(timeout=30)
        with real_database.transaction() as session:
            return import_statements(session, "march.xml", content, CLERK)[0].new

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [False] * 5 + [True]
    sound(real_database)


def test_two_next_statements_at_once_cannot_both_follow(real_database: Database) -> None:
    arranged(real_database)
    april = (date(2026, 4, 1), date(2026, 4, 30))
    contents = [
        camt([BankEntry(money(m), reference=m)], "100", reference=f"NEXT {m}", days=april)
        for m in ("5", "6")
    ]
    start = Barrier(2)

    def send(content: bytes) -> str:
        start.wait(timeout=30)
        try:
            with real_database.transaction() as session:
                import_statements(session, "april.xml", content, CLERK)
        except UnreadableStatement:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, contents)) == ["refused", "taken"]
    sound(real_database)


def wait_for(
    database: Database, sequence: str, number: int, process: subprocess.Popen[str]
) -> None:
    """Until so many rows are written, kept or not: numbers are drawn outside of transactions."""
    with database.connect() as connection:
        while process.poll() is None:
            last = connection.execute(text(f"SELECT last_value FROM {sequence}")).scalar_one()
            if last >= number:
                return
            time.sleep(0.002)


@pytest.mark.parametrize("reached", [3, 120])
def test_an_import_that_is_killed_leaves_nothing_and_runs_again(
    real_database: Database, tmp_path: Path, reached: int
) -> None:
    with real_database.transaction() as session:
        numbered(session, session.get_one(Fund, 1))
    file = tmp_path / "march.xml"
    file.write_bytes(camt([BankEntry(money("1"), reference=f"B{n}") for n in range(250)]))
    command = [sys.executable, "-m", "flask", "import", "bank-statement", str(file)]
    env = {**os.environ, "DATABASE_URL": real_database.url, "DATA_DIR": str(tmp_path / "data")}
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True) as process:
        wait_for(real_database, "bank_line_id_seq", reached, process)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with real_database.session() as session:
        assert session.scalar(select(func.count(BankStatement.id))) == 0
        assert session.scalar(select(func.count(BankLine.id))) == 0
    again = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert again.stdout == "UNVTF-USD, statement STMT-1: 250 lines imported.\n"
    sound(real_database)


ACCEPTING = """
import sys
from grants.assembly import join_rooms
from grants.banking.bank.models import BankLine
from grants.banking.bank.service import Part, accept
from grants.core.audit.act import Act
from grants.core.database.db import Database
from sqlalchemy import select
join_rooms()
database = Database.at(sys.argv[1])
with database.transaction() as session:
    for line in session.scalars(select(BankLine).order_by(BankLine.id)):
        accept(session, line, [Part(None, line.amount)], Act.by_system("test"))
"""


def test_an_allocation_that_is_killed_leaves_every_line_as_it_was(real_database: Database) -> None:
    arranged(real_database, 40)
    command = [sys.executable, "-c", ACCEPTING, real_database.url]
    with subprocess.Popen(command, cwd=ROOT, text=True) as process:
        wait_for(real_database, "line_match_id_seq", 10, process)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with real_database.session() as session:
        states = set(session.scalars(select(BankLine.state)))
        assert states == {LineState.UNMATCHED}
        assert session.scalar(select(func.count(Deposit.id))) == 0
        assert session.scalar(select(func.count(Entry.id))) == 0
    sound(real_database)
    with real_database.transaction() as session:
        line = session.scalars(select(BankLine).order_by(BankLine.id).limit(1)).one()
        accept(session, line, [Part(None, money("100"))], finance(session))
        assert main_account(session, session.get_one(Fund, 1))
    sound(real_database)

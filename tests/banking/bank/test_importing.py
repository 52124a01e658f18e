"""A statement is taken in whole and once, beside what is known of its account."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.banking.bank import service
from grants.banking.bank.files.statement import UnreadableStatement
from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.workflow import LineState
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Forbidden
from grants.core.people.permissions import Role
from tests.banking.bank.arranging import euros, finance, imported_lines, numbered
from tests.banking.bank.files import EURO_IBAN, MT940, BankEntry, camt
from tests.books.ledger.books import CLERK, money
from tests.factories import act_of, staff

ONE = [BankEntry(money("250"), reference="B1"), BankEntry(money("-12.50"), reference="B2")]
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


def count(session: Session, of: type = BankLine) -> int:
    return session.scalar(select(func.count()).select_from(of)) or 0


def test_lines_wait_for_a_person_and_nothing_is_posted(session: Session, fund: Fund) -> None:
    lines = imported_lines(session, fund, ONE, "1000")
    assert [(str(line.amount), line.state) for line in lines] == [
        ("250.00", LineState.UNMATCHED),
        ("-12.50", LineState.UNMATCHED),
    ]
    assert str(balances(session, fund).cash) == "0.00"


def test_a_long_statement_costs_no_more_turns_than_a_short_one(
    session: Session, fund: Fund
) -> None:
    turns: list[int] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *_told: turns.append(1))
    imported_lines(session, fund, [BankEntry(money("1"), reference="R")], reference="A")
    short = len(turns)
    many = [BankEntry(money("1"), date(2026, 4, 10), f"R{n}") for n in range(500)]
    days = (date(2026, 4, 1), date(2026, 4, 30))
    imported_lines(session, fund, many, "1", reference="B", days=days)
    assert len(turns) - short <= short + 4


def test_the_same_file_again_changes_nothing_and_says_so(session: Session, fund: Fund) -> None:
    numbered(session, fund)
    content = camt(ONE, "1000")
    first = import_statements(session, "march.xml", content, CLERK)
    again = import_statements(session, "renamed.xml", content, CLERK)
    assert [each.new for each in (*first, *again)] == [True, False]
    assert (count(session), count(session, BankStatement)) == (2, 1)


def test_entries_that_share_a_reference_are_two_and_stay_two(session: Session, fund: Fund) -> None:
    numbered(session, fund)
    part = BankEntry(money("70"), reference="BATCH", end_to_end="NOTPROVIDED")
    content = camt([part, part])
    (taken,) = import_statements(session, "batch.xml", content, CLERK)
    assert taken.warnings == ("2 entries have the reference BATCH",)
    lines = list(session.scalars(select(BankLine).order_by(BankLine.number)))
    assert [line.bank_reference for line in lines] == ["BATCH", "BATCH (2)"]
    for line in lines:
        service.accept(session, line, [service.Part(None, line.amount)], finance(session))
    assert str(balances(session, fund).cash) == "140.00"
    (again,) = import_statements(session, "batch.xml", content, CLERK)
    assert not again.new
    assert str(balances(session, fund).cash) == "140.00"


def test_a_statement_sent_anew_under_another_number_is_refused(
    session: Session, fund: Fund
) -> None:
    day = (date(2026, 3, 10), date(2026, 3, 10))
    there_and_back = [BankEntry(money("70")), BankEntry(money("-70"))]
    imported_lines(session, fund, there_and_back, "100", reference="A", days=day)
    with pytest.raises(
        UnreadableStatement, match="the same content as A, which has already been imported"
    ):
        import_statements(
            session, "b.xml", camt(there_and_back, money("100"), reference="B", days=day), CLERK
        )
    assert count(session) == 2


def test_the_same_statement_with_other_content_is_refused(session: Session, fund: Fund) -> None:
    imported_lines(session, fund, ONE, "1000")
    changed = camt([BankEntry(money("251"), reference="B1"), ONE[1]], "1000")
    with pytest.raises(UnreadableStatement, match="already been imported with different content"):
        import_statements(session, "march.xml", changed, CLERK)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (camt(ONE, account="DE00000000000000000000"), "no bank account in the system"),
        (camt([BankEntry(money("5", "EUR"))], currency="EUR"), "is in USD, not in EUR"),
        (camt(ONE, "1", reference="NEXT", days=APRIL), "a statement in between is missing"),
        (camt(ONE, "1237.50", reference="NEXT", days=APRIL), "entry B1 appears in another"),
        (camt([], "5", reference="EARLY", days=(date(2026, 2, 1), date(2026, 2, 28))), "missing"),
        (camt([], "5", reference="IN", days=(date(2026, 3, 5), date(2026, 3, 9))), "overlap"),
    ],
)
def test_what_does_not_fit_the_account_is_refused(
    session: Session, fund: Fund, content: bytes, fault: str
) -> None:
    imported_lines(session, fund, ONE, "1000")
    with pytest.raises(UnreadableStatement, match=fault) as refusal:
        import_statements(session, "next.xml", content, CLERK)
    assert all(line.startswith("next.xml: ") for line in refusal.value.faults)


def test_statements_follow_each_other_forwards_and_backwards(session: Session, fund: Fund) -> None:
    imported_lines(session, fund, ONE, "1000")
    imported_lines(session, fund, [], "1237.50", reference="APRIL", days=APRIL)
    february = (date(2026, 2, 1), date(2026, 2, 28))
    told = [BankEntry(money("1000"), on=date(2026, 2, 3))]
    imported_lines(session, fund, told, reference="FEBRUARY", days=february)
    assert count(session, BankStatement) == 3


def test_a_file_with_one_faulty_statement_is_taken_in_not_at_all(
    session: Session, fund: Fund
) -> None:
    numbered(session, fund)
    good = camt(ONE, "1000").decode()
    inner = good[good.index("<Stmt>") : good.index("</BkToCstmrStmt>")]
    bad = inner.replace("STMT-1", "STMT-2").replace("AT611904300234573201", EURO_IBAN)
    both = good.replace("</BkToCstmrStmt>", bad + "</BkToCstmrStmt>").encode()
    with pytest.raises(UnreadableStatement) as refusal, session.begin_nested():
        import_statements(session, "both.xml", both, CLERK)
    assert refusal.value.faults == [
        f"both.xml: statement STMT-2: no bank account in the system has the number {EURO_IBAN}"
    ]
    assert count(session) == 0


def test_mt940_is_taken_in_too(session: Session, fund: Fund) -> None:
    numbered(session, fund)
    (taken,) = import_statements(session, "march.sta", MT940, CLERK)
    assert (taken.statement.kind, taken.lines) == ("MT940", 2)
    assert taken.statement.reference == "STARTUMS 12/1 2026-03-31"


def test_another_account_of_the_fund_has_its_own_statements(session: Session, fund: Fund) -> None:
    euros(session, fund)
    (line,) = imported_lines(
        session, fund, [BankEntry(money("5", "EUR"))], currency="EUR", account=EURO_IBAN
    )
    assert line.account.code == "UNVTF-EUR"


def test_only_who_may_import_imports(session: Session, fund: Fund) -> None:
    numbered(session, fund)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(Forbidden):
        import_statements(session, "march.xml", camt(ONE), manager)
    assert import_statements(session, "march.xml", camt(ONE), finance(session))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE bank_line SET amount_minor = 1",
        "UPDATE bank_line SET value_on = value_on - 1",
        "DELETE FROM bank_line",
        "TRUNCATE bank_line CASCADE",
        "UPDATE bank_statement SET closing_minor = 0",
        "DELETE FROM bank_statement",
    ],
)
def test_the_database_keeps_what_the_bank_said(session: Session, fund: Fund, attack: str) -> None:
    imported_lines(session, fund, ONE, "1000")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    with pytest.raises(DBAPIError):
        session.execute(text(attack))


def test_the_database_refuses_a_line_that_is_matched_to_nothing(
    session: Session, fund: Fund
) -> None:
    imported_lines(session, fund, ONE, "1000")
    session.execute(text("UPDATE bank_line SET state = 'matched'"))
    with pytest.raises(DBAPIError, match="its postings add up to"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_the_command_takes_in_a_file_and_exits_2_with_a_line_for_each_fault(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    numbered(session, fund)
    session.commit()
    file = tmp_path / "march.xml"
    file.write_bytes(camt(ONE, "1000"))
    run = app.test_cli_runner()
    first = run.invoke(args=["import", "bank-statement", str(file)])
    assert (first.exit_code, first.stdout) == (
        0,
        "UNVTF-USD, statement STMT-1: 2 lines imported.\n",
    )
    again = run.invoke(args=["import", "bank-statement", str(file)])
    assert (again.exit_code, again.stdout) == (
        0,
        "UNVTF-USD, statement STMT-1: already imported, nothing has changed.\n",
    )
    file.write_bytes(camt(ONE, "999"))
    refused = run.invoke(args=["import", "bank-statement", str(file)])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "march.xml: statement STMT-1: it has already been imported with different content; "
        "expected the same content\n"
    )

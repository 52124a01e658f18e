"""Each check of the bank's side finds the fault it is there for, and nothing in sound data."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.banking.bank import service, verify
from grants.banking.bank.service import Part, accept
from grants.books.ledger.receipts import book_interest
from grants.books.ledger.verify import CHECKS as ALL
from grants.books.ledger.verify import TRIGGERS, Check
from grants.core.funds.models import Fund
from tests.banking.bank.arranging import finance, imported_lines
from tests.banking.bank.files import BankEntry
from tests.banking.bank.test_importing import APRIL
from tests.books.ledger.books import money, settle, voucher
from tests.factories import a_pledge


def _some_of_everything(session: Session, fund: Fund) -> None:
    kept, aside, _open = imported_lines(
        session, fund, [BankEntry(money(m), reference=m) for m in ("10", "20", "30")]
    )
    imported_lines(session, fund, [], "60", reference="APRIL", days=APRIL)
    accept(session, kept, [Part(None, money("10"))], finance(session))
    service.set_aside(session, aside, finance(session, "Not ours."))
    book_interest(session, voucher(fund), money("1"))
    a_pledge(session, fund)
    settle(session)


def test_sound_data_has_nothing_to_tell(session: Session, fund: Fund) -> None:
    _some_of_everything(session, fund)
    assert [line for check in verify.CHECKS for line in check(session)] == []


FAULTS: list[tuple[Check, str]] = [
    (verify.STATEMENTS_TIE, "UPDATE bank_statement SET closing_minor = closing_minor + 1"),
    (verify.STATEMENTS_TIE, "DELETE FROM bank_line WHERE state = 'unmatched'"),
    (verify.STATEMENTS_TIE, "UPDATE bank_statement SET currency = 'EUR'"),
    (
        verify.STATEMENTS_FOLLOW_EACH_OTHER,
        "UPDATE bank_statement SET (opening_minor, closing_minor) = (1, 1) WHERE opening_minor > 0",
    ),
    (verify.LINES_ARE_THEIR_POSTINGS, "UPDATE bank_line SET state = 'matched'"),
    (verify.LINES_ARE_THEIR_POSTINGS, "UPDATE bank_line SET state = 'unmatched'"),
    (verify.LINES_ARE_THEIR_POSTINGS, "UPDATE line_match SET released_at = now()"),
    (
        verify.LINES_ARE_THEIR_POSTINGS,
        "UPDATE posting SET (amount_minor, usd_minor) = (1, 1) WHERE account = 'cash'",
    ),
    (verify.LINES_ARE_THEIR_POSTINGS, "UPDATE posting SET bank_account_id = NULL"),
    (verify.MATCHES_HAVE_THE_DAYS_OF_BOTH_SIDES, "UPDATE line_match SET line_on = '2026-01-01'"),
    (verify.MATCHES_HAVE_THE_DAYS_OF_BOTH_SIDES, "UPDATE line_match SET entry_on = '2026-01-01'"),
    (verify.UNMATCHED_CASH_IS_WHAT_NO_LINE_IS, "UPDATE line_match SET released_at = now()"),
    (verify.UNMATCHED_CASH_IS_WHAT_NO_LINE_IS, "DELETE FROM unmatched_cash"),
    (verify.UNMATCHED_CASH_IS_WHAT_NO_LINE_IS, "UPDATE unmatched_cash SET undone_on = booked_on"),
    (
        verify.UNMATCHED_CASH_IS_WHAT_NO_LINE_IS,
        "UPDATE unmatched_cash SET booked_on = '-infinity'",
    ),
]


@pytest.mark.parametrize(("check", "fault"), FAULTS)
def test_the_check_finds_the_fault(session: Session, fund: Fund, check: Check, fault: str) -> None:
    _some_of_everything(session, fund)
    session.execute(
        text("ALTER TABLE posting DROP CONSTRAINT ck_posting_cash_is_in_a_bank_account")
    )
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(fault))
    assert list(check(session))


def test_every_check_has_a_fault_it_must_find() -> None:
    tried: set[Callable[..., object]] = {check for check, _fault in FAULTS}
    assert tried == set(verify.CHECKS)


@pytest.mark.usefixtures("app")
def test_the_application_asks_them_with_the_ledgers_own(session: Session) -> None:
    assert set(verify.CHECKS) <= set(ALL)
    standing = set(session.scalars(text("SELECT tgname FROM pg_trigger")))
    assert set(verify.TRIGGERS) <= standing & {name for name, _table in TRIGGERS}

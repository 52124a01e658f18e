"""The months that wait for a signature: all that statements tell to their end, less the signed."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankStatement
from grants.banking.reconciliation.models import Reconciliation
from grants.banking.reconciliation.queries import month_end, months_of, to_sign_off
from grants.core.funds.models import BankAccount, Fund
from grants.core.people.permissions import Role
from tests.banking.bank.arranging import euros
from tests.books.ledger.books import main_account
from tests.factories import act_of, staff

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPANS = st.lists(
    st.tuples(st.dates(date(2025, 11, 1), date(2026, 5, 31)), st.integers(0, 70)), max_size=4
)
SIGNED = st.sets(st.integers(0, 8).map(lambda n: date(2025 + (n + 10) // 12, (n + 10) % 12 + 1, 1)))


def a_statement(account: BankAccount, number: int, first: date, days: int) -> BankStatement:
    return BankStatement(
        bank_account_id=account.id,
        reference=f"{account.code}-{number}",
        kind="camt.053",
        from_on=first,
        to_on=first + timedelta(days),
        currency=account.currency,
        opening_minor=0,
        closing_minor=0,
        digest="0" * 64,
        file_name="statement.xml",
        imported_at=AT,
        actor="test",
    )


def a_signature(account: BankAccount, month: date) -> Reconciliation:
    return Reconciliation(
        bank_account_id=account.id, month=month, figures={}, signed_at=AT, actor="test"
    )


def by_each_month(session: Session, account: BankAccount, signed: set[date]) -> set[date]:
    reach = select(func.max(BankStatement.to_on))
    last = session.scalar(reach.where(BankStatement.bank_account_id == account.id)) or date.min
    return {month for month in months_of(session, account) if month_end(month) <= last} - signed


@given(st.tuples(SPANS, SPANS), st.tuples(SIGNED, SIGNED))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_months_to_sign_are_counted_as_the_list_shows_them(
    session: Session,
    fund: Fund,
    spans: tuple[list[tuple[date, int]], list[tuple[date, int]]],
    signed: tuple[set[date], set[date]],
) -> None:
    officer = act_of(session, staff(session, Role.CERTIFYING_OFFICER)).actor
    savepoint = session.begin_nested()
    accounts = main_account(session, fund), euros(session, fund)
    waiting = 0
    for account, told, months in zip(accounts, spans, signed, strict=True):
        session.add_all(a_statement(account, *one) for one in _numbered(told))
        session.add_all(a_signature(account, month) for month in months for _twice in range(2))
        session.flush()
        waiting += len(by_each_month(session, account, months))
    assert session.scalar(to_sign_off(officer)) == waiting
    savepoint.rollback()


def _numbered(told: list[tuple[date, int]]) -> list[tuple[int, date, int]]:
    return [(number, first, days) for number, (first, days) in enumerate(told)]

"""Whatever comes in whatever order, deposits, receipts and books tell the same."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances, trial_balance
from grants.books.ledger.verify import breaches
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import deposits_of
from grants.giving.contributions.service import allocate
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.giving.totals.figures import fund_totals
from tests.books.ledger.books import publish_rates, settle
from tests.cases import cases
from tests.factories import a_deposit, a_pledge, act_of, staff

FIRST = date(2026, 1, 5)
CURRENCIES = ("USD", "EUR", "JPY", "KWD", "CHF", "GBP")


@dataclass(frozen=True)
class Part:
    """A deposit: how much, the fee withheld, the day after FIRST, whether its pledge is known."""

    amount: int
    fee: int
    day: int
    known: bool

    @property
    def value_on(self) -> date:
        return FIRST + timedelta(days=self.day)


@dataclass(frozen=True)
class History:
    """A pledge of all its parts and what stays unpaid; the agreement signed at some time, if ever,
    and told before the deposits or after them.
    """

    currency: str
    parts: list[Part]
    unpaid: int
    signed_after: int | None
    told_first: bool
    conditional: bool

    @property
    def promised(self) -> Money:
        parts = sum(part.amount + part.fee for part in self.parts)
        return Money(parts + self.unpaid, self.currency)

    @property
    def signed_on(self) -> date | None:
        return None if self.signed_after is None else FIRST + timedelta(days=self.signed_after)


PARTS = st.builds(
    Part, st.integers(1, 10**7), st.integers(0, 900), st.integers(0, 80), st.booleans()
)
HISTORIES = st.builds(
    History,
    st.sampled_from(CURRENCIES),
    st.lists(PARTS, min_size=1, max_size=5),
    st.integers(0, 5_000),
    st.none() | st.integers(0, 80),
    st.booleans(),
    st.booleans(),
)


def _live(session: Session, fund: Fund, told: History) -> Pledge:
    """The history through the acts. Where the agreement is given first, the bank's lines come in
    the order of their days, the early ones too. Unidentified money finds its pledge at the end.
    """
    pledge = a_pledge(session, fund, told.promised)
    if told.signed_on and told.told_first:
        _sign(session, pledge, told)
    parts = sorted(told.parts, key=lambda part: part.day) if told.told_first else told.parts
    deposits = [_pay(session, fund, pledge, part) for part in parts]
    if told.signed_on and not told.told_first:
        _sign(session, pledge, told)
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    for deposit in deposits:
        allocate(session, deposit, pledge, finance, date(2026, 4, 30))
    settle(session)
    return pledge


def _sign(session: Session, pledge: Pledge, told: History) -> None:
    assert told.signed_on
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(told.signed_on, told.conditional), manager)


def _pay(session: Session, fund: Fund, pledge: Pledge, part: Part) -> Deposit:
    amount, fee = Money(part.amount, pledge.currency), Money(part.fee, pledge.currency)
    known = pledge if part.known else None
    return a_deposit(session, fund, known, amount, value_on=part.value_on, fee=fee or None)


def _agree(session: Session, pledge: Pledge, told: History) -> None:
    """Deposits, outstanding and receivable tell the same of the pledge."""
    deposits = deposits_of(session, [pledge])[pledge.id]
    came = total((deposit.received for deposit in deposits), pledge.currency)
    assert came == received(session, pledge)
    assert outstanding(pledge, came).minor == told.unpaid
    owed = position(session, pledge.fund_id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject)
    assert owed.amount.minor == (told.unpaid if told.signed_on else 0)
    assert bool(owed.usd_minor) <= bool(owed.amount.minor)


@pytest.mark.many
@settings(
    max_examples=cases(20, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.lists(HISTORIES, min_size=1, max_size=2))
def test_parts_fees_and_currencies_tie_to_the_books(
    session: Session, fund: Fund, told: list[History]
) -> None:
    example = session.begin_nested()
    try:
        publish_rates(session)
        for history in told:
            _agree(session, _live(session, fund, history), history)
        standing, figures = balances(session, fund), fund_totals(session, fund)
        assert figures.received == standing.cash + standing.bank_charges
        assert standing.suspense == figures.unidentified == usd(0)
        rows = trial_balance(session, fund)
        assert total(row.debit for row in rows) == total(row.credit for row in rows)
        assert [line for check in CHECKS for line in check(session)] == []
        assert breaches(session) == []
    finally:
        example.rollback()
        session.expunge_all()

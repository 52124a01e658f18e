"""A fund's cash month by month for a year: what donors are to pay, less what grants are to be paid.

Late and undated payments are counted in the first month. In USD; what is pledged without a signed
agreement is told beside it and never counted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel.clock import months_after
from grants.core.kernel.money import Money, total, usd
from grants.deciding.awards.models import Award
from grants.giving.pledges.models import Pledge
from grants.giving.totals.to_come import Expected, promises, receivables
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import UNPAID
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.queries import OWING, agreed_set_offs, to_be_deducted

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """What comes and what goes in a calendar month."""

    first: date
    receivable: Money
    """Due from donors by signed agreements."""
    pledged: Money
    """Promised without a signed agreement: not in the balance."""
    payable: Money
    """Instalments of signed grants, with their PSC, less refunds that are deducted from them."""
    balance: Money
    """At the end of the month, if everything comes and goes in time."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cash of a fund that grants may be paid of, for the months to come."""

    opening: Money
    """In the bank now, without suspense and the operating reserve."""
    months: Sequence[Month]
    later: Month
    """What is due after these months, and what is left then."""

    @property
    def short(self) -> Month | None:
        """The first month at whose end money lacks."""
        return next((month for month in self.months if month.balance.minor < 0), None)

    @property
    def payable(self) -> Money:
        """What grants are to be paid in these months."""
        return total(month.payable for month in self.months)


def forecast_of(session: Session, fund: Fund, opening: Money, on: date) -> Forecast:
    """The year that begins with the month of this day."""
    signed, unsigned, out = (
        _sum_by_month(payments, on)
        for payments in (
            ((due.due_on, due.cents) for due in receivables(session, fund)),
            ((due.due_on, due.cents) for due in promises(session, fund)),
            _instalments_due(session, fund),
        )
    )
    firsts = [months_after(on.replace(day=1), number) for number in range(MONTHS + 1)]
    changes = (signed[first] - out[first] for first in firsts)
    balances = list(accumulate(changes, initial=opening.minor))[1:]
    months = [
        Month(first, usd(signed[first]), usd(unsigned[first]), usd(out[first]), usd(balance))
        for first, balance in zip(firsts, balances, strict=True)
    ]
    return Forecast(opening, months[:-1], months[-1])


def month_of(day: date, on: date) -> date:
    """The first day of the month that a payment counts in, or of the one after the forecast."""
    first = on.replace(day=1)
    return min(max(day.replace(day=1), first), months_after(first, MONTHS))


def _sum_by_month(payments: Iterable[tuple[date, int]], on: date) -> Counter[date]:
    months = Counter[date]()
    for day, cents in payments:
        months[month_of(day, on)] += cents
    return months


def _unpaid_instalments(fund: Fund) -> Select[Instalment]:
    """Of signed grants: each is committed with its own rounded PSC."""
    return (
        select(Instalment)
        .join(Instalment.award)
        .where(
            Award.fund_id == fund.id,
            Award.is_running,
            Instalment.state.in_(UNPAID),
        )
    )


def _instalments_due(session: Session, fund: Fund) -> Iterable[tuple[date, int]]:
    """Day and USD cents with PSC, as they leave the bank; the database adds up equal ones."""
    what = Instalment.due_on, Award.psc_percent, Instalment.amount_minor
    deducted = Instalment.due_on, OWING.psc_percent, -SetOff.amount_minor, literal(1)
    rows = union_all(
        _unpaid_instalments(fund).with_only_columns(*what, func.count()).group_by(*what),
        agreed_set_offs(fund).with_only_columns(*deducted),
    )
    for day, percent, minor, count in session.execute(rows):
        yield day, int(count) * (minor + usd(minor).share(percent).minor)


@dataclass(frozen=True, slots=True)
class DueInMonth:
    """The payments that make up a month of the forecast."""

    instalments: Sequence[tuple[Instalment, Money]]
    """With what leaves the bank for each: PSC included, less refunds that are deducted from it."""
    receivable: Sequence[tuple[Pledge, Expected]]
    pledged: Sequence[tuple[Pledge, Expected]]


def due_in(session: Session, fund: Fund, month: date, on: date) -> DueInMonth:
    """What is due in a month, the earliest first; in the first month what is late too."""
    first = on.replace(day=1)
    listed = (
        _unpaid_instalments(fund)
        .join(Award.organisation)
        .options(contains_eager(Instalment.award).contains_eager(Award.organisation))
        .order_by(Instalment.due_on, Instalment.id)
    )
    if month > first:
        listed = listed.where(Instalment.due_on >= month)
    if month < months_after(first, MONTHS):
        listed = listed.where(Instalment.due_on < months_after(month, 1))
    signed, unsigned = (
        sorted((due for due in dues if month_of(due.due_on, on) == month), key=lambda d: d.due_on)
        for dues in (receivables(session, fund), promises(session, fund))
    )
    set_off = Counter[tuple[int, int]]()
    for deducted in to_be_deducted(session, fund):
        set_off[deducted.award_id, deducted.instalment_number] += deducted.amount.minor
    ids = {due.pledge_id for due in (*signed, *unsigned)}
    of_donors = select(Pledge).where(Pledge.id.in_(ids)).options(joinedload(Pledge.donor))
    pledges = {pledge.id: pledge for pledge in session.scalars(of_donors)}
    return DueInMonth(
        [
            (part, _cost_of(part) - usd(set_off[part.award_id, part.number]))
            for part in session.scalars(listed)
        ],
        [(pledges[due.pledge_id], due) for due in signed],
        [(pledges[due.pledge_id], due) for due in unsigned],
    )


def _cost_of(part: Instalment) -> Money:
    return part.amount + part.amount.share(part.award.psc_percent)

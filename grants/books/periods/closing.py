"""What to look at before a month of the books is closed: warnings, which forbid nothing.

`QUESTIONS` is a slot. Rooms above give theirs at assembly; each yields what it found.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry, ExchangeRate, Posting
from grants.books.ledger.periods import months
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.kernel.slots import Slot
from grants.core.texts.marks import spaced


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a person would rather settle first, and the page where it is settled."""

    text: str
    endpoint: str = ""
    values: tuple[tuple[str, str], ...] = ()


Question = Callable[[Session, Fund, date, date], Iterable[Concern]]


def warnings_for(session: Session, fund: Fund, first: date) -> list[Concern]:
    """Everything to look at before the month that begins on `first` is closed."""
    last = last_day(first)
    return [warning for ask in QUESTIONS for warning in ask(session, fund, first, last)]


def last_day(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def is_not_over(_session: Session, _fund: Fund, _first: date, last: date) -> Iterator[Concern]:
    if last >= clock.today():
        yield Concern(_("The month has not ended yet."))


def earlier_months_are_open(
    session: Session, fund: Fund, first: date, _last: date
) -> Iterator[Concern]:
    open_months = [m.first for m in months(session, fund.id) if m.first < first and not m.closed_at]
    if open_months:
        months_text = spaced(",").join(f"{month:%Y-%m}" for month in sorted(open_months)[:6])
        yield Concern(_("Earlier months are still open: %(months)s.", months=months_text))


def money_waits_in_suspense(
    session: Session, fund: Fund, _first: date, last: date
) -> Iterator[Concern]:
    waits = balances(session, fund, last).suspense
    if waits:
        yield Concern(
            _("Unidentified deposits of %(sum)s USD remain at the end of the month.", sum=waits),
            "periods.entries",
            (("code", fund.code), ("account", "suspense")),
        )


def rates_are_missing(session: Session, fund: Fund, first: date, last: date) -> Iterator[Concern]:
    """Currencies that the fund's books of this month use, without a rate published in it."""
    used = (
        select(Posting.currency)
        .join(Posting.entry)
        .where(
            Entry.fund_id == fund.id,
            Entry.booked_on.between(first, last),
            Posting.currency != FUNCTIONAL_CURRENCY,
        )
    )
    published = select(ExchangeRate.currency).where(ExchangeRate.effective_on.between(first, last))
    for currency in sorted(session.scalars(used.except_(published))):
        yield Concern(
            _(
                "%(currency)s was used, but no rate for it took effect in this month. An "
                "earlier rate applied.",
                currency=currency,
            ),
            "rates.index",
            (("code", currency),),
        )


QUESTIONS: Slot[Question] = Slot(
    "periods.closing.QUESTIONS",
    is_not_over,
    earlier_months_are_open,
    money_waits_in_suspense,
    rates_are_missing,
)

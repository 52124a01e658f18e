"""Finding exchange rates, their neighbours, and the entries that were booked at them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.books.ledger.models import Entry, ExchangeRate, Posting
from grants.books.ledger.rates import NewRate, rates_around
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer

COUNTED = 1000
"""Counting stops here: more is as good as many."""


@dataclass(frozen=True, slots=True)
class RateFilter:
    """Which rates to list; nothing set means all of them."""

    currency: str = ""
    since: date | None = None
    until: date | None = None


def rates_listed(filters: RateFilter) -> Select[ExchangeRate]:
    """Every dated row that fits."""
    query = select(ExchangeRate)
    if filters.currency:
        query = query.where(ExchangeRate.currency == filters.currency)
    if filters.since:
        query = query.where(ExchangeRate.effective_on >= filters.since)
    if filters.until:
        query = query.where(ExchangeRate.effective_on <= filters.until)
    return query


def currencies_without_rate() -> Select[int]:
    """How many currencies that funds take have no exchange rate at all."""
    accepted = (
        select(func.jsonb_array_elements_text(Fund.currencies).label("code")).distinct().subquery()
    )
    rated = select(ExchangeRate.id).where(ExchangeRate.currency == accepted.c.code)
    return select(func.count()).where(accepted.c.code != FUNCTIONAL_CURRENCY, ~rated.exists())


def rate_called(session: Session, rate_id: int) -> ExchangeRate:
    """One dated row, or Missing."""
    rate = session.get(ExchangeRate, rate_id)
    if rate is None:
        raise Missing(_("Exchange rate not found."))
    return rate


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rows of the same currency before and after one."""

    earlier: ExchangeRate | None
    later: ExchangeRate | None


def neighbours(session: Session, rate: ExchangeRate) -> Neighbours:
    """What held before a rate, and what ended it."""
    day = date.fromordinal(rate.effective_on.toordinal() - 1)
    return Neighbours(
        rates_around(session, rate.currency, day)[0],
        rates_around(session, rate.currency, rate.effective_on)[1],
    )


def entries_at(viewer: Viewer, rate: ExchangeRate) -> Select[Entry]:
    """The entries of the funds this person sees that hold a posting at this rate."""
    used = Entry.postings.any(
        (Posting.currency == rate.currency) & (Posting.rate_on == rate.effective_on)
    )
    return (
        select(Entry)
        .where(_of_funds(viewer), used)
        .options(selectinload(Entry.postings), joinedload(Entry.fund))
    )


def _of_funds(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.LEDGER_SEE, Entry.fund_id)


def booked_before_it_came(session: Session, new: NewRate) -> int:
    """How many entries of the days on which a new rate would hold were booked at an earlier one;
    counted no further than COUNTED + 1. They keep it.
    """
    _held, later = rates_around(session, new.currency, new.effective_on)
    ends = true() if later is None else Entry.booked_on < later.effective_on
    entries = (
        select(Entry.id)
        .join(Entry.postings)
        .where(
            Posting.currency == new.currency,
            Posting.rate_on < new.effective_on,
            Entry.booked_on >= new.effective_on,
            ends,
        )
        .distinct()
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(entries)) or 0

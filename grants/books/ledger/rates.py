"""UN operational rates of exchange: which one holds on a day, and taking in new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from grants.books.ledger.models import ExchangeRate, Posting
from grants.core.audit.act import Act
from grants.core.audit.binding import touch_rows
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import (
    FUNCTIONAL_CURRENCY,
    Money,
    exponent,
    in_use,
    round_minor,
    to_usd,
    usd,
)
from grants.core.people.permissions import Permission

UNORE = "UN operational rates of exchange"


class NoRate(DomainError):
    """No exchange rate holds on the day: enter it first."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A dated rate: units of the currency for 1 USD, the day it took effect, who published it."""

    rate: Decimal
    effective_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Valued:
    """An amount with its value in USD cents and the quote behind it (none for USD)."""

    amount: Money
    usd_minor: int
    quote: Quote | None = None

    def __add__(self, other: "Valued") -> "Valued":
        """Two amounts of one currency; the sum keeps the first one's quote."""
        return Valued(self.amount + other.amount, self.usd_minor + other.usd_minor, self.quote)

    def __neg__(self) -> "Valued":
        return Valued(-self.amount, -self.usd_minor, self.quote)


def quote_of(posting: Posting) -> Quote | None:
    """The quote a posting was made at; none for USD."""
    if posting.rate is None or posting.rate_on is None or posting.rate_source is None:
        return None
    return Quote(posting.rate, posting.rate_on, posting.rate_source)


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate as published, not yet in the books."""

    currency: str
    effective_on: date
    rate: Decimal


def rate_on(session: Session, currency: str, day: date) -> Quote:
    """The rate that holds on a day: the newest effective date on or before it, never a later one.

    DomainError if there is none; InvalidInput for an unknown currency.
    """
    exponent(currency)
    row = session.scalar(_rate_on(currency, day))
    if row is None:
        raise NoRate(
            _(
                "There is no exchange rate for %(currency)s on or before %(day)s. "
                "Enter the UN operational rate first.",
                currency=currency,
                day=day.isoformat(),
            )
        )
    return Quote(row.rate, row.effective_on, row.source)


def rates_holding(session: Session, day: date) -> Sequence[ExchangeRate]:
    """The rate of every currency that holds on a day, in the order of their codes."""
    return session.scalars(
        select(ExchangeRate)
        .ext(distinct_on(ExchangeRate.currency))
        .where(ExchangeRate.effective_on <= day)
        .order_by(ExchangeRate.currency, ExchangeRate.effective_on.desc())
    ).all()


def rates_around(
    session: Session, currency: str, day: date
) -> tuple[ExchangeRate | None, ExchangeRate | None]:
    """The rate that holds on a day and the next one, which does not yet: why the one holds."""
    begins = ExchangeRate.effective_on
    of_currency = select(ExchangeRate).where(ExchangeRate.currency == currency)
    later = of_currency.where(begins > day).order_by(begins).limit(1)
    return session.scalar(_rate_on(currency, day)), session.scalar(later)


def _rate_on(currency: str, day: date) -> Select[ExchangeRate]:
    begins = ExchangeRate.effective_on
    of_currency = select(ExchangeRate).where(ExchangeRate.currency == currency)
    return of_currency.where(begins <= day).order_by(begins.desc()).limit(1)


MOST = 10**15
"""US cents. A sum beyond it comes from a rate or an amount that was mistyped."""


def value_at(amount: Money, quote: Quote | None) -> Valued:
    """An amount at a known rate, rounded half-even once; DomainError if it cannot be meant."""
    cents = to_usd(amount, quote.rate).minor if quote else amount.minor
    if abs(cents) > MOST:
        raise DomainError(
            _(
                "%(amount)s %(currency)s would be %(usd)s USD, which is too large. Check the "
                "amount and the exchange rate.",
                amount=amount,
                currency=amount.currency,
                usd=usd(cents),
            )
        )
    return Valued(amount, cents, quote)


def value_on(session: Session, amount: Money, day: date) -> Valued:
    """An amount at the rate that holds on a day."""
    if amount.currency == FUNCTIONAL_CURRENCY:
        return value_at(amount, None)
    return value_at(amount, rate_on(session, amount.currency, day))


def exchanged_on(session: Session, dollars: Money, currency: str, day: date) -> Valued:
    """What an amount in USD is in another currency by the rate that holds on a day, in whole units
    of that currency’s smallest coin.
    """
    quote = rate_on(session, currency, day)
    units = dollars.decimal * quote.rate * 10 ** exponent(currency)
    return value_at(Money(round_minor(units), currency), quote)


def worth(session: Session, amount: Money, day: date) -> Money:
    """What an amount was worth in USD on a day, for figures that are not posted."""
    return usd(value_on(session, amount, day).usd_minor)


def add_rates(session: Session, rates: Sequence[NewRate], act: Act, source: str = UNORE) -> int:
    """Enter published rates; how many were new. Repeating it changes nothing.

    A rate is never changed: another figure for a day that has one is a DomainError. Earlier
    postings keep the rate they were made at. Needs the permission to enter rates.
    """
    if not act.actor.may(Permission.LEDGER_RATES):
        raise Forbidden(_("Your role does not allow this."))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("exchange rates", 0))))
    for refusal in refused_rates(session, rates).values():
        raise DomainError(refusal)
    foreign = {place(new): new.rate for new in rates if new.currency != FUNCTIONAL_CURRENCY}
    rates_held = _rates_held(session, list(foreign))
    rows = [
        {
            "currency": currency,
            "effective_on": day,
            "rate": rate,
            "source": source,
            "person_id": act.actor.person_id,
            "actor": act.actor.name,
        }
        for (currency, day), rate in foreign.items()
        if (currency, day) not in rates_held
    ]
    if rows:
        written = session.scalars(insert(ExchangeRate).returning(ExchangeRate.id), rows)
        touch_rows(session, ExchangeRate, [(number,) for number in written])
    return len(rows)


Place = tuple[str, date]


def place(new: NewRate) -> Place:
    """What a rate is the rate of: a currency from a day on."""
    return new.currency, new.effective_on


def refused_rates(session: Session, rates: Sequence[NewRate]) -> dict[int, str]:
    """Which of these rates cannot be entered, by their place in the list, and why.

    InvalidInput for an unknown currency.
    """
    rates_held = _rates_held(session, [place(new) for new in rates])
    refused: dict[int, str] = {}
    for number, new in enumerate(rates):
        exponent(new.currency)
        if not in_use(new.currency, new.effective_on):
            refused[number] = _("%(code)s was withdrawn before this date.", code=new.currency)
            continue
        if not new.rate.is_finite() or new.rate <= 0:
            refused[number] = _(
                "A rate is the number of units of the currency for 1 USD, and must be above 0."
            )
            continue
        first = Decimal(1) if new.currency == FUNCTIONAL_CURRENCY else new.rate
        present = rates_held.setdefault(place(new), first)
        if present != new.rate:
            refused[number] = _(
                "%(currency)s has the rate %(held)s from %(day)s; expected the same, not %(rate)s: "
                "a rate is never changed",
                currency=new.currency,
                held=f"{present:f}",
                day=new.effective_on.isoformat(),
                rate=f"{new.rate:f}",
            )
    return refused


def _rates_held(session: Session, places: Sequence[Place]) -> dict[Place, Decimal]:
    """What the books hold for these currencies and days."""
    rates_held: dict[Place, Decimal] = {}
    columns = tuple_(ExchangeRate.currency, ExchangeRate.effective_on)
    for start in range(0, len(places), 5000):
        for row in session.execute(
            select(ExchangeRate.currency, ExchangeRate.effective_on, ExchangeRate.rate).where(
                columns.in_(places[start : start + 5000])
            )
        ):
            rates_held[row.currency, row.effective_on] = row.rate
    return rates_held

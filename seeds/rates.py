"""UN operational rates that never were: plausible, twice a month, the same every time."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.rates import NewRate, add_rates
from grants.core.audit.act import Act

_MIDDLE = {"EUR": "0.921", "CHF": "0.884", "GBP": "0.785", "JPY": "148.30", "KWD": "0.3075"}


def plant_rates(session: Session, since: date, until: date, act: Act) -> None:
    """A rate for each currency on the 1st and the 15th of every month."""
    rates = []
    for currency, middle in _MIDDLE.items():
        place = 0
        day = since.replace(day=1)
        while day <= until:
            swing = Decimal((place * 37 + len(currency) * 11 + ord(currency[0])) % 13 - 6) / 200
            rates.append(
                NewRate(currency, day, (Decimal(middle) * (1 + swing)).quantize(Decimal("0.0001")))
            )
            day = day.replace(day=15) if day.day == 1 else _next_month(day)
            place += 1
    add_rates(session, rates, act)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)

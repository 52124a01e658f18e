"""What can be said of a row by itself, though it is not taken over: its act is never tried, because
of a fault in another cell or in another row, and what speaks against it otherwise is told all the
same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.periods import require_open
from grants.books.ledger.rates import rate_on
from grants.core.funds.models import Fund
from grants.core.kernel.errors import FundError
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.desk.moving_in.history.alike import AnyRow
from grants.desk.moving_in.history.incoming import other_currency
from grants.desk.moving_in.history.outgoing import no_instalment, signed_later
from grants.desk.moving_in.history.plan import Files
from grants.desk.moving_in.history.rows import OtherKind

Fault = tuple[str, str]
"""A column and what is wrong with it."""

_DAYS = {
    "pledges.csv": ("pledged_on", "agreement_signed_on"),
    "deposits.csv": ("value_on",),
    "grants.csv": ("agreement_signed_on",),
    "payments.csv": ("paid_on",),
    "grant_refunds.csv": ("refunded_on",),
    "other.csv": ("booked_on",),
}
"""The days on which something is booked."""

_VALUED_ON = {
    "pledges.csv": "agreement_signed_on",
    "deposits.csv": "value_on",
    "other.csv": "booked_on",
}
"""The day whose rate an amount is valued at."""


@dataclass
class Alone:
    """The history and the books that a row is held against."""

    session: Session
    fund: Fund
    files: Files

    def faults(self, file: str, row: AnyRow) -> Iterator[Fault]:
        """Each column of a row that is wrong whatever becomes of the others."""
        yield from self._closed_days(file, row)
        yield from self._without_rate(file, row)
        if file == "deposits.csv" or row.cell("kind") is OtherKind.REFUND_TO_DONOR:
            yield from self._in_another_currency(row)
        if file in {"payments.csv", "grant_refunds.csv"}:
            yield from self._before_signature(_DAYS[file][0], row)
        if file == "payments.csv":
            yield from self._of_no_instalment(row)

    def _closed_days(self, file: str, row: AnyRow) -> Iterator[Fault]:
        for column in _DAYS.get(file, ()):
            day = row.cell(column)
            if day is not None and (why := _refusal_of(require_open, self.session, self.fund, day)):
                yield column, why

    def _without_rate(self, file: str, row: AnyRow) -> Iterator[Fault]:
        currency, day = row.cell("currency"), row.cell(_VALUED_ON.get(file, ""))
        if day is None or currency in {None, FUNCTIONAL_CURRENCY}:
            return
        if self.files.doubts.of_rate(currency):
            return
        if why := _refusal_of(rate_on, self.session, currency, day):
            yield "currency", why

    def _in_another_currency(self, row: AnyRow) -> Iterator[Fault]:
        pledge, currency = row.cell("pledge"), row.cell("currency")
        pledged = self._pledge_currencies.get(pledge)
        if None not in {currency, pledged} and pledged != currency:
            yield "currency", other_currency(pledge, str(pledged), currency)

    def _before_signature(self, column: str, row: AnyRow) -> Iterator[Fault]:
        grant, day = row.cell("grant"), row.cell(column)
        signed_on = self._signing_days.get(grant)
        if day is not None and signed_on is not None and day < signed_on:
            yield column, signed_later(grant)

    def _of_no_instalment(self, row: AnyRow) -> Iterator[Fault]:
        grant, number = row.cell("grant"), row.cell("number")
        numbers = {part.value.number for part in self.files.instalments(grant)}
        unclear = {faulty.cells["grant"] for faulty in self.files.tables["instalments.csv"].faulty}
        if not numbers or number is None or not unclear.isdisjoint({grant, ""}):
            return
        if number not in numbers:
            yield "number", no_instalment(grant, number)

    @cached_property
    def _pledge_currencies(self) -> dict[Any, str | None]:
        rows = self.files.every("pledges.csv")
        return {row.cell("reference"): row.cell("currency") for row in rows}

    @cached_property
    def _signing_days(self) -> dict[Any, date | None]:
        rows = self.files.every("grants.csv")
        return {row.cell("reference"): row.cell("agreement_signed_on") for row in rows}


def _refusal_of(function: Callable[..., object], *arguments: object) -> str:
    """Why something is refused; empty if it is not."""
    try:
        function(*arguments)
    except FundError as refusal:
        return refusal.message
    return ""

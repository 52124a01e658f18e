"""Grants of other funders from a CSV file with the columns of an IATI activity's basic facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grants.core.kernel.cells import amount_in, currency_code, day, optional, plain_decimal, words
from grants.core.kernel.countries import country_choices
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.tabular import Table
from grants.integrity.other_grants.service import Known

FILE = "grants.csv"


def _country(text: str) -> str:
    code = text.strip().upper()
    if code not in dict(country_choices()):
        raise InvalidInput(_("“%(code)s” is not the ISO code of a country.", code=code))
    return code


@dataclass(frozen=True, slots=True)
class _Line:
    identifier: str | None
    title: str
    funder: str
    country: str | None
    start: date
    end: date
    value: Decimal | None
    currency: str | None


COLUMNS = {
    "identifier": optional(words(100)),
    "title": words(300),
    "funder": words(200),
    "country": optional(_country),
    "start": day,
    "end": day,
    "value": optional(plain_decimal),
    "currency": optional(currency_code),
}


def read_grants(content: bytes) -> list[Known]:
    """The grants of a file; UnreadableTable names every fault with its line and column."""
    table = Table(FILE, _Line, COLUMNS).read(content)
    seen: set[str] = set()
    given = []
    for row in table.rows:
        try:
            given.append(_known(row.value, seen))
        except InvalidInput as fault:
            table.refuse(row.line, "identifier", fault.message)
    table.require()
    return given


def _known(line: _Line, seen: set[str]) -> Known:
    if line.identifier and line.identifier in seen:
        raise InvalidInput(_("this identifier appears twice"))
    seen.add(line.identifier or "")
    if line.end < line.start:
        raise InvalidInput(_("it ends before it starts"))
    if (line.value is None) != (line.currency is None):
        raise InvalidInput(_("give the value and its currency, or neither"))
    value = amount_in(line.value, line.currency) if line.value and line.currency else None
    known = (line.title, line.funder, line.start, line.end, line.country, value)
    return Known(*known, identifier=line.identifier or "")

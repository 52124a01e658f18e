"""Grants of other funders from a CSV file with the columns of an IATI activity's basic facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grants.core.countries.countries import country_choices
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.cells import amount_in, currency_code, day, optional, plain_decimal, words
from grants.core.texts.tabular import Table
from grants.integrity.other_grants.service import ReportedGrant

FILE = "grants.csv"


def _country_code(text: str) -> str:
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
    "country": optional(_country_code),
    "start": day,
    "end": day,
    "value": optional(plain_decimal),
    "currency": optional(currency_code),
}


def read_grants(content: bytes) -> list[ReportedGrant]:
    """The grants of a file; UnreadableTable names every fault with its line and column."""
    table = Table(FILE, _Line, COLUMNS).read(content)
    identifiers: set[str] = set()
    grants = []
    for row in table.rows:
        try:
            grants.append(_reported_grant(row.value, identifiers))
        except InvalidInput as fault:
            table.refuse(row.line, "identifier", fault.message)
    table.require()
    return grants


def _reported_grant(line: _Line, identifiers: set[str]) -> ReportedGrant:
    if line.identifier and line.identifier in identifiers:
        raise InvalidInput(_("this identifier appears twice"))
    identifiers.add(line.identifier or "")
    if line.end < line.start:
        raise InvalidInput(_("it ends before it starts"))
    if (line.value is None) != (line.currency is None):
        raise InvalidInput(_("give the value and its currency, or neither"))
    value = amount_in(line.value, line.currency) if line.value and line.currency else None
    facts = (line.title, line.funder, line.start, line.end, line.country, value)
    return ReportedGrant(*facts, identifier=line.identifier or "")

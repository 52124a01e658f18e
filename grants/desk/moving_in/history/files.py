"""The files of a history: their columns, how each cell is read, and the help for the person who
fills them in.

Reading, docs/moving-in.md and the template files all come from this one table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from grants.applying.organisations import facts as organisations
from grants.books.ledger.rates import NewRate
from grants.core.countries.countries import CODES
from grants.core.countries.countries import country_code as named
from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.texts.cells import (
    Reader,
    currency_code,
    day,
    one_of,
    optional,
    plain_decimal,
    whole_number,
    words,
    yes_or_no,
)
from grants.core.texts.tabular import Table
from grants.desk.moving_in.history.rows import (
    DepositRow,
    DonorRow,
    GrantRow,
    InstalmentRow,
    OrganisationRow,
    OtherKind,
    OtherRow,
    PaymentRow,
    PledgeRow,
    RefundRow,
)
from grants.giving.donors import facts as donors
from grants.platform.profiles import facts

T = TypeVar("T")
CODE, NAME, REFERENCE = 40, 200, 80


def fee(text: str) -> Decimal | None:
    """A fee withheld; 0 is none."""
    return None if re.fullmatch(r"0+(\.0+)?", text, re.ASCII) else plain_decimal(text)


def percent(text: str) -> Decimal:
    """A share of 100, with two decimals at most; 0 is one."""
    read = Decimal(0) if re.fullmatch(r"0+(\.0+)?", text, re.ASCII) else plain_decimal(text)
    if read > 100 or read != round(read, 2):
        raise InvalidInput(
            _("“%(text)s” is not a percentage; expected 0 to 100, such as 7.5", text=text[:40])
        )
    return read


def otherwise(reader: Callable[[str], T], value: T) -> Callable[[str], T]:
    """An empty cell means `value`."""
    return lambda text: reader(text) if text else value


EARLIEST, LONGEST_AHEAD = date(1945, 10, 24), timedelta(days=366)


def happened(text: str) -> date:
    """The day of something that was done; a year before the United Nations, or well ahead of
    today, is a slip of the pen.
    """
    value = day(text)
    if not EARLIEST <= value <= clock.today() + LONGEST_AHEAD:
        raise InvalidInput(
            _(
                "%(day)s is not a possible date; expected today or an earlier date",
                day=value.isoformat(),
            )
        )
    return value


def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code that this is, or that of the country so called."""
    code = text if text in CODES else named(text)
    if code is None:
        raise InvalidInput(
            _("“%(text)s” is not a country; expected an ISO 3166 code such as KE", text=text[:40])
        )
    return code


def country_codes(text: str) -> tuple[str, ...]:
    """Countries by their ISO 3166 alpha-2 codes with spaces between them, each once, in order."""
    for code in text.split():
        if code not in CODES:
            raise InvalidInput(
                _(
                    "“%(text)s” is not the code of a country; expected ISO 3166 codes with spaces "
                    "between them, such as KE UG",
                    text=code[:40],
                )
            )
    return tuple(sorted(set(text.split())))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are read, what they mean, and one of them as an example."""

    read: Reader
    note: str
    example: str
    may_be_left_out: bool = False

    @property
    def needed(self) -> bool:
        """May no cell of it be empty?"""
        return not self._can_read("")

    @property
    def is_day(self) -> bool:
        return self._can_read("2024-01-01") and not self._can_read("text")

    @property
    def is_number(self) -> bool:
        return self._can_read("1") and not self._can_read("text")

    def _can_read(self, text: str) -> bool:
        try:
            self.read(text)
        except InvalidInput:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One file: what a row becomes, what it is about, and its columns."""

    row: type
    note: str
    columns: Mapping[str, Column]


def _codes_of(kind: Any) -> str:
    return _l("One of: %(words)s.", words=", ".join(member.value for member in kind))


_CURRENCY = _l("ISO 4217 code in capitals.")
_DAY = _l("In the format YYYY-MM-DD.")
_COUNTRY = _l("Two-letter ISO 3166 code, or the name in English.")


def _profile_columns(profile: facts.Table[Any, Any]) -> Mapping[str, Column]:
    """Columns for what a profile states besides the name and country; a file may leave them out."""
    return {
        fact.key: Column(
            otherwise(fact.kind.imported, profile.default(fact)),
            fact.label,
            fact.imported,
            may_be_left_out=True,
        )
        for fact in profile.facts
        if fact.imported and fact.key not in {"name", "country"}
    }


FILES: Mapping[str, Kind] = {
    "rates.csv": Kind(
        NewRate,
        _l(
            "United Nations operational rates of exchange. The rate for a date is the "
            "latest one on or before it."
        ),
        {
            "currency": Column(currency_code, _CURRENCY, "EUR"),
            "effective_on": Column(day, _l("The day it took effect, YYYY-MM-DD."), "2024-01-01"),
            "rate": Column(
                plain_decimal, _l("Units of the currency for 1 USD. USD needs no row."), "0.9"
            ),
        },
    ),
    "donors.csv": Kind(
        DonorRow,
        _l("Donors that have pledged or contributed."),
        {
            "code": Column(words(CODE), _l("Your own code, quoted in pledges.csv."), "AUT"),
            "name": Column(words(NAME), _l("As it should appear in letters."), "Austria"),
            "kind": Column(one_of(DonorKind), _codes_of(DonorKind), "member_state"),
            "country": Column(otherwise(country_code, ""), _COUNTRY, "AT"),
            **_profile_columns(donors.PROFILE),
        },
    ),
    "pledges.csv": Kind(
        PledgeRow,
        _l("Pledges, and the dates on which their agreements were signed."),
        {
            "reference": Column(
                words(CODE), _l("Your own reference, quoted in deposits.csv."), "P-2024-1"
            ),
            "donor": Column(words(CODE), _l("A code from donors.csv."), "AUT"),
            "currency": Column(currency_code, _CURRENCY, "EUR"),
            "amount": Column(plain_decimal, _l("Digits such as 1234.50."), "90000.00"),
            "pledged_on": Column(happened, _DAY, "2024-01-15"),
            "agreement_signed_on": Column(
                optional(happened), _l("Empty if no agreement has been signed."), "2024-02-01"
            ),
            "conditional": Column(
                otherwise(yes_or_no, False),
                _l("yes if a condition has not yet been met; otherwise no or empty."),
                "no",
            ),
            "earmarking": Column(
                otherwise(one_of(Earmarking), Earmarking.UNEARMARKED),
                _codes_of(Earmarking),
                "unearmarked",
            ),
            "earmark_countries": Column(
                country_codes,
                _l(
                    "The only countries it may be spent in: two-letter ISO 3166 codes with "
                    "spaces between them; empty for any."
                ),
                "",
                may_be_left_out=True,
            ),
            "earmark_until": Column(
                optional(day),
                _l("The last day on which a grant may be agreed from it; empty for no end."),
                "",
                may_be_left_out=True,
            ),
        },
    ),
    "deposits.csv": Kind(
        DepositRow,
        _l("Amounts credited by the bank."),
        {
            "bank_reference": Column(words(REFERENCE), _l("The bank’s own reference."), "IN-1"),
            "pledge": Column(
                optional(words(CODE)),
                _l("A reference from pledges.csv; empty for an unidentified deposit."),
                "P-2024-1",
            ),
            "value_on": Column(happened, _l("The value date, YYYY-MM-DD."), "2024-02-20"),
            "currency": Column(currency_code, _l("The currency of the pledge."), "EUR"),
            "amount": Column(plain_decimal, _l("The amount credited."), "44985.00"),
            "bank_fee": Column(
                optional(fee), _l("Bank fees deducted in transit; 0 or empty for none."), "15.00"
            ),
        },
    ),
    "organisations.csv": Kind(
        OrganisationRow,
        _l("Organisations that received grants."),
        {
            "code": Column(words(CODE), _l("Your own code, quoted in grants.csv."), "SHELTER"),
            "name": Column(words(NAME), _l("As it should appear in letters."), "Safe Shelter"),
            "country": Column(country_code, _COUNTRY, "KE"),
            **_profile_columns(organisations.PROFILE),
        },
    ),
    "grants.csv": Kind(
        GrantRow,
        _l("Grants with a signed agreement, in USD."),
        {
            "reference": Column(
                words(CODE),
                _l("Your own reference, quoted in instalments.csv and payments.csv."),
                "G-2024-1",
            ),
            "organisation": Column(words(CODE), _l("A code from organisations.csv."), "SHELTER"),
            "country": Column(country_code, _l("Country of the project; two letters."), "KE"),
            "award_usd": Column(plain_decimal, _l("The total of the instalments."), "20000.00"),
            "agreement_signed_on": Column(happened, _DAY, "2024-03-01"),
            "starts_on": Column(day, _DAY, "2024-03-15"),
            "ends_on": Column(day, _l("After the start date."), "2024-11-14"),
            "support_cost_percent": Column(
                optional(percent),
                _l("Programme support costs in per cent; empty for the fund’s rate, 0 for none."),
                "",
                may_be_left_out=True,
            ),
        },
    ),
    "instalments.csv": Kind(
        InstalmentRow,
        _l("The instalments of each grant and their due dates. They must add up to the award."),
        {
            "grant": Column(words(CODE), _l("A reference from grants.csv."), "G-2024-1"),
            "number": Column(whole_number, _l("1, 2, 3 … without a gap."), "1"),
            "amount_usd": Column(plain_decimal, _l("In USD."), "20000.00"),
            "due_on": Column(day, _DAY, "2024-03-15"),
        },
    ),
    "payments.csv": Kind(
        PaymentRow,
        _l("Instalments paid, in order."),
        {
            "grant": Column(words(CODE), _l("A reference from grants.csv."), "G-2024-1"),
            "number": Column(whole_number, _l("The number of the instalment."), "1"),
            "paid_on": Column(happened, _l("Not before the date of signature."), "2024-03-20"),
            "bank_reference": Column(words(REFERENCE), _l("The bank’s own reference."), "OUT-1"),
        },
    ),
    "grant_refunds.csv": Kind(
        RefundRow,
        _l("Amounts refunded by grantees."),
        {
            "grant": Column(words(CODE), _l("A reference from grants.csv."), "G-2024-1"),
            "refunded_on": Column(happened, _DAY, "2024-12-01"),
            "amount_usd": Column(plain_decimal, _l("No more than the amount paid."), "150.00"),
            "bank_reference": Column(words(REFERENCE), _l("The bank’s own reference."), "IN-2"),
        },
    ),
    "other.csv": Kind(
        OtherRow,
        _l(
            "Opening balance, interest, bank charges, direct costs, administration fees, and "
            "refunds to donors."
        ),
        {
            "kind": Column(one_of(OtherKind), _codes_of(OtherKind), "interest"),
            "booked_on": Column(happened, _DAY, "2024-12-31"),
            "currency": Column(currency_code, _CURRENCY, "USD"),
            "amount": Column(plain_decimal, _l("Digits such as 1234.50."), "37.20"),
            "reference": Column(
                words(REFERENCE), _l("Your own reference, unique for each type."), "I-1"
            ),
            "pledge": Column(
                optional(words(CODE)),
                _l("For refund_to_donor, a reference from pledges.csv; otherwise empty."),
                "",
            ),
        },
    ),
}
"""In the order in which they build on each other."""


def table(name: str) -> Table[Any]:
    """An empty table of one of the files."""
    kind = FILES[name]
    readers = {column: how.read for column, how in kind.columns.items()}
    spare = frozenset(name for name, how in kind.columns.items() if how.may_be_left_out)
    return Table(name, kind.row, readers, spare)

"""The files of a history: what each row means and how its cells are read (docs/moving-in.md)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from babel import Locale

from grants.kernel import clock
from grants.kernel.cells import (
    currency_code,
    day,
    one_of,
    optional,
    plain_decimal,
    whole_number,
    words,
    yes_or_no,
)
from grants.kernel.errors import InvalidInput
from grants.kernel.language import gettext as _
from grants.kernel.tabular import Table
from grants.kernel.taxonomies import DonorKind, Earmarking
from grants.ledger.rates import NewRate

T = TypeVar("T")
CODE, NAME, REFERENCE = 40, 200, 80
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes in Unicode's list of territories that stand for none."""
COUNTRIES = frozenset(
    code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))
) - frozenset(_NO_COUNTRIES)


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor; `country` is ISO alpha-2 or None."""

    code: str
    name: str
    kind: DonorKind
    country: str | None


@dataclass(frozen=True, slots=True)
class PledgeRow:
    """A pledge, in its own currency, and the day its agreement was signed, if it was."""

    reference: str
    donor: str
    currency: str
    amount: Decimal
    pledged_on: date
    agreement_signed_on: date | None
    conditional: bool
    earmarking: Earmarking


@dataclass(frozen=True, slots=True)
class DepositRow:
    """Money credited by the bank; without a pledge it waits in suspense."""

    bank_reference: str
    pledge: str | None
    value_on: date
    currency: str
    amount: Decimal
    bank_fee: Decimal | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A grantee."""

    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant with its agreement; its sum in USD."""

    reference: str
    organisation: str
    country: str
    award_usd: Decimal
    agreement_signed_on: date
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """One instalment of a grant's schedule."""

    grant: str
    number: int
    amount_usd: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """An instalment that was paid."""

    grant: str
    number: int
    paid_on: date
    bank_reference: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money a grantee sent back."""

    grant: str
    refunded_on: date
    amount_usd: Decimal
    bank_reference: str


class OtherKind(StrEnum):
    """Movements that belong to no pledge or grant, but for a refund to a donor."""

    INTEREST = "interest"
    BANK_CHARGE = "bank_charge"
    REFUND_TO_DONOR = "refund_to_donor"


@dataclass(frozen=True, slots=True)
class OtherRow:
    """Interest, a bank charge, or money that went back to a donor."""

    kind: OtherKind
    booked_on: date
    currency: str
    amount: Decimal
    reference: str
    pledge: str | None


def fee(text: str) -> Decimal | None:
    """A fee withheld; 0 is none."""
    return None if re.fullmatch(r"0+(\.0+)?", text, re.ASCII) else plain_decimal(text)


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
            _("%(day)s cannot be meant; expected a day that has come", day=value.isoformat())
        )
    return value


def country_code(text: str) -> str:
    """An ISO 3166 alpha-2 code."""
    if text not in COUNTRIES:
        raise InvalidInput(
            _("“%(text)s” is not a country; expected an ISO 3166 code such as KE", text=text[:40])
        )
    return text


TABLES: dict[str, tuple[type, dict[str, Any]]] = {
    "rates.csv": (
        NewRate,
        {"currency": currency_code, "effective_on": day, "rate": plain_decimal},
    ),
    "donors.csv": (
        DonorRow,
        {
            "code": words(CODE),
            "name": words(NAME),
            "kind": one_of(DonorKind),
            "country": optional(country_code),
        },
    ),
    "pledges.csv": (
        PledgeRow,
        {
            "reference": words(CODE),
            "donor": words(CODE),
            "currency": currency_code,
            "amount": plain_decimal,
            "pledged_on": happened,
            "agreement_signed_on": optional(happened),
            "conditional": otherwise(yes_or_no, False),
            "earmarking": otherwise(one_of(Earmarking), Earmarking.UNEARMARKED),
        },
    ),
    "deposits.csv": (
        DepositRow,
        {
            "bank_reference": words(REFERENCE),
            "pledge": optional(words(CODE)),
            "value_on": happened,
            "currency": currency_code,
            "amount": plain_decimal,
            "bank_fee": optional(fee),
        },
    ),
    "organisations.csv": (
        OrganisationRow,
        {"code": words(CODE), "name": words(NAME), "country": country_code},
    ),
    "grants.csv": (
        GrantRow,
        {
            "reference": words(CODE),
            "organisation": words(CODE),
            "country": country_code,
            "award_usd": plain_decimal,
            "agreement_signed_on": happened,
            "starts_on": day,
            "ends_on": day,
        },
    ),
    "instalments.csv": (
        InstalmentRow,
        {
            "grant": words(CODE),
            "number": whole_number,
            "amount_usd": plain_decimal,
            "due_on": day,
        },
    ),
    "payments.csv": (
        PaymentRow,
        {
            "grant": words(CODE),
            "number": whole_number,
            "paid_on": happened,
            "bank_reference": words(REFERENCE),
        },
    ),
    "grant_refunds.csv": (
        RefundRow,
        {
            "grant": words(CODE),
            "refunded_on": happened,
            "amount_usd": plain_decimal,
            "bank_reference": words(REFERENCE),
        },
    ),
    "other.csv": (
        OtherRow,
        {
            "kind": one_of(OtherKind),
            "booked_on": happened,
            "currency": currency_code,
            "amount": plain_decimal,
            "reference": words(REFERENCE),
            "pledge": optional(words(CODE)),
        },
    ),
}


def table(name: str) -> Table[Any]:
    """An empty table of one of the files."""
    row, columns = TABLES[name]
    return Table(name, row, columns)

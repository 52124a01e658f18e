"""What a row of each file of a history means."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from grants.applying.organisations import profile as organisations
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.giving.donors import facts as donors


@dataclass(frozen=True, kw_only=True)
class DonorRow(donors.Profile):
    """A donor, with what its profile states."""

    code: str
    kind: DonorKind


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
    earmark_countries: tuple[str, ...] = ()
    earmark_until: date | None = None


@dataclass(frozen=True, slots=True)
class DepositRow:
    """Money credited by the bank; without a pledge it waits in suspense."""

    bank_reference: str
    pledge: str | None
    value_on: date
    currency: str
    amount: Decimal
    bank_fee: Decimal | None


@dataclass(frozen=True, kw_only=True)
class OrganisationRow(organisations.Profile):
    """A grantee, with what its profile states."""

    code: str


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
    support_cost_percent: Decimal | None = None
    """None for the fund's rate."""


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
    """Movements that belong to no grant; of a pledge only a refund to its donor."""

    INTEREST = "interest"
    BANK_CHARGE = "bank_charge"
    REFUND_TO_DONOR = "refund_to_donor"
    OPENING_BALANCE = "opening_balance"
    DIRECT_COST = "direct_cost"
    ADMINISTRATION_FEE = "administration_fee"


@dataclass(frozen=True, slots=True)
class OtherRow:
    """Interest, a charge, a cost, the opening balance, or money that went back to a donor."""

    kind: OtherKind
    booked_on: date
    currency: str
    amount: Decimal
    reference: str
    pledge: str | None

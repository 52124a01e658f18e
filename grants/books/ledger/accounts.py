"""The chart of accounts, and the events that post to it."""

from enum import Enum, StrEnum
from typing import Self

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term


class Kind(Enum):
    """What an account is; `natural` is +1 where a debit makes it grow, -1 where a credit does."""

    ASSET = "asset", 1
    CONTRA_ASSET = "contra-asset", -1
    """What an asset is worth less by."""
    LIABILITY = "liability", -1
    NET_ASSETS = "net-assets", -1
    """What the fund had of its own before these books began."""
    REVENUE = "revenue", -1
    EXPENSE = "expense", 1
    MEMORANDUM = "memorandum", 1
    """Money committed but not spent: outside the financial statements, against its
    control."""
    CONTROL = "control", -1

    natural: int

    def __new__(cls, name: str, natural: int) -> Self:
        member = object.__new__(cls)
        member._value_ = name
        member.natural = natural
        return member


class Account(StrEnum):
    """One account of the books: its code, its number in the chart, its name and kind."""

    number: int
    label: str
    kind: Kind

    def __new__(cls, code: str, number: int, label: str, kind: Kind) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.number, member.label, member.kind = number, label, kind
        return member

    CASH = "cash", 1100, _l("Cash"), Kind.ASSET
    CONTRIBUTIONS_RECEIVABLE = (
        "contributions_receivable",
        1200,
        _l("Contributions receivable"),
        Kind.ASSET,
    )
    RECEIVABLE_ALLOWANCE = (
        "receivable_allowance",
        1250,
        _l("Allowance for doubtful receivables"),
        Kind.CONTRA_ASSET,
    )
    DEFERRED_REVENUE = (
        "deferred_revenue",
        2100,
        _l("Deferred revenue on conditional agreements"),
        Kind.LIABILITY,
    )
    SUSPENSE = "suspense", 2200, _l("Unidentified deposits"), Kind.LIABILITY
    SET_OFF = "set_off", 2300, _l("Refunds set off against instalments"), Kind.LIABILITY
    OPENING_BALANCE = "opening_balance", 3100, _l("Opening balance"), Kind.NET_ASSETS
    CONTRIBUTION_REVENUE = (
        "contribution_revenue",
        4100,
        _l("Contribution revenue"),
        Kind.REVENUE,
    )
    INTEREST = "interest", 4200, _l("Interest income"), Kind.REVENUE
    EXCHANGE_DIFFERENCE = (
        "exchange_difference",
        4300,
        _l("Exchange gain or loss"),
        Kind.REVENUE,
    )
    GRANT_EXPENSE = "grant_expense", 5100, _l("Grant expense"), Kind.EXPENSE
    PROGRAMME_SUPPORT_COST = (
        "programme_support_cost",
        5200,
        _l("Programme support costs"),
        Kind.EXPENSE,
    )
    GRANT_LOSSES = "grant_losses", 5250, _l("Grants not recovered"), Kind.EXPENSE
    BANK_CHARGES = "bank_charges", 5300, _l("Bank charges"), Kind.EXPENSE
    WRITE_OFF = "write_off", 5400, _l("Contributions written off"), Kind.EXPENSE
    DOUBTFUL_RECEIVABLES = (
        "doubtful_receivables",
        5500,
        _l("Change in the allowance for doubtful receivables"),
        Kind.EXPENSE,
    )
    DIRECT_COSTS = "direct_costs", 5600, _l("Direct costs"), Kind.EXPENSE
    ADMINISTRATION_FEES = (
        "administration_fees",
        5700,
        _l("Administration fees"),
        Kind.EXPENSE,
    )
    RESERVED = "reserved", 9100, _l("Reserved for approved awards"), Kind.MEMORANDUM
    RESERVED_CONTROL = "reserved_control", 9150, _l("Control of reservations"), Kind.CONTROL
    COMMITMENTS = "commitments", 9200, _l("Commitments outstanding"), Kind.MEMORANDUM
    COMMITMENTS_CONTROL = "commitments_control", 9250, _l("Control of commitments"), Kind.CONTROL


MEMORANDUM = tuple(a for a in Account if a.kind in {Kind.MEMORANDUM, Kind.CONTROL})
"""Accounts that balance among themselves and are outside the financial statements."""


class Event(Term):
    """What happened to the fund's money. A reversal keeps the event of the entry it undoes."""

    AGREEMENT_SIGNED = "agreement_signed", _l("Agreement with a donor signed")
    CONDITION_MET = "condition_met", _l("Condition of an agreement met")
    DEPOSIT_RECEIVED = "deposit_received", _l("Deposit received")
    UNIDENTIFIED_RECEIVED = "unidentified_received", _l("Unidentified deposit recorded")
    SUSPENSE_ALLOCATED = "suspense_allocated", _l("Unidentified deposit allocated")
    DONOR_REFUNDED = "donor_refunded", _l("Refund to a donor")
    RECEIVABLE_WRITTEN_OFF = "receivable_written_off", _l("Receivable written off")
    ALLOWANCE_CHANGED = "allowance_changed", _l("Allowance for doubtful receivables changed")
    INTEREST_EARNED = "interest_earned", _l("Interest earned")
    BANK_CHARGED = "bank_charged", _l("Bank charge")
    OPENING_BALANCE_BROUGHT_IN = "opening_balance", _l("Opening balance recorded")
    DIRECT_COST_PAID = "direct_cost_paid", _l("Direct cost paid")
    ADMINISTRATION_FEE_PAID = "administration_fee_paid", _l("Administration fee paid")
    AWARD_RESERVED = "award_reserved", _l("Award approved")
    RESERVATION_ADJUSTED = "reservation_adjusted", _l("Reservation adjusted to the terms")
    RESERVATION_RELEASED = "reservation_released", _l("Reservation released")
    GRANT_COMMITTED = "grant_committed", _l("Grant agreement signed")
    COMMITMENT_ADJUSTED = "commitment_adjusted", _l("Commitment adjusted to new terms")
    INSTALMENT_PAID = "instalment_paid", _l("Instalment paid")
    INSTALMENT_RETURNED = "instalment_returned", _l("Payment of an instalment returned")
    GRANTEE_REFUNDED = "grantee_refunded", _l("Refund by a grantee")
    GRANT_WRITTEN_OFF = "grant_written_off", _l("Grant money written off")
    CASH_TRANSFERRED = "cash_transferred", _l("Transfer between bank accounts")
    CASH_CONVERTED = "cash_converted", _l("Cash converted by the bank")

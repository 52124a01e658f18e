"""How many approving officers an award needs, by its amount: a setting of the fund."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd

MOST_APPROVERS = 5
MOST_TIERS = 3


@dataclass(frozen=True, slots=True)
class Tier:
    """From this amount on (USD), an award needs so many officers."""

    least: Money
    approvers: int

    def as_json(self) -> dict[str, Any]:
        return {"from_usd": str(self.least), "approvers": self.approvers}


def tiers_from(rows: Iterable[Mapping[str, Any]]) -> tuple[Tier, ...]:
    """The tiers of a fund as they are kept."""
    return tuple(Tier(Money.parse(row["from_usd"], "USD"), row["approvers"]) for row in rows)


def approvers_for(fund: Fund, amount: Money) -> int:
    """How many different officers have to approve an award of this amount."""
    reached = [tier for tier in tiers_from(fund.approval_tiers) if tier.least <= amount]
    return max((tier.approvers for tier in reached), default=1)


def checked(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers if they are a rule: from 0 on, rising in both; DomainError says what is wrong."""
    if not tiers or len(tiers) > MOST_TIERS or tiers[0].least != usd(0):
        raise DomainError(_("Begin with the number of approving officers for every award."))
    for tier in tiers:
        if tier.least.currency != FUNCTIONAL_CURRENCY or not 1 <= tier.approvers <= MOST_APPROVERS:
            raise DomainError(
                _(
                    "Enter 1 to %(most)s approving officers, and amounts in USD.",
                    most=MOST_APPROVERS,
                )
            )
    for lower, upper in pairwise(tiers):
        if not (lower.least < upper.least and lower.approvers < upper.approvers):
            raise DomainError(_("A higher amount must need more approving officers."))
    return tuple(tiers)


def as_text(tiers: Sequence[Tier]) -> str:
    """In one line: "1;50000.00=2"."""
    first, *later = tiers
    return ";".join([str(first.approvers), *(f"{tier.least}={tier.approvers}" for tier in later)])


def from_text(text: str) -> tuple[Tier, ...]:
    """The tiers of such a line."""
    first, *later = text.split(";")
    pairs = [("0.00", first), *(other.split("=") for other in later)]
    return tuple(Tier(Money.parse(least, "USD"), int(number)) for least, number in pairs)

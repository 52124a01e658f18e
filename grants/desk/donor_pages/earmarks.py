"""What a donor's earmarked money did, one contribution after the other, on its start page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.money import Money, total
from grants.granting.earmarks.queries import EarmarkBalance, EarmarkUse, lines_of_donors
from grants.granting.reporting.queries import awards_with_accepted_report


@dataclass(frozen=True, slots=True)
class DonorEarmark:
    """One earmarked contribution today, in USD: what was spent, what is set apart and what is free
    add up to what came.
    """

    reference: str
    purpose: str
    received: Money
    """Less what was sent back."""
    spent: Money
    reported: Money
    """Of what was spent, in grants that have reported on it."""
    set_apart: Money
    """For grants approved or signed, not yet paid."""

    @property
    def left(self) -> Money:
        """Received and not spent: what is set apart is still left."""
        return self.received - self.spent

    @property
    def free(self) -> Money:
        """What no grant has taken yet."""
        return self.left - self.set_apart

    @property
    def parts(self) -> Sequence[tuple[str, Money]]:
        """The parts of the bar by what they mean; none is less than nothing."""
        return [
            (means, part)
            for means, part in (
                ("paid", self.spent),
                ("awarded", self.set_apart),
                ("held", self.free),
            )
            if part.minor > 0
        ]


def earmarks_of_donors(session: Session, donors: Collection[int]) -> Sequence[DonorEarmark]:
    """The earmarked contributions of these donors of which money has come, the oldest first."""
    lines = lines_of_donors(session, donors)
    awards = {use.award.id for _balance, uses in lines for use in uses if use.spent}
    reporting = awards_with_accepted_report(session, awards)
    return [_earmark_of(balance, uses, reporting) for balance, uses in lines]


def _earmark_of(
    balance: EarmarkBalance, uses: Sequence[EarmarkUse], reporting: frozenset[int]
) -> DonorEarmark:
    return DonorEarmark(
        reference=balance.pledge.reference,
        purpose=balance.purpose,
        received=balance.received - balance.returned,
        spent=balance.spent,
        reported=total(use.spent for use in uses if use.award.id in reporting),
        set_apart=balance.reserved + balance.set_apart,
    )

"""What a report says, and whether it adds up. Plain values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from grants.kernel.errors import DomainError
from grants.kernel.language import gettext as _
from grants.kernel.money import Money, total

TOLERANCE = Decimal(10)
"""Percent by which a category may differ from its budget without an explanation."""


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report. Codes are those of kernel/taxonomies.py and of the grant's budget."""

    narrative: str
    challenges: str
    beneficiaries: Mapping[str, Mapping[str, int]]
    """Sex → age band → people new in this period."""
    exploitation: Mapping[str, int]
    """Main form of exploitation → the same people."""
    services: Mapping[str, int]
    expenditure: Mapping[str, Money]
    """Budget category → USD spent in this period."""
    explanation: str = ""

    @property
    def people(self) -> int:
        return sum(sum(bands.values()) for bands in self.beneficiaries.values())

    @property
    def spent(self) -> Money:
        return total(self.expenditure.values())


@dataclass(frozen=True, slots=True)
class Spending:
    """One budget category: what the grant has for it, what earlier reports spent, and this one."""

    category: str
    name: str
    budget: Money
    before: Money
    now: Money

    @property
    def so_far(self) -> Money:
        return self.before + self.now

    @property
    def left(self) -> Money:
        return self.budget - self.so_far

    @property
    def is_over(self) -> bool:
        """More than the tolerance above its budget."""
        return self.so_far.minor > self.budget.minor + self.budget.share(TOLERANCE).minor

    @property
    def is_under(self) -> bool:
        """More than the tolerance below its budget."""
        return self.so_far.minor < self.budget.minor - self.budget.share(TOLERANCE).minor


@dataclass(frozen=True, slots=True)
class Figures:
    """Budget against actual, category by category, with exact totals."""

    lines: Sequence[Spending] = field(default_factory=tuple)

    @property
    def has_budget(self) -> bool:
        return bool(self.budget)

    @property
    def budget(self) -> Money:
        return total(line.budget for line in self.lines)

    @property
    def before(self) -> Money:
        return total(line.before for line in self.lines)

    @property
    def now(self) -> Money:
        return total(line.now for line in self.lines)

    @property
    def so_far(self) -> Money:
        return self.before + self.now

    def unusual(self, *, final: bool) -> list[Spending]:
        """Categories that need an explanation; a shortfall only counts at the end."""
        if not self.has_budget:
            return []
        return [line for line in self.lines if line.is_over or (final and line.is_under)]


def check(content: Content, figures: Figures, award: Money, *, final: bool) -> None:
    """DomainError with the first thing that is missing or does not add up."""
    if not content.narrative.strip() or not content.challenges.strip():
        raise DomainError(_("Say what was done, and what was difficult."))
    _check_people(content)
    if set(content.expenditure) != {line.category for line in figures.lines}:
        raise DomainError(_("Write an amount for each category of the budget, 0 for nothing."))
    if any(amount.minor < 0 for amount in content.expenditure.values()):
        raise DomainError(_("No amount can be below 0."))
    if figures.so_far.minor > award.minor:
        raise DomainError(
            _(
                "Your reports add up to %(spent)s USD, and the grant is %(award)s USD. Report only "
                "what was spent of the grant.",
                spent=figures.so_far,
                award=award,
            )
        )
    unusual = figures.unusual(final=final)
    if unusual and not content.explanation.strip():
        raise DomainError(
            _(
                "Explain why the spending differs from the budget by more than %(percent)s%%: "
                "%(categories)s.",
                percent=TOLERANCE,
                categories=", ".join(line.name for line in unusual),
            )
        )


def _check_people(content: Content) -> None:
    counts = [count for bands in content.beneficiaries.values() for count in bands.values()]
    if any(count < 0 for count in (*counts, *content.exploitation.values())):
        raise DomainError(_("No count of people can be below 0."))
    by_form = sum(content.exploitation.values())
    if by_form != content.people:
        raise DomainError(
            _(
                "You count %(people)s people by sex and age, and %(forms)s by form of "
                "exploitation. Count each person once in both tables.",
                people=content.people,
                forms=by_form,
            )
        )
    if any(count < 0 for count in content.services.values()):
        raise DomainError(_("No count of people can be below 0."))

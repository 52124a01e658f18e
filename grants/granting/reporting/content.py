"""What a report says, and whether it adds up. Plain values, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.kernel.taxonomies import CountryRole, Ground, Pillar, Recruitment, Term
from grants.core.texts.formats import plain_money
from grants.platform.questions.reading import Typed

TOLERANCE = Decimal(10)
"""Percent by which a category may differ from its budget without an explanation."""


CIRCUMSTANCES: Mapping[str, type[Term]] = {
    "pillars": Pillar,
    "roles": CountryRole,
    "recruitment": Recruitment,
    "grounds": Ground,
}
"""What a report tells besides of the people assisted, also of those counted as new before."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The currency in which a grantee spent, and the rate at which it is told in USD."""

    currency: str
    rate: Decimal
    """Units of the currency for 1 USD."""
    source: str
    """Where the rate is from."""
    amounts: Mapping[str, Money] = field(default_factory=dict)
    """Line of the budget → what was spent, in this currency."""

    @property
    def total(self) -> Money:
        return total(self.amounts.values(), self.currency)

    def as_json(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "rate": str(self.rate),
            "source": self.source,
            "amounts": {key: str(amount) for key, amount in self.amounts.items()},
        }


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
    results: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Number of a planned result → what was reached of it: "now", "so_far" and "why"."""
    lines: Mapping[str, Money] = field(default_factory=dict)
    """The organisation's own budget line → USD spent in this period; empty: told by category."""
    exchange: Exchange | None = None
    """None: spent in USD."""
    explanations: Mapping[str, str] = field(default_factory=dict)
    """Line of the budget → why its spending differs from it."""
    answers: Mapping[str, Typed] = field(default_factory=dict)
    """What the report form of the call asks: section → input name → texts."""
    circumstances: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """One of CIRCUMSTANCES → code → people assisted in this period, who may count under several."""

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


def warnings(figures: Figures, received: Money) -> list[str]:
    """Spending that the grantee and the fund should look at: above what the grantee has received,
    or above the budget of a category by more than the tolerance.
    """
    notices = []
    if figures.so_far > received:
        notices.append(
            _(
                "The reports add up to %(spent)s, but only %(received)s has been received.",
                spent=plain_money(figures.so_far),
                received=plain_money(received),
            )
        )
    if figures.has_budget:
        notices += [
            _(
                "%(category)s: %(spent)s spent of a budget of %(budget)s, more than %(percent)s%% "
                "above it.",
                category=line.name,
                spent=plain_money(line.so_far),
                budget=plain_money(line.budget),
                percent=TOLERANCE,
            )
            for line in figures.lines
            if line.is_over
        ]
    return notices


def check(content: Content, figures: Figures, award: Money) -> None:
    """DomainError with the first thing that is missing or does not add up."""
    for _part, message in problems(content, figures, award):
        raise DomainError(message)


def problems(content: Content, figures: Figures, award: Money) -> Iterator[tuple[str, str]]:
    """What is missing or does not add up: the part of the content, and what to do."""
    yield from _people_problems(content)
    yield from _money_problems(content, figures, award)


def exchange_problems(content: Content, *, has_evidence: bool) -> Iterator[tuple[str, str]]:
    """What is missing of the exchange rate, where the grantee spent in another currency."""
    exchange = content.exchange
    if exchange is None:
        return
    if exchange.rate <= 0:
        yield "rate", _("Enter how many %(code)s were equal to 1 USD.", code=exchange.currency)
    elif not has_evidence:
        yield (
            "rate",
            _(
                "Add evidence of the exchange rate to the files of the report, such as "
                "a credit advice from the bank."
            ),
        )
    if not exchange.source.strip():
        yield "rate_source", _("Enter the source of the rate.")


def _people_problems(content: Content) -> Iterator[tuple[str, str]]:
    below = _("Enter 0 or more people. The number cannot be below 0.")
    if not content.beneficiaries:
        yield "beneficiaries", _("Enter the number of new people. Enter 0 if there were none.")
    counts = [count for bands in content.beneficiaries.values() for count in bands.values()]
    if any(count < 0 for count in counts):
        yield "beneficiaries", below
    if any(count < 0 for count in content.services.values()):
        yield "services", below
    for name, people in content.circumstances.items():
        if any(count < 0 for count in people.values()):
            yield name, below
    by_form = sum(content.exploitation.values())
    if any(count < 0 for count in content.exploitation.values()):
        yield "exploitation", below
    elif by_form != content.people:
        yield (
            "exploitation",
            _(
                "You have entered %(people)s people by sex and age, and %(forms)s by form of "
                "exploitation. Count each person once in each table.",
                people=content.people,
                forms=by_form,
            ),
        )


def _money_problems(content: Content, figures: Figures, award: Money) -> Iterator[tuple[str, str]]:
    if set(content.expenditure) != {line.category for line in figures.lines}:
        yield (
            "expenditure",
            _("Enter an amount for each budget category, or 0 if nothing was spent."),
        )
    if any(amount.minor < 0 for amount in content.expenditure.values()):
        yield "expenditure", _("No amount can be below 0.")
    if figures.so_far.minor > award.minor:
        yield (
            "expenditure",
            _(
                "Your reports add up to %(spent)s USD, and the grant is %(award)s USD. Report only "
                "what was spent of the grant.",
                spent=figures.so_far,
                award=award,
            ),
        )

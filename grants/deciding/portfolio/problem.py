"""What a choice between applications is about: candidates, an envelope, rules of balance.

Amounts and scores are exact: amounts in minor units of one currency, scores as decimals. A rule
speaks of the candidates that carry a tag with a value ("region" = "Africa") and bounds how many of
them are chosen, how much money they get together, or their share of all the money awarded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from grants.core.kernel.language import gettext as _


class Measure(StrEnum):
    """What a bound of a rule counts."""

    COUNT = "count"
    AMOUNT = "amount"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that may be chosen, whole or not at all."""

    id: str | int
    score: Decimal
    amount: int
    """What it would be awarded, in minor units."""
    tags: Mapping[str, frozenset[str]]

    def carries(self, tag: str, value: str) -> bool:
        return value in self.tags.get(tag, frozenset())


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit: a number of candidates, minor units, or a part of 1."""

    measure: Measure
    least: bool
    limit: Decimal

    def holds(self, part: Sequence[Candidate], whole: Sequence[Candidate]) -> bool:
        """Whether the chosen candidates that carry the tag keep it, among all that are chosen."""
        measured = sum(candidate.amount for candidate in part)
        limit = self.limit
        if self.measure is Measure.COUNT:
            measured = len(part)
        elif self.measure is Measure.SHARE:
            limit = self.limit * sum(candidate.amount for candidate in whole)
        return measured >= limit if self.least else measured <= limit


@dataclass(frozen=True, slots=True)
class Rule:
    """Bounds on the chosen candidates that carry `tag` with `value`. Numbered from 1."""

    number: int
    tag: str
    value: str
    bounds: tuple[Bound, ...]

    def holds(self, chosen: Sequence[Candidate]) -> bool:
        part = [candidate for candidate in chosen if candidate.carries(self.tag, self.value)]
        return all(bound.holds(part, chosen) for bound in self.bounds)

    def in_words(self) -> str:
        return _(
            "rule %(number)s (%(tag)s: %(value)s)",
            number=self.number,
            tag=self.tag,
            value=self.value,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Which candidates to choose, so that their scores sum to the most."""

    envelope: int
    """Minor units for all that are chosen together."""
    candidates: tuple[Candidate, ...]
    rules: tuple[Rule, ...]

    def allows(self, chosen: Sequence[Candidate], rules: Sequence[Rule]) -> bool:
        """Whether a choice keeps the envelope and these rules, counted exactly."""
        spent = sum(candidate.amount for candidate in chosen)
        return spent <= self.envelope and all(rule.holds(chosen) for rule in rules)


@dataclass(frozen=True, slots=True)
class Choice:
    """The best choice, and which rules hold it back."""

    chosen: tuple[Candidate, ...]
    binding: Mapping[int, Decimal]
    """By rule number: how much more score there would be without this rule alone."""
    optimal: bool
    """False where the time ran out before it was proved that nothing is better."""

    @property
    def score(self) -> Decimal:
        return sum((candidate.score for candidate in self.chosen), Decimal(0))

    @property
    def amount(self) -> int:
        return sum(candidate.amount for candidate in self.chosen)

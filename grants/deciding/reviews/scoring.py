"""The arithmetic of reviews: exact, rounded half-even to two decimals, once. No database, no web.

A mark is a whole number from 0 to 5; a total and an average are out of 100.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l

HIGHEST = 5
MARKS: tuple[tuple[int, str], ...] = (
    (0, _l("Not addressed")),
    (1, _l("Poor")),
    (2, _l("Fair")),
    (3, _l("Good")),
    (4, _l("Very good")),
    (5, _l("Excellent")),
)
"""What each mark means, the same for every criterion."""

FAR_APART = Decimal(20)
"""Points out of 100, one mark on every criterion: reviews further apart are pointed out."""


def weighted_total(criteria: Sequence[Mapping[str, Any]], marks: Mapping[str, int]) -> Decimal:
    """Σ weight × mark, as a share of the best there could be, out of 100.

    `criteria` are the call's, with "key" and "weight"; `marks` needs every key.
    """
    weights = {criterion["key"]: Fraction(str(criterion["weight"])) for criterion in criteria}
    reached = sum(weight * marks[key] for key, weight in weights.items())
    return _rounded_score(Fraction(100) * reached / (HIGHEST * sum(weights.values())))


def average(totals: Iterable[Decimal]) -> Decimal:
    """The mean of at least one total."""
    exact = [Fraction(total) for total in totals]
    return _rounded_score(sum(exact) / Fraction(len(exact)))


def spread(totals: Sequence[Decimal]) -> Decimal:
    """Between the highest and the lowest."""
    return max(totals) - min(totals)


def outlying(totals: Sequence[Decimal]) -> list[bool]:
    """Which reviews are far from the median of the others. Of two reviews none is."""
    return [
        len(totals) > 2
        and abs(total - _median_of([*totals[:place], *totals[place + 1 :]])) > FAR_APART
        for place, total in enumerate(totals)
    ]


def _median_of(values: Sequence[Decimal]) -> Decimal:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _rounded_score(exact: Fraction) -> Decimal:
    """Half-even on the exact value: never of a value that was rounded before."""
    cents = round(exact * 100)
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"), ROUND_HALF_EVEN)

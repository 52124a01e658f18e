"""Counts of people made safe to publish: no small count is shown, nor can it be computed back.

Counts below the fund's smallest count are withheld, 0 as well. Where a single one is withheld, or
all withheld together are few, the total would give them away: then further counts are withheld,
from the end of the list and never by their size, so that knowing this rule does not help either.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A table for the public. `withheld` holds for all categories whose count is None."""

    counts: Mapping[str, int | None]
    total: int | None
    """None where even the total is too small."""

    @property
    def withheld(self) -> int | None:
        """How many people stand in the categories that are not shown one by one."""
        if self.total is None:
            return None
        return self.total - sum(count for count in self.counts.values() if count is not None)

    @property
    def is_whole(self) -> bool:
        return None not in self.counts.values()


def publishable(counts: Mapping[str, int], smallest: int) -> Published:
    """The table as the public may see it; its categories in their own order."""
    total = sum(counts.values())
    if total < smallest:
        return Published(dict.fromkeys(counts), None)
    hidden = {category for category, count in counts.items() if count < smallest}
    for category in reversed(list(counts)):
        if not hidden or _is_covered(counts, hidden, smallest):
            break
        hidden.add(category)
    return Published(
        {category: None if category in hidden else count for category, count in counts.items()},
        total,
    )


def _is_covered(counts: Mapping[str, int], hidden: set[str], smallest: int) -> bool:
    """Withheld are at least two categories, with enough people together, and not each of them as
    many as a small count can be: their sum would say so.
    """
    withheld = [counts[category] for category in hidden]
    return (
        len(withheld) > 1
        and sum(withheld) >= smallest
        and any(count != smallest - 1 for count in withheld)
    )

"""Counts of people made safe to publish: no small count is shown, nor can it be computed back.

Counts below the fund's smallest count are withheld, 0 as well. Where a single one is withheld, or
all withheld together are few, the total would give them away: then further counts are withheld,
from the end of the list and never by their size, so that knowing this rule does not help either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A table for the public. `withheld` holds for all categories whose count is None."""

    counts: Mapping[str, int | None]
    total: int | None
    """None where even the total is too small."""

    @property
    def withheld(self) -> int | None:
        """How many people are in the categories that are not shown one by one."""
        if self.total is None:
            return None
        return self.total - sum(count for count in self.counts.values() if count is not None)

    def shown(self, terms: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
        """What may be shown one by one, with the names of these terms and in their order."""
        return [(name, count) for code, name in terms if (count := self.counts.get(code))]

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


def publishable_years(
    years: Mapping[int, Mapping[str, int]], smallest: int
) -> Mapping[int, Published]:
    """A table for each year, beside the published table of all years together.

    A person who has all but one of them could subtract. So a category is shown in every year or in
    none; and years with too few people are left out, together with as many others (the last ones)
    as it takes that the left-out years cannot be distinguished.
    """
    totals = {str(year): sum(counts.values()) for year, counts in years.items()}
    left_out = _withheld_years(totals, smallest)
    tables = [counts for year, counts in years.items() if str(year) not in left_out]
    if left_out:
        tables.append(summed(years[int(year)] for year in left_out))
    hidden = _hidden_in_all(tables, smallest)
    return {
        year: Published(
            {code: None if code in hidden else count for code, count in counts.items()},
            totals[str(year)],
        )
        if str(year) not in left_out
        else Published(dict.fromkeys(counts), None)
        for year, counts in years.items()
    }


def _hidden_in_all(tables: Sequence[Mapping[str, int]], smallest: int) -> set[str]:
    """Categories that are small in one table, or withheld from the sum of all; and as many more
    as it takes that every table covers them.
    """
    whole = summed(tables)
    hidden = {code for code, count in publishable(whole, smallest).counts.items() if count is None}
    hidden |= {code for code in whole if any(counts[code] < smallest for counts in tables)}
    for code in reversed(list(whole)):
        if not hidden or all(_is_covered(counts, hidden, smallest) for counts in tables):
            break
        hidden.add(code)
    return hidden


def _withheld_years(totals: Mapping[str, int], smallest: int) -> set[str]:
    """Years without a total of their own; all of them, if the rest cannot cover a small one."""
    left_out = {year for year, total in totals.items() if total < smallest}
    for year in reversed(list(totals)):
        if not left_out or _is_covered(totals, left_out, smallest):
            break
        left_out.add(year)
    return left_out


def summed(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """All tables together."""
    sums: dict[str, int] = {}
    for counts in tables:
        for category, count in counts.items():
            sums[category] = sums.get(category, 0) + count
    return sums

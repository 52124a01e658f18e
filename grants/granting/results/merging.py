"""Counts of people made safe to publish: categories are merged until no small count is left.

A count from one up to the smallest that may be shown is small. Nought is not: it is about nobody.
Categories with small counts are merged with others, so that everyone counted is in a printed
figure: bands of age with their neighbours, other categories into one group of the rest. The first
safe grouping in a fixed order is taken, never one chosen by sizes: knowing this rule gives no count
away. docs/decisions/published-counts.md proves what is relied on here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise
from typing import Any

Counts = Mapping[str, int]
Group = tuple[str, ...]
Grouping = tuple[Group, ...]
"""Every category once, in the order of the table."""


@cache
def rest_groupings(codes: Group) -> tuple[Grouping, ...]:
    """Each way to print some categories and merge the rest, the most detailed first. Of equally
    detailed ones, those come first that merge the last categories of the table.
    """
    sizes = (0, *range(2, len(codes) + 1))
    joins = (joined for size in sizes for joined in reversed(list(combinations(codes, size))))
    return tuple(
        (*((code,) for code in codes if code not in joined), *((joined,) if joined else ()))
        for joined in joins
    )


@cache
def band_groupings(codes: Group, border: int) -> tuple[Grouping, ...]:
    """Each way to merge neighbouring bands: first those that keep the border before this place
    (between children and adults), of these the most detailed first.
    """
    cuts = (
        chosen
        for size in reversed(range(len(codes)))
        for chosen in combinations(range(1, len(codes)), size)
    )
    return tuple(
        tuple(codes[start:end] for start, end in pairwise((0, *chosen, len(codes))))
        for chosen in sorted(cuts, key=lambda chosen: border not in chosen)
    )


def merged(
    years: Mapping[int, Counts], groupings: Sequence[Grouping], smallest: int
) -> tuple[dict[int, Grouping], Grouping]:
    """The grouping in which each year is printed, and that of all years together: safe side by
    side, with as many figures as there can be. Each year has enough people to be printed, or none.
    """
    ever = summed(years.values())
    whole = next(candidate for candidate in groupings if is_safe(candidate, ever, smallest))
    coarser = [candidate for candidate in groupings if is_union(candidate, whole)]
    remaining = _without_detailed(years, groupings[0], whole, smallest)
    chosen = {year: groupings[0] for year in years if year not in remaining}
    row = sorted(remaining, key=lambda year: is_safe(whole, years[year], smallest))
    for start, end, grouping in _best_lots([years[year] for year in row], whole, coarser, smallest):
        chosen |= dict.fromkeys(row[start:end], grouping)
    return chosen, whole


def _without_detailed(
    years: Mapping[int, Counts], detailed: Grouping, whole: Grouping, smallest: int
) -> list[int]:
    """The years left when those are taken away that can be printed in full detail; what the others
    have together can still be printed as all years are.
    """
    years_left = list(years)
    for year, counts in years.items():
        remaining = [other for other in years_left if other != year]
        if (
            remaining
            and is_safe(detailed, counts, smallest)
            and is_safe(whole, summed(years[other] for other in remaining), smallest)
        ):
            years_left = remaining
    return years_left


Lot = tuple[int, int, Grouping]
"""From and up to which place of a row of years these are printed alike, and how."""


def _best_lots(
    row: Sequence[Counts], whole: Grouping, coarser: Sequence[Grouping], smallest: int
) -> tuple[Lot, ...]:
    """The row cut into lots so that it has as many figures as can be.

    What is merged in a lot has a sum over its years that could be printed: so no small count of a
    year follows from the other lots and the sum of all years.
    """
    best: dict[int, tuple[int, tuple[Lot, ...]]] = {0: (0, ())}
    for end in range(1, len(row) + 1):
        ways = [
            (figures + (end - start) * len(grouping), (*lots, (start, end, grouping)))
            for start, (figures, lots) in best.items()
            if (grouping := _first_for_lot(row[start:end], whole, coarser, smallest))
        ]
        if ways:  # always for the whole row: all years in one lot, everyone in one group
            best[end] = max(ways, key=lambda way: way[0])
    return best[len(row)][1]


def _first_for_lot(
    lot: Sequence[Counts], whole: Grouping, coarser: Sequence[Grouping], smallest: int
) -> Grouping | None:
    """The most detailed way to print each year of a lot; None where there is none."""
    together = summed(lot)
    small = {code for counts in lot for code, n in counts.items() if 0 < n < smallest}
    for grouping in coarser:
        if small.isdisjoint(group[0] for group in grouping if len(group) == 1) and all(
            is_safe(grouping, counts, smallest) for counts in lot
        ):
            hidden = [group for group in whole if group not in grouping]
            if all(is_large([together[code] for code in g], smallest) for g in hidden):
                return grouping
    return None


def is_safe(grouping: Grouping, counts: Counts, smallest: int) -> bool:
    """No group is small, unless everyone is in one."""
    return len(grouping) == 1 or all(
        is_large([counts[code] for code in group], smallest) for group in grouping
    )


def is_large(counts: Collection[int], smallest: int) -> bool:
    """Counts whose sum may be printed. Where each is as many as a small one can be, their sum would
    say so.
    """
    people = sum(counts)
    return not people or (people >= smallest and any(count != smallest - 1 for count in counts))


def is_union(coarse: Grouping, fine: Grouping) -> bool:
    """Each group of the first is made of whole groups of the second."""
    return all(any(set(group) <= set(wider) for wider in coarse) for group in fine)


def counts_apart(
    counts: Mapping[Any, int], smallest: int, hidden: Collection[Any] = ()
) -> frozenset[Any]:
    """Of counts by year, or by something else that is sorted: those not printed beside their sum.
    They are the small ones, those `hidden` anyway, and as many others (the last ones) as it takes
    that none follows from the sum.
    """
    apart = {key for key, people in counts.items() if key in hidden or 0 < people < smallest}
    for key in sorted(counts, reverse=True):
        if is_large([counts[hidden_key] for hidden_key in apart], smallest):
            break
        apart |= {key} if counts[key] else set()
    return frozenset(apart)


def apart_together(
    lines: Mapping[str, Mapping[Any, int]], smallest: int, hidden: Collection[Any] = ()
) -> tuple[frozenset[Any], frozenset[str]]:
    """Of lines that may add up to a number which a reader knows, as people recruited in one way or
    another do: the years, or what else is sorted, that no line is printed of; and the lines whose
    sums are not printed.
    """
    keys = {key for line in lines.values() for key in line}
    whole = {key: sum(line.get(key, 0) for line in lines.values()) for key in keys}
    apart = frozenset(hidden)
    while more := _further_apart([*lines.values(), whole], smallest, apart) - apart:
        apart |= more
    parts = {
        code: sum(people for key, people in line.items() if key in apart)
        for code, line in lines.items()
    }
    return apart, counts_apart(parts, smallest)


def _further_apart(
    lines: Collection[Mapping[Any, int]], smallest: int, apart: Collection[Any]
) -> frozenset[Any]:
    hidden = (counts_apart(line, smallest, apart) for line in lines)
    return frozenset(key for keys in hidden for key in keys)


def summed(tables: Iterable[Counts]) -> dict[str, int]:
    """All tables together."""
    sums: dict[str, int] = {}
    for counts in tables:
        for category, count in counts.items():
            sums[category] = sums.get(category, 0) + count
    return sums


def joined_groups(codes: Sequence[str], groups: Iterable[Sequence[str]]) -> Grouping:
    """Every category once, those in one group that any of these groups tells together."""
    lot = {code: code for code in codes}
    for group in groups:
        together = {lot[code] for code in group}
        lot = {code: lot[group[0]] if lot[code] in together else lot[code] for code in codes}
    return tuple(
        tuple(code for code in codes if lot[code] == first)
        for first in dict.fromkeys(lot[code] for code in codes)
    )

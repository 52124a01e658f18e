"""The best that could be published of small tables: found by trying, attacked by whole numbers."""

from collections.abc import Sequence
from itertools import combinations, product
from random import Random

from grants.core.kernel.taxonomies import Sex, Term
from grants.granting.results.disclosure import exposed_figures
from grants.granting.results.merging import Grouping, rest_groupings, summed
from grants.granting.results.tables import Sheet, Table, sheet_of
from tests.granting.results.attack import Attack

Tables = dict[int, dict[str, int]]

SMALL = (0, 0, 1, 3, 4, 7)
"""Counts that may not be printed, and nought."""
LARGE = (12, 20, 40, 80, 150)


def tables_of(kind: type[Term], rows: Sequence[Sequence[int]]) -> Tables:
    """Years from 2020, categories in their order."""
    codes = [term.value for term in kind]
    return {2020 + n: dict(zip(codes, row, strict=True)) for n, row in enumerate(rows)}


def random_tables(seed: int, counts: Sequence[int]) -> Tables:
    """One to three years of people by sex: the same ones in every run."""
    random = Random(seed)  # noqa: S311 - chance of a test
    return tables_of(Sex, [random.choices(counts, k=len(Sex)) for _year in range(1 + seed % 3)])


def sheet_with_sums(tables: Tables) -> Sheet:
    """The same counts as a table with all its sums, as they were published before."""
    years, codes = tuple(map(str, tables)), tuple(next(iter(tables.values())))
    cells = tuple(tuple(counts.values()) for counts in tables.values())
    return sheet_of([Table("", years, codes, cells)])


def fewest_to_hide(sheet: Sheet, smallest: int) -> int:
    """How many figures have to be hidden at least, so that no hidden one can be worked out."""
    numbers = range(len(sheet.values))
    small = {n for n in numbers if sheet.values[n] < smallest}
    others = [n for n in numbers if n not in small]
    for more in range(len(others) + 1):
        for chosen in combinations(others, more):
            if not exposed_figures(sheet, small | set(chosen), smallest):
                return len(small) + more
    raise AssertionError("all hidden is safe")


def most_figures(tables: Tables, smallest: int) -> int:
    """How many figures the best groupings print, of each year and of all years together."""
    ever, groupings = summed(tables.values()), rest_groupings(tuple(tables[2020]))
    of_year = [[(), *_fit(groupings, counts, smallest)] for counts in tables.values()]
    choices = list(product(_fit(groupings, ever, smallest), *of_year))
    for choice in sorted(choices, key=lambda choice: -sum(map(len, choice))):
        if not _is_broken(tables, choice, smallest):
            return sum(map(len, choice))
    return 0


def is_open(count: int, smallest: int) -> bool:
    """May a count be printed?"""
    return count == 0 or count >= smallest


def _fit(groupings: Sequence[Grouping], counts: dict[str, int], smallest: int) -> list[Grouping]:
    return [
        one
        for one in groupings
        if all(is_open(sum(counts[code] for code in group), smallest) for group in one)
    ]


def _is_broken(tables: Tables, choice: Sequence[Grouping], smallest: int) -> bool:
    spans = [list(tables), *([year] for year in tables)]
    attack = Attack(
        (
            frozenset((1, year, code) for year in span for code in group),
            sum(tables[year][code] for year in span for code in group),
        )
        for span, grouping in zip(spans, choice, strict=True)
        for group in grouping
    )
    return any(
        most - least < smallest and not (least == most and is_open(least, smallest))
        for year, counts in tables.items()
        for wanted in [[code] for code in counts] + [list(counts)]
        for least, most in [attack.between([(1, year, code) for code in wanted])]
    )

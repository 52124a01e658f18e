"""No published table gives away a small count, not even to a person who knows the rule."""

from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.granting.results.suppression import Published, publishable, publishable_years, summed

SMALLEST = 5
tables = st.dictionaries(
    st.sampled_from("abcdefghijk"), st.integers(0, 60), min_size=1, max_size=11
)


@given(tables, st.integers(5, 20))
def test_no_count_below_the_smallest_is_shown(counts: dict[str, int], smallest: int) -> None:
    shown = publishable(counts, smallest).counts
    assert list(shown) == list(counts)
    for category, count in shown.items():
        assert count is None or (count == counts[category] and count >= smallest)


@given(tables, st.integers(5, 20))
def test_what_is_withheld_is_never_one_category_nor_few_people(
    counts: dict[str, int], smallest: int
) -> None:
    published = publishable(counts, smallest)
    hidden = [category for category, count in published.counts.items() if count is None]
    if hidden and published.total is not None and len(counts) > 1:
        assert len(hidden) > 1
        assert published.withheld is not None
        assert published.withheld >= smallest


@given(tables)
def test_a_table_without_small_counts_is_shown_whole(counts: dict[str, int]) -> None:
    large = {category: count + 5 for category, count in counts.items()}
    published = publishable(large, 5)
    assert published.is_whole
    assert published.counts == large
    assert published.total == sum(large.values())
    assert published.withheld == 0


def _key(published: Published) -> tuple[tuple[int | None, ...], int | None]:
    return tuple(published.counts.values()), published.total


@cache
def _all_tables(
    categories: int, most: int
) -> dict[tuple[tuple[int | None, ...], int | None], list[tuple[int, ...]]]:
    """Every table that would have been published as this, of all that there can be."""
    found = defaultdict(list)
    for counts in product(range(most + 1), repeat=categories):
        named = {str(at): count for at, count in enumerate(counts)}
        found[_key(publishable(named, SMALLEST))].append(counts)
    return dict(found)


@pytest.mark.parametrize(("categories", "most"), [(2, 30), (3, 22), (4, 13)])
def test_whoever_knows_the_rule_and_the_total_cannot_compute_a_small_count_back(
    categories: int, most: int
) -> None:
    """Brute force: for each published table, the small counts could be others as well."""
    attacked = 0
    for (shown, total), candidates in _all_tables(categories, most).items():
        if total is None or total > most:
            continue  # beyond `most` the list of candidates is not complete
        for at in range(categories):
            values = {candidate[at] for candidate in candidates}
            if shown[at] is None and min(values) < SMALLEST:
                attacked += 1
                assert len(values) > 1, (shown, total, candidates)
    assert attacked > 20


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"f": 900, "m": 100, "o": 3}, {"f": 900, "m": None, "o": None}),
        ({"f": 900, "m": 3, "o": 100}, {"f": 900, "m": None, "o": None}),
        ({"f": 3, "m": 7, "o": 100}, {"f": None, "m": None, "o": None}),
        ({"f": 6, "m": 7, "o": 100}, {"f": None, "m": None, "o": 100}),
        ({"f": 4, "m": 3, "o": 2}, {"f": None, "m": None, "o": None}),
    ],
)
def test_examples_with_eleven(counts: dict[str, int], shown: dict[str, int | None]) -> None:
    assert publishable(counts, 11).counts == shown


years = st.integers(1, 4).flatmap(
    lambda categories: st.lists(
        st.lists(st.integers(0, 30), min_size=categories, max_size=categories),
        min_size=1,
        max_size=4,
    )
)


def _named(rows: list[list[int]]) -> dict[int, dict[str, int]]:
    return {
        2020 + at: {"abcd"[place]: count for place, count in enumerate(row)}
        for at, row in enumerate(rows)
    }


def _derivable(known: list[list[int]], wanted: list[int]) -> bool:
    """Is the sum `wanted` a combination of sums that are known?"""
    return _rank([*known, wanted]) == _rank(known)


def _rank(rows: list[list[int]]) -> int:
    """How many of the rows do not follow from others, by Gauss."""
    left, rank = [[Fraction(sign) for sign in row] for row in rows], 0
    while left:
        first = left.pop()
        at = next((place for place, sign in enumerate(first) if sign), None)
        if at is None:
            continue
        rank += 1
        left = [
            [own - row[at] / first[at] * lead for own, lead in zip(row, first, strict=True)]
            for row in left
        ]
    return rank


@given(years, st.integers(5, 12))
def test_no_withheld_count_of_a_year_follows_from_all_that_is_published(
    rows: list[list[int]], smallest: int
) -> None:
    """A person who knows every year's table and that of all years can work out no count that is not
    shown, and no total, unless it is large enough to be shown.
    """
    named = _named(rows)
    codes = list(named[2020])
    cells = [(year, code) for year in named for code in codes]
    whole = publishable(summed(named.values()), smallest)
    apart = publishable_years(named, smallest)

    def of(chosen: set[tuple[int, str]]) -> list[int]:
        return [int(cell in chosen) for cell in cells]

    known = [of(set(cells))] if whole.total is not None else []
    known += [
        of({(year, code) for year in named}) for code in codes if whole.counts[code] is not None
    ]
    for year, table in apart.items():
        known += [of({(year, code)}) for code in codes if table.counts[code] is not None]
        known += [of({(year, code) for code in codes})] if table.total is not None else []
    for year, code in cells:
        count = named[year][code]
        assert apart[year].counts[code] in (None, count)
        if count < smallest:
            assert not _derivable(known, of({(year, code)}))
    for year, counts in named.items():
        if sum(counts.values()) < smallest:
            assert not _derivable(known, of({(year, code) for code in codes}))


def test_years_without_small_counts_are_shown_whole() -> None:
    named = _named([[20, 30, 40], [50, 60, 70]])
    assert all(table.is_whole for table in publishable_years(named, 11).values())


def test_a_single_year_is_published_as_all_years_are() -> None:
    named = _named([[20, 3, 40]])
    assert publishable_years(named, 11)[2020] == publishable(named[2020], 11)


def test_a_small_year_takes_another_with_it() -> None:
    named = _named([[40, 40], [40, 40], [2, 1]])
    shown = publishable_years(named, 11)
    assert [shown[year].total for year in named] == [80, None, None]

"""No published table gives away a small count, not even to somebody who knows the rule."""

from collections import defaultdict
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.reporting.suppression import Published, publishable

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

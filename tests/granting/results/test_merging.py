"""No published table gives away a small count, not even to a person who knows the rule."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.core.kernel.taxonomies import AgeBand, Exploitation, Sex, Term
from grants.granting.results.merging import (
    counts_apart,
    merged,
    rest_groupings,
    summed,
)
from grants.granting.results.published import published
from tests.granting.results.attack import Attack, Figure
from tests.granting.results.optimum import (
    LARGE,
    SMALL,
    Tables,
    is_open,
    most_figures,
    random_tables,
    tables_of,
)

SMALLEST = 5
people = st.sampled_from([0, 0, 0, 1, 3, 4, 5, 7, 10, 12, 20, 40])


@st.composite
def histories(draw: st.DrawFn) -> tuple[type[Term], Tables]:
    kind = draw(st.sampled_from([Sex, AgeBand]))
    row = st.lists(people, min_size=len(kind), max_size=len(kind))
    return kind, tables_of(kind, draw(st.lists(row, min_size=1, max_size=4)))


def _printed(edition: int, tables: Tables, kind: type[Term], smallest: int) -> Iterator[Figure]:
    """Every figure of one edition of the pages: of each year, and of all years together."""
    by_year, ever = published(kind, tables, smallest)
    for year, table in by_year.items():
        for group, count in table.groups.items():
            yield frozenset((edition, year, code) for code in group), count
    for group, count in ever.groups.items():
        yield frozenset((edition, year, code) for year in tables for code in group), count


@given(histories(), st.integers(5, 12))
def test_no_small_count_is_printed_and_nobody_is_left_out(
    history: tuple[type[Term], Tables], smallest: int
) -> None:
    kind, tables = history
    by_year, ever = published(kind, tables, smallest)
    for table, counts in [
        (ever, summed(tables.values())),
        *((by_year[y], tables[y]) for y in tables),
    ]:
        assert all(count == 0 or count >= smallest for count in table.groups.values())
        assert table.total in (None, sum(counts.values()))
        if table.groups:
            assert [code for group in table.groups for code in group] != []
            assert {c for g in table.groups for c in g} == set(counts)


@given(histories(), st.sampled_from([5, 11]))
@settings(max_examples=60)
def test_whole_numbers_bound_no_small_count_narrowly(
    history: tuple[type[Term], Tables], smallest: int
) -> None:
    """From all pages at once, a count or the total of a year is either known and no small one, or
    can be anything in a range as wide as the smallest count.
    """
    kind, tables = history
    attack = Attack(_printed(1, tables, kind, smallest))
    if not attack.place:
        return
    for year, counts in tables.items():
        for wanted in [[code] for code in counts] + [list(counts)]:
            true = sum(counts[code] for code in wanted)
            least, most = attack.between([(1, year, code) for code in wanted])
            assert least <= true <= most
            assert most - least >= smallest or (least == most and is_open(true, smallest))


@cache
def _alike(years: int, categories: int, most: int) -> Mapping[object, list[tuple[int, ...]]]:
    """All histories there can be, by what would be printed of them."""
    alike: defaultdict[object, list[tuple[int, ...]]] = defaultdict(list)
    codes = tuple("abcd"[:categories])
    for cells in product(range(most + 1), repeat=years * categories):
        rows = [cells[n * categories : (n + 1) * categories] for n in range(years)]
        tables = {n: dict(zip(codes, row, strict=True)) for n, row in enumerate(rows)}
        if all(is_open(sum(row), SMALLEST) for row in rows) and any(cells):
            by_year, whole = merged(tables, rest_groupings(codes), SMALLEST)
            grouped = [(tables[n], by_year[n]) for n in tables]
            grouped.append((summed(tables.values()), whole))
            key = tuple(
                (group, sum(counts[code] for code in group))
                for counts, grouping in grouped
                for group in grouping
            )
            alike[key].append(cells)
    return alike


@pytest.mark.parametrize(
    ("years", "categories", "most"), [(1, 2, 30), (1, 3, 22), (1, 4, 13), (2, 2, 10)]
)
def test_knowing_the_rule_and_all_that_is_printed_gives_no_small_count_away(
    years: int, categories: int, most: int
) -> None:
    """By trying every history: among those that would be printed alike, a small count differs."""
    attacked = 0
    for printed, histories in _alike(years, categories, most).items():
        if sum(histories[0]) > most:
            continue  # beyond `most` the list of histories is not complete
        for place in range(years * categories):
            values = {history[place] for history in histories}
            if any(0 < value < SMALLEST for value in values):
                attacked += 1
                assert len(values) > 1, (printed, histories)
    assert attacked > 20


@pytest.mark.parametrize(
    ("rows", "printed"),
    [
        ([[60, 0, 0]], [{"female": 60, "male": 0, "other": 0}]),
        ([[900, 100, 3]], [{"female": 900, "male+other": 103}]),
        ([[900, 3, 0]], [{"other": 0, "female+male": 903}]),
        (
            [[528, 137, 0], [600, 160, 2]],
            [{"female": 528, "male": 137, "other": 0}, {"female": 600, "male+other": 162}],
        ),
        (
            [[528, 137, 6], [600, 160, 7]],
            [{"female": 528, "male+other": 143}, {"female": 600, "male+other": 167}],
        ),
        ([[40, 40, 0], [40, 40, 0], [2, 1, 0]], [{"female": 40, "male": 40, "other": 0}, {}, {}]),
    ],
)
def test_examples_by_sex(rows: list[list[int]], printed: list[dict[str, int]]) -> None:
    by_year, _ever = published(Sex, tables_of(Sex, rows), 11)
    assert [
        {"+".join(group): count for group, count in table.groups.items()}
        for table in by_year.values()
    ] == printed


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ([40, 50, 60, 70, 80], ["0 to 11", "12 to 17", "18 to 24", "25 to 59", "60 and over"]),
        ([3, 400, 264, 20, 4], ["0 to 17", "18 to 24", "25 and over"]),
        ([3, 9, 264, 5, 4], ["0 to 17", "18 and over"]),
        ([0, 400, 264, 3, 0], ["12 to 17", "18 to 59"]),
        ([2, 4, 90, 80, 70], ["0 to 24", "25 to 59", "60 and over"]),
    ],
)
def test_bands_are_merged_with_their_neighbours_and_children_with_children(
    row: list[int], named: list[str]
) -> None:
    _by_year, ever = published(AgeBand, tables_of(AgeBand, [row]), 11)
    assert [name for name, _count in ever.lines] == named
    assert sum(count for _name, count in ever.lines) == sum(row)


def test_what_is_merged_is_named_and_where_nobody_is_is_said() -> None:
    row = [90, 3, 0, 70, 0, 0, 0, 0, 0, 12, 5]
    _by_year, ever = published(Exploitation, tables_of(Exploitation, [row]), 11)
    assert sum(count for _name, count in ever.lines) == 180
    assert "Forced begging" in ever.nobody
    assert ever.count("labour") is None
    assert ever.count(*Exploitation) == 180


def test_nearly_as_many_figures_are_printed_as_could_be() -> None:
    """Against the best of all groupings of each year that whole numbers cannot break: small tables,
    many of whose counts are small.
    """
    ours = best = 0
    for seed in range(40):
        tables = random_tables(seed, SMALL + LARGE)
        by_year, ever = published(Sex, tables, 11)
        ours += sum(len(table.groups) for table in (*by_year.values(), ever))
        best += most_figures(tables, 11)
    assert ours >= 0.9 * best > 0, (ours, best)


def test_services_are_told_where_no_year_gives_a_small_count_away() -> None:
    assert counts_apart({2024: 40, 2025: 0, 2026: 90}, 11) == set()
    assert counts_apart({2024: 40, 2025: 3, 2026: 90}, 11) == {2025, 2026}
    assert counts_apart({2024: 6, 2025: 7, 2026: 90}, 11) == {2024, 2025}
    assert counts_apart({2024: 10, 2025: 10, 2026: 90}, 11) == {2024, 2025, 2026}
    assert counts_apart({2024: 30, 2025: 40}, 11, hidden=[2024]) == {2024}

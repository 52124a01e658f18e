"""Small groups in published tables, attacked with everything that is printed."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from grants.granting.results.disclosure import exposed_figures, interval, to_hide
from grants.granting.results.tables import Sheet, Table, sheet_of
from tests.granting.results.optimum import (
    LARGE,
    SMALL,
    fewest_to_hide,
    random_tables,
    sheet_with_sums,
)

counts = st.sampled_from([0, 0, 1, 3, 4, 5, 7, 12, 30, 200])


@st.composite
def tables(draw: st.DrawFn, height: int = 3, width: int = 4) -> Table:
    rows = [f"r{n}" for n in range(draw(st.integers(1, height)))]
    columns = [f"c{n}" for n in range(draw(st.integers(1, width)))]
    line = st.tuples(*[counts] * len(columns))
    cells = draw(st.tuples(*[line] * len(rows)))
    return Table("sex by age", tuple(rows), tuple(columns), cells)


@st.composite
def linked(draw: st.DrawFn) -> list[Table]:
    """Two or three tables that count the same rows of people by other columns."""
    first = draw(tables())
    made = [first]
    for name in draw(st.sampled_from([("form",), ("form", "help")])):
        columns = tuple(f"{name}{n}" for n in range(3))
        cells = tuple(_parts(draw, sum(line)) for line in first.cells)
        made.append(Table(name, first.rows, columns, cells))
    return made


def _parts(draw: st.DrawFn, total: int) -> tuple[int, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, total), min_size=2, max_size=2)))
    return cuts[0], cuts[1] - cuts[0], total - cuts[1]


@given(linked(), st.sampled_from([5, 11]))
@settings(max_examples=40)
def test_no_hidden_figure_of_linked_tables_can_be_worked_out(
    published: list[Table], smallest: int
) -> None:
    sheet = sheet_of(published)
    hidden = to_hide(sheet, smallest)
    assert all(value >= smallest for n, value in enumerate(sheet.values) if n not in hidden)
    assert exposed_figures(sheet, hidden, smallest) == []


@given(tables(2, 2), st.sampled_from([2, 3]))
@settings(max_examples=60)
def test_trying_every_table_that_fits_finds_no_small_group_either(
    published: Table, smallest: int
) -> None:
    sheet = sheet_of([published])
    hidden = to_hide(sheet, smallest)
    fitting = list(_tables_that_fit(sheet, hidden, spread=smallest + 1))
    for number in hidden:
        values = {figures[number] for figures in fitting}
        assert max(values) - min(values) >= smallest


def _tables_that_fit(
    sheet: Sheet, hidden: frozenset[int], spread: int
) -> Iterator[tuple[int, ...]]:
    """The figures of every table that agrees with all that is printed, near the true one."""
    table, at = sheet.tables[0], sheet.places[0]
    width, size = len(table.columns), len(table.rows) * len(table.columns)
    around = [
        range(max(0, sheet.values[n] - spread), sheet.values[n] + spread + 1)
        if n in hidden
        else (sheet.values[n],)
        for n in at[:size]
    ]
    for cells in product(*around):
        lines = tuple(cells[start : start + width] for start in range(0, size, width))
        tried = [value for _, value in Table("", table.rows, table.columns, lines).figures()]
        figures = dict(zip(at, tried, strict=True))
        if all(figures[n] == sheet.values[n] for n in figures if n not in hidden):
            yield tuple(figures[n] for n in range(len(sheet.values)))


def test_hardly_more_is_hidden_than_has_to_be() -> None:
    """Beside the fewest figures that whole numbers cannot work out, found by trying."""
    sheets = [sheet_with_sums(random_tables(seed, SMALL + LARGE)) for seed in range(40)]
    small = [sheet for sheet in sheets if len(sheet.values) <= 13]
    fewest = sum(fewest_to_hide(sheet, 11) for sheet in small)
    assert fewest <= sum(len(to_hide(sheet, 11)) for sheet in small) <= 1.1 * fewest


def test_large_groups_are_all_shown() -> None:
    sheet = sheet_of([Table("", ("women", "men"), ("12–17", "18+"), ((40, 60), (11, 900)))])
    assert to_hide(sheet, 11) == frozenset()


def test_one_small_cell_takes_three_others_with_it_and_leaves_the_totals() -> None:
    sheet = sheet_of([Table("", ("women", "men"), ("12–17", "18+"), ((40, 60), (4, 900)))])
    hidden = to_hide(sheet, 11)
    assert {sheet.values[number] for number in hidden} == {40, 60, 4, 900}
    least, most = interval(sheet, hidden, sheet.values.index(4))
    assert (least, most) == (0, 44)


def test_the_same_people_in_two_tables_are_hidden_in_both() -> None:
    by_age = Table("age", ("women", "men"), ("minors", "adults"), ((4, 400), (90, 80)))
    by_form = Table("form", ("women", "men"), ("labour", "other"), ((200, 204), (85, 85)))
    turned = Table("turned", ("minors", "adults"), ("women", "men"), ((4, 90), (400, 80)))
    sheet = sheet_of([by_age, by_form, turned])
    small = [n for n, value in enumerate(sheet.values) if value == 4]
    assert len(small) == 1
    assert small[0] in to_hide(sheet, 11)

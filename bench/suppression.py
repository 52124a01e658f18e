"""How much of the counts of people is published: as it was before, now, and at best.

Before, small counts were withheld, nought among them, and as many others as it takes that none can
be worked out (`flask suppress` still does this to tables of any kind). Now they are merged.
docs/decisions/published-counts.md keeps a run of it.
"""

from collections.abc import Sequence

from bench._stand import show
from grants.core.kernel.taxonomies import AgeBand, Sex, Term
from grants.granting.results.disclosure import to_hide
from grants.granting.results.published import published
from tests.granting.results.optimum import (
    LARGE,
    SMALL,
    Tables,
    fewest_to_hide,
    most_figures,
    random_tables,
    sheet_with_sums,
    tables_of,
)

K = 11
TABLES = 240
FEW_SMALL = (0, 0, 4, 7, *LARGE * 3)
TRIED = 13
"""With more figures than this, trying every way to hide some takes too long."""

DEMONSTRATION: tuple[tuple[type[Term], Sequence[Sequence[int]]], ...] = (
    (Sex, ((500, 130, 0), (544, 141, 0), (702, 190, 0))),
    (AgeBand, ((0, 380, 250, 0, 0), (0, 413, 272, 0, 0), (0, 541, 351, 0, 0))),
)
"""Of 2024, 2025 and 2026, as planted on 1 December 2026."""


def figures_of(tables: Tables) -> int:
    """Of each category in each year, and in all years together."""
    return (len(tables) + 1) * len(next(iter(tables.values())))


def shown_before(tables: Tables) -> int:
    """How many of these figures were printed when small ones were withheld."""
    sheet, years = sheet_with_sums(tables), set(map(str, tables))
    hidden = to_hide(sheet, K)
    return sum(
        1
        for number, key in enumerate(sheet.keys)
        if key and not (len(key) == 1 and key[0] in years) and number not in hidden
    )


def shown_now(kind: type[Term], tables: Tables) -> int:
    """How many figures of groups are printed."""
    by_year, ever = published(kind, tables, K)
    return sum(len(table.groups) for table in (*by_year.values(), ever))


def row(name: str, kind: type[Term], tables: Sequence[Tables], *, tried: bool = True) -> list[str]:
    now = sum(shown_now(kind, each) for each in tables)
    best = sum(most_figures(each, K) for each in tables) if tried else now
    return [
        name,
        str(sum(map(figures_of, tables))),
        str(sum(map(shown_before, tables))),
        str(now),
        str(best),
        f"{100 * now / best:.0f} %",
    ]


def hidden_row(name: str, tables: Sequence[Tables]) -> list[str]:
    sheets = [sheet_with_sums(each) for each in tables]
    small = [sheet for sheet in sheets if len(sheet.values) <= TRIED]
    ours = sum(len(to_hide(sheet, K)) for sheet in small)
    best = sum(fewest_to_hide(sheet, K) for sheet in small)
    return [name, str(len(small)), str(ours), str(best), f"{100 * ours / best - 100:.1f} %"]


def main() -> None:
    chance = {
        "random, a fifth small": [
            random_tables(n, (0, 0, 4, 7, *LARGE * 3)) for n in range(TABLES)
        ],
        "random, half small": [random_tables(n, SMALL + LARGE) for n in range(TABLES)],
    }
    planted = [
        row(f"demonstration, {kind.__name__}", kind, [tables_of(kind, rows)], tried=False)
        for kind, rows in DEMONSTRATION
    ]
    show(
        f"Counts of people that are published, smallest count {K}",
        ("tables", "figures", "before", "now", "at best", "of the best"),
        planted + [row(name, Sex, tables) for name, tables in chance.items()],
    )
    show(
        "flask suppress: figures hidden, beside the fewest that no reader can work out",
        ("tables", "small tables", "hidden", "fewest", "more than needed"),
        [hidden_row(name, tables) for name, tables in chance.items()],
    )


if __name__ == "__main__":
    main()

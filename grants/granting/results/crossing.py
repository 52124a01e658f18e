"""What two lists of the same people give away together: by window and by country of the grant.

Everyone can read which grants a fund has made. So a country with few people, left out of one list,
would follow from the other where all grants of a window but its own are told of.
"""

from collections.abc import Mapping

from grants.granting.results.tables import Table, sheet_of

Counts = Mapping[str, int | None]
"""People, or None where they are not printed."""


def gives_grants_away(
    grants: Mapping[tuple[str, str], int], windows: Counts, countries: Counts, smallest: int
) -> bool:
    """Can a reader of both lists bound a small count of a window, a country, or the grants of a
    window in a country, to an interval narrower than the smallest count?
    """
    from grants.granting.results.disclosure import exposed_figures  # HiGHS, with numpy

    if not any(0 < people < smallest for people in grants.values()):
        return False
    sheet = sheet_of([_table_of(grants, list(windows), list(countries))])
    printed = {f"w:{code}" for code, people in windows.items() if people is not None}
    printed |= {f"c:{code}" for code, people in countries.items() if people is not None}
    without_grants = {
        tuple(sorted((f"w:{window}", f"c:{country}")))
        for window in windows
        for country in countries
        if (window, country) not in grants
    }
    hidden = [
        number
        for number, key in enumerate(sheet.keys)
        if key and key not in without_grants and not (len(key) == 1 and key[0] in printed)
    ]
    exposed = exposed_figures(sheet, hidden, smallest)
    return any(0 < sheet.values[number] < smallest for number in exposed)


def _table_of(
    grants: Mapping[tuple[str, str], int], windows: list[str], countries: list[str]
) -> Table:
    return Table(
        "grants",
        tuple(f"w:{window}" for window in windows),
        tuple(f"c:{country}" for country in countries),
        tuple(
            tuple(grants.get((window, country), 0) for country in countries) for window in windows
        ),
    )

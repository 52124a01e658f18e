"""People of each grant, beside all that an edition tells of the same people already.

Everyone can read which grants a fund has made, where, and from which window. So a grant is told of
only where none of its reports in a year is small, and with others left out so that no count of
those follows: neither from a year, a window or a country, nor from several of them together
(docs/decisions/published-counts.md).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from grants.granting.results.merging import is_large
from grants.granting.results.tables import Key, Sheet


class Part(NamedTuple):
    """A grant in one year: what an edition counts of it."""

    grant: str
    year: int
    window: str
    country: str


Parts = Mapping[Part, int]
Margin = tuple[str, Any]
"""People that one figure counts: of a year, a window, a country, or all."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The years, windows and countries of which an edition tells how many people there were."""

    years: Collection[int]
    windows: Collection[str]
    countries: Collection[str]

    def has(self, margin: Margin) -> bool:
        name, value = margin
        places = {"year": self.years, "window": self.windows, "country": self.countries}
        return name == "all" or value in places.get(name, ())


def people_of_grants(parts: Parts, printed: Printed, smallest: int) -> dict[str, int | None]:
    """How many people each grant reached; None where it is not told."""
    counted = {part: people for part, people in parts.items() if people}
    hidden = {part.grant for part, people in counted.items() if people < smallest}
    everyone = {part.grant for part in counted}
    while hidden != everyone:
        hidden |= _left_out_beside(counted, hidden, smallest)
        exposed = _exposed_grants(counted, hidden, printed, smallest)
        if not exposed:
            break
        near = {place for part in exposed for place in _margins_of(part) if place != ALL}
        beside = {part.grant for part in counted if near & set(_margins_of(part))}
        hidden = hidden | beside if beside - hidden else everyone
    sums = dict.fromkeys((part.grant for part in parts), 0)
    for part, people in parts.items():
        sums[part.grant] += people
    return {
        grant: None if grant in hidden or not people else people for grant, people in sums.items()
    }


ALL: Margin = ("all", None)


def _margins_of(part: Part) -> tuple[Margin, ...]:
    return (
        ("year", part.year),
        ("window", part.window),
        ("country", part.country),
        ALL,
    )


def _left_out_beside(parts: Parts, hidden: Collection[str], smallest: int) -> set[str]:
    """With as many other grants (the last ones) as it takes that in no year, window or country,
    nor in all, few people are left out.
    """
    apart, margins = set(hidden), {margin for part in parts for margin in _margins_of(part)}
    before: set[str] = set()
    while apart != before:
        before = set(apart)
        for margin in sorted(margins, key=repr):
            inside = [part for part in parts if margin in _margins_of(part)]
            for part in sorted(inside, reverse=True):
                if is_large([parts[p] for p in inside if p.grant in apart], smallest):
                    break
                apart.add(part.grant)
    return apart


def _exposed_grants(
    parts: Parts, hidden: Collection[str], printed: Printed, smallest: int
) -> list[Part]:
    """Parts of which a reader of every figure could bound a small count to an interval narrower
    than the smallest count, alone or with others of the same grant, year or place.
    """
    from grants.granting.results.disclosure import exposed_figures  # HiGHS, with numpy

    left_out = [part for part in sorted(parts) if part.grant in hidden]
    if not left_out:
        return []
    sheet, members = _sheet_of(left_out, parts)
    unknown = [
        number
        for number, key in enumerate(sheet.keys)
        if number < len(left_out) or not printed.has(_margin_of_key(key))
    ]
    small = [number for number in unknown if 0 < sheet.values[number] < smallest]
    exposed = exposed_figures(sheet, unknown, smallest, among=small)
    return [part for number in exposed for part in members[number]]


def _sheet_of(left_out: list[Part], parts: Parts) -> tuple[Sheet, list[list[Part]]]:
    """What is left out, and the sums of it that a reader gets by subtracting what is told."""
    groups: dict[Key, list[int]] = {}
    for number, part in enumerate(left_out):
        for key in _keys_of(part):
            groups.setdefault(key, []).append(number)
    members = [[part] for part in left_out]
    members += [[left_out[number] for number in numbers] for numbers in groups.values()]
    values = tuple(sum(parts[part] for part in group) for group in members)
    keys = (*((f"part:{number}",) for number in range(len(left_out))), *groups)
    sums = tuple(
        (len(left_out) + place, tuple(numbers)) for place, numbers in enumerate(groups.values())
    )
    return Sheet((), values, keys, (), sums), members


def _keys_of(part: Part) -> Iterator[Key]:
    for name, value in _margins_of(part):
        yield name, str(value)
    yield "grant", part.grant
    yield "place", part.window, part.country


def _margin_of_key(key: Key) -> Margin:
    name, *values = key
    return name, int(values[0]) if name == "year" else values[0] if name != "all" else None

"""What is told of single grants gives no small count away beside all else that an edition tells."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.core.kernel.taxonomies import Sex
from grants.granting.results.counting import Counted
from grants.granting.results.editions import counts_to_publish
from grants.granting.results.of_grants import Part
from tests.cases import cases
from tests.granting.results.attack import Attack, Cell, Figure

K = 5
SEXES = [sex.value for sex in Sex][:3]
Reports = Mapping[tuple[Part, str], int]
"""People by grant, year and sex."""


def edition_of(reports: Reports) -> Mapping[str, Any]:
    """What an edition says of the people of these reports."""
    windows, countries = Counter[str](), Counter[str]()
    places, parts = Counter[tuple[str, str]](), Counter[Part]()
    sex: dict[int, dict[str, int]] = {}
    for (part, code), people in reports.items():
        windows[part.window] += people
        countries[part.country] += people
        places[part.window, part.country] += people
        parts[part] += people
        sex.setdefault(part.year, {term.value: 0 for term in Sex})[code] += people
    return counts_to_publish(Counted(sex, {}, {}, {}, windows, countries, places, parts=parts), K)


def told(**grants: Mapping[int, int]) -> Mapping[str, int | None]:
    """What is told of grants that reached so many women in so many years, all in one place."""
    reports = {
        (Part(grant, year, "SGP1", "KE"), SEXES[0]): people
        for grant, years in grants.items()
        for year, people in years.items()
    }
    counts: Mapping[str, int | None] = edition_of(reports)["grants"]["ever"]
    return counts


def test_each_grant_is_told_where_none_is_small() -> None:
    assert told(a={2025: 12}, b={2025: 9}) == {"a": 12, "b": 9}


def test_a_small_grant_does_not_follow_from_the_others() -> None:
    assert told(a={2025: 12}, b={2025: 3}, c={2025: 20}) == {"a": 12, "b": None, "c": None}


def test_a_small_year_does_not_follow_from_the_grant_and_its_other_year() -> None:
    """2024 is told as 40: a grant of 43 would say that there were 3 in 2025."""
    assert told(a={2024: 40, 2025: 3}, b={2025: 60})["a"] is None


@pytest.mark.parametrize("people", [0, 4])
def test_few_or_no_people_are_not_told(people: int) -> None:
    assert told(a={2025: people}, b={2025: 60}, c={2025: 70})["a"] is None


grants = st.lists(
    st.tuples(
        st.sampled_from(("SGP1", "SGP2")),
        st.sampled_from(("JO", "KE")),
        st.dictionaries(
            st.sampled_from((2024, 2025)),
            st.lists(
                st.one_of(st.integers(0, 2 * K), st.sampled_from((0, 3, 30))),
                min_size=len(SEXES),
                max_size=len(SEXES),
            ),
            min_size=1,
        ),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.many
@settings(max_examples=cases(60, 400), deadline=None)
@given(grants)
def test_who_knows_every_report_works_out_no_small_count(
    drawn: list[tuple[str, str, dict[int, list[int]]]],
) -> None:
    reports = {
        (Part(f"g{number}", year, window, country), sex): people
        for number, (window, country, years) in enumerate(drawn)
        for year, counts in years.items()
        for sex, people in zip(SEXES, counts, strict=True)
    }
    if sum(reports.values()) < K:
        return
    alone, with_grants = _attacked(reports, grants_told=False), _attacked(reports, grants_told=True)
    for name, width in with_grants.items():
        assert width >= min(K, alone[name]), f"{name}: {width}, {alone[name]} without grants"


def _attacked(reports: Reports, *, grants_told: bool) -> dict[str, int]:
    """How narrowly each small count is bound: of a grant, a year of it, and a sex in that."""
    attack = Attack(_figures_in(edition_of(reports), reports, grants_told=grants_told))
    people = {_cell(part, sex): number for (part, sex), number in reports.items()}
    widths = {}
    for cells in {cells for part, _sex in reports for cells in _targets_of(reports, part)}:
        if 0 < sum(people[cell] for cell in cells) < K:
            low, high = attack.between(sorted(cells))
            widths[f"{sorted(cells)}"] = high - low
    return widths


def _targets_of(reports: Reports, part: Part) -> list[frozenset[Cell]]:
    of_year = {"grant": part.grant, "year": part.year}
    by_sex = [_cells(reports, sexes=[sex], **of_year) for sex in SEXES]
    return [_cells(reports, grant=part.grant), _cells(reports, **of_year), *by_sex]


def _figures_in(
    edition: Mapping[str, Any], reports: Reports, *, grants_told: bool
) -> Iterator[Figure]:
    """Every figure that is printed, and the people that it adds up."""
    yield _cells(reports), sum(reports.values())
    tables = {"window": "windows", "country": "countries"}
    for name, table in (tables | ({"grant": "grants"} if grants_told else {})).items():
        for code, people in edition[table]["ever"].items():
            if people is not None:
                yield _cells(reports, **{name: code}), people
    for year, groups in [*edition["sex"]["years"].items(), (None, edition["sex"]["ever"])]:
        of_year = {"year": int(year)} if year else {}
        for codes, people in groups:
            if cells := _cells(reports, sexes=codes, **of_year):
                yield cells, people


def _cell(part: Part, sex: str) -> Cell:
    return 0, part.year, f"{part.grant} {part.window} {part.country} {sex}"


def _cells(reports: Reports, sexes: Any = None, **of: Any) -> frozenset[Cell]:
    return frozenset(
        _cell(part, sex)
        for part, sex in reports
        if (sexes is None or sex in sexes)
        and all(getattr(part, name) == value for name, value in of.items())
    )

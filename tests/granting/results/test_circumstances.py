"""Pillars, roles of the country, recruitment and grounds of discrimination: told by reports,
published in editions, and no small count of them can be worked out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.core.kernel.taxonomies import (
    AgeBand,
    CountryRole,
    Exploitation,
    Ground,
    Pillar,
    Recruitment,
    Service,
    Sex,
)
from grants.granting.reporting.answers import typed_again, values_of
from grants.granting.reporting.projects import form_of
from grants.granting.reporting.service import submit
from grants.granting.results import coded
from grants.granting.results.counting import Counted, count_unpublished, term_codes
from grants.granting.results.editions import (
    OVERLAPPING,
    counts_to_publish,
    ever_in,
    people_reached,
    year_in,
)
from grants.granting.results.merging import apart_together, counts_apart
from grants.granting.results.published import ALL
from tests.factories import act_of
from tests.granting.results.attack import Attack, Figure
from tests.grants import Scene, accept_report, once_ended, publish_results, report_content
from tests.platform.web.client import SignInAs, StrictClient

K = 5
TOLD = {
    "pillars": {"protection": 40, "prevention": 12},
    "roles": {"origin": 30, "destination": 12},
    "recruitment": {"internet": 15, "otherwise": 25},
    "grounds": {"sex": 40, "age": 3},
}


def report_with(scene: Scene, circumstances: Mapping[str, Mapping[str, int]]) -> None:
    """An accepted report that tells these."""
    report = scene.reports[0]
    content = report_content(scene.session, report, people=40)
    with once_ended(report):
        told = replace(content, circumstances=circumstances)
        submit(scene.session, report, told, act_of(scene.session, scene.people.grantee))
        accept_report(scene.session, report, scene.people)


def test_what_a_report_tells_is_read_again_and_counted(scene: Scene) -> None:
    running = scene.run()
    report_with(running, TOLD)
    report = running.reports[0]
    assert report.circumstances == TOLD
    assert typed_again(report, "services")["q_grounds-sex-people"] == ["40"]
    values = values_of(report, form_of(running.session, report))
    assert values["roles"] == {"origin": {"people": 30}, "destination": {"people": 12}}
    with once_ended(report):
        counted = count_unpublished(running.session, running.fund.id)
    (year,) = counted.pillars
    assert counted.pillars[year]["protection"] == 40
    assert counted.grounds[year]["age"] == 3
    assert counted.roles["origin"] == {running.award.country or "": 30}


def test_an_edition_publishes_them_without_the_small_ones(
    scene: Scene, client: StrictClient
) -> None:
    running = scene.run()
    report_with(running, TOLD)
    with once_ended(running.reports[0]):
        publish_results(running.session, running.fund, running.people)
        running.session.commit()
        reached = people_reached(running.session, running.fund)
        assert reached.circumstances["pillars"]["protection"] == 40
        assert reached.circumstances["grounds"]["age"] is None
        assert reached.roles["origin"][ALL] == 30
        rows = list(coded.rows(running.session, running.fund))
        page = client.get(f"/funds/{running.fund.code}/results/all").text
    by = {(row[0], row[1], row[2]): row[4] for row in rows}
    assert by["all", "pillar", "prevention"] == 12
    assert by["all", "recruitment", "internet"] == 15
    assert by["all", "role", "origin:all"] == 30
    assert ("all", "ground", "age") not in by
    for heading in ("By pillar of the Global Plan of Action", "Through the Internet"):
        assert heading in page


def test_an_unknown_code_is_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match="unknown codes"):
        report_with(scene.run(), {"grounds": {"name of a victim": 1}})


def test_an_edition_from_before_says_nothing_of_them() -> None:
    edition = edition_of(dict.fromkeys(YEARS, 10), dict.fromkeys(COUNTRIES, 10))
    later = {name for name in (*OVERLAPPING, "roles") if name != "services"}
    before = {name: table for name, table in edition.items() if name not in later}
    reached = ever_in([before], K)
    assert reached.roles == {}
    assert reached.circumstances_shown("grounds", Ground.choices()) == []
    assert ever_in([before, edition], K).roles["origin"][ALL] == 40


YEARS = (2024, 2025, 2026)
COUNTRIES = ("KE", "JO", "UA", "none")
small_or_large = st.one_of(st.integers(0, 2 * K), st.sampled_from((0, 3, 40)))
by_year = st.fixed_dictionaries(dict.fromkeys(YEARS, small_or_large))
by_country = st.fixed_dictionaries(dict.fromkeys(COUNTRIES, small_or_large))


def edition_of(people: Mapping[int, int], countries: Mapping[str, int]) -> Mapping[str, Any]:
    """An edition with many people in every year, of whom some are told under one line."""

    def of_one(kind: Any, plenty: Mapping[int, int]) -> dict[int, dict[str, int]]:
        codes = term_codes(kind)
        return {year: dict.fromkeys(codes, 0) | {codes[0]: n} for year, n in plenty.items()}

    many, nobody = dict.fromkeys(YEARS, 100), dict.fromkeys(YEARS, 0)
    counted = Counted(
        of_one(Sex, many),
        of_one(AgeBand, many),
        of_one(Exploitation, many),
        of_one(Service, nobody),
        {},
        {},
        pillars=of_one(Pillar, people),
        recruitment=of_one(Recruitment, nobody),
        grounds=of_one(Ground, nobody),
        roles={role: {} for role in term_codes(CountryRole)} | {"origin": countries},
    )
    return counts_to_publish(counted, K)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(by_year, by_country), min_size=1, max_size=3))
def test_nobody_works_out_a_small_count(
    history: Sequence[tuple[Mapping[int, int], Mapping[str, int]]],
) -> None:
    """By whole numbers, from every edition at once: of a line by year, and of a role by country."""
    figures: list[Figure] = []
    for at, batch in enumerate(history):
        edition = edition_of(*batch)
        pillar = edition["pillars"]
        lines = {year: pillar["years"][str(year)]["prevention"] for year in YEARS}
        roles = dict(edition["roles"]["ever"]["origin"])
        whole = roles.pop(ALL)
        figures += figures_of(at, lines, pillar["ever"]["prevention"])
        figures += figures_of(at, roles, whole)
    attack = Attack(figures)
    for at, batch in enumerate(history):
        for counts in batch:
            for key, people in counts.items():
                cell = (at, 0, str(key))
                if 0 < people < K and cell in attack.place:
                    low, high = attack.between([cell])
                    assert high - low >= K, f"{people} of {cell} lies in {low}..{high}"


@settings(max_examples=60, deadline=None)
@given(st.lists(by_year, min_size=2, max_size=3))
def test_who_knows_all_people_works_out_no_small_count_of_lines_that_add_up(
    lines: Sequence[Mapping[int, int]],
) -> None:
    """How people were recruited, and the roles of a country, may add up to a printed number."""
    table = dict(zip("abc", lines, strict=False))
    apart, without_sum = apart_together(table, K)
    whole = {year: sum(line[year] for line in lines) for year in YEARS}
    figures: list[Figure] = [
        (frozenset((0, year, code) for code in table), people)
        for year, people in whole.items()
        if year not in counts_apart(whole, K)
    ]
    if sum(whole.values()) >= K:
        everyone = frozenset((0, year, code) for code in table for year in YEARS)
        figures.append((everyone, sum(whole.values())))
    for code, line in table.items():
        figures += [
            (frozenset({(0, year, code)}), line[year]) for year in YEARS if year not in apart
        ]
        if code not in without_sum:
            figures.append((frozenset((0, year, code) for year in YEARS), sum(line.values())))
    attack = Attack(figures)
    for code, line in table.items():
        for year, people in line.items():
            if 0 < people < K and (0, year, code) in attack.place:
                low, high = attack.between([(0, year, code)])
                assert high - low >= K, f"{people} of {code} in {year} lies in {low}..{high}"


def figures_of(at: int, counts: Mapping[Any, int | None], whole: int | None) -> list[Figure]:
    """Every count that an edition tells of a line, and their sum."""
    told: list[Figure] = [
        (frozenset({(at, 0, str(key))}), n) for key, n in counts.items() if n is not None
    ]
    if whole is not None:
        told.append((frozenset((at, 0, str(key)) for key in counts), whole))
    return told


@settings(max_examples=30, deadline=None)
@given(by_year, by_country)
def test_pages_add_up_what_the_editions_say(
    people: Mapping[int, int], countries: Mapping[str, int]
) -> None:
    edition = edition_of(people, countries)
    for year in YEARS:
        told = edition["pillars"]["years"][str(year)]["prevention"]
        shown = year_in([edition, edition], year, K).circumstances["pillars"]["prevention"]
        assert shown == (None if told is None else 2 * told)


def test_the_writer_is_asked_for_them(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    scene.session.commit()
    browser = sign_in_as(scene.people.grantee)
    address = f"/grants/{scene.award.reference}/reports/1/sections/services"
    page = browser.get(address).text
    for words in ("Through the Internet", "Country of origin", "Prosecution", "Disability"):
        assert words in page

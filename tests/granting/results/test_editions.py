"""Results are published in editions: what each adds can be worked out from all of them at most."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex
from grants.core.people.permissions import Role
from grants.granting.results import coded
from grants.granting.results.counting import Counted, term_codes
from grants.granting.results.editions import (
    KINDS,
    counts_to_publish,
    ever_in,
    people_reached,
    safe_counts,
    year_in,
)
from grants.granting.results.published import Published
from grants.granting.results.queries import to_publish, to_publish_count
from grants.granting.results.service import next_edition, publish_edition
from tests.factories import act_of, staff
from tests.granting.results.attack import Attack, Cell, Figure
from tests.grants import Scene, an_accepted_report, once_ended, publish_results
from tests.platform.web.client import SignInAs, StrictClient

K = 5
SEXES = term_codes(Sex)
YEARS = (2024, 2025)
History = Sequence[Mapping[int, Sequence[int]]]
"""Edition → year → people of each sex."""


def counted_of(years: Mapping[int, Sequence[int]]) -> Counted:
    """These people, all of one age and one form of exploitation, without services."""
    sex = {year: dict(zip(SEXES, counts, strict=True)) for year, counts in years.items()}
    everyone = {year: sum(counts) for year, counts in years.items()}

    def of_one(codes: list[str]) -> dict[int, dict[str, int]]:
        return {year: dict.fromkeys(codes, 0) | {codes[0]: n} for year, n in everyone.items()}

    none = {year: dict.fromkeys(term_codes(Service), 0) for year in years}
    return Counted(sex, of_one(term_codes(AgeBand)), of_one(term_codes(Exploitation)), none, {}, {})


def figures_of(table: Published, cells: Iterable[tuple[int, int]]) -> list[Figure]:
    """What a page says: for each group, the people of these editions and years."""
    counted = list(cells)
    return [
        (frozenset((edition, year, code) for edition, year in counted for code in group), people)
        for group, people in table.groups.items()
    ]


small_or_large = st.one_of(st.integers(0, 2 * K), st.sampled_from((0, 3, 40)))
histories = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(YEARS, st.lists(small_or_large, min_size=len(SEXES), max_size=len(SEXES)))
    ),
    min_size=2,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(histories)
def test_who_keeps_every_edition_works_out_no_small_count(history: History) -> None:
    """By whole numbers, from the pages of each year and of all years, of every edition at once."""
    batches = [batch for batch in history if sum(map(sum, batch.values())) >= K]
    published = [counts_to_publish(counted_of(batch), K) for batch in batches]
    figures = [
        figure for end in range(1, len(published) + 1) for figure in printed(published[:end])
    ]
    if not figures:
        return
    attack = Attack(figures)
    for edition, batch in enumerate(batches):
        for year, counts in batch.items():
            for code, people in zip(SEXES, counts, strict=True):
                cell: Cell = (edition, year, code)
                if 0 < people < K and cell in attack.place:
                    low, high = attack.between([cell])
                    assert high - low >= K, f"{people} of {cell} lies in {low}..{high}"


def printed(editions: Sequence[Mapping[str, Any]]) -> Iterable[Figure]:
    """Every figure that the public can read once these are published. The reader is told even which
    editions have too few people of a year, and so leave them out of it.
    """
    cells = [(at, year) for at in range(len(editions)) for year in YEARS]
    yield from figures_of(ever_in(editions, K).by_sex, cells)
    for year in YEARS:
        by_year = (edition["sex"]["years"].get(str(year)) for edition in editions)
        included = [(at, year) for at, groups in enumerate(by_year) if groups]
        yield from figures_of(year_in(editions, year, K).by_sex, included)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_all_editions_together_count_everyone_once(history: History) -> None:
    batches = [batch for batch in history if sum(map(sum, batch.values())) >= K]
    editions = [counts_to_publish(counted_of(batch), K) for batch in batches]
    everyone = sum(sum(map(sum, batch.values())) for batch in batches)
    reached = ever_in(editions, K)
    assert [table.total for table in reached.tables] == [everyone or None] * 3
    by_sex: Counter[str] = Counter()
    for batch in batches:
        for counts in batch.values():
            by_sex.update(dict(zip(SEXES, counts, strict=True)))
    for group, people in reached.by_sex.groups.items():
        assert people == sum(by_sex[code] for code in group)


def test_an_edition_is_published_by_the_fund_manager_of_that_fund_alone(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    manager = act_of(session, scene.people.manager)
    with pytest.raises(DomainError, match="already in the published results"):
        publish_edition(session, fund, manager)
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(session, report, scene.people, reached=4)
        with pytest.raises(DomainError, match="fewer than 11 people"):
            publish_edition(session, fund, manager)
        for role in (Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR):
            with pytest.raises(Forbidden):
                publish_edition(session, fund, act_of(session, staff(session, role)))
    assert not people_reached(session, fund).total


def test_a_report_accepted_meanwhile_is_not_published_unseen(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    first, second = scene.run().reports
    manager = act_of(session, scene.people.manager)
    with once_ended(second):
        an_accepted_report(session, first, scene.people)
        seen = next_edition(session, fund).fingerprint
        an_accepted_report(session, second, scene.people)
        with pytest.raises(Conflict, match="More reports have been accepted"):
            publish_edition(session, fund, manager, seen=seen)
        edition = publish_edition(session, fund, manager)
        assert (edition.number, people_reached(session, fund).total) == (1, 28)
        with pytest.raises(DomainError, match="already"):
            publish_edition(session, fund, manager)


def test_the_second_edition_adds_to_the_first(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    first, second = scene.run().reports
    with once_ended(second):
        an_accepted_report(session, first, scene.people)
        publish_results(session, fund, scene.people)
        assert people_reached(session, fund).total == 14
        an_accepted_report(session, second, scene.people)
        assert people_reached(session, fund).total == 14
        assert publish_results(session, fund, scene.people).number == 2
        assert people_reached(session, fund).total == 28


def test_the_fund_manager_publishes_by_links_and_is_reminded_after_three_months(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session, fund = scene.session, scene.fund
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(session, report, scene.people)
        session.commit()
        viewer = act_of(session, scene.people.manager).actor
        assert session.scalars(to_publish(viewer)).all() == [fund]
        assert session.scalar(to_publish_count(viewer)) == 0
        client = sign_in_as(scene.people.manager)
        address = f"/funds/{fund.code}/results/publish"
        assert address in client.get("/results/to-publish").text
        later = report.covers_to + timedelta(100)
        with clock.at(datetime.combine(later, time(12), clock.zone())):
            assert session.scalar(to_publish_count(viewer)) == 1
        page = client.get(address)
        assert "Women and girls" in page.text
        seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page.text)
        assert seen
        client.submit(address, {"seen": seen[1]})
        year = client.get(f"/funds/{fund.code}/results/{report.covers_to.year}").text
        assert "edition 1 of the results" in year


def test_the_file_in_codes_says_what_the_pages_say(scene: Scene, client: StrictClient) -> None:
    session, fund = scene.session, scene.fund
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(session, report, scene.people, reached=28)
        session.commit()
        assert (
            "No results have been published yet"
            in client.get(f"/funds/{fund.code}/results/all").text
        )
        publish_results(session, fund, scene.people)
        session.commit()
        page = client.get(f"/funds/{fund.code}/results/all")
        file = client.get(f"/funds/{fund.code}/results/all?format=csv").text.lstrip("\ufeff")
    lines = list(csv.DictReader(io.StringIO(file)))
    assert list(lines[0]) == list(coded.columns())
    country = [line for line in lines if line["by"] == "country"]
    assert [(line["code"], line["people"]) for line in country] == [(scene.award.country, "28")]
    for by in KINDS:
        counts = {line["year"]: 0 for line in lines}
        for line in lines:
            counts[line["year"]] += int(line["people"]) if line["by"] == by else 0
        assert set(counts.values()) == {28}, by
    assert "By country of the grant" in page.text


counts = st.dictionaries(st.sampled_from("ABCDEF"), small_or_large, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(counts, min_size=1, max_size=3))
def test_no_small_count_of_a_country_follows_from_the_others(batches: list[dict[str, int]]) -> None:
    figures: list[Figure] = []
    kept = [batch for batch in batches if sum(batch.values()) >= K]
    for edition, batch in enumerate(kept):
        printed = safe_counts(batch, K)
        figures += [(frozenset({(edition, 0, code) for code in batch}), sum(batch.values()))]
        figures += [
            (frozenset({(edition, 0, code)}), n) for code, n in printed.items() if n is not None
        ]
    if not figures:
        return
    attack = Attack(figures)
    for edition, batch in enumerate(kept):
        for code, people in batch.items():
            if 0 < people < K:
                low, high = attack.between([(edition, 0, code)])
                assert high - low >= K

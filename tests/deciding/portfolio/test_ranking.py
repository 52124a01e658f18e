"""The ranking: order, equal ranks, and how far the money goes."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.deciding.awards.service import cancel_award, reject
from grants.deciding.board.service import not_recommend
from grants.deciding.portfolio.ranking import (
    Budget,
    Candidate,
    Score,
    as_seen_by,
    part_of_ranking,
    ranked,
    ranking_of,
)
from grants.deciding.reviews.adjusting import Standing, Standings, standings
from grants.deciding.reviews.queries import reviews_of
from grants.deciding.reviews.service import assign, declare_no_conflict, recuse, submit
from tests.factories import (
    Team,
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    assigned,
    eligible,
    money_for_awards,
    recommended,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

PURSE = Budget(60, usd(100_00), usd(1000_00), Decimal(13))


def candidate(name: str, score: int, dollars: int, **more: Any) -> Candidate:
    application = Application(reference=name)
    return Candidate(application, [Score("A", Decimal(score), False)], usd(dollars * 100), **more)


def test_the_best_comes_first_and_equals_share_a_rank() -> None:
    lines = ranked([candidate("c", 70, 1), candidate("b", 90, 1), candidate("a", 70, 1)], PURSE)
    assert [(line.rank, line.candidate.application.reference) for line in lines] == [
        (1, "b"),
        (2, "a"),
        (2, "c"),
    ]


def test_the_money_runs_over_what_passes_and_is_in_play() -> None:
    lines = ranked(
        [
            candidate("a", 90, 60),
            candidate("b", 85, 50, in_play=False),
            candidate("c", 80, 40),
            candidate("d", 70, 1),
            candidate("e", 59, 30),
        ],
        PURSE,
    )
    assert [line.running for line in lines] == [usd(n * 100) for n in (60, 60, 100, 101, 101)]
    assert [line.within_envelope for line in lines] == [True, True, True, False, False]
    assert [line.passes for line in lines] == [True, True, True, True, False]


def test_support_cost_counts_against_what_is_available_but_not_twice_for_awards() -> None:
    budget = Budget(60, usd(1000_00), usd(113_00), Decimal(13))
    lines = ranked(
        [candidate("a", 90, 500, settled=True), candidate("b", 80, 100), candidate("c", 70, 1)],
        budget,
    )
    assert [line.within_available for line in lines] == [True, True, False]


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(1, 900), st.booleans()), min_size=1, max_size=25
    )
)
def test_a_ranking_keeps_everybody_in_order_and_adds_up(
    cases: list[tuple[int, int, bool]],
) -> None:
    candidates = [
        candidate(f"{place:02d}", score, dollars, in_play=plays)
        for place, (score, dollars, plays) in enumerate(cases)
    ]
    lines = ranked(candidates, PURSE)
    assert len(lines) == len(candidates)
    averages = [line.candidate.average for line in lines]
    assert averages == sorted(averages, reverse=True)
    assert all(
        line.rank == 1 + sum(1 for other in averages if other > line.candidate.average)
        for line in lines
    )
    counted = sum(dollars for score, dollars, plays in cases if score >= 60 and plays)
    assert lines[-1].running == usd(counted * 100)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_a_calls_ranking_is_made_of_its_reviews_recommendations_and_awards(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    names = ("Alba", "Brisa", "Casa", "Deva", "Eos")
    alba, brisa, casa, deva, eos = [
        a_submitted_application(session, call, an_organisation(session, name)) for name in names
    ]
    award = an_award(session, alba, team)
    recommended(session, brisa, team, "12000.00")
    reviewed(session, casa, team, (5, 1))
    reviewed(session, deva, team, (1, 2))
    not_recommend(session, deva, act_of(session, team.manager, "Weak."))
    assigned(session, eos, team)
    ranking = ranking_of(session, call)
    assert ranking.on_the_way == 1
    told = [
        (
            line.rank,
            line.candidate.application.organisation.name,
            line.candidate.average,
            line.running,
        )
        for line in ranking.lines
    ]
    assert told == [
        (1, "Alba", Decimal("80.00"), usd(1_500_000)),
        (1, "Brisa", Decimal("80.00"), usd(2_700_000)),
        (3, "Casa", Decimal("60.00"), usd(4_700_000)),
        (4, "Deva", Decimal("30.00"), usd(4_700_000)),
    ]
    assert [line.candidate.divergent for line in ranking.lines] == [False, False, True, False]
    _the_database_ranks_alike(session, call, eos)
    _parts_are_those_of_the_whole(session, call, team.manager)
    cancel_award(session, award, act_of(session, team.approver, "They withdrew."))
    again = ranking_of(session, call).lines[0]
    assert (again.candidate.settled, again.running) == (False, usd(1_500_000)), "decided again"
    reject(session, again.candidate.application, act_of(session, team.approver, "They withdrew."))
    assert ranking_of(session, call).lines[0].running == usd(0)
    session.commit()
    _parts_are_those_of_the_whole(session, call, team.manager)
    _page_and_file_tell_it(sign_in_as(staff(session, Role.AUDITOR)), call)


def _parts_are_those_of_the_whole(session: Session, call: Call, *people: Person) -> None:
    """What is read of a page is what the whole ranking has there, by either score."""
    call.envelope_minor = 2_000_000
    whole = ranking_of(session, call)
    for adjusts, person in product((False, True), people):
        call.ranks_adjusted = adjusts
        viewer = viewer_of(session, person.id)
        assert viewer
        seen = as_seen_by(session, ranking_of(session, call), call, viewer)
        for first, most in ((0, 60), (0, 1), (1, 2), (3, 60)):
            part = part_of_ranking(session, call, viewer, first, most)
            assert part.ranking == replace(seen, lines=seen.lines[first:][:most])
            assert part.of == (len(seen.lines) if part.ranking.lines else 0)
    call.ranks_adjusted = False
    assert ranking_of(session, call) == whole


def _the_database_ranks_alike(session: Session, call: Call, unread: Application) -> None:
    lines = ranking_of(session, call).lines
    told = {one.candidate.application.id: Standing(one.rank, one.candidate.score) for one in lines}
    assert standings(session, call, [*told, unread.id]) == Standings(len(told), told)
    last = lines[-1].candidate.application.id
    assert standings(session, call, [last]) == Standings(len(told), {last: told[last]})
    assert standings(session, call, [unread.id]) == Standings(len(told))


def test_a_ranking_leaves_out_what_is_shut_for_a_person_and_keeps_the_ranks(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    call = a_closed_call(session, fund)
    first, second = [
        a_submitted_application(session, call, an_organisation(session, name))
        for name in ("Alba", "Brisa")
    ]
    away = staff(session, Role.REVIEWER, "Stepped Aside")
    eligible(session, first, team)
    own, _other = assign(session, first, [away, team.reviewers[0]], act_of(session, team.officer))
    recuse(session, own, act_of(session, away, "I know them."))
    assign(session, first, [team.reviewers[1]], act_of(session, team.officer))
    for review in reviews_of(session, first)[1:]:
        declare_no_conflict(session, review, act_of(session, review.reviewer))
        submit(session, review, a_full_draft(first, 5), act_of(session, review.reviewer))
    reviewed(session, second, team)
    appoint(session, away, Role.AUDITOR)
    _parts_are_those_of_the_whole(session, call, away, team.manager)
    session.commit()
    page = sign_in_as(away).get(f"/calls/{call.reference}/ranking").text
    assert "Brisa" in page
    assert "Alba" not in page
    assert "40,000.00" not in page, "the running total would tell what Alba asks for"
    assert re.search(r">\s*2\s*<", words_kept(page))


def test_the_page_of_a_call_leads_to_its_ranking_once_there_is_one(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    call = a_closed_call(session, fund)
    application = a_submitted_application(session, call, an_organisation(session))
    session.commit()
    path, ranking = f"/calls/{call.reference}", f'href="/calls/{call.reference}/ranking"'
    manager = sign_in_as(team.manager)
    assert ranking not in manager.get(path).text
    reviewed(session, application, team)
    session.commit()
    assert ranking in manager.get(path).text
    assert ranking not in sign_in_as(staff(session, Role.FINANCE_OFFICER)).get(path).text


def words_kept(html: str) -> str:
    """The rows of the ranking."""
    return html[html.index("<tbody") : html.index("</tbody>")]


def _page_and_file_tell_it(browser: StrictClient, call: Call) -> None:
    page = browser.get(f"/calls/{call.reference}/ranking").text
    assert "80.00 points apart" in words(page)
    assert "Minimum score 60: applications below it are not recommended" in page
    assert page.index("Casa") < page.index("below it are not recommended") < page.index("Deva")
    file = browser.get(f"/calls/{call.reference}/ranking?format=csv", buffered=True)
    rows = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert len(rows) == 5
    assert rows[3][9] == "Ingrid Lund 100.00; Kofi Boateng 20.00"

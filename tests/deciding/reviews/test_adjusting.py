"""Scores adjusted for how strictly each reviewer scores, beside those that were given."""

from decimal import Decimal
from statistics import fmean, pstdev

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.deciding.awards.queries import rank_of
from grants.deciding.board.service import keep_in_reserve
from grants.deciding.decisions.prospects import recommendable
from grants.deciding.portfolio.ranking import ranking_of
from grants.deciding.reserve_list.reserve import places_on_list
from grants.deciding.reviews.adjusting import adjusted_averages, adjusted_scores
from grants.deciding.reviews.queries import submitted_reviews
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    reviewed,
)
from tests.platform.web.client import SignInAs

MARKS = ((5, 1), (3, 2), (1, 1), (2, 1))
"""By the first reviewer, and by the second, who is strict."""


def applications(
    session: Session, fund: Fund, team: Team, marks: tuple[tuple[int, int], ...]
) -> list[Application]:
    call = a_closed_call(session, fund)
    made = []
    for number, given in enumerate(marks):
        house = an_organisation(session, f"House {number}")
        made.append(reviewed(session, a_submitted_application(session, call, house), team, given))
    return made


def by_hand(marks: tuple[tuple[int, int], ...]) -> list[float]:
    """The same with the standard library: a mark on every criterion is a twentieth of 100."""
    totals = [[20 * mark for mark in column] for column in zip(*marks, strict=True)]
    everything = [total for column in totals for total in column]
    mean, deviation = fmean(everything), pstdev(everything)
    put = [[mean + (x - fmean(c)) / pstdev(c) * deviation for x in c] for c in totals]
    return [min(100, max(0, fmean(pair))) for pair in zip(*put, strict=True)]


def test_a_score_is_put_on_the_scale_of_all_reviewers(
    session: Session, fund: Fund, team: Team
) -> None:
    made = applications(session, fund, team, MARKS)
    found = adjusted_scores(session, made[0].call)
    for one, expected in zip(made, by_hand(MARKS), strict=True):
        assert abs(float(found[one.id]) - expected) <= 0.005
    assert adjusted_averages(totals_of(session, made)) == found, "scenarios compute the same"


@pytest.mark.parametrize("marks", [((5, 1), (3, 2)), ((4, 4), (4, 4), (4, 4))])
def test_of_too_few_or_equal_scores_nothing_is_adjusted(
    session: Session, fund: Fund, team: Team, marks: tuple[tuple[int, int], ...]
) -> None:
    made = applications(session, fund, team, marks)
    found = adjusted_scores(session, made[0].call)
    assert [found[one.id] for one in made] == [Decimal(10 * (a + b)) for a, b in marks]
    assert adjusted_averages(totals_of(session, made)) == found


def totals_of(session: Session, made: list[Application]) -> dict[int, list[tuple[int, Decimal]]]:
    return {
        one.id: [(r.reviewer_id, r.total or Decimal(0)) for r in submitted_reviews(session, one)]
        for one in made
    }


def orders(session: Session, made: list[Application]) -> tuple[list[int], ...]:
    """Who is first to last: in the ranking, on each own page, in a batch, on the reserve list."""
    call = made[0].call
    places = places_on_list(session, call.id)
    found = (
        [line.candidate.application for line in ranking_of(session, call).lines],
        sorted(made, key=lambda one: rank_of(session, one)[0]),
        [one.application for one in recommendable(session, made, Decimal(100))],
        sorted(made[:2], key=lambda one: places[one.id]),
    )
    return tuple([made.index(one) for one in each] for each in found)


def test_the_call_says_which_score_ranks_and_both_are_shown(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    made = applications(session, fund, team, MARKS)
    call, manager = made[0].call, act_of(session, team.manager, "Next.")
    for one in made[:2]:
        keep_in_reserve(session, one, manager)
    assert orders(session, made) == ([0, 1, 3, 2], [0, 1, 3, 2], [0, 1, 3, 2], [0, 1])
    call.ranks_adjusted = True
    session.flush()
    assert orders(session, made) == ([1, 0, 3, 2], [1, 0, 3, 2], [1, 0, 3, 2], [1, 0])
    totals = [[r.total for r in submitted_reviews(session, one)] for one in made]
    assert totals == [[20 * a, 20 * b] for a, b in MARKS]
    assert [one.passes for one in ranking_of(session, call).lines] == [False, True, False, False]
    session.commit()
    page = sign_in_as(team.manager).get(f"/calls/{call.reference}/ranking").text
    assert "ranks by the adjusted score" in page
    adjusted = adjusted_scores(session, call)[made[1].id]
    assert f'<strong><bdi dir="ltr" class="number">{adjusted}</bdi></strong>' in page
    assert "50.00" in page

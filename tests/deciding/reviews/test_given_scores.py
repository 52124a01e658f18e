"""The average of an application's reviews is that of those that are submitted, whatever happens."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.errors import FundError
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.decisions.prospects import scores_of
from grants.deciding.reviews.adjusting import adjusted_averages, adjusted_scores, scored
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import submitted_reviews
from grants.deciding.reviews.reopening import reopen
from grants.deciding.reviews.scoring import average
from grants.deciding.reviews.service import (
    assign,
    declare_no_conflict,
    recuse,
    release,
    submit,
    substitute,
)
from tests.factories import (
    Team,
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    assigned,
    eligible,
    reviewed,
    staff,
)


def added_up(session: Session, application: Application) -> Decimal | None:
    totals = [one.total or Decimal(0) for one in submitted_reviews(session, application)]
    return average(totals) if totals else None


def assert_added_up(session: Session, *applications: Application) -> None:
    """What the rankings read is what Python adds up."""
    session.flush()
    known = scores_of(session, applications)
    for one in applications:
        assert known.get(one.id) == added_up(session, one)
    call = applications[0].call
    ranked = {row.id: (row.given, row.adjusted) for row in session.execute(scored(call.id))}
    totals = {
        one.id: [(r.reviewer_id, r.total or Decimal(0)) for r in submitted_reviews(session, one)]
        for one in applications
        if one.id in ranked
    }
    adjusted = adjusted_averages(totals) if totals else {}
    assert ranked == {key: (known[key], adjusted[key]) for key in totals}
    assert adjusted_scores(session, call, list(totals)[:1]) == {
        key: adjusted[key] for key in list(totals)[:1]
    }
    as_ranked = session.execute(scored(call.id, as_ranked=True))
    assert {row.adjusted for row in as_ranked if not call.ranks_adjusted} <= {None}


PLACES = st.tuples(st.integers(0, 1), st.integers(0, 2))
"""One of two applications, and one of three reviewers."""
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), PLACES, st.integers(0, 5)),
        st.tuples(
            st.sampled_from(["assign", "declare", "reopen", "release", "recuse", "hand over"]),
            PLACES,
            st.integers(0, 2),
        ),
    ),
    max_size=14,
)


def _act(session: Session, case: Application, people: list[Person], team: Team, act: Any) -> None:
    what, (_case, place), number = act
    who, by = people[place], act_of(session, team.manager, "Because.")
    if what == "assign":
        others = [one for one in people if one is not who]
        assign(session, case, others, act_of(session, team.officer))
        return
    own = select(Review).where(Review.application_id == case.id, Review.reviewer_id == who.id)
    review = session.scalars(own.order_by(Review.id.desc()).limit(1)).first()
    if review is None:
        return
    mine = act_of(session, who, "Because.")
    known: dict[str, Any] = {
        "submit": lambda: submit(session, review, a_full_draft(case, number), mine),
        "declare": lambda: declare_no_conflict(session, review, mine),
        "reopen": lambda: reopen(session, review, review.version, by),
        "release": lambda: release(session, review, by),
        "recuse": lambda: recuse(session, review, mine),
        "hand over": lambda: substitute(session, review, people[number], by),
    }
    known[what]()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS, st.booleans(), st.integers(0, 2))
def test_in_any_order_of_acts_the_average_is_that_of_the_submitted_reviews(
    session: Session, fund: Fund, acts: list[Any], adjusts: bool, begun: int
) -> None:
    with session.begin_nested() as aside:
        team = a_team(session)
        people = [*team.reviewers, staff(session, Role.REVIEWER, "Third")]
        call = a_closed_call(session, fund)
        call.ranks_adjusted = adjusts
        houses = [an_organisation(session, f"House {number}") for number in range(2)]
        cases = [a_submitted_application(session, call, house) for house in houses]
        for number, case in enumerate(cases):
            prepare = (eligible, assigned, reviewed)[(begun + number) % 3]
            prepare(session, case, team)
        assert_added_up(session, *cases)
        for act in acts:
            with suppress(FundError), session.begin_nested():
                _act(session, cases[act[1][0]], people, team, act)
            session.expire_all()
            assert_added_up(session, *cases)
        aside.rollback()
        session.expire_all()

"""The average of an application's reviews is kept with them, equal to the one added up, only so."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.db import Database
from grants.core.kernel.errors import FundError
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.prospects import scores_of
from grants.deciding.reviews.adjusting import adjusted_averages, adjusted_scores, scored
from grants.deciding.reviews.models import GivenScore, Review
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
from grants.deciding.reviews.verify import scores_are_those_of_submitted_reviews
from tests.deciding.awards.test_at_once import outcomes
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


@pytest.fixture
def team(session: Session) -> Team:
    return a_team(session)


def added_up(session: Session, application: Application) -> Decimal | None:
    totals = [one.total or Decimal(0) for one in submitted_reviews(session, application)]
    return average(totals) if totals else None


def assert_kept(session: Session, *applications: Application) -> None:
    """What is kept, and what the rankings read, are what Python adds up."""
    session.flush()
    assert list(scores_are_those_of_submitted_reviews(session)) == []
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
def test_in_any_order_of_acts_the_kept_average_is_the_one_added_up(
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
        assert_kept(session, *cases)
        for act in acts:
            with suppress(FundError), session.begin_nested():
                _act(session, cases[act[1][0]], people, team, act)
            session.expire_all()
            assert_kept(session, *cases)
        aside.rollback()
        session.expire_all()


TOTALS = st.integers(0, 10_000).map(lambda cents: Decimal(cents).scaleb(-2))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TOTALS, min_size=1, max_size=9))
def test_the_database_rounds_as_python_does(session: Session, totals: list[Decimal]) -> None:
    kept = session.scalar(select(func.average_given(sum(totals), len(totals))))
    assert kept == average(totals)


def test_a_half_goes_to_the_even_neighbour(session: Session) -> None:
    for total, expected in (("0.01", "0.00"), ("0.03", "0.02"), ("0.05", "0.02"), ("0.07", "0.04")):
        kept = session.scalar(select(func.average_given(Decimal(total), 2)))
        assert kept == Decimal(expected)
    assert session.scalar(select(func.average_given(Decimal(0), 0))) is None


CHANGES = (
    "UPDATE review SET total = 33.33 WHERE id = :id",
    "UPDATE review SET comment = 'Changed.' WHERE id = :id",
    "UPDATE review SET state = 'reopened', total = NULL, submitted_at = NULL WHERE id = :id",
    "UPDATE review SET state = 'submitted', total = 0.01, submitted_at = now() WHERE id = :id",
    "UPDATE review SET application_id = :other WHERE id = :id",
    "UPDATE application SET call_id = :call WHERE id = :other",
    "UPDATE application SET requested_minor = requested_minor + 1",
    "UPDATE application SET state = 'withdrawn' WHERE id = :other",
    "UPDATE application SET reference = reference || '.1' WHERE id = :other",
    "DELETE FROM review WHERE id = :id",
)


def test_the_average_follows_the_reviews_whatever_writes_to_them(
    session: Session, fund: Fund, team: Team
) -> None:
    call, elsewhere = a_closed_call(session, fund), a_closed_call(session, fund)
    case = reviewed(session, a_submitted_application(session, call), team, (5, 2))
    other = a_submitted_application(session, call, an_organisation(session, "Another"))
    review = submitted_reviews(session, case)[0]
    own = {"id": review.id, "other": other.id, "call": elsewhere.id}
    for change in CHANGES:
        session.execute(text(change), own)
        session.expire_all()
        assert list(scores_are_those_of_submitted_reviews(session)) == []
        assert scores_of(session, [case, other]) == {
            one.id: found for one in (case, other) if (found := added_up(session, one)) is not None
        }
    session.execute(text("DELETE FROM review WHERE application_id = :id"), {"id": case.id})
    assert scores_of(session, [case, other]) == {}
    assert set(session.scalars(select(GivenScore.reviews))) == {0}


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE given_score SET given = 100",
        "UPDATE given_score SET reviews = 7",
        "DELETE FROM given_score",
        "TRUNCATE given_score",
        "INSERT INTO given_score SELECT id, call_id, 1, 9, 9, reference, state FROM application",
        "UPDATE given_score SET state = 'rejected'",
    ],
)
def test_nobody_else_writes_an_average(
    session: Session, fund: Fund, team: Team, attack: str
) -> None:
    reviewed(session, a_submitted_application(session, a_closed_call(session, fund)), team)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(attack))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE given_score SET given = given - 0.01",
        "UPDATE given_score SET reviews = reviews + 1",
        "UPDATE given_score SET total = total + 1",
        "UPDATE given_score SET state = 'invited'",
        "UPDATE given_score SET reference = reference || '1'",
        "UPDATE given_score SET requested_minor = NULL",
        "DELETE FROM given_score",
    ],
)
def test_an_average_that_was_changed_is_found(
    session: Session, fund: Fund, team: Team, change: str
) -> None:
    case = reviewed(session, a_submitted_application(session, a_closed_call(session, fund)), team)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET session_replication_role = replica"))
    session.execute(text(change))
    session.execute(text("SET session_replication_role = origin"))
    (found,) = scores_are_those_of_submitted_reviews(session)
    assert f"The stored average score of {case.reference} does not match" in found


def test_reviews_submitted_at_the_same_moment_are_both_counted(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = session.scalars(select(Fund).limit(1)).one()
        team = a_team(session)
        case = a_submitted_application(session, a_closed_call(session, fund))
        asked = assigned(session, case, team)
        for one in asked:
            declare_no_conflict(session, one, act_of(session, one.reviewer))
        ids, number = [one.id for one in asked], case.id

    def submitted(place: int) -> None:
        with real_database.transaction() as own:
            review = own.get_one(Review, ids[place])
            draft = a_full_draft(review.application, 2 + place)
            submit(own, review, draft, act_of(own, review.reviewer))

    assert outcomes(2, submitted) == [None, None]
    with real_database.session() as session:
        kept = session.get_one(GivenScore, number)
        assert (kept.reviews, kept.given) == (2, Decimal("50.00"))
        assert list(scores_are_those_of_submitted_reviews(session)) == []

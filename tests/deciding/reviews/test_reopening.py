"""A review is reopened with a reason: what was submitted is kept, and nothing rests on it."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import Viewer
from grants.deciding.board import service as recommendations
from grants.deciding.portfolio.ranking import ranking_of
from grants.deciding.reviews.models import FormerReview, Review
from grants.deciding.reviews.queries import reviews_of, score_summary, to_score, visible_reviews
from grants.deciding.reviews.reopening import former_reviews, reopen
from grants.deciding.reviews.service import recuse, submit
from grants.deciding.reviews.verify import reopened_reviews_are_kept
from grants.deciding.reviews.workflow import ReviewState
from grants.platform.messages.models import Message
from tests.deciding.awards.test_at_once import outcomes
from tests.factories import (
    Team,
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs

S = ApplicationState
WHY = "You scored another proposal."


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    """Reviewed: 80 and 60 of 100."""
    found = a_submitted_application(session, a_closed_call(session, fund))
    return reviewed(session, found, team, (4, 3))


@pytest.fixture
def review(session: Session, application: Application) -> Review:
    return reviews_of(session, application)[0]


def viewer(session: Session, person: Person) -> Viewer:
    found = viewer_of(session, person.id)
    assert found is not None
    return found


def reopened(session: Session, review: Review, team: Team) -> Review:
    reopen(session, review, review.version, act_of(session, team.manager, WHY))
    return review


def again(session: Session, review: Review, mark: int) -> None:
    draft = a_full_draft(review.application, mark)
    submit(session, review, draft, act_of(session, review.reviewer))


def totals(session: Session, application: Application) -> list[tuple[str, Decimal]]:
    found = ranking_of(session, application.call).lines
    return [(one.candidate.application.reference, one.candidate.score) for one in found]


def test_what_was_submitted_is_kept_and_counts_nowhere_until_it_is_submitted_again(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    assert totals(session, application) == [(application.reference, Decimal("70.00"))]
    before = dict(review.scores)
    reopened(session, review, team)
    assert (review.state, application.state) == (ReviewState.REOPENED, S.UNDER_REVIEW)
    assert (review.total, review.submitted_at, review.scores) == (None, None, before)
    assert totals(session, application) == []
    summary = score_summary(session, application)
    assert summary is not None
    assert (summary.average, summary.reviews) == (Decimal("60.00"), 1)
    assert session.scalar(to_score(viewer(session, review.reviewer))) == 1
    again(session, review, 1)
    assert (review.state, application.state) == (ReviewState.SUBMITTED, S.REVIEWED)
    assert totals(session, application) == [(application.reference, Decimal("40.00"))]
    (former,) = former_reviews(session, application)[review.id]
    assert (former.total, former.scores, former.reason) == (Decimal("80.00"), before, WHY)


def test_the_reviewer_is_told_why_and_sees_no_other_scores_meanwhile(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    reopened(session, review, team)
    letter = select(Message).where(Message.person_id == review.reviewer_id)
    mail = session.scalars(letter.order_by(Message.id.desc()).limit(1)).one()
    assert WHY in mail.text
    assert visible_reviews(session, application, viewer(session, review.reviewer)) == []


def test_the_trail_and_the_case_say_who_reopened_it_and_why(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    reopened(session, review, team)
    for subject, number in (("review", review.id), ("application", application.id)):
        row = trail_of(session, subject, number)[-1]
        assert (row.actor, row.reason) == (team.manager.name, WHY)
        assert row.facts == {"reviewer": review.reviewer.name, "total": "80.00"}
    assert list(reopened_reviews_are_kept(session)) == []
    session.execute(text("ALTER TABLE former_review DISABLE TRIGGER former_review_append_only"))
    session.execute(text("DELETE FROM former_review"))
    assert len(list(reopened_reviews_are_kept(session))) == 1


def test_the_database_refuses_to_change_what_was_submitted(
    session: Session, review: Review, team: Team
) -> None:
    reopened(session, review, team)
    with pytest.raises(DBAPIError, match="former_review"):
        session.execute(text("UPDATE former_review SET total = 100"))


def test_it_is_refused_without_a_reason_and_to_those_who_do_not_assign(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    with pytest.raises(DomainError, match="reason"):
        reopen(session, review, review.version, act_of(session, team.manager))
    session.refresh(review)
    for person in (team.approver, review.reviewer, staff(session, Role.TRUSTEE)):
        with pytest.raises(Forbidden):
            reopen(session, review, review.version, act_of(session, person, WHY))
    assert review.state is ReviewState.SUBMITTED
    assert application.state is S.REVIEWED


@pytest.mark.parametrize("act", ["recommend", "keep_in_reserve", "not_recommend"])
def test_it_is_refused_once_a_recommendation_rests_on_it(
    session: Session, application: Application, review: Review, team: Team, act: str
) -> None:
    manager = act_of(session, team.manager, "As scored.")
    if act == "recommend":
        proposal = recommendations.Proposal(Money.parse("15000.00", "USD"), "Strong.")
        recommendations.recommend(session, application, proposal, manager)
    else:
        getattr(recommendations, act)(session, application, manager)
    with pytest.raises(Conflict, match="can no longer be reopened"):
        reopened(session, review, team)
    assert session.scalars(select(FormerReview)).all() == []


def test_it_is_refused_for_a_reviewer_who_has_left(
    session: Session, review: Review, team: Team
) -> None:
    for membership in review.reviewer.memberships:
        membership.ended_at = clock.now()
    session.flush()
    session.expire_all()
    with pytest.raises(DomainError, match="no longer a reviewer"):
        reopened(session, review, team)


def test_two_managers_reopen_it_once_and_a_page_of_before_reopens_nothing(
    session: Session, review: Review, team: Team
) -> None:
    seen = review.version
    reopened(session, review, team)
    with pytest.raises(Conflict):
        reopen(session, review, seen, act_of(session, team.officer, "As well."))
    again(session, review, 5)
    with pytest.raises(Conflict, match="while you had it open"):
        reopen(session, review, seen, act_of(session, team.officer, "As well."))
    assert review.total == Decimal("100.00")


def test_each_time_it_is_reopened_is_kept_apart(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    for mark in (5, 0, 2):
        reopened(session, review, team)
        again(session, review, mark)
    kept = former_reviews(session, application)[review.id]
    assert [one.total for one in kept] == [Decimal(80), Decimal(100), Decimal(0)]
    assert review.total == Decimal("40.00")


def test_a_reviewer_of_a_reopened_review_may_recuse_themselves_and_the_place_is_filled(
    session: Session, application: Application, review: Review, team: Team
) -> None:
    reopened(session, review, team)
    recuse(session, review, act_of(session, review.reviewer, "I know them after all."))
    assert application.state is S.UNDER_REVIEW
    assert totals(session, application) == []


def sheet(application: Application, mark: str, **changed: str) -> dict[str, str]:
    keys = [criterion["key"] for criterion in application.call.criteria]
    marks = {f"mark_{key}": mark for key in keys}
    return {**marks, **{f"why_{key}": f"Because of {key}." for key in keys}, **changed}


def test_the_case_shows_the_scores_before_and_after(
    session: Session,
    application: Application,
    review: Review,
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    session.commit()
    manager = sign_in_as(team.manager)
    address = f"/reviews/assign/{application.reference}"
    assert f"{address}/{review.id}/reopen" in manager.get(address).text
    sent = {"reason": WHY, "version": str(review.version)}
    done = manager.submit(f"{address}/{review.id}/reopen", sent)
    assert done.location == address
    assert "To be scored again" in sign_in_as(review.reviewer).get("/reviews").text
    page = manager.get(f"/decisions/{application.reference}").text
    assert "does not count until it is submitted again" in page
    reviewer = sign_in_as(review.reviewer)
    form = reviewer.get(f"/reviews/{application.reference}").text
    assert WHY in form
    assert "60.00" not in form
    for address in (
        f"/reviews/{application.reference}",
        f"/reviews/{application.reference}/submit",
    ):
        session.refresh(review)
        reviewer.submit(address, sheet(application, "1", version=str(review.version)))
    page = manager.get(f"/decisions/{application.reference}").text
    assert f"{review.reviewer.name}, before and after the review was reopened" in page
    assert "80.00" in page
    assert "20.00" in page


def test_of_two_windows_of_one_review_the_older_one_overwrites_nothing(
    session: Session,
    application: Application,
    review: Review,
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    reopened(session, review, team)
    session.commit()
    reviewer, address = sign_in_as(review.reviewer), f"/reviews/{application.reference}"
    version = str(review.version)
    one, other = ({"version": version, "sheet": mark} for mark in ("aaaa", "bbbb"))
    for said in ("First.", "First, and more."):
        typed = sheet(application, "2", why_need=said, **one)
        assert reviewer.submit(f"{address}/keep", typed).status_code == 200
    refused = reviewer.submit(f"{address}/keep", sheet(application, "3", why_need="Old.", **other))
    assert refused.status_code == 422
    page = reviewer.submit(address, sheet(application, "3", why_need="Old.", **other))
    assert "changed in another window" in page.text
    assert "Old." in page.text
    session.refresh(review)
    assert review.scores["need"] == {"score": 2, "reason": "First, and more."}


def test_a_page_of_before_does_not_submit_what_it_did_not_show(
    session: Session, application: Application, review: Review, team: Team, sign_in_as: SignInAs
) -> None:
    shown = str(review.version)
    reopened(session, review, team)
    session.commit()
    reviewer = sign_in_as(review.reviewer)
    sent = reviewer.submit(f"/reviews/{application.reference}/submit", {"version": shown})
    assert sent.status_code == 409
    session.refresh(review)
    assert review.state is ReviewState.REOPENED


def test_at_the_same_moment_it_is_recommended_or_reopened_and_never_both(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund, team = fund_by_code(session, "UNVTF"), a_team(session)
        case = a_submitted_application(session, a_closed_call(session, fund))
        review = reviews_of(session, reviewed(session, case, team))[0]
        ids, seen = (case.id, review.id, team.manager.id), review.version

    def decide(number: int) -> None:
        with real_database.transaction() as session:
            act = act_of(session, session.get_one(Person, ids[2]), WHY)
            if number:
                reopen(session, session.get_one(Review, ids[1]), seen, act)
                return
            proposal = recommendations.Proposal(Money.parse("15000.00", "USD"), "Strong.")
            application = session.get_one(Application, ids[0])
            recommendations.recommend(session, application, proposal, act)

    done = [refusal is None for refusal in outcomes(2, decide)]
    assert sorted(done) == [False, True]
    with real_database.transaction() as session:
        found = session.get_one(Application, ids[0])
        assert found.state is (S.RECOMMENDED if done[0] else S.UNDER_REVIEW)
        assert len(session.scalars(select(FormerReview)).all()) == done[1]

"""The reviewers of a call side by side: progress, spread, and who scores apart from the others."""

from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.deciding.reviews.panel import over_time, panel_of, under_review, with_reviews
from grants.deciding.reviews.service import declare_no_conflict, recuse
from tests.factories import (
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    assigned,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs


def test_who_scores_apart_from_the_others_is_seen_and_where_scores_lie_apart(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    team, call = a_team(session), a_closed_call(session, fund)
    far = reviewed(session, a_submitted_application(session, call), team, (5, 2))
    near = reviewed(session, a_submitted_application(session, call), team, (4, 3))
    waiting = a_submitted_application(session, call, an_organisation(session, "House of Hope"))
    first, second = assigned(session, waiting, team)
    declare_no_conflict(session, first, act_of(session, first.reviewer))
    recuse(session, second, act_of(session, second.reviewer, "My sister works there."))
    officer = act_of(session, team.officer).actor
    generous, strict = sorted(panel_of(session, call, officer), key=lambda one: -(one.apart or 0))
    assert (generous.invited, generous.submitted, generous.average) == (3, 2, Decimal("90.00"))
    assert (generous.apart, strict.apart) == (Decimal("40.00"), Decimal("-40.00"))
    assert (strict.invited, strict.recused, strict.stands_out) == (2, 1, True)
    found = with_reviews(session, under_review(session, call, officer))
    assert [(one.application, one.spread, one.divergent) for one in found] == [
        (far, Decimal("60.00"), True),
        (near, Decimal("20.00"), False),
        (waiting, None, False),
    ]
    session.commit()
    browser = sign_in_as(team.officer)
    page = browser.get(f"/reviews/assign/calls/{call.reference}").text
    assert "stands out" in page
    assert far.reference in page
    assert "40.00" in browser.get(f"/reviews/assign/calls/{call.reference}?format=csv").text
    auditor = sign_in_as(staff(session, Role.AUDITOR))
    assert auditor.get(f"/reviews/assign/calls/{call.reference}").status_code == 403


def test_the_applications_a_person_may_not_open_are_left_out(session: Session, fund: Fund) -> None:
    team, call = a_team(session), a_closed_call(session, fund)
    application = a_submitted_application(session, call)
    review = assigned(session, application, team)[0]
    recuse(session, review, act_of(session, review.reviewer, "My sister works there."))
    own = act_of(session, review.reviewer).actor
    assert panel_of(session, call, own) == []


def test_a_reviewer_is_compared_with_the_others_from_call_to_call(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    team = a_team(session)
    calls = [a_closed_call(session, fund) for _number in range(2)]
    for call, marks in zip(calls, ((5, 2), (3, 3)), strict=True):
        reviewed(session, a_submitted_application(session, call), team, marks)
    officer = act_of(session, team.officer).actor
    found = [(one.name, one.call, one.apart) for one in over_time(session, officer)]
    first, second = (one.name for one in team.reviewers)
    assert sorted(found) == sorted(
        [
            (first, calls[0].reference, Decimal("60.00")),
            (first, calls[1].reference, Decimal("0.00")),
            (second, calls[0].reference, Decimal("-60.00")),
            (second, calls[1].reference, Decimal("0.00")),
        ]
    )
    assert over_time(session, act_of(session, team.reviewers[0]).actor) == []
    session.commit()
    browser = sign_in_as(team.officer)
    page = browser.get("/reviews/assign/over-time").text
    assert "60.00" in page
    assert page.count("stands out") == 2
    assert "-60.00" in browser.get("/reviews/assign/over-time?format=csv").text
    assert sign_in_as(team.reviewers[0]).get("/reviews/assign/over-time").status_code == 403

"""Reviews that lie far apart: another one is asked for, and the chair's note stands beside them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.reviews.candidates import places_of
from grants.deciding.reviews.moderating import moderate
from grants.deciding.reviews.queries import open_places, panel_note, to_assign
from grants.deciding.reviews.service import assign, declare_no_conflict, submit
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    act_of,
    an_organisation,
    assigned,
    reviewed,
    staff,
    without_conflict,
)
from tests.platform.web.client import SignInAs

S = ApplicationState


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """Of a call whose reviews may differ by 20 points of 100: one mark on each criterion."""
    call = a_closed_call(session, fund)
    call.divergence = 20
    return a_submitted_application(session, call)


def waiting(session: Session, person: Person) -> int:
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return session.scalar(to_assign(viewer)) or 0


@pytest.mark.parametrize(("marks", "more"), [((4, 3), 0), ((5, 3), 1), ((3, 5), 1)])
def test_a_third_review_is_asked_for_beyond_the_limit_and_not_at_it(
    session: Session, application: Application, team: Team, marks: tuple[int, int], more: int
) -> None:
    reviewed(session, application, team, marks)
    assert open_places(session, application) == more
    assert places_of(session, [application]) == {application.id: more}
    assert waiting(session, team.officer) == more
    assert application.state is (S.UNDER_REVIEW if more else S.REVIEWED)


def test_the_third_review_completes_it_however_far_apart(
    session: Session, application: Application, team: Team
) -> None:
    reviewed(session, application, team, (1, 5))
    mail = session.scalars(select(Message).where(Message.recipient == team.officer.email)).all()[-1]
    assert "another review" in mail.subject
    assert "80" in mail.text
    assert not [one.name for one in team.reviewers if one.name in mail.text]
    third = staff(session, Role.REVIEWER, "Mei Tanaka")
    (review,) = assign(session, application, [third], act_of(session, team.officer))
    act = act_of(session, third)
    declare_no_conflict(session, review, act)
    submit(session, review, a_full_draft(application, 3), act)
    assert application.state is S.REVIEWED
    assert open_places(session, application) == 0


def test_a_call_without_a_limit_never_asks_for_more(
    session: Session, application: Application, team: Team
) -> None:
    application.call.divergence = None
    reviewed(session, application, team, (0, 5))
    assert application.state is S.REVIEWED


def test_the_chairs_note_stands_beside_the_scores_and_changes_none(
    session: Session, application: Application, team: Team
) -> None:
    act = act_of(session, team.officer)
    with pytest.raises(Conflict):
        moderate(session, application, "I. Lund", "Fine.", act)
    reviewed(session, application, team)
    for chair, note in (("", "Fine."), ("I. Lund", " ")):
        with pytest.raises(DomainError, match="who chaired"):
            moderate(session, application, chair, note, act)
    for person in (team.approver, team.reviewers[0], staff(session, Role.TRUSTEE)):
        with pytest.raises(Forbidden):
            moderate(session, application, "I. Lund", "Fine.", act_of(session, person))
    moderate(session, application, "I. Lund", "The panel follows the first review.", act)
    moderate(session, application, "I. Lund", "Both are right.", act)
    kept = panel_note(session, application)
    assert kept is not None
    assert kept.note == "Both are right."
    rows = [r for r in trail_of(session, "application", application.id) if r.action[:3] == "mod"]
    assert [row.facts["note"] for row in rows] == [
        "The panel follows the first review.",
        "Both are right.",
    ]


def test_the_note_is_written_on_its_page_and_read_by_the_board(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    reviewed(session, application, team)
    trustee = staff(session, Role.TRUSTEE, "Amadou Diallo")
    without_conflict(session, trustee, application)
    session.commit()
    officer = sign_in_as(team.officer)
    sent = {"chair": "I. Lund", "note": "Both are right."}
    done = officer.submit(f"/reviews/assign/{application.reference}/note", sent)
    assert done.location == f"/decisions/{application.reference}"
    for person in (team.officer, trustee):
        page = sign_in_as(person).get(done.location).text
        assert "Note by the chair, I. Lund" in page
        assert "Both are right." in page


def test_a_reviewer_goes_from_one_score_sheet_to_the_next(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    other = a_submitted_application(session, application.call, an_organisation(session, "Other"))
    for one in (application, other):
        review = assigned(session, one, team)[0]
        declare_no_conflict(session, review, act_of(session, review.reviewer))
    session.commit()
    reviewer = sign_in_as(team.reviewers[0])
    page = reviewer.get(f"/reviews/{application.reference}").text
    assert "1 of 2" in page
    assert f'rel="next" href="/reviews/{other.reference}"' in page
    assert (
        f'rel="prev" href="/reviews/{application.reference}"'
        in reviewer.get(f"/reviews/{other.reference}").text
    )

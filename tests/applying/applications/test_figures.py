"""The kept figures of a call are those of its applications, from the draft to the award."""

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from grants.applying.applications.models import CallFigure
from grants.applying.applications.verify import CHECKS
from grants.applying.submissions.jobs import fold
from grants.core.funds.models import Fund
from grants.deciding.board.models import Recommendation
from tests.factories import (
    a_call,
    a_closed_call,
    a_draft,
    a_submission,
    a_submitted_application,
    a_team,
    an_award,
    eligible,
    money_for_awards,
    recommended,
    reviewed,
)


def breaches(session: Session) -> list[str]:
    session.flush()
    return [line for check in CHECKS for line in check(session)]


def kept(session: Session, call_id: int) -> dict[str, tuple[int, int, int]]:
    """State → applications, asked for, needed."""
    fold(session)
    rows = session.scalars(select(CallFigure).where(CallFigure.call_id == call_id))
    return {row.state: (row.applications, row.requested_minor, row.needed_minor) for row in rows}


def test_figures_of_a_call_follow_its_applications_to_the_award(
    session: Session, fund: Fund
) -> None:
    team = a_team(session)
    money_for_awards(session, fund)
    for step in (eligible, reviewed, recommended):
        step(session, a_submitted_application(session, a_closed_call(session, fund)), team)
        assert breaches(session) == []
    awarded = a_submitted_application(session, a_closed_call(session, fund))
    an_award(session, awarded, team)
    assert breaches(session) == []
    asked, proposed = awarded.requested_minor or 0, 1_500_000
    assert kept(session, awarded.call_id)["approved"] == (1, asked, proposed)
    assert breaches(session) == []


def test_drafts_are_not_counted_and_submissions_are(session: Session, fund: Fund) -> None:
    call = a_call(session, fund)
    a_draft(session, call)
    session.flush()
    assert kept(session, call.id) == {}
    sent = a_submission(session, call)
    session.flush()
    asked = sent.requested_minor or 0
    assert kept(session, call.id) == {"submitted": (1, asked, asked)}


def test_a_recommendation_that_is_taken_back_leaves_what_was_asked_for(
    session: Session, fund: Fund
) -> None:
    application = recommended(
        session, a_submitted_application(session, a_closed_call(session, fund)), a_team(session)
    )
    session.execute(delete(Recommendation).filter_by(application_id=application.id))
    asked = application.requested_minor or 0
    assert kept(session, application.call_id) == {"recommended": (1, asked, asked)}


def test_a_figure_that_was_changed_is_found(session: Session, fund: Fund) -> None:
    a_submitted_application(session, a_closed_call(session, fund))
    session.flush()
    session.execute(text("UPDATE call_figure SET applications = 7"))
    (line,) = breaches(session)
    assert line.startswith("The stored figures of call")

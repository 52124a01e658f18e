"""A call that is withdrawn: its drafts stay, what was submitted goes no further, all are told."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.applying.drafts.service import save_section
from grants.applying.submissions.service import withdraw_call
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.applying.public_questions.test_asking import send
from tests.factories import a_call, a_draft, a_submission, act_of, staff, writer_of
from tests.platform.web.client import SignInAs

REASON = "The money is needed for an emergency."


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_call(
        session,
        fund,
        title={"en": "Aid", "ar": "مساعدة"},
        summary={"en": "For shelters.", "ar": "للملاجئ."},
    )


def by(session: Session, role: Role = Role.FUND_MANAGER, reason: str = REASON) -> Act:
    return Act(act_of(session, staff(session, role)).actor, reason)


def test_drafts_stay_and_what_was_submitted_is_withdrawn_with_the_call(
    session: Session, call: Call
) -> None:
    draft = a_draft(session, call, "Casa Uno")
    writer = writer_of(session, draft)
    save_section(session, draft, "problem", {"q_problem": ["Many."]}, 0, writer)
    submitted = a_submission(session, call, name="Casa Dos")
    with pytest.raises(Forbidden):
        withdraw_call(session, call, by(session, Role.PROGRAMME_OFFICER))
    with pytest.raises(DomainError, match="reason"):
        withdraw_call(session, call, by(session, reason=""))
    withdraw_call(session, call, by(session), {"ar": "المال مطلوب في مكان آخر."})
    assert call.state is CallState.WITHDRAWN
    assert (draft.state, submitted.state) == (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)
    assert answers_of(session, draft.id)["problem"].given == {"q_problem": ["Many."]}
    with pytest.raises(DomainError):
        save_section(session, draft, "problem", {"q_problem": ["More."]}, 1, writer)
    letters = session.scalars(select(Message).where(Message.event.contains("withdrawn"))).all()
    assert {letter.recipient for letter in letters} == {
        writer.actor.email,
        writer_of(session, submitted).actor.email,
    }
    assert all(REASON in letter.text for letter in letters)


def test_a_call_whose_applications_are_reviewed_is_not_withdrawn(
    session: Session, call: Call
) -> None:
    submitted = a_submission(session, call)
    session.get_one(Application, submitted.id).state = ApplicationState.REVIEWED
    session.flush()
    with pytest.raises(DomainError, match="have been reviewed"):
        withdraw_call(session, call, by(session))


def test_the_pages_of_withdrawing_and_amending_in_the_languages_of_the_call(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    a_draft(session, call)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    at = f"/calls/{call.reference}"
    page = browser.get(f"{at}/amend").text
    assert "Title in Arabic" in page
    assert "Reason in Arabic" in page
    reply = send(browser, f"{at}/withdraw", reason=REASON, reason_ar="للطوارئ.", sure="yes")
    assert reply.status_code == 302
    assert REASON in browser.get(at).text
    assert "للطوارئ." in browser.get(f"{at}?language=ar").text
    assert browser.get(f"{at}/apply").status_code == 200

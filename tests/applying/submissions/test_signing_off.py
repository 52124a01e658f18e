"""Where a call asks for it, nothing is submitted without the signatory's word for its very text."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, SignOff
from grants.applying.applications.queries import answers_of, files_of
from grants.applying.drafts.service import remove_file, save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.service import submit
from grants.applying.submissions.signing_off import (
    ask_sign_off,
    sign_off,
    signing_of,
    text_of,
    to_sign_count,
)
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.factories import a_call, a_complete_draft, a_draft, act_of, member, writer_of
from tests.platform.web.client import SignInAs


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """Complete, under a call that asks for the signatory."""
    return a_complete_draft(session, a_call(session, fund, signatory_signs=True))


def of(session: Session, application: Application, role: Role) -> Act:
    return act_of(session, member(session, application.organisation, role, f"The {role.value}"))


def seen(session: Session, application: Application) -> str:
    return text_of(application, Work.of(session, application))


def signed(session: Session, application: Application) -> SignOff:
    by = of(session, application, Role.ORGANISATION_SIGNATORY)
    return sign_off(session, application, seen(session, application), by)


def change(session: Session, application: Application, text: str) -> None:
    row = answers_of(session, application.id)["problem"]
    typed = {**row.given, "q_problem": [text]}
    by = writer_of(session, application)
    save_section(session, application, "problem", typed, row.version, by)


def test_it_is_submitted_with_the_sign_off_and_says_whose(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    with pytest.raises(DomainError, match="must sign off"):
        submit(session, application, by)
    signed(session, application)
    submission = submit(session, application, by)
    assert submission.snapshot["signed_off"]["by"] == "The organisation_signatory"
    assert dossier(session, application).signed_off_by == "The organisation_signatory"


@pytest.mark.parametrize("what", ["answer", "file"])
def test_a_change_makes_the_sign_off_void_and_another_is_needed(
    session: Session, application: Application, what: str
) -> None:
    first = signed(session, application)
    by = writer_of(session, application)
    if what == "answer":
        change(session, application, "There is no shelter.")
    else:
        last = [a for a in files_of(session, application.id) if a.question == "reference_letters"]
        remove_file(session, application, last[-1].id, by)
    signing = signing_of(session, application, Work.of(session, application))
    assert (signing.standing, signing.earlier) == (None, first)
    if what == "answer":
        with pytest.raises(DomainError, match="changed since the signatory"):
            submit(session, application, by)
        signed_again = sign_off(session, application, seen(session, application), by)
        assert signed_again.id != first.id
        assert submit(session, application, by)


def test_the_signatory_signs_the_text_that_was_read_and_no_later_one(
    session: Session, application: Application
) -> None:
    read = seen(session, application)
    change(session, application, "Changed while the signatory was reading.")
    by = of(session, application, Role.ORGANISATION_SIGNATORY)
    with pytest.raises(DomainError, match="changed since you opened"):
        sign_off(session, application, read, by)
    assert session.scalar(select(func.count(SignOff.id))) == 0


def test_signing_the_same_text_again_changes_nothing(
    session: Session, application: Application
) -> None:
    assert signed(session, application).id == signed(session, application).id
    assert session.scalar(select(func.count(SignOff.id))) == 1


@pytest.mark.parametrize("role", [Role.ORGANISATION_EDITOR, Role.ORGANISATION_READER])
def test_an_editor_asks_and_does_not_sign(
    session: Session, application: Application, role: Role
) -> None:
    by = of(session, application, role)
    with pytest.raises(Forbidden):
        sign_off(session, application, seen(session, application), by)


def test_the_signatory_is_asked_by_e_mail_and_in_the_to_do_list(
    session: Session, application: Application
) -> None:
    signatory = of(session, application, Role.ORGANISATION_SIGNATORY)
    editor = of(session, application, Role.ORGANISATION_EDITOR)
    asked = ask_sign_off(session, application, editor)
    assert "The organisation_signatory" in {person.name for person in asked}
    ask_sign_off(session, application, editor)
    mails = session.scalars(select(Message.subject)).all()
    assert sum("Please sign off" in subject for subject in mails) == len(asked)
    assert session.scalar(to_sign_count(signatory.actor)) == 1
    assert session.scalar(to_sign_count(editor.actor)) == 0
    sign_off(session, application, seen(session, application), signatory)
    assert session.scalar(to_sign_count(signatory.actor)) == 0
    assert "Signed off" in " ".join(session.scalars(select(Message.subject)))


def test_only_a_whole_text_is_signed_and_only_where_the_call_asks(
    session: Session, fund: Fund
) -> None:
    draft = a_draft(session, a_call(session, fund, signatory_signs=True))
    by = writer_of(session, draft)
    with pytest.raises(DomainError, match="missing or need"):
        sign_off(session, draft, seen(session, draft), by)
    other = a_complete_draft(session, a_call(session, fund), name="Other House")
    with pytest.raises(DomainError, match="does not ask"):
        sign_off(session, other, seen(session, other), writer_of(session, other))
    assert submit(session, other, writer_of(session, other))


def test_the_pages_lead_from_asking_to_submitting(
    sign_in_as: SignInAs, session: Session, application: Application
) -> None:
    editor = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Eva Editor")
    ana = member(session, application.organisation, Role.ORGANISATION_SIGNATORY, "Ana Paz")
    path = f"/applying/{application.reference}"
    browser = sign_in_as(editor)
    page = browser.get(f"{path}/check").text
    assert "\u2068Ana Paz\u2069 to sign off" in page
    assert "Submit the application" not in page
    browser.submit(f"{path}/ask-sign-off", page=f"{path}/check")
    browser = sign_in_as(ana)
    assert path in browser.get("/applying/to-sign").text
    assert "The information in this application is true" not in browser.get(f"{path}/check").text
    unticked = browser.submit(f"{path}/sign", {"seen": seen(session, application)})
    assert "I have read this application" in unticked.text
    typed = {"agreed": "y", "seen": seen(session, application)}
    reply = browser.submit(f"{path}/sign", typed)
    assert reply.location.endswith("/check")
    assert "Signed off by Ana Paz" in browser.get(f"{path}/check").text
    reply = browser.submit(f"{path}/submit", {"true": "y"}, page=f"{path}/check")
    assert "/submitted" in reply.location

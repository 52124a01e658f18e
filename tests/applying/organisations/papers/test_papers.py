"""Papers are uploaded once, taken over into applications, and asked for again in time."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.queries import files_of
from grants.applying.drafts import service as drafts
from grants.applying.drafts.papers import needed
from grants.applying.drafts.prefilled import copy_profile
from grants.applying.organisations.papers.models import OrganisationPaper, PaperKind
from grants.applying.organisations.papers.queries import papers_of, to_renew_count, versions_of
from grants.applying.organisations.papers.service import (
    Paper,
    add_paper,
    end_paper,
    remind_of_expiry,
)
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from seeds.scans import page_saying
from tests.factories import a_call, act_of, an_organisation, member, staff
from tests.platform.documents.files import docx
from tests.platform.web.client import SignInAs

CERTIFICATE, REFERENCE = PaperKind.CERTIFICATE, PaperKind.REFERENCE


@pytest.fixture
def house(session: Session) -> Organisation:
    return an_organisation(session)


@pytest.fixture
def luz(session: Session, house: Organisation) -> Person:
    return member(session, house)


def uploaded(
    session: Session,
    house: Organisation,
    person: Person,
    kind: PaperKind = CERTIFICATE,
    name: str = "certificate.pdf",
    expires_on: date | None = None,
) -> OrganisationPaper:
    upload = Upload(name, page_saying(name))
    return add_paper(session, house, Paper(kind, None, expires_on), upload, act_of(session, person))


def test_a_renewed_certificate_replaces_the_one_before_which_stays_on_record(
    session: Session, house: Organisation, luz: Person
) -> None:
    old = uploaded(session, house, luz)
    new = uploaded(session, house, luz, name="renewed.pdf")
    assert list(papers_of(session, house.id)) == [new]
    assert list(versions_of(session, house.id)) == [new, old]
    assert old.ended_at is not None


def test_reference_letters_stand_side_by_side(
    session: Session, house: Organisation, luz: Person
) -> None:
    for name in ("one.pdf", "two.pdf"):
        uploaded(session, house, luz, REFERENCE, name)
    assert len(papers_of(session, house.id, REFERENCE)) == 2


def test_a_new_application_takes_over_what_it_asks_for_and_nothing_that_has_expired(
    session: Session, house: Organisation, luz: Person, fund: Fund
) -> None:
    uploaded(session, house, luz)
    uploaded(session, house, luz, PaperKind.STATUTES, "statutes.pdf")
    for name in ("one.pdf", "two.pdf", "three.pdf", "four.pdf"):
        uploaded(session, house, luz, REFERENCE, name)
    until = clock.today() + timedelta(1)
    accounts = uploaded(session, house, luz, PaperKind.ACCOUNTS, "accounts.pdf", until)
    accounts.expires_on = clock.today() - timedelta(1)
    application = drafts.start(session, a_call(session, fund), house, act_of(session, luz))
    attached = [a.question for a in files_of(session, application.id)]
    assert sorted(attached) == ["reference_letters"] * 3 + ["registration_certificate"]


def test_a_paper_that_the_question_does_not_take_is_not_said_to_be_there(
    session: Session, fund: Fund, house: Organisation, luz: Person
) -> None:
    call = a_call(session, fund)
    title = next(q.title for q in call.questionnaire.questions if q.key == CERTIFICATE)
    there = {}
    for name in ("certificate.docx", "certificate.pdf"):
        content = docx() if name.endswith("docx") else page_saying(name)
        paper = Paper(CERTIFICATE, None, None)
        add_paper(session, house, paper, Upload(name, content), act_of(session, luz))
        there[name] = {one.title: one.there for one in needed(session, call, house)}[title]
    assert there == {"certificate.docx": False, "certificate.pdf": True}


def test_a_draft_begun_before_takes_a_paper_over_once(
    session: Session, house: Organisation, luz: Person, fund: Fund
) -> None:
    application = drafts.start(session, a_call(session, fund), house, act_of(session, luz))
    uploaded(session, house, luz)
    assert copy_profile(session, application, act_of(session, luz)) == 1
    assert copy_profile(session, application, act_of(session, luz)) == 0


def test_what_is_removed_from_the_profile_stays_in_the_application(
    session: Session, house: Organisation, luz: Person, fund: Fund
) -> None:
    paper = uploaded(session, house, luz)
    application = drafts.start(session, a_call(session, fund), house, act_of(session, luz))
    end_paper(session, paper, act_of(session, luz))
    assert not papers_of(session, house.id)
    assert len(files_of(session, application.id)) == 1
    with pytest.raises(Conflict):
        end_paper(session, paper, act_of(session, luz))


@pytest.mark.parametrize(
    ("issued", "expires", "why"),
    [(1, None, "in the future"), (None, -1, "has expired")],
)
def test_dates_that_cannot_be_are_refused(
    session: Session,
    house: Organisation,
    luz: Person,
    issued: int | None,
    expires: int | None,
    why: str,
) -> None:
    days = [None if n is None else clock.today() + timedelta(n) for n in (issued, expires)]
    with pytest.raises(DomainError, match=why):
        add_paper(
            session,
            house,
            Paper(CERTIFICATE, *days),
            Upload("a.pdf", page_saying("a")),
            act_of(session, luz),
        )


def test_administrators_are_reminded_once_a_month_before_and_once_when_it_has_expired(
    session: Session, house: Organisation, luz: Person
) -> None:
    member(session, house, Role.ORGANISATION_EDITOR, "Eva Paz")
    today = clock.today()
    paper = uploaded(session, house, luz, expires_on=today + timedelta(30))
    later = uploaded(session, house, luz, REFERENCE, "r.pdf", today + timedelta(31))
    for _morning in range(2):
        remind_of_expiry(session)
    paper.expires_on = today - timedelta(1)
    remind_of_expiry(session)
    query = select(Message).where(Message.event.like("paper:%")).order_by(Message.id)
    sent = session.scalars(query).all()
    assert [mail.recipient for mail in sent] == [luz.email] * 2
    assert "expires soon" in sent[0].subject
    assert "has expired" in sent[1].subject
    assert later.expires_on is not None
    assert session.scalar(to_renew_count(act_of(session, luz).actor)) == 1


def test_others_change_no_papers_and_strangers_do_not_read_them(
    session: Session, house: Organisation, luz: Person, sign_in_as: SignInAs
) -> None:
    paper = uploaded(session, house, luz)
    officer = staff(session, Role.PROGRAMME_OFFICER)
    stranger = member(session, an_organisation(session, "Other"), name="Olga Other")
    for person in (officer, stranger):
        with pytest.raises(Forbidden):
            uploaded(session, house, person)
        with pytest.raises(Forbidden):
            end_paper(session, paper, act_of(session, person))
    address = f"/organisations/{house.code}/papers/{paper.id}"
    assert sign_in_as(officer).get(address).status_code == 200
    assert sign_in_as(stranger).get(address).status_code == 404
    reviewer = staff(session, Role.REVIEWER)
    assert sign_in_as(reviewer).get(address).status_code == 404


def test_an_editor_uploads_and_removes_on_the_pages(
    session: Session, house: Organisation, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(member(session, house, Role.ORGANISATION_EDITOR, "Eva Paz"))
    page = f"/organisations/{house.code}/papers"
    assert "No documents need to be renewed." in browser.get("/organisations/papers").text
    given = {"kind": "statutes", "file": (BytesIO(page_saying("statutes")), "statutes.pdf")}
    assert browser.submit(f"{page}/new", given).status_code == 302
    shown = browser.get(page)
    assert "statutes.pdf" in shown.text
    number = papers_of(session, house.id)[0].id
    assert browser.submit(f"{page}/{number}/remove").status_code == 302
    assert "Earlier versions" in browser.get(page).text

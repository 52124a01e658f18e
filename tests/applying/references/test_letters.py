"""Letters of reference: asked for, written on a link, declined, late, hidden from the applicant."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.drafts.repeats import remove_repetition
from grants.applying.drafts.service import save_section
from grants.applying.references.answering import answer, decline, opened
from grants.applying.references.models import LetterRequest
from grants.applying.references.queries import requests_of, standings_of
from grants.applying.references.service import MOST_ASKED, ask, remind
from grants.applying.submissions.dossier import dossier, dossier_for_fund
from grants.applying.submissions.service import Incomplete, submit, withdraw
from grants.applying.writing.team import reopen
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import Viewer
from grants.deciding.blind_review.blinding import dossier_for_reviewers
from grants.desk.data_protection.erasing import erase_person
from grants.desk.retention.models import LegalHold, RetentionClass
from grants.desk.retention.periods import GONE, NOWHERE, PARTS, due_of, rows_back
from grants.operations.files.purging import names_in_use
from grants.papers.statements.packing import digest_of_pack
from grants.platform.documents.models import Document, Opening
from grants.platform.documents.opening import log_opening
from grants.platform.documents.service import content_of, keep
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.written import from_json
from tests.applying.references.letters import (
    ROSA,
    WORDS,
    call_with_letter,
    letters_to,
    link_to,
    visitor,
)
from tests.factories import (
    a_call,
    a_draft,
    a_person,
    act_of,
    an_organisation,
    member,
    staff,
    writer_of,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


def written(session: Session, application: Application) -> Act:
    by = writer_of(session, application)
    save_section(session, application, "all", {"q_title": ["A house"], "q_asked": ["9000"]}, 0, by)
    return by


def asked(session: Session, application: Application, email: str = ROSA) -> LetterRequest:
    by = writer_of(session, application)
    return ask(session, application, "letter", "Dr Rosa Paz", email, "en", by)


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    application = a_draft(session, call_with_letter(session, fund))
    written(session, application)
    return application


def later(act: Act, **time: int) -> Act:
    return replace(act, at=act.at + timedelta(**time))


def test_an_application_waits_for_the_letter_where_it_has_to_come_before(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    asked(session, application)
    with pytest.raises(Incomplete):
        submit(session, application, by)
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    assert submit(session, application, by)
    assert WORDS not in str(dossier(session, application))
    assert WORDS in str(dossier_for_fund(session, application))


def test_a_letter_may_come_after_the_application_where_the_question_allows_it(
    session: Session, fund: Fund
) -> None:
    application = a_draft(session, call_with_letter(session, fund, days_after=10))
    by = written(session, application)
    with pytest.raises(Incomplete):
        submit(session, application, by)
    asked(session, application)
    submit(session, application, by)
    token, end = link_to(session, ROSA), application.call.deadline_at
    late = replace(visitor(), at=end + timedelta(days=11))
    assert "could be sent until" in opened(session, token, late).closed
    with pytest.raises(Conflict):
        answer(session, token, WORDS, None, late)
    answer(session, token, WORDS, None, replace(visitor(), at=end + timedelta(days=9)))
    assert WORDS in str(dossier_for_fund(session, application))


def test_the_letter_can_be_a_file_which_the_applicant_cannot_open(
    session: Session, application: Application, sign_in_as: SignInAs
) -> None:
    request = asked(session, application)
    answer(session, link_to(session, ROSA), "", Upload("Letter.pdf", pdf(4)), visitor())
    submit(session, application, writer_of(session, application))
    assert request.file
    writer = people_of_organisation(session, application.organisation_id)[0]
    session.commit()
    path = f"/applications/{application.reference}/files/{request.file.id}"
    assert sign_in_as(writer).get(path).status_code == 404
    assert sign_in_as(staff(session, Role.PROGRAMME_OFFICER)).get(path).status_code == 200


@pytest.mark.parametrize("blind", [False, True])
def test_no_address_of_the_paper_shows_a_confidential_letter_to_the_applicant(
    session: Session, fund: Fund, sign_in_as: SignInAs, *, blind: bool
) -> None:
    application = a_draft(session, call_with_letter(session, fund, blind=blind))
    by = written(session, application)
    asked(session, application)
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    submit(session, application, by)
    writer = people_of_organisation(session, application.organisation_id)[0]
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    paper = f"/documents/submission/{application.reference}"
    own, of_fund = sign_in_as(writer), sign_in_as(officer)
    for path in (paper, f"{paper}/blind"):
        got = own.get(f"{path}.json")
        assert got.status_code == 200
        assert WORDS not in got.text
        assert "Rosa" in got.text
        pages = pypdf.PdfReader(io.BytesIO(own.get(f"{path}.pdf").data)).pages
        words = " ".join(" ".join(page.extract_text() for page in pages).split())
        assert "Rosa" in words
        assert "eleven years" not in words
    assert (WORDS in of_fund.get(f"{paper}/blind.json").text) is not blind


def test_an_open_letter_is_read_by_the_applicant_too(session: Session, fund: Fund) -> None:
    application = a_draft(session, call_with_letter(session, fund, confidential=False))
    written(session, application)
    asked(session, application)
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    assert WORDS in str(dossier(session, application))


def test_reviewers_of_a_blind_call_get_neither_the_letter_nor_who_wrote_it(
    session: Session, fund: Fund
) -> None:
    application = a_draft(session, call_with_letter(session, fund, blind=True))
    by = written(session, application)
    asked(session, application)
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    submit(session, application, by)
    shown = str(dossier_for_reviewers(session, application))
    assert WORDS not in shown
    assert "Rosa" not in shown


def test_a_link_is_used_once_and_the_second_of_two_tabs_is_refused(
    session: Session, application: Application
) -> None:
    asked(session, application)
    token = link_to(session, ROSA)
    answer(session, token, WORDS, None, visitor())
    with pytest.raises(Conflict):
        answer(session, token, "Another text", None, visitor())
    with pytest.raises(Conflict):
        decline(session, token, visitor())
    (request,) = requests_of(session, application)
    assert request.letter == WORDS
    assert "received this letter" in opened(session, token, visitor()).closed
    assert "received" in letters_to(session, ROSA)[-1].subject


def test_who_declines_makes_room_for_another_person(
    session: Session, application: Application
) -> None:
    asked(session, application)
    decline(session, link_to(session, ROSA), visitor())
    by = writer_of(session, application)
    assert "has declined to write" in letters_to(session, by.actor.email)[-1].subject
    ask(session, application, "letter", "Paul", "paul@clinic.example", "fr", by)
    answer(session, link_to(session, "paul@clinic.example"), WORDS, None, visitor())
    (standing,) = standings_of(session, application)
    assert [standing.state_of(r).text for r in standing.requests] == ["Letter received", "Declined"]


def test_asking_another_person_ends_the_first_link_and_tells_them(
    session: Session, application: Application
) -> None:
    asked(session, application)
    first = link_to(session, ROSA)
    asked(session, application, "paul@clinic.example")
    assert "no longer asking" in opened(session, first, visitor()).closed
    assert "no longer needed" in letters_to(session, ROSA)[-1].subject
    with pytest.raises(Conflict):
        answer(session, first, WORDS, None, visitor())


def test_a_reminder_waits_two_days_and_both_links_work(
    session: Session, application: Application
) -> None:
    asked(session, application)
    by = writer_of(session, application)
    with pytest.raises(DomainError, match="reminder after"):
        remind(session, application, "letter", by)
    remind(session, application, "letter", later(by, days=3))
    assert link_to(session, ROSA, 0) != link_to(session, ROSA, 1)
    answer(session, link_to(session, ROSA, 0), WORDS, None, visitor())
    assert "received this letter" in opened(session, link_to(session, ROSA, 1), visitor()).closed


def test_a_few_persons_can_be_asked_and_none_of_the_organisation(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    with pytest.raises(DomainError, match="does not act for"):
        asked(session, application, by.actor.email)
    for number in range(MOST_ASKED):
        asked(session, application, f"someone{number}@clinic.example")
    with pytest.raises(DomainError, match="up to"):
        asked(session, application)


def test_nobody_of_another_organisation_asks(session: Session, application: Application) -> None:
    other = act_of(session, member(session, an_organisation(session, "Otra Casa", "GT")))
    with pytest.raises(Forbidden):
        ask(session, application, "letter", "Rosa", ROSA, "en", other)
    with pytest.raises(Forbidden):
        remind(session, application, "letter", other)
    with pytest.raises(Missing):
        ask(session, application, "title", "Rosa", ROSA, "en", writer_of(session, application))


def test_of_a_withdrawn_application_no_letter_is_wanted(
    session: Session, application: Application
) -> None:
    asked(session, application)
    token = link_to(session, ROSA)
    withdraw(session, application, replace(writer_of(session, application), reason="Too early"))
    assert "withdrawn" in opened(session, token, visitor()).closed
    with pytest.raises(Conflict):
        answer(session, token, WORDS, None, visitor())
    with pytest.raises(Conflict):
        asked(session, application, "paul@clinic.example")


def test_letters_go_with_the_draft_when_an_application_is_changed(
    session: Session, application: Application
) -> None:
    request = asked(session, application)
    answer(session, link_to(session, ROSA), "", Upload("Letter.pdf", pdf(4)), visitor())
    by = writer_of(session, application)
    submit(session, application, by)
    draft = reopen(session, application, by)
    assert request.application_id == draft.id
    assert request.file
    assert request.file.application_id == draft.id
    submit(session, draft, by)


def test_a_person_without_an_account_writes_the_letter_on_the_link(
    session: Session, application: Application, client: StrictClient
) -> None:
    asked(session, application)
    session.commit()
    path = f"/letters-of-reference/{link_to(session, ROSA)}"
    page = unescape(client.get(path).text)
    assert application.organisation.name in page
    assert application.call.name in page
    refused = client.submit(path, {"letter": WORDS})
    assert refused.status_code in (200, 422)
    assert WORDS in refused.text
    doubtful = {"letter": "Call me: phone +504 2234 5678", "declared": "y"}
    assert "telephone number" in client.submit(path, doubtful).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert token
    fields = {"csrf_token": token[1], "declared": "y"}
    client.post(path, data={**fields, "letter": WORDS})
    assert "We received this letter" in client.get(path).text
    second = client.post(path, data={**fields, "letter": "Typed in a second tab"})
    assert "Typed in a second tab" in second.text
    session.expire_all()
    assert requests_of(session, application)[0].letter == WORDS
    assert client.get("/letters-of-reference/unknown").status_code == 404


def test_a_person_declines_on_the_link(
    session: Session, application: Application, client: StrictClient
) -> None:
    asked(session, application)
    session.commit()
    path = f"/letters-of-reference/{link_to(session, ROSA)}"
    assert client.get(f"{path}/decline").status_code == 200
    client.submit(f"{path}/decline")
    assert "You have declined to write this letter" in client.get(path).text


def test_an_applicant_asks_and_reminds_on_the_page(
    session: Session,
    application: Application,
    sign_in_as: SignInAs,
) -> None:
    writer = people_of_organisation(session, application.organisation_id)[0]
    session.commit()
    browser, reference = sign_in_as(writer), application.reference
    path = f"/applying/{reference}/letters/letter"
    assert path in browser.get(f"/applying/{reference}/sections/all").text
    assert browser.get(path).status_code == 200
    browser.submit(path, {"name": "Dr Rosa Paz", "email": ROSA, "language": "en"})
    assert "Letter requested" in browser.get(path).text
    assert "Dr Rosa Paz" in browser.get(f"/applying/{reference}/sections/all").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert token
    data = {"csrf_token": token[1]}
    soon = browser.post(f"{path}/remind", data=data, follow_redirects=True)
    assert "You can send a reminder after" in soon.text
    assert "has not been received" in unescape(browser.get(f"/applying/{reference}/check").text)


def test_who_checks_an_application_reads_which_letters_are_still_to_come(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    application = a_draft(session, call_with_letter(session, fund, required=False, days_after=14))
    luz = written(session, application)
    session.commit()
    browser = sign_in_as(session.get_one(Person, luz.actor.person_id))
    check = f"/applying/{application.reference}/check"
    page = browser.get(check).text
    assert f'href="/applying/{application.reference}/letters/letter"' in page
    assert "Not requested yet" in page
    ask(session, application, "letter", "Rosa Paz", ROSA, "en", luz)
    session.commit()
    assert "Letter requested" in browser.get(check).text
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    session.commit()
    assert "have not been received" not in browser.get(check).text


def test_erasure_and_retention_reach_who_wrote_and_what(
    session: Session, application: Application
) -> None:
    request = asked(session, application)
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    rosa = a_person(session, "Dr Rosa Paz")
    rosa.email = ROSA
    session.flush()
    erase_person(session, rosa)
    session.refresh(request)
    assert "Rosa" not in request.name
    assert request.email != ROSA
    assert request.letter != WORDS
    request.name, request.letter = "Dr Rosa Paz", WORDS
    session.flush()
    for part in PARTS[RetentionClass.LETTERS]:
        part.purge(session, clock.today() + timedelta(days=1))
    session.refresh(request)
    assert (request.name, request.email, request.letter) == (GONE, NOWHERE, GONE)


def letter_as_file(session: Session, application: Application) -> Document:
    request = asked(session, application)
    answer(session, link_to(session, ROSA), "", Upload("Dr Paz.pdf", pdf(4)), visitor())
    assert request.file
    return request.file.document


def log_openings(session: Session, document: Document) -> int:
    """The number of the line of the access log that names the file; the next names another one."""
    reader = Act(Viewer("Reader", a_person(session, "Reader").id))
    for name, number in ((document.name, document.id), ("Statute.pdf", None)):
        log_opening(session, reader, name, "/applications/1", None, number)
    return session.scalars(select(Opening.id).order_by(Opening.id)).all()[-2]


def names_in_log(session: Session) -> dict[int, str]:
    return {line.id: line.name for line in session.scalars(select(Opening))}


def test_erasure_empties_the_file_of_a_letter_and_the_trail_never_named_it(
    session: Session, application: Application
) -> None:
    document = letter_as_file(session, application)
    content = document.sha256
    assert "Paz.pdf" not in str(session.scalars(select(TrailRow.facts)).all())
    rosa = a_person(session, "Dr Rosa Paz")
    rosa.email = ROSA
    session.flush()
    number = log_openings(session, document)
    erase_person(session, rosa)
    session.refresh(document)
    assert (document.name, content_of(document)) == (GONE, b"")
    assert content not in names_in_use(session)
    assert names_in_log(session) == {number: GONE, number + 1: "Statute.pdf"}


def test_retention_empties_the_file_of_a_letter_when_it_is_due(
    session: Session, application: Application
) -> None:
    document = letter_as_file(session, application)
    other = keep(session, Upload("Statute.pdf", pdf(5)), visitor())
    content, tomorrow = document.sha256, clock.today() + timedelta(days=1)
    kind = RetentionClass.LETTERS
    assert due_of(session, kind, clock.today() - timedelta(days=2))[0] == 0
    assert due_of(session, kind, tomorrow)[0] == 2
    number = log_openings(session, document)
    rows = {part.table.name: part.purge(session, tomorrow) for part in PARTS[kind]}
    assert names_in_log(session) == {number: GONE, number + 1: "Statute.pdf"}
    session.refresh(document)
    session.refresh(other)
    assert (document.name, content_of(document)) == (GONE, b"")
    assert other.name == "Statute.pdf"
    assert content not in names_in_use(session)
    assert due_of(session, kind, tomorrow)[0] == 0
    assert list(rows_back(session, kind, tomorrow, rows)) == []


def test_a_file_on_legal_hold_stays(session: Session, application: Application) -> None:
    document = letter_as_file(session, application)
    rosa = a_person(session, "Dr Rosa Paz")
    rosa.email = ROSA
    session.flush()
    hold = LegalHold(person_id=rosa.id, reason="Audit", placed_by_id=rosa.id, placed_at=clock.now())
    session.add(hold)
    session.flush()
    for part in PARTS[RetentionClass.LETTERS]:
        part.purge(session, clock.today() + timedelta(days=1))
    session.refresh(document)
    assert document.name == "Dr Paz.pdf"


def test_a_link_works_on_when_the_deadline_is_extended(session: Session, fund: Fund) -> None:
    application = a_draft(session, call_with_letter(session, fund, days_after=3))
    by = written(session, application)
    asked(session, application)
    submit(session, application, by)
    token, end = link_to(session, ROSA), application.call.deadline_at + timedelta(days=3)
    with clock.at(end + timedelta(hours=1)):
        assert "could be sent until" in opened(session, token, visitor()).closed
        application.call.deadline_at += timedelta(days=20)
        session.flush()
        assert opened(session, token, visitor()).closed == ""
        assert answer(session, token, WORDS, None, visitor()).letter == WORDS


def test_a_letter_that_comes_later_is_in_the_next_package(session: Session, fund: Fund) -> None:
    application = a_draft(session, call_with_letter(session, fund, days_after=3))
    by = written(session, application)
    asked(session, application)
    submission = submit(session, application, by)
    before = digest_of_pack(session, submission, "en")
    assert digest_of_pack(session, submission, "en") == before
    answer(session, link_to(session, ROSA), WORDS, None, visitor())
    assert digest_of_pack(session, submission, "en") != before


def partner(place: int, *, more: bool) -> dict[str, list[str]]:
    end = "" if place == 1 else f"__{place}"
    another = {f"q_another__partner{end}": ["yes" if more else "no"]}
    return {f"q_name{end}": [f"Partner {place}"], **another}


@pytest.fixture
def three_partners(session: Session, fund: Fund) -> Application:
    """A draft with three partners; a letter was asked for of each."""
    call = call_with_letter(session, fund)
    data = json.loads(json.dumps(call.form))
    letter = data["sections"][0]["questions"].pop()
    name = {"kind": "short_text", "key": "name", "label": {"en": "Name"}}
    section = {"key": "partner", "title": {"en": "Partner"}, "most_times": 4}
    data["sections"].append({**section, "questions": [name, letter]})
    other_call = a_call(session, fund, form=from_json(data))
    application = a_draft(session, other_call, "Casa Sur")
    by = written(session, application)
    for place, end in enumerate(("", "__2", "__3"), 1):
        save_section(session, application, f"partner{end}", partner(place, more=place < 3), 0, by)
        email = f"rosa{place}@clinic.example"
        ask(session, application, f"letter{end}", f"Dr Rosa {place}", email, "en", by)
    return application


def test_each_partner_of_a_repeated_section_has_a_letter_of_its_own(
    session: Session, three_partners: Application, sign_in_as: SignInAs
) -> None:
    application, by = three_partners, writer_of(session, three_partners)
    writer = sign_in_as(people_of_organisation(session, application.organisation_id)[0])
    page = writer.get(f"/applying/{application.reference}/letters/letter__3").text
    assert "Partner 3" in page
    assert "Dr Rosa 3" in page
    with pytest.raises(Incomplete):
        submit(session, application, by)
    for place in (1, 2, 3):
        token = link_to(session, f"rosa{place}@clinic.example")
        answer(session, token, f"Of number {place}", None, visitor())
    submit(session, application, by)
    shown = str(dossier_for_fund(session, application))
    assert all(f"Of number {place}" in shown for place in (1, 2, 3))


def test_letters_move_up_when_a_partner_is_taken_out(
    session: Session, three_partners: Application
) -> None:
    application, by = three_partners, writer_of(session, three_partners)
    file = Upload("Letter.pdf", pdf(4))
    second = answer(session, link_to(session, "rosa2@clinic.example"), "", file, visitor())
    remove_repetition(session, application, "partner__2", by)
    standing = {s.question.key: s.standing for s in standings_of(session, application)}
    third = standing["letter__2"]
    assert third
    assert third.name == "Dr Rosa 3"
    assert standing["letter__3"] is None
    assert not second.stands
    assert second.file
    assert second.file.removed_at
    answer(session, link_to(session, "rosa3@clinic.example"), "Of the third", None, visitor())
    remove_repetition(session, application, "partner", by)
    first = next(s for s in standings_of(session, application) if s.question.key == "letter")
    assert [request.name for request in first.requests] == ["Dr Rosa 3"]
    with pytest.raises(Conflict, match="no longer asking"):
        answer(session, link_to(session, "rosa1@clinic.example"), WORDS, None, visitor())

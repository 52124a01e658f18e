"""Translations beside answers: added and revised, every version kept, the answer untouched."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import saying
from grants.applying.applications.models import Application
from grants.applying.applications.queries import submission_of
from grants.applying.drafts.service import save_section
from grants.applying.submissions.clarifying import ClarificationRequest, answer, ask
from grants.applying.submissions.dossier import Dossier, dossier
from grants.applying.translating.queries import texts_of, versions_of
from grants.applying.translating.service import Translation, translate
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.blind_review.blinding import dossier_for_reviewers
from grants.desk.data_protection.own_data import rows_about
from grants.papers.statements.catalogue import paper_of
from grants.papers.typesetting.layout import as_html
from grants.platform.questionnaires.presentation import Translated
from tests.applying.applications.answers import complete_answers
from tests.factories import a_call, a_complete_draft, a_submission, act_of, member, staff, writer_of
from tests.platform.web.client import SignInAs

FRENCH = "Les filles qui reviennent de la côte ne trouvent pas de refuge."


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


@pytest.fixture(autouse=True)
def _fund_of_three_languages(fund: Fund) -> None:
    fund.languages = ["en", "ar", "fr"]


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.PROGRAMME_OFFICER, "Ingrid Berg")


def french(text: str = FRENCH, seen: int = 0, question: str = "problem") -> Translation:
    return Translation(question, "fr", text, seen)


def beside(whole: Dossier, question: str = "problem") -> tuple[Translated, ...]:
    answers = (answer for section in whole.sections for answer in section.answers)
    return next(answer.translations for answer in answers if answer.key == question)


def test_a_translation_stands_beside_the_answer_which_stays_as_it_was(
    session: Session, application: Application, officer: Person
) -> None:
    before, sha256 = dossier(session, application), submission_of(session, application.id)
    translate(session, application, french(), act_of(session, officer))
    after = dossier(session, application)
    (row,) = beside(after)
    assert (row.text, row.language, row.number, row.by_applicant) == (FRENCH, "fr", 1, False)
    assert row.mark.startswith("Translation into French by the secretariat, version 1, ")
    assert after.is_translated
    assert not before.is_translated
    assert after.sha256 == before.sha256
    assert submission_of(session, application.id) is sha256
    act = trail_of(session, "application", application.id)[-1]
    assert act.action == "translate_answer"


def test_a_revision_keeps_the_version_before_it(
    session: Session, application: Application, officer: Person
) -> None:
    translate(session, application, french(), act_of(session, officer))
    writer = writer_of(session, application)
    translate(session, application, french("Elles n’ont pas de refuge.", 1), writer)
    (row,) = beside(dossier(session, application))
    assert (row.number, row.by_applicant) == (2, True)
    versions = versions_of(application, "problem", "fr")
    assert [(v.number, v.written_by_id) for v in versions] == [
        (2, writer.actor.person_id),
        (1, officer.id),
    ]


def test_what_another_user_revised_meanwhile_is_not_lost(
    session: Session, application: Application, officer: Person
) -> None:
    by = act_of(session, officer)
    translate(session, application, french(), by)
    for late in (french("Autre texte."), french("Autre texte.", 2), french(FRENCH, 1)):
        with pytest.raises(DomainError):
            translate(session, application, late, by)


@pytest.mark.parametrize(
    "refused",
    [
        french("  "),
        french("x" * 20_001),
        Translation("problem", "de", "Die Mädchen finden kein Haus."),
    ],
)
def test_what_is_no_translation_is_refused(
    session: Session, application: Application, officer: Person, refused: Translation
) -> None:
    with pytest.raises(DomainError):
        translate(session, application, refused, act_of(session, officer))


def test_only_answers_in_words_are_translated(
    session: Session, application: Application, officer: Person
) -> None:
    for question in ("country", "unknown"):
        with pytest.raises(Missing):
            translate(session, application, french(question=question), act_of(session, officer))


def test_a_table_is_translated_below_it(
    session: Session, application: Application, officer: Person, sign_in_as: SignInAs
) -> None:
    assert texts_of(dossier(session, application))["budget"].words == (
        "Shelter for 20 girls\nCounsellor"
    )
    lines = "Un refuge pour 20 filles\nConseillère"
    translate(session, application, french(lines, question="budget"), act_of(session, officer))
    assert [row.text for row in beside(dossier(session, application), "budget")] == [lines]
    html = as_html(paper_of(session, "submission", application.reference))
    assert html.index("Counsellor") < html.index("Un refuge pour 20 filles")
    session.commit()
    shown = sign_in_as(officer).get(f"/applications/{application.reference}").text
    assert shown.index("Counsellor") < shown.index("Conseillère")


def test_drafts_are_not_translated(session: Session, fund: Fund) -> None:
    draft = a_complete_draft(session, a_call(session, fund))
    with pytest.raises(DomainError):
        translate(session, draft, french(), writer_of(session, draft))


def test_readers_and_strangers_write_no_translation(
    session: Session, application: Application
) -> None:
    reader = member(session, application.organisation, Role.ORGANISATION_READER, "Eva Paz")
    other = a_submission(session, application.call, name="Other House")
    people = [act_of(session, reader), writer_of(session, other)]
    roles = (Role.AUDITOR, Role.REVIEWER, Role.TRUSTEE, Role.FINANCE_OFFICER)
    people += [act_of(session, staff(session, role)) for role in roles]
    for by in people:
        with pytest.raises(Forbidden):
            translate(session, application, french(), by)


def test_reviewers_of_a_blind_call_get_the_translation_without_names(
    session: Session, fund: Fund
) -> None:
    application = a_submission(session, a_call(session, fund, blind=True))
    by = writer_of(session, application)
    translate(session, application, french("Casa Segura aide Luz et les filles."), by)
    (row,) = beside(dossier_for_reviewers(session, application))
    assert "Casa Segura" not in row.text
    assert "aide" in row.text
    assert by.actor.name not in row.mark


def clarified(session: Session, application: Application, officer: Act) -> None:
    until = clock.now() + timedelta(days=3)
    clarification = ask(
        session, application, ClarificationRequest(["problem"], "Who pays?", until), officer
    )
    typed = complete_answers(application.country or "HN", 12_000)["problem"]
    by = writer_of(session, application)
    typed = {**typed, "q_problem": ["There is no shelter in the district."]}
    save_section(session, application, "problem", typed, 1, by)
    answer(session, clarification, by)


def test_the_translation_of_an_earlier_text_is_not_beside_the_clarified_one(
    session: Session, application: Application, officer: Person
) -> None:
    by = act_of(session, officer)
    translate(session, application, french(), by)
    clarified(session, application, by)
    session.expire(application)
    (change,) = dossier(session, application).clarified[0].changes
    assert [row.text for row in change.before.translations] == [FRENCH]
    assert not change.after.translations
    translate(session, application, french("Il n’y a pas de refuge.", 1), by)
    (change,) = dossier(session, application).clarified[0].changes
    assert [row.number for row in change.before.translations] == [1]
    assert [row.number for row in change.after.translations] == [2]


def test_the_search_finds_the_words_of_a_translation(
    session: Session, application: Application, officer: Person
) -> None:
    query = saying("refuge")
    assert query is not None
    assert not session.scalars(query).all()
    translate(session, application, french(), act_of(session, officer))
    assert session.scalars(query).all() == [application.id]


def test_the_copy_of_the_application_says_who_translated(
    session: Session, application: Application, officer: Person
) -> None:
    translate(session, application, french(), act_of(session, officer))
    html = as_html(paper_of(session, "submission", application.reference))
    assert FRENCH in html
    assert "Translation into French by the secretariat, version 1" in html
    assert "Ingrid Berg" not in html


def test_who_wrote_a_translation_gets_it_with_the_own_data(
    session: Session, application: Application, officer: Person
) -> None:
    translate(session, application, french(), act_of(session, officer))
    rows = [row for row in rows_about(session, officer) if row.table == "answer_translation"]
    assert [row.facts["text"] for row in rows] == [FRENCH]


def test_the_organisation_translates_on_its_pages(
    session: Session, application: Application, sign_in_as: SignInAs
) -> None:
    eva = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Eva Paz")
    session.commit()
    browser = sign_in_as(eva)
    page = f"/applications/{application.reference}/translations"
    assert page in browser.get(f"/applying/{application.reference}").text
    listed = browser.get(f"{page}?into=fr").text
    assert f"{page}/fr/problem" in listed
    first = browser.get(f"{page}/fr/problem").text
    assert 'name="seen" value="0"' in first
    form = {"text": FRENCH, "seen": "0"}
    assert browser.submit(f"{page}/fr/problem", form).status_code == 302
    assert browser.submit(f"{page}/fr/problem", {"text": "Tard.", "seen": "0"}).status_code == 422
    shown = browser.get(f"/applying/{application.reference}").text
    assert re.search(f'lang="fr" dir="auto"><bdi>{FRENCH}', shown)
    assert "Translation into French by the organisation, version 1" in shown
    hidden = browser.get(f"/applying/{application.reference}?translations=none").text
    assert FRENCH not in hidden
    assert FRENCH not in browser.get(f"/applying/{application.reference}").text


def test_the_organisation_is_not_told_who_of_the_secretariat_translated(
    session: Session, application: Application, officer: Person, sign_in_as: SignInAs
) -> None:
    translate(session, application, french(), act_of(session, officer))
    (writer,) = people_of_organisation(session, application.organisation_id)
    auditor = staff(session, Role.AUDITOR)
    session.commit()
    page = f"/applications/{application.reference}/translations/fr/problem"
    theirs = sign_in_as(writer).get(page).text
    assert "The secretariat" in theirs
    assert "Ingrid Berg" not in theirs
    audited = sign_in_as(auditor).get(page).text
    assert "Ingrid Berg" in audited
    assert "<textarea" not in audited


def test_the_list_of_all_answers_has_the_translations(
    session: Session, application: Application, officer: Person, sign_in_as: SignInAs
) -> None:
    translate(session, application, french(), act_of(session, officer))
    session.commit()
    browser = sign_in_as(officer)
    sheet = browser.get(f"/calls/{application.call.reference}/answers?format=csv").text
    assert FRENCH in sheet
    page = f"/applications/{application.reference}"
    assert f"{page}/translations" in browser.get(page).text
    assert FRENCH in browser.get(page).text


def test_others_do_not_open_the_translations(
    session: Session, application: Application, sign_in_as: SignInAs
) -> None:
    other = a_submission(session, application.call, name="Other House")
    (stranger,) = people_of_organisation(session, other.organisation_id)
    reviewer = staff(session, Role.REVIEWER)
    session.commit()
    page = f"/applications/{application.reference}/translations"
    for person in (stranger, reviewer):
        browser = sign_in_as(person)
        for path in (page, f"{page}/fr/problem"):
            assert browser.get(path).status_code == 404

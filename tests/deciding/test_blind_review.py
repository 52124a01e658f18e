"""In a blind call no route tells a reviewer which organisation applies; others read it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.drafts.service import attach, save_section
from grants.applying.organisations.facts import FACTS, PROFILE, profile_of
from grants.applying.organisations.profile import Profile
from grants.applying.submissions.service import submit as submit_application
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.blind_review import applicant_names
from grants.deciding.reviews.drafting import Draft
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.service import declare_no_conflict, release, submit
from grants.papers.statements.catalogue import CATALOGUE
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from grants.platform.questionnaires.form import Section
from grants.platform.questions import Files, Organisations, WorkPlan
from tests.applying.applications.answers import REQUIRED_PAPERS, complete_answers
from tests.deciding.routes import read, routes
from tests.factories import (
    Team,
    a_call,
    a_draft,
    a_full_draft,
    act_of,
    an_organisation,
    assigned,
    recommended,
    staff,
    without_conflict,
    writer_of,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


def words(text: str) -> dict[str, str]:
    """In every language in which the standard form is."""
    return dict.fromkeys(("en", "fr", "es", "ar", "ru", "zh"), text)


PLAN = Files(key="plan", label=words("Plan without names"), names_applicant=False, most=2)
FORM = replace(
    STANDARD_FORM,
    sections=(
        *STANDARD_FORM.sections,
        Section(
            key="more",
            title=words("Partners and plan"),
            questions=(
                PLAN,
                replace(PLAN, key="statute", label=words("Statute"), names_applicant=True),
                Organisations(key="partner_list", label=words("Partners")),
                WorkPlan(key="work", label=words("Work plan")),
            ),
        ),
    ),
)
TOLD = (
    "Casa Segura will do it, as the CASE always does; casa-segura's staff, and FUNDACIÓN CASA "
    "SEGURA DE HONDURAS itself. Ask Luz Reyes, Ms Reyes or Marco Díaz (info@casasegura.org, "
    "www.casasegura.org) or Ana Pino. بيت الأمان with Norte Unido and the Puente house. "
    "Our number is RTN-0801-1990. Cassa Sgeura, Kasa Segura and Beit al-Aman are we too, says "
    "Marko Dias (Марко Диас); Nort Unido and Poente de Paz help."
)
SECRETS = (
    *("segura", "case always", "luz", "reyes", "marco", "díaz", "casasegura", "بيت الأمان"),
    *("norte unido", "puente", "0801-1990", "pino", "hidden.pdf"),
    *("sgeura", "kasa", "beit", "marko", "dias", "марко", "nort unido", "poente"),
)
"""What a reviewer could know the applicant by, in small letters."""

FORM_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """Submitted to a blind call, and full of names."""
    made = a_draft(session, a_call(session, fund, form=FORM, blind=True), "Casa Segura")
    partner, house = an_organisation(session, "Puente de Paz"), made.organisation
    house.name, house.website = "Fundación Casa Segura de Honduras", "https://casasegura.org"
    house.other_names, house.registration_number = ["CASE", "بيت الأمان"], "RTN-0801-1990"
    house.key_persons = [{"name": "Marco Díaz", "role": "Director"}]
    by = writer_of(session, made)
    answers = complete_answers("HN", 12_000)
    answers["project"] |= {"q_title": ["The Casa Segura house"], "q_summary": [TOLD]}
    answers["organisation"] |= {"q_mission": [TOLD], "q_earlier_grants": ["2021, Norte Unido"]}
    answers["budget"]["q_budget-0-description"] = ["Rent of Casa Segura"]
    answers["more"] = {
        "q_partner_list-0-c_name": ["Norte Unido"],
        "q_partner_list-0-c_country": ["HN"],
        "q_partner_list-1-c_code": [partner.code],
        "q_work-0-c_activity": ["Open the Casa Segura house"],
        "q_work-0-c_responsible": ["Ana Pino"],
        "q_work-0-c_when": ["1"],
    }
    for section, typed in answers.items():
        save_section(session, made, section, typed, 0, by)
    for number, question in enumerate((*REQUIRED_PAPERS, "statute", "plan"), 1):
        name = "Casa Segura.pdf" if question == "plan" else f"{question} hidden.pdf"
        attach(session, made, question, Upload(name, pdf(number)), by)
    submit_application(session, made, by)
    return made


@pytest.fixture
def reviews(session: Session, application: Application, team: Team) -> list[Review]:
    found = assigned(session, application, team)
    session.commit()
    return found


def told_to(browser: StrictClient, application: Application, *roles: Role) -> dict[str, str]:
    """What each address gives that these roles may try: pages, files, documents, lists."""
    if len(roles) > 1:
        browser.application.config["QUERY_BUDGET"] = 60  # ranking and answers of a small call
    reference, call = application.reference, application.call.reference
    values = {"reference": reference, "code": "UNVTF", "document": "submission"}
    tried = {"/reviews", "/desk", "/search", "/applications", "/awards", "/calls", "/decisions"}
    tried |= {f"/search?q={reference}", "/applications?format=csv", "/decisions?format=csv"}
    tried |= {f"/calls/{call}/{page}?format=csv" for page in ("answers", "ranking")}
    tried |= {f"/documents/submission/{reference}/blind.json"}
    tried |= {f"/documents/{name}/{reference}.json" for name in CATALOGUE}
    for role in roles:
        tried |= routes(browser, role, values)
        tried |= routes(browser, role, {"reference": call, "code": "UNVTF"})
    for one in application.files:
        tried |= {f"/{room}/{reference}/files/{one.id}" for room in ("reviews", "applications")}
    return {path: read(browser, path) for path in sorted(tried)}


def names_in(told: dict[str, str]) -> list[tuple[str, str]]:
    """Where a name is told, and which; the random token of a form may hold any letters."""
    pages = {path: FORM_TOKEN.sub("", text).lower() for path, text in told.items()}
    return [(path, word) for path, text in pages.items() for word in SECRETS if word in text]


def finds(browser: StrictClient, text: str, application: Application) -> bool:
    got = browser.get(f"/search?q={text}")
    return f"/{application.reference}" in (got.location or got.text)


def test_no_route_tells_a_reviewer_who_applies(
    session: Session,
    team: Team,
    application: Application,
    reviews: list[Review],
    sign_in_as: SignInAs,
) -> None:
    first, second = reviews
    auditor = second.reviewer
    appoint(session, auditor, Role.AUDITOR)
    people = ((first.reviewer, (Role.REVIEWER,)), (auditor, (Role.REVIEWER, Role.AUDITOR)))
    for review in reviews:
        declare_no_conflict(session, review, act_of(session, review.reviewer))
    session.commit()
    for person, roles in people:
        browser = sign_in_as(person)
        told = told_to(browser, application, *roles)
        assert names_in(told) == []
        sheet = told[f"/reviews/{application.reference}"]
        assert "reach us without papers" in sheet
        assert "[name withheld]" in sheet
        assert "Document.pdf" in sheet
        assert f"Applicant {application.reference.rpartition('-')[2]}" in sheet
        assert (
            "reach us without papers" in told[f"/documents/submission/{application.reference}.json"]
        )
        assert not any(finds(browser, word, application) for word in ("Segura", "house", "CASE"))
        assert finds(browser, application.reference, application)
    _after_the_reviews(session, application, reviews, sign_in_as)


def _after_the_reviews(
    session: Session, application: Application, reviews: list[Review], sign_in_as: SignInAs
) -> None:
    """A name once read cannot be forgotten; a person who reads all applications anyway may then."""
    first, second = reviews
    submit(session, first, a_full_draft(application), act_of(session, first.reviewer))
    draft = a_full_draft(application)
    known = {key: replace(mark, reason="Casa Segura can.") for key, mark in draft.marks.items()}
    telling = Draft(known, "I think this is Casa Segura.")
    submit(session, second, telling, act_of(session, second.reviewer))
    session.commit()
    told = told_to(sign_in_as(first.reviewer), application, Role.REVIEWER)
    assert "Review by Reviewer 2" in told[f"/reviews/{application.reference}"]
    assert names_in(told) == []
    auditor = sign_in_as(second.reviewer)
    assert "Casa Segura" in read(auditor, f"/applications/{application.reference}")


def test_before_the_declaration_and_in_every_letter_nothing_names_the_applicant(
    session: Session,
    team: Team,
    application: Application,
    reviews: list[Review],
    sign_in_as: SignInAs,
) -> None:
    first, second = reviews
    told = told_to(sign_in_as(first.reviewer), application, Role.REVIEWER)
    assert names_in(told) == []
    assert "reviewed blind" in told[f"/reviews/{application.reference}"]
    why = act_of(session, team.manager, "You advised Casa Segura.")
    release(session, second, why)
    session.commit()
    ids = [one.reviewer_id for one in reviews]
    letters = session.scalars(select(Message).where(Message.person_id.in_(ids))).all()
    assert len(letters) == 3
    said = {str(one.id): one.subject + one.text + (one.html or "") for one in letters}
    assert names_in(said) == []


def test_a_reviewer_opens_no_file_but_those_that_are_free_of_the_name(
    session: Session, application: Application, reviews: list[Review], sign_in_as: SignInAs
) -> None:
    declare_no_conflict(session, reviews[0], act_of(session, reviews[0].reviewer))
    session.commit()
    browser = sign_in_as(reviews[0].reviewer)
    opened = {}
    for one in application.files:
        got = browser.get(f"/reviews/{application.reference}/files/{one.id}")
        opened[one.question] = got.status_code
        if got.status_code == 200:
            assert "Segura" not in got.headers["Content-Disposition"]
    assert {key for key, status in opened.items() if status == 200} == {"plan"}
    assert set(opened.values()) == {200, 404}


def test_the_secretariat_the_board_and_the_approving_officer_read_the_names(
    session: Session, team: Team, application: Application, sign_in_as: SignInAs
) -> None:
    recommended(session, application, team, "10000.00")
    trustee = staff(session, Role.TRUSTEE)
    without_conflict(session, trustee, application)
    session.commit()
    pages = {
        team.manager: f"/applications/{application.reference}",
        team.approver: f"/decisions/{application.reference}",
        trustee: f"/board/applications/{application.reference}",
    }
    for person, page in pages.items():
        assert "Casa Segura" in read(sign_in_as(person), page)
    manager = sign_in_as(team.manager)
    assert "Casa Segura" in read(manager, f"/documents/submission/{application.reference}.json")
    blind = f"/documents/submission/{application.reference}/blind.json"
    assert names_in({blind: read(manager, blind)}) == []
    assert read(manager, blind)


def test_what_tells_who_the_applicant_is_is_hidden(session: Session) -> None:
    """Every fact of a profile says whether it tells; it is hidden by that alone."""
    house = an_organisation(session)
    facts = {fact.key: fact.kind.imported(fact.imported) for fact in FACTS if fact.imported}
    PROFILE.write(Profile(**facts), house)
    hidden = " ".join(name.text for name in applicant_names.names_of_organisation(house))
    for fact in FACTS:
        if fact.uses.tells != "nothing":
            words = fact.words(profile_of(house)).removeprefix("https://")
            first = words.splitlines()[0].split(",")[0]
            assert first in hidden, fact.key

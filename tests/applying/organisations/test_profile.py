"""The whole profile is entered once, topic by topic, and answers what applications ask."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.queries import answers_of
from grants.applying.drafts.eligibility import obstacles
from grants.applying.drafts.prefilled import copy_profile, to_copy
from grants.applying.drafts.service import save_section
from grants.applying.drafts.work import Work
from grants.applying.organisations.answers import answered_keys, answers_in
from grants.applying.organisations.facts import FACTS, PROFILE, profile_of
from grants.applying.organisations.profile import (
    KeyPerson,
    Profile,
    Safeguards,
    YearBudget,
)
from grants.applying.organisations.service import describe
from grants.applying.organisations.topic_forms import TOPICS, progress_by_topic
from grants.applying.writing.team import begin_draft, writing_now
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.platform.questionnaires.merging import Sheet
from grants.platform.questionnaires.parts import Progress
from grants.platform.questionnaires.written import from_json
from tests.factories import a_call, a_draft_call, act_of, an_organisation, member, staff
from tests.platform.web.client import SignInAs

FULL = {
    "legal_status": "foundation",
    "assists_since": 2011,
    "mission": "Shelter and advice.",
    "paid_staff": 12,
    "volunteers": 0,
    "budgets": (YearBudget(2025, usd(12_000_000)), YearBudget(2024, Money.parse("90", "EUR"))),
    "partner_portal": "23145",
    "safeguards": Safeguards(psea_policy=True, child_policy=False, measures="Two at a time."),
}


def described(session: Session, organisation: Organisation, **facts: object) -> Profile:
    luz = member(session, organisation)
    profile = replace(profile_of(organisation), **facts)  # type: ignore[arg-type]
    describe(session, organisation, profile, act_of(session, luz))
    return profile


def test_a_profile_is_kept_as_it_was_said(session: Session) -> None:
    organisation = an_organisation(session)
    said = described(session, organisation, **FULL)
    session.flush()
    session.expire(organisation)
    assert profile_of(organisation) == said
    assert PROFILE.plain(said)["budgets"][1] == {
        "year": "2024",
        "currency": "EUR",
        "amount": "90.00",
    }


@pytest.mark.parametrize(
    ("topic", "typed", "name", "value"),
    [
        ("registration", {"country": "HN", "legal_status": "faith"}, "legal_status", "faith"),
        ("experience", {"assists_since": "2015", "volunteers": "0"}, "volunteers", 0),
        ("references", {"partner_portal": "UNPP 23 145"}, "partner_portal", "23145"),
        (
            "budgets",
            {"accounts_in": "EUR", "budgets-0-year": "2024", "budgets-0-amount": "500"},
            "budgets",
            (YearBudget(2024, Money.parse("500", "EUR")),),
        ),
        (
            "safeguarding",
            {"psea_policy": "no", "complaints": "A box."},
            "safeguards",
            Safeguards(psea_policy=False, complaints="A box."),
        ),
    ],
)
def test_a_topic_changes_what_it_asks_and_nothing_else(
    sign_in_as: SignInAs,
    session: Session,
    topic: str,
    typed: dict[str, str],
    name: str,
    value: object,
) -> None:
    organisation = an_organisation(session)
    before = described(session, organisation, **FULL, address="1 Main Street")
    browser = sign_in_as(member(session, organisation, name="Second Administrator"))
    browser.submit(f"/organisations/{organisation.code}/profile/{topic}", typed)
    session.refresh(organisation)
    now = profile_of(organisation)
    assert getattr(now, name) == value
    changed = {item for item in vars(now) if getattr(now, item) != getattr(before, item)}
    assert changed <= {fact.key for fact in TOPICS[topic].facts}
    assert now.address == "1 Main Street"


@pytest.mark.parametrize(
    ("topic", "typed", "said"),
    [
        ("references", {"partner_portal": "HN-77"}, "2 to 9 digits"),
        ("references", {"partner_portal": "0"}, "2 to 9 digits"),
        ("experience", {"assists_since": "2999"}, "Enter a year up to"),
        ("experience", {"assists_since": "12"}, "1800 or more"),
        (
            "budgets",
            {
                f"budgets-{row}-{name}": text
                for row in (0, 1)
                for name, text in (("year", "2024"), ("amount", "5"))
            },
            "only once",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_enter(
    sign_in_as: SignInAs, session: Session, topic: str, typed: dict[str, str], said: str
) -> None:
    organisation = an_organisation(session)
    browser = sign_in_as(member(session, organisation))
    page = browser.submit(f"/organisations/{organisation.code}/profile/{topic}", typed).text
    assert said in page


def test_the_profile_says_which_topics_are_answered(sign_in_as: SignInAs, session: Session) -> None:
    organisation = an_organisation(session)
    described(session, organisation, **FULL)
    found = {
        one.key: (one.answered, one.asked) for one in progress_by_topic(profile_of(organisation))
    }
    assert found["experience"] == (4, 4)
    assert found["references"] == (1, 2)
    assert found["safeguarding"] == (3, 5)
    browser = sign_in_as(member(session, organisation, name="Second Administrator"))
    page = browser.get(f"/organisations/{organisation.code}/profile").text
    assert "3 of 5" in page
    assert "Two at a time." in browser.get(f"/organisations/{organisation.code}").text


def test_a_new_application_begins_with_what_the_profile_says(session: Session, fund: Fund) -> None:
    organisation = an_organisation(session)
    described(session, organisation, **FULL)
    luz = act_of(session, member(session, organisation, name="Second Administrator"))
    begun = begin_draft(session, a_call(session, fund), organisation, luz)
    given = {
        name: texts
        for row in answers_of(session, begun.draft.id).values()
        for name, texts in row.given.items()
    }
    years = clock.today().year - 2011
    assert given["q_legal_status"] == ["foundation"]
    assert given["q_experience_years"] == [str(years)]
    assert given["q_annual_income"] == ["120000.00"]
    assert given["q_volunteers"] == ["0"]
    assert (given["q_psea_policy"], given["q_child_policy"]) == (["yes"], ["no"])
    assert begun.from_profile == len(given) == 10
    assert to_copy(session, begun.draft) == 0


def test_a_website_of_its_own_kind_begins_with_what_the_profile_says(
    session: Session, fund: Fund
) -> None:
    organisation = an_organisation(session)
    described(session, organisation, website="https://shelter.example")
    luz = act_of(session, member(session, organisation, name="Second Administrator"))
    kinds = {
        "website": "web_address",
        "address": "short_text",
        "title": "short_text",
        "asked": "amount",
    }
    questions = [{"kind": k, "key": key, "label": {"en": key}} for key, k in kinds.items()]
    section = {"key": "one", "title": {"en": "One"}, "questions": questions}
    facts = {"title": "title", "requested": "asked"}
    form = from_json({"format": 1, "facts": facts, "sections": [section]})
    draft = begin_draft(session, a_call(session, fund, form=form), organisation, luz).draft
    given = answers_of(session, draft.id)["one"].given
    assert given["q_website"] == ["https://shelter.example"]


def test_the_maker_of_a_form_is_told_what_the_profile_says_already(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    blank = Profile(name="", country="")
    assert set(answered_keys()) == set(answers_in(blank, clock.today()))
    call = a_draft_call(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser, path = sign_in_as(manager), f"/calls/{call.reference}"
    page = browser.get(f"{path}/form/sections/project/questions/new").text
    assert "Name of the organisation, Country of registration, Registration number" in page
    assert '<code dir="ltr">website</code>: Website' in page
    page = browser.get(f"{path}/form").text
    mission = page[page.index('id="q-mission"') :]
    assert mission.index("Filled in from the profile") < mission.index("</li>")


def test_a_section_that_only_the_profile_answers_is_prefilled_until_a_person_writes(
    session: Session, fund: Fund
) -> None:
    organisation = an_organisation(session)
    described(session, organisation, **FULL)
    luz = act_of(session, member(session, organisation))
    draft = begin_draft(session, a_call(session, fund), organisation, luz).draft
    part = Work.of(session, draft).part("organisation")
    assert part.progress is Progress.PREFILLED
    assert not any(writing_now(session, draft, None, luz.at).values())
    typed = {**part.typed, "q_mission": ["Our own words."]}
    save_section(session, draft, "organisation", typed, part.version, luz, sheet=Sheet("page", 1))
    assert Work.of(session, draft).part("organisation").progress is Progress.IN_PROGRESS


def test_copying_the_profile_overwrites_no_answer(session: Session, fund: Fund) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    draft = begin_draft(session, a_call(session, fund), organisation, act_of(session, luz)).draft
    own = {"q_mission": ["Our own words."]}
    save_section(session, draft, "organisation", own, 0, act_of(session, luz))
    described(session, organisation, **FULL)
    assert copy_profile(session, draft, act_of(session, luz)) == 9
    assert answers_of(session, draft.id)["organisation"].given["q_mission"] == ["Our own words."]
    assert copy_profile(session, draft, act_of(session, luz)) == 0


def test_a_budget_in_another_currency_is_no_income_in_dollars(session: Session, fund: Fund) -> None:
    organisation = an_organisation(session)
    described(session, organisation, budgets=(YearBudget(2025, Money.parse("90", "EUR")),))
    luz = act_of(session, member(session, organisation, name="Second Administrator"))
    assert begin_draft(session, a_call(session, fund), organisation, luz).from_profile == 0


@pytest.mark.parametrize(
    ("years", "why"), [(None, "does not say since which year"), (4, "requires 5 years"), (5, "")]
)
def test_a_call_asks_for_years_of_experience(
    session: Session, fund: Fund, years: int | None, why: str
) -> None:
    call = a_call(session, fund, experience_years=5, registered_by=None)
    organisation = an_organisation(session)
    organisation.assists_since = (
        clock.day_of(call.deadline_at, call.zone).year - years if years else None
    )
    found = " ".join(one.reason for one in obstacles(session, call, organisation))
    assert why in found
    assert bool(why) == bool(found)


def test_what_is_imported_fills_the_profile_and_contradicts_nothing(session: Session) -> None:
    organisation = an_organisation(session)
    described(session, organisation, address="1 Main Street")
    stated = Profile(
        **{
            fact.key: fact.kind.imported(fact.imported)
            for fact in FACTS
            if fact.imported and fact.key not in {"name", "country"}
        },
        name=organisation.name,
        country=organisation.country or "",
    )
    completed, differing = PROFILE.completed(profile_of(organisation), stated)
    assert [fact.key for fact in differing] == ["address"]
    assert (completed.address, completed.telephone) == ("1 Main Street", "+254 20 555 0140")
    assert completed.key_persons == (
        KeyPerson("Amina Odhiambo", "Director"),
        KeyPerson("Peter Mwangi", "Treasurer"),
    )

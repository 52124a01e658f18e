"""Calls of the demonstration, and what its organisations hand in."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from grants.applying.applications.models import Application
from grants.applying.call_changes.copying import copy_call, rules_of
from grants.applying.calls.models import Call
from grants.applying.calls.service import (
    Rules,
    change_form,
    close_call,
    draft_call,
    open_call,
    revise_call,
)
from grants.applying.calls.trials import begin_test, begin_trial, keep_trial
from grants.applying.drafts import service as drafts
from grants.applying.form_files.service import place_file
from grants.applying.form_library.service import save_question, save_section
from grants.applying.form_parts.editing import with_question, with_section
from grants.applying.organisations.profile import Profile, Referee, Safeguards, YearBudget
from grants.applying.organisations.service import describe
from grants.applying.public_questions.service import answer, ask
from grants.applying.submissions import service
from grants.applying.translating.service import Translation, translate
from grants.applying.writing.comments import comment, resolve
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, LegalStatus
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation
from grants.deciding.announcements.announcing import publish as publish_all
from grants.deciding.announcements.archiving import archive
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.form import Check
from seeds import call_texts
from seeds.company import Company, days_after, on
from seeds.letters import LETTER
from seeds.projects import Proposal
from seeds.report_forms import ask_for_voices
from seeds.scans import page_saying
from seeds.yearly_costs import DECLARATION, GUIDE, PLACES, YEARLY_COSTS

PAPERS = (
    "registration_certificate",
    "audited_accounts",
    "reference_letters",
    "partner_declaration",
)


def plant_call(  # noqa: PLR0913 - a call in one line of the story
    company: Company,
    fund: Fund,
    window: str,
    title: str,
    opens: date,
    closes: date,
    *,
    highest: int = 60_000,
    months: int = 24,
    envelope: int = 400_000,
    letter: bool = False,
    **more: Any,
) -> Call:
    """A call, drafted two weeks before it opens, with `more` rules. Sums in whole USD."""
    rules = Rules(
        title=call_texts.in_every_language(title),
        summary=call_texts.SUMMARY,
        window=window,
        opens_at=datetime.combine(opens, time(9), clock.zone()),
        deadline_at=datetime.combine(closes, time(23, 59), clock.zone()),
        envelope_minor=envelope * 100,
        lowest_minor=5_000_00,
        highest_minor=highest * 100,
        months=months,
        registered_by=date(closes.year - 2, 12, 1),
        questions_until=max(opens, days_after(closes, -21)),
        answers_on=max(opens, days_after(closes, -14)),
        **more,
    )
    with on(date.fromordinal(opens.toordinal() - 14)):
        call = draft_call(company.session, fund, rules, company.act(Role.FUND_MANAGER))
        ask_for_voices(company, call)
        if letter:
            by = company.act(Role.FUND_MANAGER)
            form = with_question(call.questionnaire, "documents", LETTER)
            call = change_form(company.session, call, form, by)
    with on(opens, 8):
        open_call(company.session, call, company.act(Role.FUND_MANAGER))
    return call


def plant_questions(company: Company, call: Call, day: date) -> None:
    """Two questions about an open call: one is answered for everyone, the other waits."""
    asker = company.enter("Farida Nasser", "ar")
    with on(day, 10):
        first = ask(
            company.session,
            call,
            "We rent the house of our shelter. May the budget include the rent?",
            company.act_of(asker),
        )
    with on(days_after(day, 1), 11):
        answer(
            company.session,
            first,
            "May the budget include the rent of a shelter?",
            "Yes, for the months of the project. Enter it under “Direct aid to victims”.",
            company.act(Role.PROGRAMME_OFFICER),
        )
    with on(days_after(day, 4), 15):
        ask(
            company.session,
            call,
            "May two organisations apply together?",
            company.act_of(asker),
        )


def prepare_next(company: Company, fund: Fund) -> Call:
    """Next year's call, a copy of the newest one with a check and a table that were missed."""
    newest = select(Call).where(Call.fund_id == fund.id).order_by(Call.id.desc()).limit(1)
    by = company.act(Role.FUND_MANAGER)
    call = copy_call(company.session, company.session.scalars(newest).one(), by)
    rule = Check(
        rule='share(budget, "staff") <= 0.5',
        message={"en": "Staff may take up to half of the budget."},
        at="budget",
    )
    revise_call(company.session, call, replace(rules_of(call), safeguarding="warning"), by)
    form = replace(call.questionnaire, checks=(rule,))
    upload = Upload(GUIDE.file_name, page_saying("What the fund pays"))
    guide = replace(GUIDE, file=place_file(company.session, upload, by, call.scope).sha256)
    form = with_section(form, PLACES)
    for item in (guide, YEARLY_COSTS, DECLARATION):
        form = with_question(form, "budget", item)
    return change_form(company.session, call, form, by, check="staff")


def put_to_the_test(company: Company, call: Call) -> None:
    """A second call of next year is being tested: one trial is half filled in, one is complete. The
    fund keeps a section and a question of its form for others.
    """
    by = company.act(Role.FUND_MANAGER)
    copy = copy_call(company.session, call, by)
    rules = replace(rules_of(call), title={"en": "Aid to survivors of forced labour at sea"})
    revise_call(company.session, copy, rules, by)
    begin_test(company.session, copy, by)
    half, whole = (begin_trial(company.session, copy, by) for _time in range(2))
    typed = {"q_mission": ["A trial."], "q_experience_years": ["4"]}
    keep_trial(company.session, half, copy, typed, by, complete=False)
    keep_trial(company.session, whole, copy, {**typed, "q_title": ["A trial"]}, by, complete=True)
    form = copy.questionnaire
    save_section(company.session, copy, form, form.sections[0].key, by)
    save_question(company.session, copy, form, form.facts["title"], by)


def close(company: Company, call: Call) -> None:
    """The morning after the deadline."""
    with on(days_after(call.deadline_at.astimezone(clock.zone()).date(), 1)):
        close_call(company.session, call, company.act(Role.FUND_MANAGER))


def publish(company: Company, call: Call, day: date) -> None:
    """Everything is decided, and the public may know."""
    with on(day):
        publish_all(company.session, call, (), company.act(Role.FUND_MANAGER))


def put_away(company: Company, call: Call, day: date) -> None:
    """Its last grant is closed: the call goes to the archive."""
    with on(day):
        archive(company.session, call, company.act(Role.FUND_MANAGER))


def register(company: Company, proposal: Proposal, day: date) -> tuple[Organisation, Person]:
    """The applicant, as it is here, or new with its administrator and a complete profile."""
    with on(day):
        person = company.enter(proposal.contact)
        here = select(Organisation).join(Membership).where(Membership.person_id == person.id)
        here = here.where(Organisation.name == proposal.organisation)
        if house := company.session.scalars(here).first():
            return house, person
        organisation = enter_organisation(
            company.session, proposal.organisation, DonorKind.NGO, proposal.country
        )
        appoint(company.session, person, Role.ORGANISATION_ADMIN, organisation=organisation)
        late = proposal.number % 17 == 11
        profile = Profile(
            name=organisation.name,
            country=proposal.country,
            registration_number=f"{proposal.country}-{4_100 + proposal.number * 37 % 5_900}",
            registered_on=_registered(day.year, proposal.number, late=late),
            telephone=telephone_of(proposal),
            survivor_led=proposal.number % 6 == 0,
            may_be_named=(True, True, None, False)[proposal.number % 4],
            **_experience(day.year, proposal.number),
        )
        describe(company.session, organisation, profile, company.act_of(person))
    return organisation, person


def telephone_of(proposal: Proposal) -> str:
    """The telephone of the applicant's office: in no country's plan of numbers."""
    return f"+999 {proposal.number:03} 0100"


def _experience(year: int, number: int) -> dict[str, Any]:
    """The rest of the profile, of every third organisation."""
    if number % 3:
        return {}
    return {
        "legal_status": LegalStatus.ASSOCIATION.value,
        "assists_since": year - 3 - number % 9,
        "mission": "We shelter and advise people who were trafficked, and help them back to work.",
        "paid_staff": 4 + number % 9,
        "volunteers": 6 + number % 11,
        "budgets": tuple(
            YearBudget(year - back, usd(8_400_000 + number * 31_000 - back * 450_000))
            for back in (1, 2, 3)
        ),
        "partner_portal": str(21_000 + number * 113),
        "safeguards": Safeguards(
            psea_policy=True,
            child_policy=True,
            measures="Two staff are always present, and everyone signs the code of conduct.",
            complaints="A box in the hall, a telephone number, and a person outside the team.",
            data_protection="Names are kept on paper in a locked cabinet, never with the files.",
        ),
        "referees": (Referee("Municipal office for women", "Ana Torres", "women@example.org"),),
    }


def _registered(year: int, number: int, *, late: bool) -> date:
    """Years ago, on any day; some too lately for the call."""
    if late:
        return date(year - 1, 5, 4)
    return date(year - 4 - number % 15, 1 + number * 5 % 12, 1 + number * 11 % 28)


def hand_in(company: Company, call: Call, proposal: Proposal, day: date) -> Application:
    """An application, written and submitted on one day."""
    application, person = write(company, call, proposal, day)
    with on(day, 16):
        service.submit(company.session, application, company.act_of(person))
    return application


IN_ENGLISH = (
    "Last year we had to turn away one person in three, for lack of beds."
    " The law has been in force since 2018, but no health centre of the district has ever seen the"
    " form that opens free treatment."
)
"""What the second applicant to the open call writes in French on the problem."""


def translate_problem(company: Company, application: Application, day: date) -> None:
    """The secretariat puts a translation into English beside an answer, and completes it."""
    with on(day, 15):
        by = company.act(Role.PROGRAMME_OFFICER)
        first = Translation("problem", "en", IN_ENGLISH.partition(" The law")[0])
        translate(company.session, application, first, by)
        whole = Translation("problem", "en", IN_ENGLISH, seen=1)
        translate(company.session, application, whole, by)


def take_back(company: Company, application: Application, proposal: Proposal, day: date) -> None:
    """The applicant withdraws what it had submitted."""
    with on(day, 14):
        why = "Another fund has granted us the whole sum."
        by = company.act_of(company.enter(proposal.contact), why)
        service.withdraw(company.session, application, by)


def write(
    company: Company, call: Call, proposal: Proposal, day: date, sections: int | None = None
) -> tuple[Application, Person]:
    """An application as far as it is written: so many sections of the form, or all."""
    organisation, person = register(company, proposal, day)
    return write_for(organisation, person, company, call, proposal, day, sections), person


def write_for(
    organisation: Organisation,
    person: Person,
    company: Company,
    call: Call,
    proposal: Proposal,
    day: date,
    sections: int | None = None,
) -> Application:
    """The same for an organisation that is registered."""
    with on(day, 11):
        act = company.act_of(person)
        application = drafts.start(company.session, call, organisation, act)
        for key, typed in list(answers(proposal, day).items())[:sections]:
            drafts.save_section(company.session, application, key, typed, 0, act)
        if sections is None:
            for question in PAPERS:
                upload = Upload(f"{question.replace('_', ' ')}.pdf", paper(question, proposal))
                drafts.attach(company.session, application, question, upload, act)
    return application


def comment_on(company: Company, draft: Application, writer: Person, day: date) -> None:
    """Two comments among colleagues: one is done, one is open."""
    said = (
        "The figures are from last year. I ask the ministry for newer ones.",
        "Shorter, please.",
    )
    with on(day, 17):
        act = company.act_of(writer)
        done, _open = [comment(company.session, draft, "problem", text, act) for text in said]
        resolve(company.session, draft, done.id, act)


def paper(question: str, proposal: Proposal) -> bytes:
    """A page that says what it stands for."""
    return page_saying(f"{question} of {proposal.organisation} (demonstration)")


def answers(proposal: Proposal, day: date) -> dict[str, dict[str, list[str]]]:
    """What is typed into the standard form, section by section."""
    return {
        "organisation": {
            "q_legal_status": ["association"],
            "q_mission": [proposal.says("aim", "mission")],
            "q_survivor_led": ["yes" if proposal.number % 6 == 0 else "no"],
            "q_contact": [f"{proposal.contact}, director"],
        },
        "experience": {
            "q_experience_years": [str(3 + proposal.number % 14)],
            "q_staff": [str(4 + proposal.number % 20)],
            "q_annual_income": [f"{90 + proposal.number % 60 * 7},000"],
        },
        "grantee": {"q_direct": ["yes"], "q_own_account": ["yes"]},
        "project": {
            "q_title": [proposal.title],
            "q_country": [proposal.country],
            "q_places": [proposal.place],
            "q_starts_on-day": ["1"],
            "q_starts_on-month": ["9"],
            "q_starts_on-year": [str(day.year if day.month < 7 else day.year + 1)],
            "q_months": [str(proposal.months)],
            "q_summary": [f"{proposal.title}. {proposal.says('aim')}"],
        },
        "problem": _texts(proposal, problem="problem", target_group="who", victims_voice="voice"),
        "objectives": _texts(
            proposal, objective="aim", results="aim", risks="risk", sustainability="voice"
        ),
        "beneficiaries": {
            "q_direct_beneficiaries-female-12-17": [str(proposal.people * 4 // 10)],
            "q_direct_beneficiaries-female-18-24": [str(proposal.people * 3 // 10)],
            "q_direct_beneficiaries-male-12-17": [str(proposal.people * 2 // 10)],
            "q_direct_beneficiaries-female-25-59": [
                str(proposal.people - proposal.people * 9 // 10)
            ],
            **_texts(proposal, access="reach"),
        },
        "exploitation": {
            f"q_forms-{form.value}-people": [str(proposal.people)] for form in proposal.forms
        },
        "services": {
            "q_services": [service_.value for service_ in proposal.services],
            **_texts(proposal, approach="way", team="way"),
        },
        "safeguarding": {
            "q_psea_policy": ["yes"],
            "q_child_policy": ["yes"],
            **_texts(proposal, measures="guard", complaints="guard", data_protection="guard"),
        },
        "budget": budget(proposal.usd),
        "documents": {},
    }


def budget(usd: int) -> dict[str, list[str]]:
    """Half for direct aid, a third for staff, the rest to run it: whole dollars that add up."""
    aid, staff = usd // 2, usd // 3
    lines = (
        ("aid", "Shelter, food and medical care", 1, aid),
        ("staff", "Counsellor and social worker", 1, staff),
        ("running", "Rent and telephone of the office", 1, usd - aid - staff),
    )
    return {
        f"q_budget-{place}-{name}": [str(value)]
        for place, line in enumerate(lines)
        for name, value in zip(
            ("category", "description", "quantity", "unit_cost"), line, strict=True
        )
    }


def _texts(proposal: Proposal, **subjects: str) -> dict[str, list[str]]:
    """An answer to each question, on the subject that it asks about."""
    return {f"q_{key}": [proposal.says(subject, key)] for key, subject in subjects.items()}

"""A call of two stages: concept notes were decided, and full proposals are being written."""

from dataclasses import replace
from datetime import datetime, time

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.call_changes.copying import rules_of
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.models import Call
from grants.applying.calls.service import Rules, draft_call, open_call, revise_call
from grants.applying.drafts import service as drafts
from grants.applying.submissions import clarifying, service
from grants.applying.submissions.clarifying import ClarificationRequest
from grants.applying.writing.team import begin_draft
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.decisions.inviting import invite, not_invite
from seeds import applying, call_texts, deciding
from seeds.company import Company, days_after, on
from seeds.projects import Proposal, proposal

Note = tuple[Application, Person, Proposal]
"""A concept note, who writes it, and what it is about."""
NUMBERS = range(340, 345)
"""The proposals: two are invited, one is not, one waits, and one is not screened yet."""
WHY_NOT = "The houses that it would open are paid for by the ministry already."
WHO_PAYS = "Please say who pays for the house today, and who will pay once the project ends."
HOW_LONG = "Please say how long people stay in the house."
ANSWER = (
    "The house is paid for by the parish today. During the project the grant pays for two more "
    "rooms and for a counsellor; from the third year the municipality pays, as its letter says."
)
MORE = "Say in the full proposal who pays for the house after the project."


def plant_two_stages(company: Company, fund: Fund) -> None:
    """Notes came in two months ago; those who are invited have three weeks left."""
    call = _call(company, fund)
    notes = [_note(company, call, proposal(number)) for number in NUMBERS]
    decided = days_after(company.today, -34)
    for note, _writer, idea in notes[:4]:
        deciding.screen(company, note, idea, days_after(decided, -5))
    applying.close(company, call)
    with on(decided):
        for note, _writer, _idea in notes[:2]:
            invite(company.session, note, company.act(Role.FUND_MANAGER, MORE))
        not_invite(company.session, notes[2][0], company.act(Role.FUND_MANAGER, WHY_NOT))
    _clarify(company, notes[3], notes[4])
    first, writer, _idea = notes[0]
    assert call.second_stage is not None
    with on(days_after(company.today, -9)):
        act = company.act_of(writer)
        begin_draft(company.session, call.second_stage, first.organisation, act)


def _clarify(company: Company, waits: Note, answered: Note) -> None:
    """One note was clarified; of the other, one question was taken back and one is open."""
    due = datetime.combine(days_after(company.today, 8), time(23, 59), clock.zone())
    for (note, writer, _idea), said in ((answered, WHO_PAYS), (waits, HOW_LONG), (waits, WHO_PAYS)):
        with on(days_after(company.today, -12)):
            by = company.act(Role.PROGRAMME_OFFICER)
            one = clarifying.ask(
                company.session, note, ClarificationRequest(["problem"], said, due), by
            )
        if said == HOW_LONG:
            with on(days_after(company.today, -11)):
                clarifying.take_back(company.session, one, company.act(Role.PROGRAMME_OFFICER))
        elif note is answered[0]:
            with on(days_after(company.today, -6)):
                act = company.act_of(writer)
                row = answers_of(company.session, note.id)["problem"]
                typed = {**row.given, "q_approach": [ANSWER]}
                drafts.save_section(company.session, note, "problem", typed, row.version, act)
                clarifying.answer(company.session, one, act)


def _call(company: Company, fund: Fund) -> Call:
    """Both stages, opened together; concept notes are screened and not reviewed."""
    today = company.today
    opens, closes = days_after(today, -86), days_after(today, -52)
    rules = Rules(
        title=call_texts.in_every_language("Safe houses and what follows them"),
        summary=call_texts.TWO_STAGES,
        window="SPECIAL",
        opens_at=datetime.combine(opens, time(9), clock.zone()),
        deadline_at=datetime.combine(closes, time(23, 59), clock.zone()),
        envelope_minor=300_000_00,
        lowest_minor=5_000_00,
        highest_minor=90_000_00,
        months=24,
        reviewers=0,
    )
    with on(days_after(opens, -10)):
        by = company.act(Role.FUND_MANAGER)
        call = draft_call(company.session, fund, rules, by)
        second = add_second_stage(company.session, call, by)
        dates = replace(
            rules_of(second),
            opens_at=datetime.combine(days_after(today, -30), time(9), clock.zone()),
            deadline_at=datetime.combine(days_after(today, 23), time(23, 59), clock.zone()),
        )
        revise_call(company.session, second, dates, by)
    with on(opens, 8):
        open_call(company.session, call, company.act(Role.FUND_MANAGER))
    return call


def _note(company: Company, call: Call, idea: Proposal) -> Note:
    """A concept note, written and submitted on one day."""
    day = days_after(call.opens_at.date(), 3 + idea.number % 20)
    organisation, person = applying.register(company, idea, day)
    whole = applying.answers(idea, day)
    typed = {name: texts for part in whole.values() for name, texts in part.items()}
    typed["q_expected_amount"] = [str(idea.usd)]
    with on(day, 15):
        act = company.act_of(person)
        note = drafts.start(company.session, call, organisation, act)
        for section in call.questionnaire.sections:
            drafts.save_section(company.session, note, section.key, typed, 0, act)
        service.submit(company.session, note, act)
    return note, person, idea

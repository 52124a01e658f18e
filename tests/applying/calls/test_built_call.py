"""A call of two stages that was made on the builder's pages alone, and exported from there.

The file holds 25 questions, 4 conditions, 3 checks and two languages; concept notes have a form of
their own. It opens in a browser under “Import a call”, and here goes through both stages.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_files.carried import call_from_json, call_to_json, read_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls.models import Call
from grants.applying.calls.service import open_call
from grants.applying.drafts.eligibility import obstacles
from grants.applying.drafts.service import attach, save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.service import Incomplete, submit
from grants.applying.submissions.signing_off import sign_off, text_of
from grants.applying.writing.team import begin_draft
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people.models import Organisation
from grants.deciding.decisions.inviting import invite
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.translation import languages_of, untranslated
from tests.factories import Team, act_of, an_organisation, eligible, member
from tests.platform.documents.files import pdf

FILE = Path(__file__).parent / "two_stage_call.json"
Typed = dict[str, dict[str, list[str]]]


def typed(**sections: dict[str, str]) -> Typed:
    return {
        key: {f"q_{name}": [text] for name, text in answers.items()}
        for key, answers in sections.items()
    }


NOTE = typed(
    who_you_are={"mission": "We go to court with survivors.", "direct": "no"},
    your_idea={
        "title": "To court together",
        "country": "HN",
        "months": "12",
        "expected_amount": "30,000",
        "change": "More of them win their cases.",
    },
)


def a_day(name: str, year: int) -> dict[str, str]:
    return {f"{name}-day": "1", f"{name}-month": "3", f"{name}-year": str(year)}


def proposal(year: int) -> Typed:
    """Everything that a full proposal adds to the note."""
    return typed(
        the_project={
            **a_day("starts_on", year),
            **a_day("ends_on", year + 1),
            "services": "legal",
        },
        people={
            "people_helped-female-18-24": "20",
            "forms-labour-people": "20",
            "children": "no",
        },
        money_and_papers={
            "budget-0-category": "legal",
            "budget-0-description": "Lawyers",
            "budget-0-quantity": "1",
            "budget-0-unit_cost": "20,000",
            "budget-1-category": "staff",
            "budget-1-description": "Coordinator",
            "budget-1-quantity": "1",
            "budget-1-unit_cost": "10,000",
            "others_pay": "no",
        },
    )


@pytest.fixture
def call(session: Session, fund: Fund, team: Team) -> Call:
    """The call of the file as a draft."""
    carried = call_from_json(read_json(FILE.read_text("utf-8")))
    call, is_new = import_call(session, carried, act_of(session, team.manager))
    assert is_new
    return call


def both(call: Call) -> tuple[Call, Call]:
    assert call.second_stage is not None
    return call, call.second_stage


def opened(session: Session, call: Call, team: Team) -> None:
    """Now, whatever the dates in the file are."""
    first, second = both(call)
    now = clock.now()
    first.opens_at, first.deadline_at = now - timedelta(days=1), now + timedelta(days=9)
    second.opens_at, second.deadline_at = now - timedelta(days=1), now + timedelta(days=30)
    second.earliest_start_on = (now + timedelta(days=31)).date()
    open_call(session, call, act_of(session, team.manager))


def save(session: Session, draft: Application, answers: Typed, by: Act) -> None:
    rows = answers_of(session, draft.id)
    for key, given in answers.items():
        row = rows.get(key)
        before: dict[str, Any] = dict(row.given) if row else {}
        save_section(session, draft, key, {**before, **given}, row.version if row else 0, by)


def missing(session: Session, draft: Application, by: Act) -> set[str]:
    """The questions that keep it from being submitted."""
    with pytest.raises(Incomplete) as refused:
        submit(session, draft, by)
    return {problem.question for _section, problem in refused.value.problems}


def test_the_file_holds_what_was_made_and_comes_back_the_same(call: Call) -> None:
    first, second = both(call)
    forms = [stage.questionnaire for stage in (first, second)]
    asked = [question for form in forms for question in form.questions]
    assert len(asked) == 25
    assert sum(bool(question.show_when) for question in asked) == 4
    assert [len(form.checks) for form in forms] == [0, 3]
    for form in forms:
        assert languages_of(form) == ["en", "fr"]
        assert not untranslated(form, "fr")
        assert not faults_in_words(form)
    assert call_to_json(call) == json.loads(FILE.read_text("utf-8"))


def test_importing_it_again_changes_nothing(session: Session, call: Call, team: Team) -> None:
    carried = call_from_json(read_json(FILE.read_text("utf-8")))
    again, is_new = import_call(session, carried, act_of(session, team.manager))
    assert (again.id, is_new) == (call.id, False)


def a_house(session: Session, call: Call) -> tuple[Organisation, Act]:
    organisation = an_organisation(session)
    by = act_of(session, member(session, organisation))
    assert "since which year" in obstacles(session, call, organisation)[0].reason
    organisation.assists_since = clock.today().year - 8
    assert obstacles(session, call, organisation) == []
    return organisation, by


def a_note(session: Session, call: Call, by: Act, organisation: Organisation) -> Application:
    """A concept note, complete but for the partner that its answer asks for."""
    note = begin_draft(session, call, organisation, by).draft
    save(session, note, NOTE, by)
    assert missing(session, note, by) == {"partner"}
    save(session, note, typed(who_you_are={"partner": "The Bar of Tegucigalpa"}), by)
    return note


def test_an_organisation_goes_through_both_stages(session: Session, call: Call, team: Team) -> None:
    opened(session, call, team)
    first, second = both(call)
    organisation, by = a_house(session, call)
    note = a_note(session, first, by, organisation)
    submit(session, note, by)
    invite(session, eligible(session, note, team), act_of(session, team.manager))

    begun = begin_draft(session, second, organisation, by)
    draft, year = begun.draft, clock.today().year + 1
    assert begun.from_note == 5
    save(session, draft, proposal(year), by)
    assert missing(session, draft, by) == {"registration_certificate"}
    attach(session, draft, "registration_certificate", Upload("paper.pdf", pdf()), by)
    _rules_are_kept(session, draft, year, by)
    with pytest.raises(DomainError, match="must sign off"):
        submit(session, draft, by)
    sign_off(session, draft, text_of(draft, Work.of(session, draft)), by)
    submit(session, draft, by)
    assert draft.state is ApplicationState.SUBMITTED


def _rules_are_kept(session: Session, draft: Application, year: int, by: Act) -> None:
    """Each check complains, each hidden question is asked for, and then all is well again."""
    wrong = typed(
        the_project=a_day("ends_on", year - 1),
        people={"forms-labour-people": "19"},
        money_and_papers={"budget-1-unit_cost": "25,000"},
    )
    save(session, draft, wrong, by)
    assert missing(session, draft, by) == {"ends_on", "forms", "budget"}
    save(session, draft, proposal(year), by)
    hidden = typed(people={"children": "yes"}, money_and_papers={"others_pay": "yes"})
    save(session, draft, {**hidden, "the_project": {"q_services": ["legal", "shelter"]}}, by)
    assert missing(session, draft, by) == {"child_protection", "funders", "house_rules"}
    save(session, draft, proposal(year), by)

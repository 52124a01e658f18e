"""Rules of a full proposal that name answers of the concept note."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_changes.stages import add_second_stage
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.service import change_form, open_call
from grants.applying.drafts.service import save_section, start
from grants.applying.drafts.work import Work
from grants.core.funds.models import Fund
from grants.deciding.decisions.inviting import invite
from grants.platform.questionnaires.form import Check
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import to_json
from tests.deciding.awards.test_two_stages import a_note
from tests.factories import Team, a_draft_call, act_of, eligible, writer_of
from tests.platform.web.client import SignInAs

RULE = Check(
    rule="months <= note__months * 1.1",
    at="months",
    message=dict.fromkeys(
        ("en", "ar", "es", "fr", "ru", "zh"), "At most 110% of the months of the note."
    ),
)


@pytest.fixture
def call(session: Session, fund: Fund, team: Team) -> Call:
    """A draft of two stages, with a rule across them."""
    call = a_draft_call(session, fund, reviewers=0)
    by = act_of(session, team.manager)
    second = add_second_stage(session, call, by)
    form = second.form_for(FormPurpose.APPLICATION)
    change_form(session, second, replace(form, checks=(*form.checks, RULE)), by)
    return call


def test_the_rule_is_sound_with_its_first_stage_alone(session: Session, call: Call) -> None:
    assert call.second_stage
    form = call.second_stage.form_for(FormPurpose.APPLICATION)
    assert faults_in_words(form) == []
    assert any("note__months" in fault for fault in faults_in_words(replace(form, note=())))
    resting = replace(form.sections[-1], show_when="note__months > 3")
    assert faults_in_words(replace(form, sections=(*form.sections[:-1], resting)))
    lost = replace(RULE, rule="months <= note__weeks")
    assert faults_in_words(replace(form, checks=(lost,)))


def test_it_is_chosen_read_and_carried_in_a_file(
    session: Session, call: Call, team: Team, sign_in_as: SignInAs
) -> None:
    second = call.second_stage
    assert second
    session.commit()
    browser = sign_in_as(team.manager)
    page = browser.get(f"/calls/{second.reference}/form").text
    assert "(concept note)" in page
    number = len(second.form_for(FormPurpose.APPLICATION).checks)
    assert "(concept note)" in browser.get(f"/calls/{second.reference}/form/checks/new").text
    assert browser.get(f"/calls/{second.reference}/form/checks/{number}").status_code == 200
    carried = call_from_json(json.loads(json.dumps(call_to_json(call))))
    assert carried.second
    copy = replace(
        carried, reference="COPY-1", second=replace(carried.second, reference="COPY-1-FULL")
    )
    made, _new = import_call(session, copy, act_of(session, team.manager))
    assert made.second_stage
    assert made.second_stage.form == second.form
    assert to_json(made.second_stage.questionnaire) == second.form


@pytest.mark.parametrize(("months", "is_told"), [("11", False), ("12", True)])
def test_a_proposal_is_held_to_its_own_note(
    session: Session, call: Call, team: Team, months: str, *, is_told: bool
) -> None:
    by = act_of(session, team.manager)
    open_call(session, call, by)
    note = eligible(session, a_note(session, call), team)
    invite(session, note, by)
    second = call.second_stage
    assert second
    later = replace(writer_of(session, note), at=second.opens_at + timedelta(hours=1))
    proposal = start(session, second, note.organisation, later)
    key = next(
        section.key
        for section in second.questionnaire.sections
        if any(question.key == "months" for question in section.questions)
    )
    save_section(session, proposal, key, {"q_months": [months]}, 0, later)
    told = [p.words for p in Work.of(session, proposal).part(key).problems if "110%" in p.message]
    assert bool(told) is is_told
    if is_told:
        assert "11" in told[0]

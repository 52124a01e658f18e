"""A call of two stages: concept notes, an invitation or a letter, then full proposals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_changes.stages import add_second_stage, copy_with_stages, separate_stages
from grants.applying.call_pages.way import way_of
from grants.applying.calls.models import Call
from grants.applying.calls.service import open_call
from grants.applying.calls.standard import CONCEPT_FORM, STANDARD_FORM
from grants.applying.calls.workflow import CallState
from grants.applying.drafts.service import save_section, start
from grants.applying.submissions.service import extend_deadline, submit, withdraw_call
from grants.applying.writing.team import begin_draft
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.deciding.board.queries import to_invite, to_recommend
from grants.deciding.board.service import keep_in_reserve
from grants.deciding.decisions.inviting import invite, not_invite
from grants.platform.messages.models import Message
from grants.platform.questionnaires.written import to_json
from tests.factories import (
    Team,
    a_draft_call,
    act_of,
    an_organisation,
    eligible,
    member,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs

NOTE = {
    "organisation": {
        "q_mission": ["We shelter women."],
        "q_experience_years": ["9"],
        "q_direct": ["yes"],
        "q_contact": ["Luz Reyes, director"],
    },
    "project": {
        "q_title": ["A safe house"],
        "q_country": ["HN"],
        "q_places": ["Tegucigalpa"],
        "q_months": ["10"],
        "q_summary": ["Shelter and advice."],
        "q_expected_amount": ["15,000"],
    },
    "problem": {
        "q_problem": ["No shelter."],
        "q_target_group": ["Women."],
        "q_objective": ["A house."],
        "q_approach": ["Step by step."],
    },
}


@pytest.fixture
def call(session: Session, fund: Fund, team: Team) -> Call:
    """An open call of two stages, whose concept notes are not reviewed."""
    call = a_draft_call(session, fund, reviewers=0)
    by = act_of(session, team.manager)
    add_second_stage(session, call, by)
    open_call(session, call, by)
    return call


def a_note(session: Session, call: Call, name: str = "Casa Segura") -> Application:
    """A concept note, submitted."""
    organisation = an_organisation(session, name, "HN")
    by = act_of(session, member(session, organisation, name=f"Luz of {name}"))
    return written(session, start(session, call, organisation, by), by)


def written(session: Session, note: Application, by: Act) -> Application:
    for section, typed in NOTE.items():
        save_section(session, note, section, typed, 0, by)
    submit(session, note, by)
    return note


@pytest.fixture
def note(session: Session, call: Call, team: Team) -> Application:
    """A concept note to be decided on."""
    return eligible(session, a_note(session, call), team)


def test_adding_a_stage_moves_the_form_and_the_board_to_full_proposals(
    session: Session, fund: Fund, team: Team
) -> None:
    call = a_draft_call(session, fund)
    second = add_second_stage(session, call, act_of(session, team.manager))
    assert (call.form, second.form) == (to_json(CONCEPT_FORM), to_json(STANDARD_FORM))
    assert (call.board_advises, second.board_advises) == (False, True)
    assert call.deadline_at < second.opens_at < second.deadline_at
    assert second.first_stage is call
    with pytest.raises(Conflict):
        add_second_stage(session, second, act_of(session, team.manager))
    separate_stages(session, call, act_of(session, team.manager))
    assert not call.is_first_stage
    assert not second.is_second_stage
    assert call.board_advises


def test_only_who_prepares_calls_adds_a_stage(session: Session, fund: Fund, team: Team) -> None:
    call = a_draft_call(session, fund)
    with pytest.raises(Forbidden):
        add_second_stage(session, call, act_of(session, staff(session, Role.AUDITOR)))


def test_both_stages_are_published_together_and_only_together(session: Session, call: Call) -> None:
    assert call.second_stage is not None
    assert (call.state, call.second_stage.state) == (CallState.OPEN, CallState.OPEN)


def test_the_second_stage_is_not_published_alone(session: Session, fund: Fund, team: Team) -> None:
    call, by = a_draft_call(session, fund), act_of(session, team.manager)
    second = add_second_stage(session, call, by)
    with pytest.raises(Conflict, match="together"):
        open_call(session, second, by)
    second.deadline_at = call.deadline_at
    with pytest.raises(DomainError, match="after that for concept notes"):
        open_call(session, call, by)


def test_the_invited_write_a_proposal_that_begins_with_the_note(
    session: Session, call: Call, note: Application, team: Team
) -> None:
    invite(session, note, act_of(session, team.manager, "Say more about the house."))
    assert note.state == ApplicationState.INVITED
    mail = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    assert "Say more about the house." in mail.text
    second = call.second_stage
    assert second is not None
    second.opens_at = clock.now() - timedelta(days=1)
    by = act_of(session, member(session, note.organisation, name="Ana Paz"))
    begun = begin_draft(session, second, note.organisation, by)
    draft = begun.draft
    assert begun.from_note == sum(len(typed) for typed in NOTE.values()) - 1
    given = answers_of(session, draft.id)
    assert given["project"].given["q_title"] == ["A safe house"]
    assert given["services"].given["q_approach"] == ["Step by step."]
    assert "q_expected_amount" not in given["project"].given


def test_the_others_cannot_write_a_full_proposal(
    session: Session, call: Call, note: Application, team: Team
) -> None:
    why = "Others fit the call better."
    not_invite(session, note, act_of(session, team.manager, why))
    assert note.state is ApplicationState.NOT_INVITED
    mail = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    assert mail.attachments == [
        {"document": "regret-letter", "reference": note.reference, "language": "en"}
    ]
    second = call.second_stage
    assert second is not None
    second.opens_at = clock.now() - timedelta(days=1)
    by = act_of(session, member(session, note.organisation, name="Ana Paz"))
    with pytest.raises(DomainError, match="by invitation"):
        start(session, second, note.organisation, by)
    invite(session, note, act_of(session, team.manager))
    assert start(session, second, note.organisation, by).call_id == second.id


def test_a_reason_is_needed_and_the_deadline_ends_invitations(
    session: Session, call: Call, note: Application, team: Team
) -> None:
    with pytest.raises(DomainError, match="reason"):
        not_invite(session, note, act_of(session, team.manager))
    assert call.second_stage is not None
    late = act_of(session, team.manager)
    late = replace(late, at=call.second_stage.deadline_at + timedelta(minutes=2))
    with pytest.raises(DomainError, match="has passed"):
        invite(session, note, late)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.APPROVING_OFFICER])
def test_others_do_not_decide_on_notes(session: Session, note: Application, role: Role) -> None:
    with pytest.raises(Forbidden):
        invite(session, note, act_of(session, staff(session, role, "Another Person")))


def test_a_note_is_not_recommended_for_an_award(
    session: Session, note: Application, team: Team
) -> None:
    manager = act_of(session, team.manager).actor
    assert (session.scalar(to_invite(manager)), session.scalar(to_recommend(manager))) == (1, 0)
    with pytest.raises(Conflict, match="do not include"):
        keep_in_reserve(session, note, act_of(session, team.manager, "Later."))


def test_an_application_of_one_stage_is_not_invited(
    session: Session, fund: Fund, team: Team
) -> None:
    call = a_draft_call(session, fund, reviewers=0, form=CONCEPT_FORM)
    open_call(session, call, act_of(session, team.manager))
    one = eligible(session, a_note(session, call), team)
    with pytest.raises(Conflict, match="with a concept note"):
        invite(session, one, act_of(session, team.manager))


def test_the_way_leads_from_the_note_to_the_letters(call: Call) -> None:
    titles = [stage.title for stage in way_of(call)]
    assert titles[:4] == ["Submission", "Screening", "Invitation", "Full proposal"]
    assert titles[-1] == "Letters"
    assert call.second_stage is not None
    assert way_of(call.second_stage)[0].title == "Invitation"


def test_withdrawing_a_call_withdraws_its_second_stage(
    session: Session, call: Call, team: Team
) -> None:
    withdraw_call(session, call, act_of(session, team.manager, "No money."))
    assert call.second_stage is not None
    assert call.second_stage.state is CallState.WITHDRAWN


def test_the_first_deadline_stays_before_the_second(
    session: Session, call: Call, team: Team
) -> None:
    assert call.second_stage is not None
    with pytest.raises(DomainError, match="full proposals first"):
        extend_deadline(
            session,
            call,
            call.second_stage.deadline_at,
            act_of(session, team.manager, "More time."),
        )


def test_a_copy_has_both_stages(session: Session, call: Call, team: Team) -> None:
    copy = copy_with_stages(session, call, act_of(session, team.manager))
    assert copy.second_stage is not None
    assert call.second_stage is not None
    assert copy.second_stage.id != call.second_stage.id
    assert copy.second_stage.form == call.second_stage.form


def test_each_invited_note_of_an_organisation_gives_one_full_proposal(
    session: Session, fund: Fund, team: Team
) -> None:
    call = a_draft_call(session, fund, reviewers=0, applications_per_organisation=2)
    manager = act_of(session, team.manager)
    second = add_second_stage(session, call, manager)
    open_call(session, call, manager)
    notes = [a_note(session, call)]
    by, organisation = writer_of(session, notes[0]), notes[0].organisation
    another = start(session, call, organisation, by, highest_id_seen=notes[0].id)
    notes.append(written(session, another, by))
    for note in notes:
        invite(session, eligible(session, note, team), manager)
    later = replace(by, at=second.opens_at)
    proposals = [
        begin_draft(session, second, organisation, later, note=note).draft
        for note in (notes[1], notes[0], notes[1])
    ]
    assert [one.note for one in proposals] == [notes[1], notes[0], notes[1]]
    assert proposals[0] is proposals[2]
    with pytest.raises(DomainError, match="begun 2 of 2"):
        start(session, second, organisation, later, highest_id_seen=10**9)


def test_the_list_leads_from_a_concept_note_to_the_invitation(
    session: Session, team: Team, note: Application, sign_in_as: SignInAs
) -> None:
    session.commit()
    listed = sign_in_as(team.manager).get("/applications").text
    assert f"/decisions/{note.reference}/invite" in listed
    assert f"/decisions/{note.reference}/recommend" not in listed

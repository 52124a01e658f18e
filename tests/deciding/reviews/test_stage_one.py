"""What became of the concept note stands beside the full proposal, unless blind review forbids."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.service import open_call
from grants.applying.drafts.service import attach, save_section
from grants.applying.submissions.service import submit
from grants.applying.writing.team import begin_draft
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.deciding.decisions.inviting import invite
from grants.deciding.reviews import service as reviewing
from grants.deciding.reviews.stage_one import (
    scores_of_notes,
    stage_one_for_fund,
    stage_one_for_reviewers,
)
from grants.platform.file_checks.checks import Upload
from tests.applying.applications.answers import REQUIRED_PAPERS, complete_answers
from tests.deciding.awards.test_two_stages import a_note
from tests.factories import (
    Team,
    a_draft_call,
    a_full_draft,
    a_team,
    act_of,
    assigned,
    staff,
    writer_of,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

REMARK = "Say who pays the rent."


@pytest.fixture
def team(session: Session) -> Team:
    return a_team(session)


@pytest.fixture
def proposal(session: Session, fund: Fund, team: Team) -> Application:
    """A full proposal whose concept note was scored 80 and 60 of 100."""
    call = a_draft_call(session, fund)
    by = act_of(session, team.manager)
    add_second_stage(session, call, by)
    open_call(session, call, by)
    note = a_note(session, call)
    for review, mark in zip(assigned(session, note, team), (4, 3), strict=True):
        act = act_of(session, review.reviewer)
        draft = a_full_draft(note, mark)
        told = {k: replace(m, feedback=REMARK) for k, m in draft.marks.items()}
        reviewing.declare_no_conflict(session, review, act)
        reviewing.submit(session, review, replace(draft, marks=told), act)
    invite(session, note, act_of(session, team.manager, "Good."))
    second = call.second_stage
    assert second is not None
    second.opens_at = clock.now() - timedelta(days=1)
    writer = writer_of(session, note)
    proposal = begin_draft(session, second, note.organisation, writer).draft
    versions = {key: row.version for key, row in answers_of(session, proposal.id).items()}
    for section, typed in complete_answers("HN", 12_000).items():
        save_section(session, proposal, section, typed, versions.get(section, 0), writer)
    for number, question in enumerate(REQUIRED_PAPERS, 1):
        attach(session, proposal, question, Upload(f"{question}.pdf", pdf(number)), writer)
    submit(session, proposal, writer)
    return proposal


def test_the_fund_sees_outcome_scores_remarks_and_screening(
    session: Session, proposal: Application, team: Team, sign_in_as: SignInAs
) -> None:
    assert proposal.note
    session.commit()
    page = sign_in_as(team.officer).get(f"/screening/{proposal.reference}").text
    assert f"/applications/{proposal.note.reference}" in page
    assert REMARK in page
    assert "70" in page
    assert scores_of_notes(session, [proposal]) == {proposal.id: 70}


def test_who_may_not_open_the_note_sees_nothing_of_it(
    session: Session, proposal: Application
) -> None:
    other = act_of(session, staff(session, Role.PROGRAMME_OFFICER)).actor
    assert stage_one_for_fund(session, proposal, other)
    proposal.note_id, proposal.note = None, None
    assert stage_one_for_fund(session, proposal, other) is None
    assert scores_of_notes(session, [proposal]) == {}


@pytest.mark.parametrize("blind", ["neither", "proposal", "note"])
def test_reviewers_see_it_unless_a_stage_is_blind(
    session: Session, proposal: Application, blind: str
) -> None:
    assert proposal.note
    proposal.call.blind = blind == "proposal"
    proposal.note.call.blind = blind == "note"
    stage = stage_one_for_reviewers(session, proposal)
    assert (stage is not None) == (blind == "neither")
    if stage:
        assert stage.summary
        assert stage.summary.average == 70
        assert not stage.screening
        assert not stage.is_readable

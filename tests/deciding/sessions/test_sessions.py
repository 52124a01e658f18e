"""From the agenda to the signed minutes: who may do what, and what the votes make."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import advice_on
from grants.deciding.board.service import Proposal, Votes, not_recommend, revise
from grants.deciding.interests.queries import interest_of
from grants.deciding.interests.service import recuse
from grants.deciding.sessions import service, sitting
from grants.deciding.sessions.models import AgendaItem, BoardSession, Choice, Leaning, Opinion
from grants.deciding.sessions.queries import (
    answered,
    candidates,
    items_of,
    seats_of,
    to_answer,
    unanswered,
)
from grants.deciding.sessions.service import Plan, TrusteeView
from grants.deciding.sessions.sitting import Ballot
from grants.deciding.sessions.tally import endorsement_of, is_carried, majority_of
from grants.deciding.sessions.verify import ADVICE_FOLLOWS_FROM_VOTES
from grants.deciding.sessions.workflow import HELD, SessionState
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    recommended,
    staff,
    without_conflict,
)
from tests.platform.documents.files import pdf

R, S = Role, SessionState


@pytest.fixture
def board(session: Session) -> list[Person]:
    """Three trustees: two make the quorum."""
    return [staff(session, Role.TRUSTEE, name) for name in ("Amadou", "Sunita", "Irena")]


@pytest.fixture
def applications(session: Session, fund: Fund, team: Team) -> list[Application]:
    call = a_closed_call(session, fund)
    return [
        recommended(session, a_submitted_application(session, call), team) for _number in range(2)
    ]


@pytest.fixture
def meeting(
    session: Session, fund: Fund, team: Team, board: list[Person], applications: list[Application]
) -> BoardSession:
    """Called for today; every trustee has declared to have no conflict of interest."""
    for trustee in board:
        without_conflict(session, trustee, *applications)
    act = act_of(session, team.manager)
    plan = Plan(clock.today(), "Room C3", [one.id for one in applications])
    meeting = service.schedule(session, fund, plan, act)
    service.invite(session, meeting, act)
    return meeting


def opened(session: Session, meeting: BoardSession, team: Team, present: list[Person]) -> None:
    ids = [one.id for one in present]
    sitting.open_session(session, meeting, ids, act_of(session, team.manager))


def vote(
    session: Session, item: AgendaItem, trustee: Person, choice: Choice, reason: str = ""
) -> None:
    sitting.cast_vote(session, item, Ballot(choice, item.amount, reason), act_of(session, trustee))


def all_vote(session: Session, meeting: BoardSession, people: list[Person]) -> None:
    for item in items_of(session, meeting):
        for trustee in people:
            vote(session, item, trustee, Choice.FOR)


def test_the_votes_become_the_advice_and_the_session_is_over(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    opened(session, meeting, team, board)
    first, second = items_of(session, meeting)
    for trustee, choice in zip(board, (Choice.FOR, Choice.AGAINST, Choice.FOR), strict=True):
        vote(session, first, trustee, choice, "Too dear." if choice is Choice.AGAINST else "")
        vote(session, second, trustee, Choice.AGAINST, "Not clear enough.")
    manager = act_of(session, team.manager)
    sitting.close_session(session, meeting, manager)
    said = [advice_on(session, item.application) for item in (first, second)]
    assert [
        (one.endorsement, one.votes_for, one.votes_against, one.amount) for one in said if one
    ] == [
        (Endorsement.ENDORSED, 2, 1, usd(1_500_000)),
        (Endorsement.NOT_ENDORSED, 0, 3, usd(1_500_000)),
    ]
    assert said[1] is not None
    assert "Not clear enough." in said[1].remarks
    paper = keep(session, Upload("minutes.pdf", pdf()), manager)
    service.attach_signed(session, meeting, paper, manager)
    assert (meeting.state, meeting.signed_document) == (S.SIGNED, paper)


def test_who_leaves_keeps_the_votes_cast_and_casts_no_more(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    opened(session, meeting, team, board)
    first, second = items_of(session, meeting)
    vote(session, first, board[2], Choice.FOR)
    staying = [one.id for one in board[:2]]
    manager = act_of(session, team.manager)
    with pytest.raises(DomainError):
        sitting.note_attendance(session, meeting, staying[:1], manager)
    with pytest.raises(Forbidden):
        sitting.note_attendance(session, meeting, staying, act_of(session, board[0]))
    sitting.note_attendance(session, meeting, staying, manager)
    with pytest.raises(FundError):
        vote(session, second, board[2], Choice.FOR)
    session.expire(first)
    assert [cast.trustee_id for cast in first.votes] == [board[2].id]


def test_the_database_itself_keeps_a_closed_session_as_it_is(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    opened(session, meeting, team, board)
    all_vote(session, meeting, board)
    sitting.close_session(session, meeting, act_of(session, team.manager))
    session.flush()
    assert not list(ADVICE_FOLLOWS_FROM_VOTES(session))
    for change in (
        "UPDATE board_session SET place = 'Elsewhere'",
        "UPDATE board_session SET state = 'open'",
        "DELETE FROM board_vote",
        "UPDATE board_vote SET choice = 'abstain'",
        "UPDATE board_seat SET present = false",
        "UPDATE agenda_item SET remarks = 'Other remarks.'",
        "INSERT INTO board_seat SELECT meeting_id, trustee_id, present FROM board_seat",
    ):
        with pytest.raises(DBAPIError, match="closed"), session.begin_nested():
            session.execute(text(change))
    session.execute(text("UPDATE advice SET votes_for = 1, votes_against = 2"))
    assert len(list(ADVICE_FOLLOWS_FROM_VOTES(session))) == 2


def test_trustees_are_invited_with_the_date_and_without_any_name(
    session: Session, meeting: BoardSession, board: list[Person], applications: list[Application]
) -> None:
    letters = session.scalars(select(Message).where(Message.event.contains(":invited"))).all()
    assert {letter.person_id for letter in letters} == {one.id for one in board}
    assert all("Room C3" in letter.text for letter in letters)
    hidden = [(one.organisation.name, one.title) for one in applications]
    assert not [letter for letter in letters for pair in hidden for x in pair if x in letter.text]


def test_without_a_quorum_nothing_is_opened(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    with pytest.raises(DomainError, match="2 trustees must be present"):
        opened(session, meeting, team, board[:1])
    meeting.fund.board_quorum = 3
    with pytest.raises(DomainError, match="3 trustees must be present"):
        opened(session, meeting, team, board[:2])
    with pytest.raises(DomainError, match="Only trustees in office"):
        opened(session, meeting, team, [*board, team.manager])
    opened(session, meeting, team, board)
    assert (meeting.in_office, meeting.quorum) == (3, 3)


def test_a_session_is_opened_on_its_day_and_not_before(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    act = act_of(session, team.manager, "The room is taken.")
    later = clock.today() + timedelta(days=3)
    service.reschedule(session, meeting, later, "Room D", act)
    with pytest.raises(DomainError, match="planned for a later date"):
        opened(session, meeting, team, board)
    with pytest.raises(DomainError, match="in the past"):
        service.reschedule(session, meeting, clock.today() - timedelta(days=1), "", act)


def test_a_recused_trustee_does_not_vote_and_is_noted(
    session: Session,
    meeting: BoardSession,
    team: Team,
    board: list[Person],
    applications: list[Application],
) -> None:
    opened(session, meeting, team, board)
    all_vote(session, meeting, board)
    interest = interest_of(session, applications[0].id, board[0].id)
    assert interest is not None
    recuse(session, interest, act_of(session, board[0], "I know them."))
    first = items_of(session, meeting)[0]
    with pytest.raises(Forbidden):
        vote(session, first, board[0], Choice.FOR)
    sitting.close_session(session, meeting, act_of(session, team.manager))
    advice = advice_on(session, applications[0])
    assert advice is not None
    assert (advice.votes_for, advice.recusals) == (2, 1)


def test_trustees_appointed_after_the_call_neither_make_the_quorum_nor_sit(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    puppets = [staff(session, Role.TRUSTEE, f"Puppet {number}") for number in range(8)]
    with pytest.raises(DomainError, match="in office"):
        opened(session, meeting, team, puppets)
    with pytest.raises(DomainError, match="no quorum"):
        opened(session, meeting, team, board[:1])
    opened(session, meeting, team, board[:2])
    assert (meeting.in_office, meeting.quorum) == (3, 2)
    assert {seat.trustee_id for seat in seats_of(session, meeting)} == {one.id for one in board}
    item = items_of(session, meeting)[0]
    for puppet in puppets:
        with pytest.raises(Forbidden):
            vote(session, item, puppet, Choice.FOR)


def test_a_session_is_not_brought_forward_behind_the_trustees_backs(
    session: Session, meeting: BoardSession, team: Team
) -> None:
    today = clock.today()
    act = act_of(session, team.manager, "The room is free.")
    service.reschedule(session, meeting, today + timedelta(30), "Room C3", act)
    for days in (0, 1, 6):
        with pytest.raises(DomainError, match="7 days before"):
            service.reschedule(session, meeting, today + timedelta(days), "Room C3", act)
    service.reschedule(session, meeting, today + timedelta(7), "Room C3", act)
    with clock.at(clock.now() + timedelta(5)):
        service.reschedule(session, meeting, today + timedelta(7), "Room C4", act)
        service.reschedule(session, meeting, today + timedelta(9), "Room C4", act)


def test_nobody_votes_who_is_absent_undeclared_or_no_trustee(
    session: Session,
    fund: Fund,
    meeting: BoardSession,
    team: Team,
    board: list[Person],
) -> None:
    late = staff(session, Role.TRUSTEE, "Marta")
    with pytest.raises(DomainError, match="in office"):
        opened(session, meeting, team, [*board[:2], late])
    opened(session, meeting, team, board[:2])
    item = items_of(session, meeting)[0]
    for person in (board[2], late, team.manager, team.approver, team.reviewers[0]):
        with pytest.raises(Forbidden):
            vote(session, item, person, Choice.FOR)
    with pytest.raises(DomainError, match="reasons"):
        vote(session, item, board[0], Choice.AGAINST, " ")
    with pytest.raises(DomainError, match="how you vote"):
        vote(session, item, board[0], Choice.RECUSED)
    changed = Ballot(Choice.FOR, usd(1))
    with pytest.raises(Conflict, match="amount"):
        sitting.cast_vote(session, item, changed, act_of(session, board[0]))


def test_the_closing_says_what_is_missing(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    opened(session, meeting, team, board[:2])
    first, second = items_of(session, meeting)
    vote(session, first, board[0], Choice.FOR)
    manager = act_of(session, team.manager)
    with pytest.raises(DomainError, match="Sunita has not voted") as refusal:
        sitting.close_session(session, meeting, manager)
    assert second.application.reference in refusal.value.message
    vote(session, first, board[1], Choice.FOR)
    sitting.record_discussion(session, second, "", "Figures are missing.", manager)
    sitting.close_session(session, meeting, manager)
    assert advice_on(session, second.application) is None
    waiting = session.scalars(candidates(manager.actor)).all()
    assert waiting == [second.application]


def test_what_changes_meanwhile_has_to_be_put_off(
    session: Session, meeting: BoardSession, team: Team, board: list[Person]
) -> None:
    opened(session, meeting, team, board)
    all_vote(session, meeting, board)
    first, second = items_of(session, meeting)
    act = act_of(session, team.manager, "New figures.")
    revise(session, first.application, Proposal(usd(900_000), "Less."), act)
    not_recommend(session, second.application, act)
    with pytest.raises(DomainError, match="9,000"):
        sitting.close_session(session, meeting, act)
    for item in (first, second):
        sitting.record_discussion(session, item, "", "Changed.", act)
    sitting.close_session(session, meeting, act)
    assert advice_on(session, first.application) is None


def test_opinions_are_given_until_the_session_opens(
    session: Session,
    meeting: BoardSession,
    team: Team,
    board: list[Person],
    applications: list[Application],
) -> None:
    act = act_of(session, board[0])
    viewer, manager = act.actor, viewer_of(session, team.manager.id)
    assert manager is not None
    assert (session.scalar(to_answer(viewer)), session.scalar(unanswered(manager))) == (2, 3)
    with pytest.raises(DomainError, match="reasons"):
        service.give_opinion(session, applications[0], TrusteeView(Leaning.COMMENT), act)
    for application in applications:
        service.give_opinion(session, application, TrusteeView(Leaning.ENDORSE), act)
    service.give_opinion(session, applications[0], TrusteeView(Leaning.NOT_ENDORSE, "Dear."), act)
    assert session.get_one(Opinion, (applications[0].id, board[0].id)).remarks == "Dear."
    assert (session.scalar(to_answer(viewer)), session.scalar(unanswered(manager))) == (0, 2)
    assert [one.done for one in answered(session, meeting)] == [True, False, False]
    stranger = staff(session, Role.TRUSTEE, "Marta")
    for person in (stranger, team.manager):
        act_of_another, said = act_of(session, person), TrusteeView(Leaning.ENDORSE)
        with pytest.raises(Forbidden):
            service.give_opinion(session, applications[0], said, act_of_another)
    opened(session, meeting, team, board)
    with pytest.raises(Conflict, match="has been opened"):
        service.give_opinion(session, applications[0], TrusteeView(Leaning.ENDORSE), act)


def test_who_has_not_answered_is_counted_session_by_session(
    session: Session,
    fund: Fund,
    meeting: BoardSession,
    team: Team,
    board: list[Person],
    applications: list[Application],
) -> None:
    for application in applications:
        said = TrusteeView(Leaning.ENDORSE)
        service.give_opinion(session, application, said, act_of(session, board[0]))
    later = a_submitted_application(session, a_closed_call(session, fund))
    recommended(session, later, team)
    for trustee in board:
        without_conflict(session, trustee, later)
    act, viewer = act_of(session, team.manager), viewer_of(session, team.manager.id)
    assert viewer is not None
    plan = Plan(clock.today(), "Room C4", [later.id])
    another = service.schedule(session, fund, plan, act)
    service.invite(session, another, act)
    done = [one.done for held in (meeting, another) for one in answered(session, held)]
    assert session.scalar(unanswered(viewer)) == done.count(False) == 5


@pytest.mark.parametrize("role", [R.TRUSTEE, R.APPROVING_OFFICER, R.PROGRAMME_OFFICER, R.AUDITOR])
def test_only_the_secretariat_runs_a_session(
    session: Session, fund: Fund, meeting: BoardSession, board: list[Person], role: Role
) -> None:
    person = staff(session, role, "Another")
    act = act_of(session, person, "Because.")
    plan = Plan(clock.today(), "", [1])
    for refused in (
        lambda: service.schedule(session, fund, plan, act),
        lambda: service.add_to_agenda(session, meeting, [1], act),
        lambda: service.reschedule(session, meeting, clock.today(), "", act),
        lambda: service.cancel(session, meeting, act),
        lambda: sitting.open_session(session, meeting, [one.id for one in board], act),
    ):
        with pytest.raises(Forbidden):
            refused()


VOTES = st.builds(Votes, *[st.integers(0, 9)] * 4)


@given(VOTES, st.sampled_from(["", "Mind the costs."]))
def test_the_advice_follows_from_the_votes_alone(votes: Votes, remarks: str) -> None:
    advice = endorsement_of(votes, remarks)
    assert (advice is not Endorsement.NOT_ENDORSED) == (votes.in_favour > votes.against)
    assert is_carried(votes) == (advice is not Endorsement.NOT_ENDORSED)
    if is_carried(votes):
        assert (advice is Endorsement.ENDORSED_WITH_REMARKS) == bool(remarks)


def test_a_majority_is_more_than_half() -> None:
    quorums = [majority_of(number) for number in range(1, 8)]
    assert quorums == [1, 2, 2, 3, 3, 4, 4]
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(quorums))


ACTS = st.lists(
    st.one_of(
        st.sampled_from(["open", "close", "cancel", "sign", "put_off"]),
        st.tuples(st.integers(0, 2), st.sampled_from([Choice.FOR, Choice.ABSTAIN])),
    ),
    max_size=12,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
def test_in_any_order_of_acts_advice_stands_exactly_where_a_closed_session_voted(
    session: Session, meeting: BoardSession, team: Team, board: list[Person], acts: list[Any]
) -> None:
    manager = act_of(session, team.manager, "Because.")
    paper = keep(session, Upload("minutes.pdf", pdf()), manager)
    present = [one.id for one in board]
    known = {
        "open": lambda: sitting.open_session(session, meeting, present, manager),
        "close": lambda: sitting.close_session(session, meeting, manager),
        "cancel": lambda: service.cancel(session, meeting, manager),
        "sign": lambda: service.attach_signed(session, meeting, paper, manager),
        "put_off": lambda: sitting.record_discussion(
            session, items_of(session, meeting)[0], "", "Later.", manager
        ),
    }
    with session.begin_nested() as aside:
        for act in acts:
            with suppress(FundError), session.begin_nested():
                if isinstance(act, str):
                    known[act]()
                else:
                    place, choice = act
                    for item in items_of(session, meeting):
                        vote(session, item, board[place], choice)
            session.expire_all()
            _holds(session, meeting)
        aside.rollback()
        session.expire_all()


def _holds(session: Session, meeting: BoardSession) -> None:
    """Advice is there if and only if the session is held and the item was not put off."""
    seats = {seat.trustee_id for seat in seats_of(session, meeting) if seat.present}
    for item in items_of(session, meeting):
        advice = advice_on(session, item.application)
        assert (advice is not None) == (meeting.state in HELD and not item.put_off)
        if advice is not None:
            assert len(item.votes) == len(seats)
            assert advice.votes_for == len([v for v in item.votes if v.choice is Choice.FOR])
    assert bool(seats) == (meeting.state in {S.OPEN, *HELD})

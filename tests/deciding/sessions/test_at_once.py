"""Trustees vote at the same moment, and the closing waits for a vote that is being cast."""

from sqlalchemy import select

from grants.applying.applications.models import Application
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.board.models import Advice
from grants.deciding.sessions import service, sitting
from grants.deciding.sessions.models import AgendaItem, BoardSession, Choice, Vote
from grants.deciding.sessions.service import Plan
from grants.deciding.sessions.sitting import Ballot
from tests.deciding.awards.test_at_once import outcomes
from tests.factories import (
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    recommended,
    staff,
    without_conflict,
)

VOTERS = 4


def an_open_session(real_database: Database) -> tuple[list[int], int]:
    """A session with one item; the trustees' ids, and the manager's."""
    with real_database.transaction() as session:
        fund, team = fund_by_code(session, "UNVTF"), a_team(session)
        application = a_submitted_application(session, a_closed_call(session, fund))
        recommended(session, application, team)
        board = [staff(session, Role.TRUSTEE, f"Trustee {number}") for number in range(VOTERS)]
        for trustee in board:
            without_conflict(session, trustee, application)
        act = act_of(session, team.manager)
        meeting = service.schedule(session, fund, Plan(clock.today(), "", [application.id]), act)
        service.invite(session, meeting, act)
        sitting.open_session(session, meeting, [one.id for one in board], act)
        return [one.id for one in board], team.manager.id


def test_trustees_vote_at_once_each_counts_once(real_database: Database) -> None:
    board, _manager = an_open_session(real_database)
    all_in_two_tabs(real_database, board)
    with real_database.session() as session:
        assert session.scalars(select(Vote.choice)).all() == [Choice.FOR] * VOTERS


def all_in_two_tabs(real_database: Database, board: list[int]) -> None:
    def cast(number: int) -> None:
        with real_database.transaction() as session:
            item = session.scalars(select(AgendaItem)).one()
            person = session.get_one(Person, board[number % VOTERS])
            ballot = Ballot(Choice.FOR, item.amount)
            sitting.cast_vote(session, item, ballot, act_of(session, person))

    assert outcomes(2 * VOTERS, cast) == [None] * 2 * VOTERS


def test_the_closing_counts_the_votes_that_are_there(real_database: Database) -> None:
    board, manager = an_open_session(real_database)
    all_in_two_tabs(real_database, board)

    def close_or_change(number: int) -> None:
        with real_database.transaction() as session:
            item = session.scalars(select(AgendaItem)).one()
            if number == 0:
                meeting = session.scalars(select(BoardSession)).one()
                act = act_of(session, session.get_one(Person, manager))
                sitting.close_session(session, meeting, act)
            else:
                person = session.get_one(Person, board[number])
                ballot = Ballot(Choice.ABSTAIN, item.amount)
                sitting.cast_vote(session, item, ballot, act_of(session, person))

    assert outcomes(3, close_or_change)[0] is None
    with real_database.session() as session:
        advice = session.scalars(select(Advice)).one()
        votes = session.scalars(select(Vote.choice)).all()
        counted = (advice.votes_for, advice.abstentions)
        assert counted == (votes.count(Choice.FOR), votes.count(Choice.ABSTAIN))
        assert len(votes) == VOTERS
        assert session.scalars(select(Application.id)).one() == advice.application_id

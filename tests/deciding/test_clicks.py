"""A call of many applications through the pages: how often a person has to click, and how long the
answers take. Opening a page from a link, ticking a box, filling in a field and pressing a button
each count as one.
"""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.service import declare_no_conflict, submit
from grants.deciding.sessions.models import BoardSession
from tests.factories import (
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    member,
    money_for_awards,
    staff,
)
from tests.platform.web.client import SignInAs
from tests.platform.web.desk import Desk

MOST = {"screening": 8, "assignment": 4, "recommendation": 6, "session": 16, "votes": 6, "award": 4}
"""Clicks for the whole call, whatever its size; votes and declarations are those of one trustee."""


@dataclass
class Whole:
    """A call that has closed, and everyone's desk."""

    session: Session
    call: Call
    clicks: dict[str, int]
    seconds: dict[str, float]
    officer: Desk
    manager: Desk
    approver: Desk
    trustees: list[Person]
    board: list[Desk]

    @property
    def tail(self) -> str:
        return f"call={self.call.reference}"


@pytest.fixture
def whole(session: Session, fund: Fund, app: Flask, sign_in_as: SignInAs, number: int) -> Whole:
    app.config["ROW_BUDGET"] = 1_000 + 10 * number  # these pages show each of them
    money_for_awards(session, fund, f"{number * 30_000}.00")
    call, team = a_closed_call(session, fund), a_team(session)
    call.envelope_minor = number * 3_000_000
    trustees = [staff(session, Role.TRUSTEE, name) for name in ("Amadou", "Sunita", "Lucia")]
    for at in range(number):
        house = an_organisation(session, f"House {at}")
        member(session, house, name=f"Director {at}")
        a_submitted_application(session, call, house)
    session.commit()
    clicks: dict[str, int] = {}
    seconds: dict[str, float] = {}
    officer, manager, approver, *board = (
        Desk(sign_in_as(one), clicks, seconds)
        for one in (team.officer, team.manager, team.approver, *trustees)
    )
    return Whole(session, call, clicks, seconds, officer, manager, approver, trustees, board)


def screened(whole: Whole) -> None:
    officer = whole.officer
    officer.at("screening", f"/screening?{whole.tail}")
    officer.several("suggestions")
    officer.press("again", checked="direct")
    officer.press()


def assigned_and_reviewed(whole: Whole) -> None:
    """The reviewers' own work is not counted."""
    whole.officer.at("assignment", f"/reviews/assign?{whole.tail}")
    whole.officer.several("several")
    whole.officer.press()
    for review in whole.session.scalars(select(Review)).all():
        act = act_of(whole.session, review.reviewer)
        declare_no_conflict(whole.session, review, act)
        submit(whole.session, review, a_full_draft(review.application), act)
    whole.session.commit()


def recommended(whole: Whole) -> None:
    whole.manager.at("recommendation", f"/decisions?stage=recommend&{whole.tail}")
    whole.manager.several("recommend")
    whole.manager.press(rationale="Strong, and nobody else helps there.")


def advised(whole: Whole) -> None:
    manager, today = whole.manager, clock.today()
    manager.at("session", "/board/sessions/new")
    day = {"day": today.day, "month": today.month, "year": today.year}
    manager.press(**{f"held_on-{part}": str(value) for part, value in day.items()})
    path = f"/board/sessions/{whole.session.scalars(select(BoardSession.reference)).one()}"
    manager.at("session", f"{path}/invite")
    manager.press()
    for desk, part in zip(whole.board, ("votes", "others", "others"), strict=True):
        desk.at(part, f"/board/calls/{whole.call.reference}/interests")
        desk.press(declared="y")
    manager.at("session", f"{path}/open")
    manager.press(present=[str(one.id) for one in whole.trustees])
    for desk, part in zip(whole.board, ("votes", "others", "others"), strict=True):
        desk.at(part, f"{path}/votes")
        desk.press(rest="for")
    manager.at("session", f"{path}/close")
    manager.press()


def awarded(whole: Whole) -> None:
    whole.approver.at("award", f"/decisions?stage=approve&{whole.tail}")
    whole.approver.several("approve")
    whole.approver.press()


@pytest.mark.parametrize(
    "number", [3, pytest.param(250, marks=(pytest.mark.long, pytest.mark.timeout(1200)))]
)
def test_a_call_of_many_takes_few_clicks(whole: Whole, number: int) -> None:
    for work in (screened, assigned_and_reviewed, recommended, advised, awarded):
        work(whole)
    of_call = select(Application.state).where(Application.call_id == whole.call.id)
    states = whole.session.scalars(of_call).all()
    assert states == [ApplicationState.APPROVED] * number
    print(whole.clicks, {part: round(took, 1) for part, took in whole.seconds.items()})  # noqa: T201
    assert {part: n for part, n in whole.clicks.items() if n > MOST.get(part, n)} == {}

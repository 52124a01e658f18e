"""A session from its agenda to the signed minutes, on the pages; nothing of a recused item."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.interests.service import Declaration, declare
from grants.deciding.sessions.models import BoardSession
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    recommended,
    staff,
    without_conflict,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def team(session: Session) -> Team:
    return a_team(session)


@pytest.fixture
def board(session: Session) -> list[Person]:
    return [staff(session, Role.TRUSTEE, name) for name in ("Amadou", "Sunita")]


@pytest.fixture
def pair(session: Session, fund: Fund, team: Team, board: list[Person]) -> list[Application]:
    """The first trustee knows the second applicant; the other one none of them."""
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, name))
        for name in ("Open Oasis", "Hidden Harbour")
    ]
    for one in made:
        recommended(session, one, team)
    without_conflict(session, board[1], *made)
    said = Declaration([one.id for one in made], [made[1].id], "My sister works there.")
    declare(session, call, said, act_of(session, board[0]))
    session.commit()
    return made


def _day(when: date) -> dict[str, str]:
    parts = {"day": when.day, "month": when.month, "year": when.year}
    return {f"held_on-{part}": str(number) for part, number in parts.items()}


@pytest.fixture
def browsers(
    session: Session, pair: list[Application], board: list[Person], team: Team, sign_in_as: SignInAs
) -> list[StrictClient]:
    """The fund manager, the trustee with a conflict, and the other one."""
    return [sign_in_as(one) for one in (team.manager, *board)]


def prepared(session: Session, manager: StrictClient, pair: list[Application]) -> str:
    """The address of a session whose trustees are invited."""
    plan = {**_day(clock.today()), "place": "Room C3", "agenda": [str(one.id) for one in pair]}
    manager.submit("/board/sessions/new", plan)
    path = f"/board/sessions/{session.scalars(select(BoardSession.reference)).one()}"
    manager.submit(f"{path}/invite")
    return path


def held(
    path: str, browsers: list[StrictClient], pair: list[Application], board: list[Person]
) -> None:
    """Opened, voted on and closed."""
    manager, first, second = browsers
    manager.submit(f"{path}/open", {"present": [str(one.id) for one in board]})
    vote = {"choice": "for", "amount": "15000.00"}
    first.submit(f"{path}/votes/{pair[0].reference}", vote)
    for one in pair:
        second.submit(f"{path}/votes/{one.reference}", vote)
    said = {"remarks": "Watch the costs."}
    manager.submit(f"{path}/discussion/{pair[1].reference}", said)
    assert manager.submit(f"{path}/close").location == path


def test_before_the_session_a_recused_trustee_is_not_asked(
    session: Session, pair: list[Application], browsers: list[StrictClient]
) -> None:
    manager, first, second = browsers
    path = prepared(session, manager, pair)
    said = {"leaning": "comment", "remarks": "Why so dear?"}
    first.submit(f"/board/sessions/opinions/{pair[0].reference}", said)
    assert first.get(f"/board/sessions/opinions/{pair[1].reference}").status_code == 404
    page = manager.get(path).text
    assert "Why so dear?" in page
    assert "Answer awaited" in page
    assert "Why so dear?" not in second.get(path).text


def test_a_recused_trustee_gets_nothing_of_the_session(
    session: Session,
    pair: list[Application],
    board: list[Person],
    browsers: list[StrictClient],
) -> None:
    manager, first, second = browsers
    path = prepared(session, manager, pair)
    held(path, browsers, pair, board)
    minutes = f"{path.replace('/board/sessions', '/documents/board-minutes')}.json"
    told = [first.get(page).text for page in (path, minutes, "/board", "/board/sessions")]
    assert not [word for word in ("Hidden", "Watch the costs.") if word in "".join(told)]
    assert first.get(f"{path}/votes/{pair[1].reference}").status_code == 404
    assert "Open Oasis" in told[0]
    assert "Open Oasis" in told[1]
    assert "Hidden Harbour" in second.get(minutes).text
    theirs = minutes.replace(".json", f"/{board[1].id}.json")
    assert first.get(theirs).status_code == 404


def test_the_signed_paper_ends_a_session_and_the_decision_shows_the_votes(
    session: Session,
    pair: list[Application],
    board: list[Person],
    browsers: list[StrictClient],
) -> None:
    manager, first, _second = browsers
    path = prepared(session, manager, pair)
    held(path, browsers, pair, board)
    manager.submit(f"{path}/sign", {"paper": (io.BytesIO(pdf()), "signed.pdf")})
    assert manager.get(f"{path}/signed", buffered=True).get_data() == pdf()
    assert first.get(f"{path}/signed").status_code == 403
    decision = re.sub("<[^>]+>", "", manager.get(f"/decisions/{pair[1].reference}").text)
    assert "1 for, 0 against, 0 abstained, 1 recused" in decision

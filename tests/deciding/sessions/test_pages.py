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
from grants.core.texts.references import keep_references
from grants.deciding.interests.service import Declaration, declare
from grants.deciding.sessions.models import AgendaItem, BoardSession, Choice, Vote
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    recommended,
    without_conflict,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


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


def test_a_trustee_votes_on_all_items_on_one_page(
    session: Session,
    pair: list[Application],
    browsers: list[StrictClient],
    board: list[Person],
) -> None:
    manager, first, second = browsers
    path = prepared(session, manager, pair)
    manager.submit(f"{path}/open", {"present": [str(one.id) for one in board]})
    assert f"{path}/votes" in second.get(path).text
    ids = dict(session.execute(select(AgendaItem.application_id, AgendaItem.id)).all())
    amounts = {f"amount_{number}": "15000.00" for number in ids.values()}
    against = {**amounts, "rest": "for", f"choice_{ids[pair[1].id]}": "against"}
    refused = second.submit(f"{path}/votes", against).text
    assert f"{keep_references(pair[1].reference)}: Give your reasons." in refused
    assert session.scalars(select(Vote)).all() == [], "all of them or none"
    reasons = {**against, f"reason_{ids[pair[1].id]}": "Too dear."}
    assert second.submit(f"{path}/votes", reasons).location == path
    assert (
        "Votes recorded: 0." in second.submit(f"{path}/votes", reasons, follow_redirects=True).text
    )
    shut = first.get(f"{path}/votes").text
    assert "Hidden Harbour" not in shut
    assert "Open Oasis" in shut
    first.submit(f"{path}/votes", {**amounts, "rest": "abstain"})
    cast = session.execute(
        select(AgendaItem.application_id, Vote.trustee_id, Vote.choice).join(AgendaItem.votes)
    ).all()
    assert {tuple(row) for row in cast} == {
        (pair[0].id, board[1].id, Choice.FOR),
        (pair[1].id, board[1].id, Choice.AGAINST),
        (pair[0].id, board[0].id, Choice.ABSTAIN),
    }
    changed = {
        **reasons,
        f"amount_{ids[pair[0].id]}": "14000.00",
        f"choice_{ids[pair[0].id]}": "abstain",
    }
    assert "The amount has changed" in second.submit(f"{path}/votes", changed).text

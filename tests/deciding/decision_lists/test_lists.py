"""The list of decisions: complete, traced to persons and reasons, and shut where a file is shut."""

import hashlib
import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.awards.service import approve, give_approval, reject
from grants.deciding.board.service import Proposal, not_recommend, recommend
from grants.deciding.decision_lists.models import SignedDecisions
from grants.deciding.decision_lists.queries import (
    decisions_of_call,
    decisions_of_session,
    page_of_call,
)
from grants.deciding.decision_lists.service import attach_signed, keep_elsewhere
from grants.deciding.interests.service import Declaration, declare
from grants.deciding.sessions import service, sitting
from grants.deciding.sessions.models import BoardSession, Choice
from grants.deciding.sessions.queries import items_of
from grants.deciding.sessions.service import Plan
from grants.deciding.sessions.sitting import Ballot
from grants.desk.tasks.todo import waiting_for
from tests.factories import (
    Team,
    a_closed_call,
    a_document,
    a_submitted_application,
    act_of,
    an_organisation,
    money_for_awards,
    reviewed,
    staff,
    terms_for,
    without_conflict,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient

DEPARTURE = "No grant of the fund reaches this region."


@pytest.fixture
def pair(session: Session, fund: Fund, team: Team, board: list[Person]) -> list[Application]:
    """Rank 2 recommended before rank 1; the first trustee knows the organisation of rank 1."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, name))
        for name in ("Open Oasis", "Hidden Harbour")
    ]
    for one, marks in zip(made, ((4, 4), (5, 5)), strict=True):
        reviewed(session, one, team, marks)
    for one, departure in zip(made, (DEPARTURE, ""), strict=True):
        proposal = Proposal(usd(15_000_00), "Strong.", departure=departure)
        recommend(session, one, proposal, act_of(session, team.manager))
    without_conflict(session, board[1], *made)
    said = Declaration([one.id for one in made], [made[1].id], "My sister works there.")
    declare(session, call, said, act_of(session, board[0]))
    return made


@pytest.fixture
def meeting(
    session: Session, fund: Fund, team: Team, board: list[Person], pair: list[Application]
) -> BoardSession:
    """Held: the first trustee voted on one of the two, the other one on both."""
    act = act_of(session, team.manager)
    plan = Plan(clock.today(), "Room C3", [one.id for one in pair])
    meeting = service.schedule(session, fund, plan, act)
    service.invite(session, meeting, act)
    sitting.open_session(session, meeting, [one.id for one in board], act)
    for item in items_of(session, meeting):
        for trustee in board:
            if item.application is pair[1] and trustee is board[0]:
                continue
            against = item.application is pair[0] and trustee is board[1]
            choice = Choice.ABSTAIN if against else Choice.FOR
            ballot = Ballot(choice, item.amount)
            sitting.cast_vote(session, item, ballot, act_of(session, trustee))
    sitting.close_session(session, meeting, act)
    return meeting


def decided(session: Session, team: Team, pair: list[Application]) -> None:
    """Rank 1 is approved; rank 2 is turned down."""
    approve(session, pair[1], terms_for(session, pair[1]), act_of(session, team.approver))
    reject(session, pair[0], act_of(session, team.approver, "It has closed."))


def test_a_list_traces_each_decision_to_persons_votes_and_reasons(
    session: Session, meeting: BoardSession, team: Team, pair: list[Application]
) -> None:
    manager = act_of(session, team.manager).actor
    before = decisions_of_session(session, meeting, manager)
    assert (before.pending, before.awarded) == (2, usd(0))
    decided(session, team, pair)
    listed = decisions_of_session(session, meeting, manager)
    refused, awarded = listed.lines
    assert listed.pending == 0
    assert listed.awarded == awarded.awarded == usd(15_000_00)
    assert (refused.rank, awarded.rank) == (2, 1)
    assert refused.decision is not None
    assert (refused.decision.by, refused.decision.reason) == (
        (team.approver.name,),
        "It has closed.",
    )
    assert refused.advice is not None
    assert refused.advice.votes == (1, 0, 1, 0)
    assert awarded.advice is not None
    assert awarded.advice.votes == (1, 0, 0, 1)
    assert awarded.decision is not None
    assert awarded.decision.by == (team.approver.name,)
    assert [one.name for one in listed.signers] == ["Amadou", "Sunita", team.approver.name, ""]


def pages_are_parts(session: Session, call: Call, reader: Viewer) -> None:
    """A page of a call's list is a part of the list, with what the whole comes to."""
    whole = decisions_of_call(session, call, reader)
    for first, most in ((0, 1), (1, 1), (0, 60), (5, 60)):
        page = page_of_call(session, call, reader, first, most)
        lines = whole.lines[first:][:most]
        assert page.listed == replace(whole, lines=lines, signers=())
        assert (page.of, page.awarded, page.pending) == (
            len(whole.lines),
            whole.awarded,
            whole.pending,
        )


def test_the_departure_from_the_ranking_stands_on_the_list(
    session: Session, team: Team, meeting: BoardSession, pair: list[Application]
) -> None:
    manager = act_of(session, team.manager).actor
    assert decisions_of_session(session, meeting, manager).lines[0].departure == DEPARTURE
    of_call = decisions_of_call(session, pair[0].call, manager)
    assert [line.reference for line in of_call.lines] == [pair[1].reference, pair[0].reference]
    assert of_call.lines[1].departure == DEPARTURE
    pages_are_parts(session, pair[0].call, manager)


def test_every_officer_who_approved_is_named(
    session: Session, team: Team, meeting: BoardSession, pair: list[Application]
) -> None:
    meeting.fund.approval_tiers = [{"from_usd": "0.00", "approvers": 2}]
    second, terms = staff(session, Role.APPROVING_OFFICER, "Second"), terms_for(session, pair[1])
    give_approval(session, pair[1], terms, act_of(session, team.approver))
    give_approval(session, pair[1], terms, act_of(session, second))
    listed = decisions_of_call(session, pair[1].call, act_of(session, team.manager).actor)
    assert listed.lines[0].decision is not None
    assert listed.lines[0].decision.by == (team.approver.name, "Second")
    pages_are_parts(session, pair[1].call, act_of(session, team.manager).actor)


def test_without_a_session_the_reason_of_what_is_not_recommended_is_listed(
    session: Session, team: Team, pair: list[Application]
) -> None:
    not_recommend(session, pair[0], act_of(session, team.manager, "Too dear."))
    line = decisions_of_call(session, pair[0].call, act_of(session, team.manager).actor).lines[1]
    assert line.decision is not None
    assert (line.decision.reason, line.pending, line.recommended) == ("Too dear.", True, None)
    pages_are_parts(session, pair[0].call, act_of(session, team.manager).actor)


def test_the_signed_list_is_bound_to_its_session_and_never_changes(
    session: Session, team: Team, meeting: BoardSession, pair: list[Application]
) -> None:
    paper, manager = a_document(session), act_of(session, team.manager)
    with pytest.raises(DomainError, match="2 decisions"):
        attach_signed(session, meeting, paper, manager)
    decided(session, team, pair)
    with pytest.raises(Forbidden):
        attach_signed(session, meeting, paper, act_of(session, team.officer))
    attach_signed(session, meeting, paper, manager)
    row = trail_of(session, "board_session", meeting.id)[-1]
    assert (row.action, row.facts["sha256"]) == ("attach_decisions", paper.sha256)
    with pytest.raises(DomainError, match="reason"):
        attach_signed(session, meeting, a_document(session), manager)
    again = act_of(session, team.manager, "A page was missing.")
    attach_signed(session, meeting, a_document(session), again)
    kept = session.scalars(select(SignedDecisions).order_by(SignedDecisions.id)).all()
    assert [one.reason for one in kept] == ["", "A page was missing."]
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE signed_decisions SET reason = 'x'"))


TO_DO = "Signed list of decisions to upload"


def waits(session: Session, person: Person) -> bool:
    return TO_DO in [line.text for line in waiting_for(session, act_of(session, person).actor)]


def test_a_complete_list_waits_for_its_signed_copy(
    session: Session,
    team: Team,
    meeting: BoardSession,
    pair: list[Application],
    sign_in_as: SignInAs,
) -> None:
    assert not waits(session, team.manager)
    approve(session, pair[1], terms_for(session, pair[1]), act_of(session, team.approver))
    assert not waits(session, team.manager)
    reject(session, pair[0], act_of(session, team.approver, "It has closed."))
    session.commit()
    browser = sign_in_as(team.manager)
    path = f"/board/sessions/{meeting.reference}/decisions"
    assert path in browser.get("/board/decisions").text
    assert "/board/decisions" in browser.get("/start").text
    others = (team.officer, team.approver, staff(session, Role.AUDITOR))
    assert [waits(session, one) for one in (team.manager, *others)] == [True, False, False, False]
    attach_signed(session, meeting, a_document(session), act_of(session, team.manager))
    session.commit()
    assert not waits(session, team.manager)
    assert browser.get("/board/decisions").text.index("have been signed") < browser.get(
        "/board/decisions"
    ).text.index(path)


def test_a_list_that_is_closed_in_part_does_not_wait(
    session: Session,
    team: Team,
    meeting: BoardSession,
    pair: list[Application],
    board: list[Person],
) -> None:
    decided(session, team, pair)
    for trustee in board:
        appoint(session, trustee, Role.FUND_MANAGER)
    assert [waits(session, one) for one in board] == [False, True]


def test_a_list_that_was_signed_and_is_kept_elsewhere_no_longer_waits(
    session: Session,
    team: Team,
    meeting: BoardSession,
    pair: list[Application],
    sign_in_as: SignInAs,
) -> None:
    where = "Signed on 3 May; registry of the Secretariat, file 12."
    with pytest.raises(DomainError, match="2 decisions"):
        keep_elsewhere(session, meeting, act_of(session, team.manager, where))
    decided(session, team, pair)
    with pytest.raises(Forbidden):
        keep_elsewhere(session, meeting, act_of(session, team.officer, where))
    with pytest.raises(DomainError, match="where"):
        keep_elsewhere(session, meeting, act_of(session, team.manager, " "))
    session.commit()
    browser = sign_in_as(team.manager)
    path = f"/board/sessions/{meeting.reference}/decisions"
    assert browser.submit(f"{path}/elsewhere", {"reason": where}).location == path
    assert where in browser.get(path).text
    assert not waits(session, team.manager)
    row = trail_of(session, "board_session", meeting.id)[-1]
    assert (row.action, row.reason) == ("keep_decisions_elsewhere", where)
    again = {"paper": (io.BytesIO(pdf()), "signed.pdf"), "reason": "It was found."}
    browser.submit(f"{path}/sign", again)
    page = browser.get(path).text
    assert f"{path}/signed/" in page
    assert where in page
    assert path in browser.get("/board/decisions").text


@pytest.fixture
def manager(
    session: Session, team: Team, meeting: BoardSession, sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


def test_a_recused_trustee_gets_nothing_of_the_lists(
    session: Session,
    manager: StrictClient,
    meeting: BoardSession,
    pair: list[Application],
    board: list[Person],
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    decided(session, team, pair)
    session.commit()
    signed = {"paper": (io.BytesIO(pdf()), "signed.pdf")}
    path = f"/board/sessions/{meeting.reference}/decisions"
    assert manager.submit(f"{path}/sign", signed).location == path
    number = session.scalars(select(SignedDecisions.id)).one()
    first, second = (sign_in_as(one) for one in board)
    documents = f"/documents/decision-list/{meeting.reference}"
    call = pair[0].call.reference
    pages = [path, f"{documents}.json", f"/calls/{call}/decisions"]
    pages.append(f"/documents/decision-list/{call}.json")
    for page in pages:
        told = first.get(page).text
        assert "Open Oasis" in told
        assert "Hidden Harbour" not in told
        assert pair[1].reference not in told
        assert "Hidden Harbour" in second.get(page).text
    assert first.get(f"{documents}/{board[1].id}.json").status_code == 404
    for trustee in (first, second):
        assert trustee.get(f"{path}/signed/{number}").status_code == 403
        assert trustee.get(f"{path}/sign").status_code == 403


def test_the_signed_list_is_read_again_as_it_was_attached(
    session: Session,
    manager: StrictClient,
    meeting: BoardSession,
    pair: list[Application],
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    path = f"/board/sessions/{meeting.reference}/decisions"
    signed = {"paper": (io.BytesIO(pdf()), "signed.pdf")}
    assert "2 decisions of this session" in manager.get(f"{path}/sign").text
    decided(session, team, pair)
    session.commit()
    manager.submit(f"{path}/sign", signed)
    page = manager.get(path).text
    (address,) = re.findall(rf'href="({path}/signed/\d+)"', page)
    content = manager.get(address, buffered=True).get_data()
    assert content == pdf()
    row = trail_of(session, "board_session", meeting.id)[-1]
    assert row.facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert sign_in_as(team.reviewers[0]).get(path).status_code == 403


def test_a_session_that_is_not_closed_has_no_list(
    session: Session, fund: Fund, team: Team, pair: list[Application], sign_in_as: SignInAs
) -> None:
    plan = Plan(clock.today(), "", [pair[0].id])
    ahead = service.schedule(session, fund, plan, act_of(session, team.manager))
    session.commit()
    browser = sign_in_as(team.manager)
    assert browser.get(f"/board/sessions/{ahead.reference}/decisions").status_code == 404
    assert browser.get(f"/documents/decision-list/{ahead.reference}.json").status_code == 404

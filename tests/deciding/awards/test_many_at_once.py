"""Recommending, approving and turning down several applications at once."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.books.ledger.queries import balances
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import award_of
from grants.deciding.board import service as board
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import BoardAdvice, Proposal, Votes
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    member,
    money_for_awards,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

MARKS = ((5, 5), (4, 4), (3, 4), (2, 2))


@pytest.fixture
def applications(session: Session, fund: Fund, team: Team) -> list[Application]:
    """Four of one call, the best first; the last one is below the minimum score of 60."""
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(4)
    ]
    return [reviewed(session, one, team, marks) for one, marks in zip(made, MARKS, strict=True)]


@pytest.fixture
def advised(session: Session, team: Team, applications: list[Application]) -> list[Application]:
    """The three that pass, recommended for USD 15,000 and endorsed by the Board."""
    by = act_of(session, team.manager)
    for one in applications[:3]:
        board.recommend(session, one, Proposal(usd(15_000_00), "Strong."), by)
        advice = BoardAdvice(
            clock.today(), Endorsement.ENDORSED, usd(15_000_00), "", votes=Votes(5)
        )
        board.record_advice(session, one, advice, by)
    return applications[:3]


@pytest.fixture
def manager(
    session: Session, team: Team, applications: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


@pytest.fixture
def approver(
    session: Session, team: Team, applications: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.approver)


def address(act: str, applications: Sequence[Application]) -> str:
    rows = "&".join(f"row={one.id}" for one in applications)
    return f"/decisions/several/{act}?{rows}"


def tickets(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page)


def order(page: str, applications: Sequence[Application]) -> list[int]:
    return [page.index(f'value="{one.id}.') for one in applications]


def states(session: Session, applications: Sequence[Application]) -> list[str]:
    session.expire_all()
    return [session.get_one(Application, one.id).state.value for one in applications]


def test_the_list_of_a_stage_offers_its_acts(
    session: Session, manager: StrictClient, approver: StrictClient
) -> None:
    page = manager.get("/decisions?stage=recommend").text
    for act in ("recommend", "reserve", "not-recommend"):
        assert f"/decisions/several/{act}" in page
    assert "/several/" not in manager.get("/decisions").text
    assert "/several/recommend" not in approver.get("/decisions?stage=recommend").text


def test_a_list_is_recommended_at_a_share_of_what_is_requested(
    session: Session, manager: StrictClient, applications: list[Application]
) -> None:
    path = address("recommend", applications)
    page = manager.get(path).text
    assert len(tickets(page)) == 3
    assert "below the minimum score of 60" in page
    typed = {"share": "90", "rationale": "The best of the region."}
    changed = manager.submit(path, {**typed, "row": tickets(page)})
    assert changed.status_code == 409  # the amounts were not the ones on the page
    seen = manager.submit(path, {**typed, "row": tickets(page), "again": "1"}).text
    assert "18,000.00" in seen
    assert manager.submit(path, {**typed, "row": tickets(seen)}).status_code == 302
    assert states(session, applications) == ["recommended"] * 3 + ["reviewed"]
    known = recommendation_for(session, applications[0])
    assert known is not None
    assert (known.amount, known.rationale) == (usd(18_000_00), "The best of the region.")


@pytest.mark.parametrize(
    ("act", "state", "action"),
    [
        ("reserve", "reserve", "keep_in_reserve"),
        ("not-recommend", "not_recommended", "not_recommend"),
    ],
)
def test_a_list_is_turned_down_for_one_reason_on_each_trail(
    session: Session,
    manager: StrictClient,
    applications: list[Application],
    act: str,
    state: str,
    action: str,
) -> None:
    path = address(act, applications)
    seen = tickets(manager.get(path).text)
    assert "<title>Error:" in manager.submit(path, {"row": seen}).text
    assert states(session, applications) == ["reviewed"] * 4
    assert manager.submit(path, {"row": seen, "reason": "Others come first."}).status_code == 302
    assert states(session, applications) == [state] * 4
    for one in applications:
        last = trail_of(session, "application", one.id)[-1]
        assert (last.action, last.reason) == (action, "Others come first.")


def test_a_list_is_approved_in_the_order_of_the_ranking(
    session: Session, fund: Fund, approver: StrictClient, advised: list[Application]
) -> None:
    money_for_awards(session, fund)
    member(session, advised[0].organisation)
    session.commit()
    before = balances(session, fund).available
    path = address("approve", advised[::-1])
    page = approver.get(path).text
    assert order(page, advised) == sorted(order(page, advised))
    assert approver.submit(path, {"row": tickets(page)}).status_code == 302
    assert states(session, advised) == ["approved"] * 3
    awards = [award_of(session, one) for one in advised]
    assert [award.amount for award in awards if award] == [usd(15_000_00)] * 3
    spent = before - balances(session, fund).available
    assert spent == usd(3 * 16_950_00)
    assert any("award" in mail.subject.lower() for mail in session.scalars(select(Message)))


def test_the_money_ends_within_the_list_and_the_rest_is_left_out(
    session: Session, fund: Fund, approver: StrictClient, advised: list[Application]
) -> None:
    money_for_awards(session, fund, "40000.00")
    session.commit()
    page = approver.get(address("approve", advised)).text
    assert len(tickets(page)) == 2
    assert "is still available" in page
    forced = [*tickets(page), f"{advised[2].id}.0"]
    assert approver.submit(address("approve", advised), {"row": forced}).status_code == 409
    assert session.scalars(select(Award)).all() == []
    assert approver.submit(address("approve", advised), {"row": tickets(page)}).status_code == 302
    assert states(session, advised) == ["approved", "approved", "recommended"]


def test_money_that_went_meanwhile_stops_the_whole(
    session: Session, fund: Fund, approver: StrictClient, advised: list[Application]
) -> None:
    money_for_awards(session, fund, "55000.00")
    session.commit()
    seen = tickets(approver.get(address("approve", advised)).text)
    assert len(seen) == 3
    advised[0].call.envelope_minor = 20_000_00
    session.commit()
    answer = approver.submit(address("approve", advised), {"row": seen})
    assert answer.status_code == 409
    assert "used up" in answer.text
    assert states(session, advised) == ["recommended"] * 3


def test_a_recommendation_changed_since_it_was_seen_stops_the_whole(
    session: Session, fund: Fund, team: Team, approver: StrictClient, advised: list[Application]
) -> None:
    money_for_awards(session, fund)
    session.commit()
    seen = tickets(approver.get(address("approve", advised)).text)
    by = act_of(session, team.manager, "A cheaper offer came in.")
    board.revise(session, advised[1], Proposal(usd(12_000_00), "Strong."), by)
    advice = BoardAdvice(clock.today(), Endorsement.ENDORSED, usd(12_000_00), "", votes=Votes(5))
    board.record_advice(session, advised[1], advice, by)
    session.commit()
    answer = approver.submit(address("approve", advised), {"row": seen})
    assert answer.status_code == 409
    assert "Another user changed this" in answer.text
    assert session.scalars(select(Award)).all() == []


def test_who_recommended_approves_none_of_them(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs, advised: list[Application]
) -> None:
    money_for_awards(session, fund)
    appoint(session, team.manager, Role.APPROVING_OFFICER)
    session.commit()
    browser = sign_in_as(team.manager)
    page = browser.get(address("approve", advised)).text
    assert tickets(page) == []
    assert page.count("Another person must decide") == 3


def test_what_the_board_did_not_endorse_is_left_for_a_page_of_its_own(
    session: Session, fund: Fund, team: Team, approver: StrictClient, advised: list[Application]
) -> None:
    money_for_awards(session, fund)
    advice = BoardAdvice(
        clock.today(), Endorsement.NOT_ENDORSED, usd(15_000_00), "Too dear.", votes=Votes(5)
    )
    board.record_advice(session, advised[0], advice, act_of(session, team.manager))
    session.commit()
    page = approver.get(address("approve", advised)).text
    assert len(tickets(page)) == 2
    assert "did not endorse" in page


def test_letters_of_regret_leave_together_each_with_its_own_reason(
    session: Session, team: Team, approver: StrictClient, applications: list[Application]
) -> None:
    by = team.manager
    for number, one in enumerate(applications):
        member(session, one.organisation, name=f"Luz {number}")
        board.not_recommend(session, one, act_of(session, by, f"Reason {number}."))
    session.commit()
    path = address("reject", applications)
    page = approver.get(path).text
    assert all(f"Reason {number}." in page for number in range(4))
    assert approver.submit(path, {"row": tickets(page)}).status_code == 302
    assert states(session, applications) == ["rejected"] * 4
    for number, one in enumerate(applications):
        assert trail_of(session, "application", one.id)[-1].reason == f"Reason {number}."
    letters = [mail for mail in session.scalars(select(Message)) if mail.attachments]
    assert len(letters) == 4


def departure_of(page: str) -> str:
    """The label of the reason for departing from the ranking, and its hint."""
    found = re.search(r'for="departure">(.*?)<textarea', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_the_reason_for_departing_from_the_ranking_says_for_which_rows_it_is_needed(
    manager: StrictClient, applications: list[Application]
) -> None:
    best, second, third, _below = applications
    label = "Reason for departing from the ranking"
    page = manager.get(address("recommend", [best, second])).text
    assert departure_of(page).startswith(f"{label} (optional) Only if")
    page = manager.get(address("recommend", [second, third])).text
    assert departure_of(page) == f"{label} Required: applications ranked above these are left out."
    page = manager.get(address("recommend", [best, third])).text
    assert departure_of(page).startswith(f"{label} Required for 1 row: it names")


def test_the_pages_of_four_ask_no_more_than_the_pages_of_one(
    session: Session,
    fund: Fund,
    manager: StrictClient,
    approver: StrictClient,
    applications: list[Application],
    advised: list[Application],
) -> None:
    money_for_awards(session, fund)
    session.commit()
    for browser, act in ((manager, "recommend"), (approver, "approve"), (approver, "reject")):
        browser.get(address(act, applications[:1]))
        alone = browser.queries
        browser.get(address(act, applications))
        assert browser.queries <= alone, act


@pytest.mark.parametrize(
    ("role", "act"),
    [
        (Role.PROGRAMME_OFFICER, "approve"),
        (Role.TRUSTEE, "recommend"),
        (Role.REVIEWER, "reject"),
        (Role.AUDITOR, "reserve"),
        (Role.APPROVING_OFFICER, "not-recommend"),
    ],
)
def test_others_find_no_page(
    session: Session,
    sign_in_as: SignInAs,
    applications: list[Application],
    role: Role,
    act: str,
) -> None:
    browser = sign_in_as(staff(session, role, "Somebody Else"))
    assert browser.get(address(act, applications)).status_code == 403
    assert {one.state for one in applications} == {ApplicationState.REVIEWED}

"""A departure from the ranking needs a reason, which everyone reads who decides after it."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission, Role
from grants.core.people.role_permissions import GRANTED
from grants.core.people.service import appoint
from grants.deciding.awards.service import give_approval
from grants.deciding.board import service as board
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import BoardAdvice, Proposal, Votes
from grants.deciding.interests.service import Declaration, declare
from grants.papers.statements.builders.calls.board import BoardDossier, board_dossier
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    money_for_awards,
    reviewed,
    staff,
    terms_for,
    without_conflict,
)
from tests.platform.web.client import SignInAs, StrictClient

MARKS = ((5, 5), (4, 4), (4, 4), (3, 4), (2, 2))
WHY = "No grant of the fund reaches this region."


@pytest.fixture
def ranked(session: Session, fund: Fund, team: Team) -> list[Application]:
    """Five of one call: the best, two equal ones, a weaker one, one below the minimum score."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(5)
    ]
    return [reviewed(session, one, team, marks) for one, marks in zip(made, MARKS, strict=True)]


def proposed(
    session: Session, team: Team, application: Application, departure: str = "", **more: str
) -> None:
    proposal = Proposal(usd(15_000_00), "Strong.", departure=departure, **more)
    board.recommend(session, application, proposal, act_of(session, team.manager))


def advised(
    session: Session,
    team: Team,
    application: Application,
    endorsement: Endorsement = Endorsement.ENDORSED,
) -> None:
    said = BoardAdvice(clock.today(), endorsement, usd(15_000_00), "As said.", votes=Votes(5))
    board.record_advice(session, application, said, act_of(session, team.manager))


def approved(session: Session, team: Team, application: Application, reason: str = "") -> None:
    terms = terms_for(session, application)
    give_approval(session, application, terms, act_of(session, team.approver, reason))


def test_whoever_recommends_before_one_that_is_ranked_above_says_why(
    session: Session, ranked: list[Application], team: Team
) -> None:
    best, second, _equal, weak, _below = ranked
    with pytest.raises(DomainError, match=f"{best.reference}.*{second.reference}"):
        proposed(session, team, weak, " ")
    assert weak.state is ApplicationState.REVIEWED
    proposed(session, team, weak, WHY)
    kept = recommendation_for(session, weak)
    assert kept is not None
    assert kept.departure == WHY
    facts = trail_of(session, "application", weak.id)[-1].facts
    assert facts["departure"] == WHY
    assert facts["passed_over"] == [one.reference for one in ranked[:3]]


def test_what_a_person_may_not_open_is_counted_and_not_named(
    session: Session, ranked: list[Application], team: Team, sign_in_as: SignInAs
) -> None:
    best, second, equal, weak, _below = ranked
    person = staff(session, Role.TRUSTEE, "Noor")
    said = Declaration([one.id for one in ranked], [best.id], "My sister works there.")
    declare(session, best.call, said, act_of(session, person))
    appoint(session, person, Role.FUND_MANAGER)
    both, one_closed = "and 1 more", "1 application that you may not open"
    for one, told in ((weak, both), (second, one_closed)):
        with pytest.raises(DomainError, match=told) as refused:
            board.recommend(
                session, one, Proposal(usd(15_000_00), "Strong."), act_of(session, person)
            )
        assert best.reference not in refused.value.message
    session.commit()
    browser = sign_in_as(person)
    for one, told in ((weak, both), (second, one_closed)):
        for path in (f"/decisions/{one.reference}/recommend", address("recommend", one)):
            page = browser.get(path).text
            assert told in page
            assert best.reference not in page
    page = browser.get(f"/decisions/{weak.reference}/recommend").text
    assert second.reference in page
    assert equal.reference in page


def test_down_the_ranking_no_reason_is_asked_nor_kept(
    session: Session, ranked: list[Application], team: Team
) -> None:
    for one in ranked[:4]:
        proposed(session, team, one, "A reason that nobody needs.")
        kept = recommendation_for(session, one)
        assert kept is not None
        assert kept.departure == ""
        assert "departure" not in trail_of(session, "application", one.id)[-1].facts


def test_what_is_set_aside_with_a_reason_or_below_the_minimum_is_not_passed_over(
    session: Session, ranked: list[Application], team: Team
) -> None:
    best, second, equal, weak, below = ranked
    board.keep_in_reserve(session, best, act_of(session, team.manager, "Later."))
    board.not_recommend(session, second, act_of(session, team.manager, "Too dear."))
    proposed(session, team, equal)
    weak.call.pass_mark = 75
    proposed(session, team, below, override="An emergency.")


def test_from_the_reserve_list_the_first_comes_first(
    session: Session, ranked: list[Application], team: Team
) -> None:
    for one in ranked[:4]:
        board.keep_in_reserve(session, one, act_of(session, team.manager, "No money left."))
    with pytest.raises(DomainError, match=ranked[0].reference):
        proposed(session, team, ranked[1])
    proposed(session, team, ranked[0])
    proposed(session, team, ranked[1])


def test_a_departure_takes_a_person_who_may_override(
    session: Session, ranked: list[Application], team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = dict(GRANTED)
    without[Role.FUND_MANAGER] = GRANTED[Role.FUND_MANAGER] - {Permission.AWARD_OVERRIDE}
    monkeypatch.setattr("grants.core.people.viewer.GRANTED", without)
    with pytest.raises(Forbidden):
        proposed(session, team, ranked[3], WHY)


def test_a_changed_recommendation_keeps_the_reason_of_its_departure(
    session: Session, ranked: list[Application], team: Team
) -> None:
    proposed(session, team, ranked[1], WHY)
    proposed(session, team, ranked[0])
    proposal = Proposal(usd(12_000_00), "Cheaper.")
    board.revise(session, ranked[1], proposal, act_of(session, team.manager, "Prices fell."))
    kept = recommendation_for(session, ranked[1])
    assert kept is not None
    assert (kept.amount, kept.departure) == (usd(12_000_00), WHY)


def test_the_officer_who_approves_in_another_order_says_why(
    session: Session, ranked: list[Application], team: Team
) -> None:
    best, second = ranked[:2]
    for one in (best, second):
        proposed(session, team, one)
        advised(session, team, one)
    with pytest.raises(DomainError, match=best.reference):
        approved(session, team, second)
    assert second.state is ApplicationState.RECOMMENDED
    approved(session, team, second, "The budget of the other is being discussed.")
    row = trail_of(session, "application", second.id)[-1]
    assert row.reason == "The budget of the other is being discussed."
    assert row.facts["passed_over"] == [best.reference]
    approved(session, team, best)
    assert "passed_over" not in trail_of(session, "application", best.id)[-1].facts


def test_an_officer_passes_over_nothing_on_which_they_wait_themselves(
    session: Session, ranked: list[Application], team: Team
) -> None:
    """The Board has not advised on one, advised against another, and a third takes one more."""
    unadvised, against, fund = ranked[0], ranked[1], ranked[0].call.fund
    second, third = staff(session, Role.APPROVING_OFFICER, "Second Officer"), ranked[3]
    fund.approval_tiers = [{"from_usd": "0.00", "approvers": 2}]
    for one in ranked[:4]:
        proposed(session, team, one)
    advised(session, team, against, Endorsement.NOT_ENDORSED)
    advised(session, team, ranked[2])
    advised(session, team, third)
    approved(session, team, ranked[2])
    assert ranked[2].state is ApplicationState.RECOMMENDED
    approved(session, team, third)
    assert unadvised.state is ApplicationState.RECOMMENDED
    with pytest.raises(DomainError, match=ranked[2].reference):
        give_approval(session, third, terms_for(session, third), act_of(session, second))


@pytest.fixture
def manager(
    session: Session, team: Team, ranked: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


@pytest.fixture
def approver(
    session: Session, team: Team, ranked: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.approver)


def test_the_page_asks_for_the_reason_only_where_there_is_a_departure(
    session: Session,
    manager: StrictClient,
    ranked: list[Application],
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    best, weak = ranked[0], ranked[3]
    assert 'name="departure"' not in manager.get(f"/decisions/{best.reference}/recommend").text
    path = f"/decisions/{weak.reference}/recommend"
    page = manager.get(path).text
    assert 'name="departure"' in page
    assert best.reference in page
    answers = {"amount": "15,000", "rationale": "Strong."}
    assert "Error" in manager.submit(path, answers).text
    session.expire_all()
    assert weak.state is ApplicationState.REVIEWED
    done = manager.submit(path, {**answers, "departure": WHY})
    assert WHY in manager.get(done.location).text
    trustee = staff(session, Role.TRUSTEE)
    without_conflict(session, trustee, weak)
    facts = board_dossier(session, f"{weak.call.reference}/{trustee.id}").facts
    assert isinstance(facts, BoardDossier)
    assert facts.cases[0].proposed is not None
    assert facts.cases[0].proposed.departure == WHY
    session.commit()
    assert WHY in sign_in_as(trustee).get(f"/board/applications/{weak.reference}").text


def address(act: str, *applications: Application) -> str:
    rows = "&".join(f"row={one.id}" for one in applications)
    return f"/decisions/several/{act}?{rows}"


def tickets(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page)


def test_of_a_list_those_that_pass_over_another_need_the_reason(
    session: Session, manager: StrictClient, ranked: list[Application]
) -> None:
    best, second, equal, weak, _below = ranked
    path = address("recommend", best, weak)
    page = manager.get(path).text
    assert page.count("Ranked above it:") == 1
    answers = {"share": "100", "rationale": "The best.", "row": tickets(page)}
    refused = manager.submit(path, answers)
    assert refused.status_code == 409
    assert second.reference in refused.text
    assert equal.reference in refused.text
    session.expire_all()
    assert best.state is ApplicationState.REVIEWED
    assert manager.submit(path, {**answers, "departure": WHY}).status_code == 302
    session.expire_all()
    kept = [recommendation_for(session, one) for one in (best, weak)]
    assert [one.departure for one in kept if one] == ["", WHY]


def test_of_approvals_in_a_list_the_same(
    session: Session, approver: StrictClient, ranked: list[Application], team: Team
) -> None:
    for one in ranked[:3]:
        proposed(session, team, one)
        advised(session, team, one)
    session.commit()
    best, second, equal = ranked[:3]
    whole = approver.get(address("approve", best, second, equal)).text
    assert "Ranked above it:" not in whole
    path = address("approve", second)
    page = approver.get(path).text
    assert best.reference in page
    assert approver.submit(path, {"row": tickets(page)}).status_code == 409
    done = approver.submit(path, {"row": tickets(page), "departure": "It cannot wait."})
    assert done.status_code == 302
    assert "It cannot wait." in approver.get(f"/decisions/{second.reference}").text


def test_the_queue_leads_from_the_best_to_the_next(
    session: Session, manager: StrictClient, ranked: list[Application]
) -> None:
    page = manager.get(f"/decisions/{ranked[3].reference}/recommend").text
    assert f"/decisions/{ranked[2].reference}/recommend" in page
    assert f"/decisions/{ranked[4].reference}/recommend" in page

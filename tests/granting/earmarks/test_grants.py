"""Earmarked money of grants: two at once, a grant that moves, and grants of before."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger import entries
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.portfolio.ranking import ranking_of
from grants.deciding.portfolio.scenarios import ScenarioQuestion, solve_scenario
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge
from grants.granting.agreements.service import sign_agreement
from grants.granting.changes.workflow import ChangeKind
from grants.granting.earmarks import service
from grants.granting.earmarks.choosing import take_first
from grants.granting.earmarks.holdings import (
    free_money,
    shares_of,
)
from grants.granting.earmarks.models import EarmarkMovement, Stage
from grants.granting.earmarks.queries import earmark_balances
from grants.granting.earmarks.reach import earmarked_beside, kept_from
from tests.factories import (
    a_closed_call,
    a_pledge,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    reviewed,
    staff,
)
from tests.granting.changes.scenes import asked_for, in_force, running_longer
from tests.granting.changes.test_at_once import at_once
from tests.grants import Scene, a_file, an_approved_award, cash, grant_people, pay
from tests.platform.web.client import SignInAs


def received(session: Session, fund: Fund, amount: str, *countries: str) -> Pledge:
    """Money that came long ago for these countries."""
    money = Money.parse(amount, "USD")
    with clock.at(clock.now() - timedelta(400)):
        pledge = a_pledge(session, fund, money, earmarking=Earmarking.TIGHT, countries=countries)
        arrival = Arrival(f"IN-{pledge.id}", clock.today(), money)
        record_deposit(session, fund, pledge, arrival, Act.by_system("test"))
    return pledge


def figures(session: Session, fund: Fund) -> dict[int, tuple[str, ...]]:
    """Reserved, set apart, spent and left of each earmarked pledge."""
    return {
        row.pledge.id: tuple(map(str, (row.reserved, row.set_apart, row.spent, row.left)))
        for row in earmark_balances(session, fund)
    }


def test_an_award_reserves_what_fits_and_its_signature_sets_it_apart(
    session: Session, fund: Fund
) -> None:
    pledge = received(session, fund, "10000", "HN")
    cash(session, fund, "30000")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    assert figures(session, fund)[pledge.id] == ("10000.00", "0.00", "0.00", "10000.00")
    assert free_money(session, fund) == usd(30_000_00 - 12_600_00)
    scene = Scene(session, fund, organisation, people, award).run()
    assert figures(session, fund)[pledge.id] == ("0.00", "10000.00", "0.00", "10000.00")
    pay(session, scene.instalments[0], people, clock.today())
    part = scene.instalments[0].amount
    spent = min(part + part.share(Decimal(13)), usd(10_000_00))
    assert figures(session, fund)[pledge.id] == (
        "0.00",
        str(usd(10_000_00) - spent),
        str(spent),
        str(usd(10_000_00) - spent),
    )


def test_an_award_is_refused_what_is_earmarked_for_others(session: Session, fund: Fund) -> None:
    received(session, fund, "50000", "NP")
    cash(session, fund, "20000")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    with pytest.raises(DomainError, match="earmarked for other purposes"), session.begin_nested():
        an_approved_award(session, fund, organisation, people.approver)
    an_approved_award(session, fund, organisation, people.approver, "17000")
    assert free_money(session, fund) == usd(20_000_00 - 17_000_00 - 2_210_00)


def test_a_grant_that_moves_gives_back_what_does_not_fit(session: Session, fund: Fund) -> None:
    stays, fits = received(session, fund, "15000", "HN"), received(session, fund, "5000", "GT")
    cash(session, fund, "30000")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    scene = running_longer(Scene(session, fund, organisation, people, award))
    assert shares_of(session, award.id) == {Stage.SET_APART: {stays.id: 1_500_000}}
    in_force(scene, asked_for(scene, ChangeKind.PLACE, country="GT", place="Quetzaltenango"))
    assert shares_of(session, award.id) == {Stage.SET_APART: {fits.id: 500_000}}
    assert figures(session, fund)[stays.id] == ("0.00", "0.00", "0.00", "15000.00")


def test_a_ranking_counts_no_money_that_fits_none_of_its_applications(
    session: Session, fund: Fund
) -> None:
    cash(session, fund, "20000")
    received(session, fund, "50000", "NP")
    call, team = a_closed_call(session, fund), a_team(session)
    application = reviewed(session, a_submitted_application(session, call), team)
    assert ranking_of(session, call).budget.available == usd(20_000_00)
    received(session, fund, "5000", application.country or "")
    assert ranking_of(session, call).budget.available == usd(25_000_00)
    available = balances(session, fund).available
    assert available - earmarked_beside(session, application).elsewhere == usd(25_000_00)


def test_a_person_chooses_what_a_grant_takes_first(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    wide = received(session, fund, "9000", "HN", "KE", "UG")
    narrow = received(session, fund, "10000", "HN")
    other = received(session, fund, "10000", "NP")
    cash(session, fund, "30000")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver, "10000")
    assert shares_of(session, award.id) == {
        Stage.RESERVED: {narrow.id: 1_000_000, wide.id: 130_000}
    }
    with pytest.raises(DomainError):
        take_first(session, award, wide.id, act_of(session, people.manager))
    why = act_of(session, people.manager, "Its donor wants a report this year.")
    with pytest.raises(DomainError, match="fits this grant"):
        take_first(session, award, other.id, why)
    take_first(session, award, wide.id, why)
    chosen = {wide.id: 900_000, narrow.id: 230_000}
    assert shares_of(session, award.id) == {Stage.RESERVED: chosen}
    session.commit()
    browser = sign_in_as(people.manager)
    assert narrow.reference in browser.get(f"/grants/{award.reference}/earmarks").text
    Scene(session, fund, organisation, people, award).run()
    assert shares_of(session, award.id) == {Stage.SET_APART: chosen}
    with pytest.raises(Conflict):
        take_first(session, award, narrow.id, why)


def test_a_scenario_leaves_earmarked_money_to_whom_it_fits(session: Session, fund: Fund) -> None:
    cash(session, fund, "20000")
    received(session, fund, "100000", "NP")
    call, team = a_closed_call(session, fund), a_team(session)
    made = []
    for number, country in enumerate(("HN", "KE")):
        house = an_organisation(session, f"House {number}", country)
        one = a_submitted_application(session, call, house)
        one.country = country
        made.append(reviewed(session, one, team))
    weights = {"need": Decimal(40), "method": Decimal(35), "budget": Decimal(25)}
    question = ScenarioQuestion("A", usd(100_000_00), 100, weights, ())
    act = act_of(session, team.manager)
    assert solve_scenario(session, call, question, act).chosen == []
    received(session, fund, "30000", "HN")
    assert kept_from(session, call, made) == [
        (frozenset({made[0].id}), usd(100_000_00)),
        (frozenset({made[1].id}), usd(130_000_00)),
        (frozenset(one.id for one in made), usd(100_000_00)),
    ]
    chosen = solve_scenario(session, call, question, act).chosen
    assert [line["application"] for line in chosen] == [made[0].id]


def test_an_earmark_that_ended_with_money_left_waits_for_the_fund(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    pledge = received(session, fund, "5000", "NP")
    manager = staff(session, Role.FUND_MANAGER, "Second Manager")
    session.commit()
    browser = sign_in_as(manager)
    assert pledge.reference not in browser.get("/earmarks").text
    pledge.earmarked_until = clock.today() - timedelta(1)
    session.commit()
    assert "Earmark that ended with money left" in browser.get("/start").text
    assert pledge.reference in browser.get("/earmarks").text


def test_two_agreements_signed_at_once_share_an_earmark_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        pledge_id = received(session, fund, "30000", "HN").id
        cash(session, fund, "30000")
        organisation = an_organisation(session)
        people = grant_people(session, organisation)
        awards = [
            an_approved_award(session, fund, organisation, people.approver, "20000").id
            for _turn in range(2)
        ]

    def sign(award_id: int) -> Callable[[Session], Any]:
        def act(session: Session) -> None:
            manager = session.merge(people.manager)
            award = session.get_one(Award, award_id)
            sign_agreement(
                session, award, clock.today(), a_file(session, manager), act_of(session, manager)
            )

        return act

    assert at_once(real_database, *map(sign, awards)) == []
    with real_database.session() as session:
        fund = fund_by_code(session, "UNVTF")
        assert figures(session, fund)[pledge_id] == ("0.00", "30000.00", "0.00", "30000.00")
        assert free_money(session, fund) == usd(60_000_00 - 45_200_00)


def test_grants_of_before_are_followed_once(session: Session, fund: Fund) -> None:
    followed = entries.FOLLOWED_BY.contents()
    entries.FOLLOWED_BY.give(lambda *_entry: None)
    try:
        pledge = received(session, fund, "10000", "HN")
        cash(session, fund, "30000")
        organisation = an_organisation(session)
        people = grant_people(session, organisation)
        award = an_approved_award(session, fund, organisation, people.approver)
        scene = Scene(session, fund, organisation, people, award).run()
        pay(session, scene.instalments[0], people, clock.today())
    finally:
        entries.FOLLOWED_BY.give(*followed)
    assert session.scalar(select(func.count(EarmarkMovement.id))) == 0
    assert service.take_over(session, fund) > 0
    reserved, set_apart, spent, _left = figures(session, fund)[pledge.id]
    assert reserved == "0.00"
    assert Money.parse(set_apart, "USD") + Money.parse(spent, "USD") == usd(10_000_00)
    assert Money.parse(spent, "USD").minor > 0
    assert service.take_over(session, fund) == 0

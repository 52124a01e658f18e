"""An earmark is negotiated: proposed by the fund, answered by its donor."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.pledges import service as pledges
from grants.giving.pledges.making import Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.negotiating import service
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.workflow import ProposalState
from grants.granting.earmarks.holdings import free_money
from grants.granting.earmarks.queries import earmark_balances
from tests.factories import a_deposit, a_donor, a_pledge, act_of, an_organisation, member, staff
from tests.grants import a_file, an_approved_award, cash, grant_people
from tests.platform.web.client import SignInAs

WHY = "Nepal has no organisation that could be funded this year."


def narrow(session: Session, fund: Fund, *countries: str) -> tuple[Pledge, Person]:
    """A pledge for some countries, and a person of its donor."""
    donor = a_donor(session)
    pledge = a_pledge(
        session, fund, usd(500_000), donor, earmarking=Earmarking.TIGHT, countries=countries
    )
    return pledge, member(session, donor, Role.DONOR, "Inês Costa")


def wider(pledge: Pledge, *countries: str, until: date | None = None) -> Offer:
    grade = Earmarking.EARMARKED if countries else Earmarking.UNEARMARKED
    return Offer(pledge.amount, (), grade, countries=countries, until=until)


def the_manager(session: Session, why: str | None = None) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER, "Second Manager"), why)


def test_a_donor_agrees_and_the_pledge_has_the_new_terms(session: Session, fund: Fund) -> None:
    pledge, person = narrow(session, fund, "NP")
    manager = the_manager(session, WHY)
    proposal = service.propose(session, pledge, wider(pledge, "NP", "BD"), manager)
    with pytest.raises(Conflict):
        service.propose(session, pledge, wider(pledge, "IN"), manager)
    with pytest.raises(DomainError, match="not yet answered"):
        pledges.acknowledge(session, pledge, manager)
    with pytest.raises(Forbidden):
        service.agree(session, proposal, manager)
    service.agree(session, proposal, act_of(session, person))
    assert pledge.earmarked_countries == ["BD", "NP"]
    assert pledge.earmarking is Earmarking.EARMARKED
    assert proposal.state is ProposalState.AGREED
    pledges.acknowledge(session, pledge, manager)


def test_a_donor_declines_and_nothing_changes(session: Session, fund: Fund) -> None:
    pledge, person = narrow(session, fund, "NP")
    proposal = service.propose(session, pledge, wider(pledge), the_manager(session, WHY))
    with pytest.raises(DomainError):
        service.decline(session, proposal, act_of(session, person))
    service.decline(session, proposal, act_of(session, person, "We promised it to Nepal."))
    assert pledge.earmarked_countries == ["NP"]
    assert proposal.answer == "We promised it to Nepal."


def test_a_proposal_is_withdrawn_and_the_same_terms_are_none(session: Session, fund: Fund) -> None:
    pledge, _person = narrow(session, fund, "NP")
    manager = the_manager(session, WHY)
    same = Offer(pledge.amount, (), Earmarking.TIGHT, countries=("NP",))
    with pytest.raises(DomainError, match="already"):
        service.propose(session, pledge, same, manager)
    proposal = service.propose(session, pledge, wider(pledge), manager)
    service.withdraw(session, proposal, manager)
    assert service.propose(session, pledge, wider(pledge), manager).id != proposal.id


def test_money_is_released_by_a_letter_and_free_from_then(session: Session, fund: Fund) -> None:
    pledge, _person = narrow(session, fund, "NP")
    a_deposit(session, fund, pledge, usd(500_000), value_on=clock.today())
    assert free_money(session, fund) == usd(0)
    manager = the_manager(session, WHY)
    proposal = service.propose(session, pledge, wider(pledge), manager)
    assert free_money(session, fund) == usd(0)
    person = manager.actor.person_id
    letter = a_file(session, session.get_one(Person, person), "letter.pdf")
    service.record_letter(session, proposal, letter, manager)
    assert pledge.earmarking is Earmarking.UNEARMARKED
    assert free_money(session, fund) == usd(500_000)


def test_what_grants_have_stays_on_the_list_and_within_the_terms(
    session: Session, fund: Fund
) -> None:
    pledge, person = narrow(session, fund, "HN")
    a_deposit(session, fund, pledge, usd(500_000), value_on=clock.today())
    cash(session, fund, "30000")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    an_approved_award(
        session, fund, organisation, people.approver, "20000", starts_on=clock.today()
    )
    manager = act_of(session, people.manager, WHY)
    elsewhere = service.propose(session, pledge, wider(pledge, "NP"), manager)
    with pytest.raises(DomainError, match="outside the new purpose"), session.begin_nested():
        service.agree(session, elsewhere, act_of(session, person))
    session.refresh(elsewhere)
    session.refresh(pledge)
    service.withdraw(session, elsewhere, manager)
    released = service.propose(session, pledge, wider(pledge), manager)
    service.agree(session, released, act_of(session, person))
    (balance,) = earmark_balances(session, fund)
    assert (balance.purpose, balance.reserved) == ("", usd(500_000))


def test_it_is_proposed_and_answered_on_pages(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    pledge, person = narrow(session, fund, "NP")
    session.commit()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "Third Manager"))
    page = f"/pledges/{pledge.reference}"
    assert f"{page}/earmark" in manager.get(page).text
    form = {
        "earmarking": "earmarked",
        "countries-0-country": "NP",
        "countries-1-country": "BD",
        "reason": WHY,
    }
    assert manager.submit(f"{page}/earmark", form).status_code == 302
    proposal = session.scalars(select(EarmarkProposal)).one()
    assert proposal.earmarked_countries == ["BD", "NP"]
    assert f"/pledges/earmarks/{proposal.id}/letter" in manager.get(page).text
    donor = sign_in_as(person)
    assert "Answer the fund’s proposal" in donor.get("/start").text
    own = f"/giving/{pledge.reference}"
    assert WHY in donor.get(own).text
    assert "Bangladesh" in donor.get(f"{own}/earmark/agree").text
    assert donor.submit(f"{own}/earmark/agree").status_code == 302
    session.expire_all()
    assert pledge.earmarked_countries == ["BD", "NP"]
    assert "Earmark changed" in donor.get(own).text

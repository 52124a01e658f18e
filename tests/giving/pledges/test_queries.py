"""Who sees which pledges, and what is still due on them."""

from datetime import date

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.giving.pledges.finding import pledges_for_viewer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import (
    Criteria,
    find_donors,
    outstanding,
    pledges_of_viewer,
    received,
    received_on,
)
from grants.giving.pledges.schedule import Due, next_payment, payments
from grants.giving.pledges.service import decline
from grants.giving.pledges.workflow import PledgeState
from tests.books.ledger.books import publish_rates
from tests.factories import (
    a_deposit,
    a_donor,
    a_person,
    a_pledge,
    a_signed_pledge,
    act_of,
    member,
    staff,
)

THIRDS = tuple(Due(date(2026, month, 1), usd(40_000)) for month in (2, 5, 8))


def _viewer(session: Session, role: Role) -> Viewer:
    viewer = viewer_of(session, staff(session, role).id)
    assert viewer
    return viewer


def _listed(session: Session, viewer: Viewer, **wanted: object) -> list[Pledge]:
    query = pledges_for_viewer(session, viewer, Criteria(**wanted))  # type: ignore[arg-type]
    return list(session.scalars(query.order_by(Pledge.id)))


def test_money_covers_the_earliest_payments_first(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(120_000), payments=THIRDS)
    assert [due.left.minor for due in payments(pledge, usd(55_000))] == [0, 25_000, 40_000]
    due = next_payment(pledge, usd(55_000))
    assert due
    assert (due.number, due.left, due.due_on) == (2, usd(25_000), date(2026, 5, 1))
    assert next_payment(pledge, usd(120_000)) is None


def test_a_payment_is_overdue_once_its_day_has_gone(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(120_000), payments=THIRDS)
    first = payments(pledge, usd(0))[0]
    assert first.overdue
    assert not payments(pledge, usd(40_000))[0].overdue


def test_nothing_is_due_on_a_pledge_that_was_declined(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(120_000), payments=THIRDS)
    decline(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER), "No."))
    assert next_payment(pledge, usd(0)) is None
    assert outstanding(pledge, usd(0)) == usd(0)


def test_what_came_is_read_from_the_books_in_the_pledges_currency(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money(30_000, "JPY"))
    a_deposit(session, fund, pledge, Money(9_900, "JPY"), fee=Money(100, "JPY"))
    assert received(session, pledge) == Money(10_000, "JPY")
    assert outstanding(pledge, Money(10_000, "JPY")) == Money(20_000, "JPY")


def test_many_pledges_are_asked_at_once(session: Session, fund: Fund) -> None:
    paid, unpaid = a_pledge(session, fund), a_pledge(session, fund)
    a_deposit(session, fund, paid, usd(700))
    assert received_on(session, [paid, unpaid]) == {paid.id: usd(700), unpaid.id: usd(0)}
    listed = _listed(session, _viewer(session, Role.FUND_MANAGER))
    assert [pledge.received_minor for pledge in listed] == [700, 0]


def test_the_list_is_filtered_by_state_kind_fund_and_text(session: Session, fund: Fund) -> None:
    manager = _viewer(session, Role.FUND_MANAGER)
    state = a_pledge(session, fund)
    company = a_pledge(
        session, fund, donor=a_donor(session, "Nordwind 100% AG", DonorKind.PRIVATE, "AT")
    )
    signed = a_signed_pledge(session, fund)
    assert _listed(session, manager) == [state, company, signed]
    assert _listed(session, manager, kind=DonorKind.PRIVATE) == [company]
    assert _listed(session, manager, state=PledgeState.SIGNED) == [signed]
    assert _listed(session, manager, text="100% NORDW") == [company]
    assert _listed(session, manager, text="%") == [company]
    assert _listed(session, manager, text=signed.reference.lower()) == [signed]
    assert _listed(session, manager, fund="UNVTF") == [state, company, signed]
    assert _listed(session, manager, fund="OTHER") == []


def test_a_role_in_one_fund_sees_pledges_of_that_fund_only(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    here, there = a_pledge(session, fund), a_pledge(session, other)
    person = a_person(session, "Kim Lee")
    appoint(session, person, Role.FUND_MANAGER, fund_id=other.id)
    viewer = viewer_of(session, person.id)
    assert viewer
    assert _listed(session, viewer) == [there]
    assert _listed(session, _viewer(session, Role.AUDITOR)) == [here, there]


def test_a_reviewer_sees_no_pledge(session: Session, fund: Fund) -> None:
    a_pledge(session, fund)
    assert _listed(session, _viewer(session, Role.REVIEWER)) == []


def test_a_donor_sees_own_pledges_only(session: Session, fund: Fund) -> None:
    mine = a_donor(session)
    own = a_pledge(session, fund, donor=mine)
    a_pledge(session, fund, donor=a_donor(session, "Utopia"))
    viewer = viewer_of(session, member(session, mine, Role.DONOR).id)
    assert viewer
    assert pledges_of_viewer(session, viewer) == [own]
    assert _listed(session, viewer) == []


def test_donors_are_found_by_part_of_their_name_or_by_code(session: Session) -> None:
    donor = a_donor(session, "Fondation Étoile 50%")
    a_donor(session, "Utopia")
    assert find_donors(session, "étoile") == [donor]
    assert find_donors(session, "50%") == [donor]
    assert find_donors(session, donor.code.lower()) == [donor]

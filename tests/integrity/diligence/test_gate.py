"""Nothing is accepted from whom due diligence has not cleared."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import allocate
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, acknowledge, sign_agreement
from grants.giving.pledges.workflow import PledgeState
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide, revoke, take_over
from grants.integrity.sanctions.matching import compare_batch
from grants.integrity.sanctions.service import take_list
from tests.factories import a_deposit, a_donor, a_pledge, act_of, staff
from tests.integrity.diligence.examined import a_company, approver, recommended
from tests.integrity.sanctions.lists import a_list, entity


def _manager(session: Session) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER))


def _finance(session: Session) -> Act:
    return act_of(session, staff(session, Role.FINANCE_OFFICER))


@pytest.fixture
def pledge(session: Session, fund: Fund) -> Pledge:
    return a_pledge(session, fund, donor=a_company(session))


def _clear(session: Session, pledge: Pledge) -> None:
    assert pledge.donor is not None
    examination = recommended(session, pledge.fund, pledge.donor)
    decide(session, examination, Outcome.CLEAR, approver(session))


def _act_on(session: Session, pledge: Pledge, what: str) -> None:
    if what == "acknowledge":
        acknowledge(session, pledge, _manager(session))
    elif what == "sign":
        sign_agreement(session, pledge, Agreement(clock.today()), _manager(session))
    elif what == "deposit":
        a_deposit(session, pledge.fund, pledge, usd(100), value_on=clock.today())
    else:
        deposit = a_deposit(session, pledge.fund, None, usd(100), value_on=clock.today())
        allocate(session, deposit, pledge, _finance(session))


ACTS = ["acknowledge", "sign", "deposit", "allocate"]


@pytest.mark.parametrize("what", ACTS)
def test_a_pledge_of_somebody_unexamined_is_not_accepted(
    session: Session, pledge: Pledge, what: str
) -> None:
    with pytest.raises(DomainError, match="Due diligence on Nordwind AG has not been done yet"):
        _act_on(session, pledge, what)
    assert pledge.state is PledgeState.PLEDGED


@pytest.mark.parametrize("what", ACTS)
def test_once_cleared_it_is(session: Session, pledge: Pledge, what: str) -> None:
    _clear(session, pledge)
    _act_on(session, pledge, what)


@pytest.mark.parametrize("what", ACTS)
def test_nobody_asks_a_state(session: Session, fund: Fund, what: str) -> None:
    _act_on(session, a_pledge(session, fund, donor=a_donor(session)), what)


def test_money_of_somebody_unexamined_waits_unidentified(session: Session, pledge: Pledge) -> None:
    deposit = a_deposit(session, pledge.fund, None, usd(100), value_on=clock.today())
    with pytest.raises(DomainError):
        allocate(session, deposit, pledge, _finance(session))
    _clear(session, pledge)
    allocate(session, deposit, pledge, _finance(session))
    assert deposit.pledge_id == pledge.id


def test_an_accepted_pledge_is_paid_though_the_clearance_has_run_out(
    session: Session, pledge: Pledge
) -> None:
    _clear(session, pledge)
    acknowledge(session, pledge, _manager(session))
    with clock.at(clock.now() + timedelta(days=3 * 366 + 1)):
        a_deposit(session, pledge.fund, pledge, usd(100), value_on=clock.today())
        with pytest.raises(DomainError, match="has expired"):
            sign_agreement(session, pledge, Agreement(clock.today()), _manager(session))


@pytest.mark.parametrize("how", ["revoked", "held"])
def test_an_accepted_pledge_is_not_paid_once_something_speaks_against_the_donor(
    session: Session, pledge: Pledge, how: str
) -> None:
    assert pledge.donor is not None
    examination = recommended(session, pledge.fund, pledge.donor)
    decide(session, examination, Outcome.CLEAR, approver(session))
    acknowledge(session, pledge, _manager(session))
    if how == "revoked":
        revoke(session, examination, approver(session, "Convicted since."))
    else:
        newer = a_list("2026-06-01T00:00:00Z", entities=[entity(5, "Nordwind")])
        take_list(session, "list.xml", newer, Act.by_system("test"))
        compare_batch(session)
    with pytest.raises(DomainError, match="as unidentified"):
        _act_on(session, pledge, "deposit")
    assert session.scalar(select(func.count()).select_from(Deposit)) == 0


def test_what_happened_before_this_system_is_stopped_by_a_refusal_alone(
    session: Session, fund: Fund, pledge: Pledge
) -> None:
    by = Act.by_system("import")
    sign_agreement(session, pledge, Agreement(date(2025, 1, 10)), by)
    refused = a_pledge(session, fund, donor=a_company(session, "Leaf & Sons"))
    assert refused.donor is not None
    examination = recommended(session, fund, refused.donor, outcome=Outcome.REFUSE)
    decide(session, examination, Outcome.REFUSE, approver(session, "Tobacco."))
    with pytest.raises(DomainError, match="refused by due diligence"):
        sign_agreement(session, refused, Agreement(date(2025, 1, 10)), by)


def test_an_organisation_of_states_is_asked_where_the_fund_says_so(
    session: Session, fund: Fund
) -> None:
    council = a_company(session, "Council of Coasts", DonorKind.IGO)
    acknowledge(session, a_pledge(session, fund, donor=council), _manager(session))
    assert take_over(session, council, fund, Act.by_system("test")) is None

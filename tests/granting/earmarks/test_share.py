"""How much of what a fund accepts in a year is earmarked, and what is refused above its limit."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking, Service
from grants.core.people.permissions import Role
from grants.giving.pledges.earmarked import share_with
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import acknowledge, offer_agreement
from grants.giving.pledges.workflow import PledgeState
from grants.granting.earmarks.queries import earmark_balances
from grants.granting.earmarks.share import accepted_in
from tests.factories import a_deposit, a_pledge, act_of, staff
from tests.platform.web.client import SignInAs


def bound(session: Session, fund: Fund, cents: int) -> Pledge:
    pledge = a_pledge(session, fund, usd(cents))
    pledge.earmarking, pledge.earmarked_theme = Earmarking.SOFT, Service.LEGAL
    session.flush()
    return pledge


def accept(session: Session, pledge: Pledge, reason: str | None = None) -> None:
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER), reason))


def limit(session: Session, fund: Fund, percent: int) -> None:
    fund.earmark_limit = Decimal(percent)
    session.flush()


def test_the_share_ties_with_what_is_earmarked_and_received(session: Session, fund: Fund) -> None:
    pledges = [bound(session, fund, 30_000_00), a_pledge(session, fund, usd(70_000_00))]
    for pledge in pledges:
        accept(session, pledge)
        a_deposit(session, fund, pledge, pledge.amount)
    waiting = bound(session, fund, 100_000_00)
    year = waiting.pledged_on.year
    assert accepted_in(session, fund, year) == (usd(30_000_00), usd(100_000_00))
    received = [row.received for row in earmark_balances(session, fund)]
    assert sum(money.minor for money in received) == 30_000_00
    share = share_with(session, waiting)
    assert (share.now, share.with_pledge) == (Decimal("0.3"), Decimal("0.65"))
    assert not share.is_limited
    assert accepted_in(session, fund, year - 1) == (usd(0), usd(0))
    assert share_with(session, pledges[0]).with_pledge == Decimal("0.3"), "it is in already"


def test_above_the_limit_a_reason_is_asked_and_kept(session: Session, fund: Fund) -> None:
    accept(session, a_pledge(session, fund, usd(60_000_00)))
    limit(session, fund, 40)
    fits, too_much = bound(session, fund, 40_000_00), bound(session, fund, 10_000_00)
    accept(session, fits)
    with pytest.raises(DomainError, match="at most 40%"):
        accept(session, too_much)
    with pytest.raises(DomainError, match="at most 40%"):
        offer_agreement(
            session, too_much, "", act_of(session, staff(session, Role.FUND_MANAGER), "No.")
        )
    accept(session, a_pledge(session, fund, usd(1_00)))
    accept(session, too_much, "The only money for legal aid this year.")
    assert too_much.state is PledgeState.ACKNOWLEDGED


def test_a_fund_that_takes_no_earmarks_says_so_on_the_page(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    limit(session, fund, 0)
    pledge = bound(session, fund, 10_000_00)
    session.commit()
    client = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = client.get(f"/pledges/{pledge.reference}/acknowledge").text
    assert "The fund accepts at most 0%" in page
    assert "Why does the fund accept it?" in page
    refused = client.submit(f"/pledges/{pledge.reference}/acknowledge", {"reason": ""})
    assert "enter the reason why the fund accepts it" in refused.text
    taken = client.submit(f"/pledges/{pledge.reference}/acknowledge", {"reason": "As agreed."})
    assert taken.status_code == 302


def test_other_pledges_are_not_asked(session: Session, fund: Fund, sign_in_as: SignInAs) -> None:
    limit(session, fund, 0)
    pledge = a_pledge(session, fund, usd(10_000_00))
    session.commit()
    page = sign_in_as(staff(session, Role.FUND_MANAGER)).get(
        f"/pledges/{pledge.reference}/acknowledge"
    )
    assert "Why does the fund accept it?" not in page.text

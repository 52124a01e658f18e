"""A grant's own rate of support cost: agreed for a reason before the signature, then followed."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_bank_charge
from grants.books.ledger.spending import pay_instalment
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.granting.agreements.queries import schedule_of
from grants.granting.agreements.schedule import PlannedInstalment
from grants.granting.agreements.service import agree_support_cost, settle_terms, sign_agreement
from grants.granting.payments.refunds import record_refund
from tests.books.ledger.books import settle, voucher
from tests.factories import act_of, an_organisation
from tests.grants import Scene, a_file, an_approved_award, cash, grant_people, pay
from tests.platform.web.client import SignInAs

ARTICLE = "Article 4 of the agreement with the donor."


def agree(scene: Scene, percent: str, reason: str | None = ARTICLE) -> None:
    act = act_of(scene.session, scene.people.approver, reason)
    agree_support_cost(scene.session, scene.award, Decimal(percent), act)
    settle(scene.session)


def leave_available(session: Session, fund: Fund, cents: int) -> None:
    """A bank charge takes everything but so many cents."""
    rest = balances(session, fund).available - usd(cents)
    book_bank_charge(session, voucher(fund, clock.today(), "bank"), rest)


def test_the_reservation_follows_the_rate_that_is_agreed(scene: Scene) -> None:
    agree(scene, "7")
    assert balances(scene.session, scene.fund).reserved == usd(2_140_000)
    assert scene.award.psc_reason == ARTICLE
    last = trail_of(scene.session, "award", scene.award.id)[-1]
    assert (last.action, last.facts["psc_percent"], last.reason) == (
        "agree_support_cost",
        "7",
        ARTICLE,
    )


def test_commitment_payment_and_refund_follow_the_rate_of_the_grant(scene: Scene) -> None:
    agree(scene, "7")
    scene.fund.psc_percent = Decimal(20)
    scene.run()
    assert balances(scene.session, scene.fund).commitments == usd(2_140_000)
    first = scene.instalments[0]
    pay(scene.session, first, scene.people, clock.today())
    support = first.amount.share(Decimal(7))
    assert balances(scene.session, scene.fund).programme_support_cost == support
    act = act_of(scene.session, scene.people.finance)
    record_refund(scene.session, scene.award, usd(100_00), clock.today(), "BACK-1", act)
    assert balances(scene.session, scene.fund).programme_support_cost == support - usd(7_00)
    assert verify.breaches(scene.session) == []


def test_a_rate_needs_its_reason_the_right_role_and_an_unsigned_agreement(scene: Scene) -> None:
    with pytest.raises(DomainError, match="reason"):
        agree(scene, "7", None)
    with pytest.raises(DomainError, match="0 to 100"):
        agree(scene, "100.01")
    with pytest.raises(Forbidden):
        agree_support_cost(
            scene.session, scene.award, Decimal(7), act_of(scene.session, scene.people.finance, "x")
        )
    scene.run()
    with pytest.raises(Conflict):
        agree(scene, "7")


def test_a_higher_rate_is_refused_beyond_what_is_available(scene: Scene) -> None:
    leave_available(scene.session, scene.fund, 199_99)
    with pytest.raises(DomainError, match=r"requires 200\.00 USD"), scene.session.begin_nested():
        agree(scene, "14")
    assert balances(scene.session, scene.fund).available == usd(199_99)


def test_the_rate_of_the_fund_takes_the_agreed_one_back(scene: Scene) -> None:
    agree(scene, "0")
    assert balances(scene.session, scene.fund).reserved == usd(2_000_000)
    agree(scene, "13", "The donor agreed to the usual rate.")
    assert balances(scene.session, scene.fund).reserved == usd(2_260_000)
    assert scene.award.psc_reason is None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(st.integers(1, 9_999), min_size=1, max_size=9),
    percent=st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100),
    left=st.integers(0, 4),
)
def test_whatever_the_split_terms_that_are_settled_are_signed_with_nothing_left(
    database: Database, parts: list[int], percent: Decimal, left: int
) -> None:
    """The cent that rounding adds is asked for while terms can change, never at the signature."""
    with database.session() as session:
        scene = a_scene(session, sum(parts))
        agree(scene, str(percent))
        leave_available(session, scene.fund, left)
        usual = schedule_of(session, scene.award)
        terms = tuple(
            PlannedInstalment(usd(part), clock.today() + timedelta(at))
            for at, part in enumerate(parts)
        )
        manager = act_of(session, scene.people.manager)
        with suppress(DomainError), session.begin_nested():
            settle_terms(session, scene.award, replace(usual, instalments=terms), manager)
        reserved = balances(session, scene.fund).reserved
        paper = a_file(session, scene.people.manager)
        sign_agreement(session, scene.award, clock.today(), paper, manager)
        standing = balances(session, scene.fund)
        assert standing.commitments == reserved
        assert standing.available.minor >= 0
        for part in scene.instalments:
            pay_raw(session, scene, part.amount)
        assert position(
            session, scene.fund.id, Account.COMMITMENTS, scene.award.account
        ).amount == (usd(0))
        session.rollback()


def pay_raw(session: Session, scene: Scene, amount: Money) -> None:
    """In the books alone: what the pages ask before a payment is not the question here."""
    pay_instalment(session, voucher(scene.fund, clock.today(), scene.award.account), amount)


def a_scene(session: Session, cents: int) -> Scene:
    """The same scene for each example: an award of so many cents, approved and not signed."""
    fund = session.get_one(Fund, 1)
    cash(session, fund)
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver, str(usd(cents)))
    return Scene(session, fund, organisation, people, award)


def test_the_approving_officer_sets_the_rate_on_a_page(scene: Scene, sign_in_as: SignInAs) -> None:
    browser = sign_in_as(scene.people.approver)
    address = f"/grants/{scene.award.reference}/support-cost"
    browser.submit(address, {"percent": "7.5", "reason": ARTICLE})
    scene.session.refresh(scene.award)
    assert scene.award.psc_percent == Decimal("7.50")
    shown = browser.get(f"/awards/{scene.award.reference}").get_data(as_text=True)
    assert "7.50%" in shown
    assert ARTICLE in shown


def test_the_grantee_does_not_read_of_the_funds_support_cost(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    agree(scene, "7")
    browser = sign_in_as(scene.people.grantee)
    for address in (f"/grants/{scene.award.reference}", f"/awards/{scene.award.reference}"):
        assert "support cost" not in browser.get(address).get_data(as_text=True).lower()


def test_an_import_carries_the_rate_of_the_fund(scene: Scene) -> None:
    """Nobody agreed on another one: the system has no reason to give."""
    assert scene.award.psc_percent == scene.fund.psc_percent
    agree_support_cost(
        scene.session, scene.award, Decimal(13), Act.by_system("import", "As the fund.")
    )
    assert scene.award.psc_reason is None

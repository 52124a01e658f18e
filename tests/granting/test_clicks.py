"""Many grants through the pages, from the award letter to the first payment and from the reports to
the closure: how often the people of the fund have to click for all of them together.
"""

from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.bank_details.service import Call, record_call, request_details
from grants.granting.closure.service import state_closing
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.preparing.queries import Line
from grants.granting.preparing.service import submit_budget
from grants.granting.reporting.budget import asked_for
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.service import submit
from grants.granting.signing.models import Signature, Signing
from grants.granting.signing.rules import Rules, set_rules
from grants.granting.signing.service import sign
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import act_of, an_organisation, member
from tests.granting.signing.quick import quick_papers
from tests.grants import (
    TELEPHONE,
    GrantPeople,
    a_file,
    account_of,
    an_approved_award,
    cash,
    grant_people,
    pay,
    report_content,
    with_telephone,
)
from tests.platform.web.client import SignInAs
from tests.platform.web.desk import Desk

__all__ = ["quick_papers"]

MOST = {
    "budgets accepted": 4,
    "agreements sent": 4,
    "agreements signed": 6,
    "accounts approved": 4,
    "instalments certified": 4,
    "payments approved": 4,
    "payments made": 14,
    "plans decided": 4,
    "narratives accepted": 4,
    "finances accepted": 4,
    "refunds asked for": 5,
    "grants closed": 4,
}
"""Clicks for all grants together, up to 60."""
UNSPENT = usd(12_345)
"""Of each grant, at its end."""


@dataclass
class Grants:
    """Awards whose letters have gone out, and everyone's desk."""

    session: Session
    fund: Fund
    people: GrantPeople
    directors: dict[int, Person]
    awards: list[Award]
    sign_in_as: SignInAs
    clicks: dict[str, int] = field(default_factory=dict)

    def desk(self, role: str) -> Desk:
        return Desk(self.sign_in_as(getattr(self.people, role)), self.clicks, {})

    def by_grantee(self, award: Award) -> Person:
        return self.directors[award.organisation_id]


@pytest.fixture
def grants(session: Session, fund: Fund, app: Flask, sign_in_as: SignInAs, number: int) -> Grants:
    app.config["ROW_BUDGET"] = 2_000 + 100 * number  # these pages show each of them,
    app.config["QUERY_BUDGET"] = 30 + 30 * number  # and look at each as its own act would
    cash(session, fund, f"{number * 30_000}")
    houses = [an_organisation(session, f"House {at}") for at in range(number)]
    people = grant_people(session, houses[0])
    directors = {
        house.id: member(session, house, name=f"Director of {house.id}") for house in houses
    }
    awards = [an_approved_award(session, fund, house, people.approver) for house in houses]
    session.commit()
    return Grants(session, fund, people, directors, awards, sign_in_as)


def all_of(desk: Desk, part: str, path: str, act: str, **typed: str) -> None:
    """Open the list, tick all of it, check, and do it."""
    desk.at(part, path)
    desk.several(act)
    desk.press(**typed)


def sign_for_grantees(grants: Grants) -> None:
    """Each organisation signs the agreement that was sent to it."""
    for signing in grants.session.scalars(select(Signing)).all():
        how = Signed("Luz Reyes", "Director", Way.CODE)
        act = act_of(grants.session, grants.by_grantee(signing.award))
        sign(grants.session, signing, how, act)
    grants.session.commit()


def prepared(grants: Grants) -> None:
    """Each organisation brings its budget to the award; the fund accepts them."""
    session = grants.session
    rules = replace(Rules(), asks_budget=True)
    set_rules(session, grants.fund, rules, act_of(session, grants.people.manager))
    for award in grants.awards:
        first, *_others = asked_for(session, award.application)
        whole = [Line(first.category, "Rent and staff of the shelter", award.amount)]
        submit_budget(session, award, whole, act_of(session, grants.by_grantee(award)))
    session.commit()
    officer = grants.desk("officer")
    all_of(officer, "budgets accepted", "/prepared", "several/accept")


def agreed(grants: Grants) -> None:
    manager = grants.desk("manager")
    all_of(manager, "agreements sent", "/awards?state=approved", "send-for-signature")
    sign_for_grantees(grants)
    typed = {"function": "Fund Manager", "agreed": "y"}
    all_of(manager, "agreements signed", "/signing", "several", **typed)
    officer = grants.desk("officer")
    all_of(officer, "plans decided", "/monitoring/to-plan", "to-plan/several")


def with_accounts(grants: Grants) -> None:
    """Each organisation states its account and is called: by nature one after the other."""
    session = grants.session
    for award in grants.awards:
        person, house = grants.by_grantee(award), award.organisation
        with_telephone(session, house, person)
        paper = a_file(session, person, "bank-letter.pdf")
        stated = (grants.fund, house, account_of(house), paper, act_of(session, person))
        details = request_details(session, *stated)
        call = Call(clock.today(), TELEPHONE, "Luz Reyes")
        record_call(session, details, call, act_of(session, grants.people.officer))
    session.commit()
    desk = grants.desk("approver")
    all_of(desk, "accounts approved", "/bank-details", "several/approve")


def first_paid(grants: Grants) -> None:
    today, finance = clock.today(), grants.desk("finance")
    path = "/disbursements?state=open&due=now"
    all_of(grants.desk("certifier"), "instalments certified", path, "certify")
    path = "/disbursements?state=certified"
    all_of(grants.desk("approver"), "payments approved", path, "several/approve")
    path = "/disbursements?state=approved"
    all_of(finance, "payments made", path, "payment-runs/begin", account="elsewhere")
    (run,) = grants.session.scalars(select(PaymentRun.reference))
    finance.at("payments made", f"/payment-runs/{run}/file")
    finance.press(kind="csv")
    finance.at("payments made", f"/payment-runs/{run}/paid")
    day = {f"paid_on-{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    finance.press(**day, bank_reference="RUN-1")


def reported(grants: Grants, turn: int) -> None:
    """One report of each grant: submitted, and accepted by two officers, each for all of them."""
    session = grants.session
    for award in grants.awards:
        reports = reports_of(session, award.id)
        spent = str(award.amount - UNSPENT) if turn + 1 == len(reports) else "0"
        content = report_content(session, reports[turn], spent.replace(",", ""))
        submit(session, reports[turn], content, act_of(session, grants.by_grantee(award)))
    session.commit()
    for role, part in (("officer", "narratives accepted"), ("finance", "finances accepted")):
        all_of(grants.desk(role), part, "/reports?state=submitted", "several/accept")
    session.expire_all()


def ended(grants: Grants) -> None:
    """Everything is reported and paid; the grants are closed."""
    session = grants.session
    for award in grants.awards:
        first = instalments_of(session, award.id)[0]
        confirm_receipt(session, first, act_of(session, grants.by_grantee(award)))
    for turn, _report in enumerate(reports_of(session, grants.awards[0].id)):
        grants.clicks.update(dict.fromkeys(("narratives accepted", "finances accepted"), 0))
        reported(grants, turn)
        for award in grants.awards:
            people = replace(grants.people, grantee=grants.by_grantee(award))
            pay(session, instalments_of(session, award.id)[turn + 1], people, clock.today())
    for award in grants.awards:
        state_closing(session, award, (), "It works.", act_of(session, grants.by_grantee(award)))
    session.commit()
    officer, why = grants.desk("officer"), "Not spent, as your final report says."
    all_of(officer, "refunds asked for", "/grants/ending", "several/ask-refunds", reason=why)
    for award in grants.awards:
        act = act_of(session, grants.people.finance)
        record_refund(session, award, UNSPENT, clock.today(), f"BACK-{award.id}", act)
    session.commit()
    all_of(grants.desk("officer"), "grants closed", "/grants/to-close", "several/close")


def acts_on(session: Session, subject: str, action: str) -> int:
    """How often the trail tells of an act."""
    rows = select(func.count()).select_from(TrailRow)
    told = rows.where(TrailRow.subject == subject, TrailRow.action == action)
    return session.scalar(told) or 0


@pytest.mark.parametrize(
    "number", [3, pytest.param(60, marks=(pytest.mark.long, pytest.mark.timeout(1200)))]
)
@pytest.mark.usefixtures("quick_papers")
def test_many_grants_take_few_clicks_from_letter_to_payment_and_from_report_to_closure(
    grants: Grants, number: int
) -> None:
    for work in (prepared, agreed, with_accounts, first_paid, ended):
        work(grants)
    session = grants.session
    session.expire_all()
    assert session.scalars(select(Award.state)).all() == [AwardState.CLOSED] * number
    told = {
        (subject, action): acts_on(session, subject, action)
        for subject, action in (
            ("preparation", "accept"),
            ("signing", "send"),
            ("signing", "countersign_for_fund"),
            ("award", "plan_assurance"),
            ("refund_request", "create"),
            ("award", "close"),
        )
    }
    assert set(told.values()) == {number}
    own = {s.sha256 == s.signing.document.sha256 for s in session.scalars(select(Signature))}
    assert own == {True}
    print(grants.clicks)  # noqa: T201
    assert {part: n for part, n in grants.clicks.items() if n > MOST[part]} == {}

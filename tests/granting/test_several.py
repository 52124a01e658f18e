"""Acts on several grants at once: what cannot be done is left out and says why, and nothing is done
when one of the ticked has changed.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select

from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.service import Call, record_call, request_details
from grants.granting.bank_details.workflow import DetailsState
from grants.granting.monitoring.assurance import set_rules
from grants.granting.monitoring.models import Activity, ActivityKind, AssurancePlan
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.service import submit_budget
from grants.granting.preparing.workflow import PreparationState
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.workflow import RefundCause
from grants.granting.reporting.service import submit
from grants.granting.reporting.workflow import PartAnswer
from grants.granting.signing.models import Signing
from grants.granting.signing.service import withdraw
from grants.granting.signing.workflow import SigningState
from grants.integrity.risk.models import Risk
from tests.factories import a_call, a_submission, an_organisation, member, staff
from tests.granting.closure.test_closing import finished
from tests.granting.monitoring.test_monitoring import rated
from tests.granting.preparing.test_preparing import lines
from tests.granting.signing.quick import quick_papers
from tests.granting.signing.scenes import by, go_by, sent, sign_for_grantee
from tests.grants import (
    TELEPHONE,
    Scene,
    a_file,
    account_of,
    an_approved_award,
    report_content,
    scene,
    with_telephone,
)
from tests.platform.web.client import SignInAs, StrictClient

__all__ = ["quick_papers", "scene"]
quick = pytest.mark.usefixtures("quick_papers")


def tickets(page: str) -> list[str]:
    """What the boxes of the rows that could be done send."""
    return list(etree.HTML(page).xpath("//input[@name='row']/@value"))


def rows_to_do(browser: StrictClient, path: str) -> list[str]:
    return tickets(browser.get(path).text)


def another(scene: Scene) -> Scene:
    """The same people, another organisation with an award of its own."""
    house = an_organisation(scene.session, "House of Hope")
    people = replace(scene.people, grantee=member(scene.session, house, name="Ana Hope"))
    award = an_approved_award(scene.session, scene.fund, house, people.approver)
    return replace(scene, organisation=house, people=people, award=award)


def applied(scene: Scene) -> Scene:
    """The same people, and an award for which an application with a budget asked."""
    session, fund, people = scene.session, scene.fund, scene.people
    application = a_submission(session, a_call(session, fund), usd=20_000)
    house = application.organisation
    award = an_approved_award(session, fund, house, people.approver)
    award.application_id = application.id
    people = replace(people, grantee=member(session, house, name="Ana Hope"))
    return replace(scene, organisation=house, people=people, award=award)


@quick
def test_one_proof_signs_several_papers_each_with_its_own_signature_or_none(
    scene: Scene, sign_in_as: SignInAs, app: Flask
) -> None:
    app.config["QUERY_BUDGET"] = 30 * 3  # the page looks at each paper as the act would
    papers = []
    for each in (scene, another(scene)):
        papers.append(sent(each))
        sign_for_grantee(each, papers[-1])
    scene.session.commit()
    manager = sign_in_as(scene.people.manager)
    ticked = rows_to_do(manager, "/signing/several?all=1")
    assert len(ticked) == 2
    withdraw(scene.session, papers[1], by(scene, "manager", "The address is wrong."))
    scene.session.commit()
    typed = {"row": ticked, "function": "Fund Manager", "agreed": "y"}
    assert manager.submit("/signing/several?all=1", typed).status_code == 409
    scene.session.expire_all()
    assert len(papers[0].signatures) == 1
    assert manager.submit("/signing/several?all=1", typed | {"row": ticked[0]}).status_code == 302
    scene.session.expire_all()
    assert papers[0].state is SigningState.SIGNED
    assert [s.sha256 for s in papers[0].signatures] == [papers[0].document.sha256] * 2


@quick
def test_who_may_not_sign_an_agreement_is_told_and_signs_none(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    sent(scene)
    scene.session.commit()
    manager = sign_in_as(scene.people.manager)
    assert rows_to_do(manager, f"/signing/several?row={_first_signing(scene)}") == []
    officer = sign_in_as(scene.people.officer)
    assert officer.get("/signing/several?all=1").status_code == 403


def _first_signing(scene: Scene) -> int:
    number = scene.session.scalars(select(Signing.id)).first()
    assert number is not None
    return number


def test_an_award_that_cannot_be_sent_says_why_and_stays(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    go_by(scene, asks_budget=True)
    scene.session.commit()
    manager = sign_in_as(scene.people.manager)
    path = "/grants/several/send-for-signature?all=1"
    assert rows_to_do(manager, path) == []
    assert "Not yet submitted and accepted" in manager.get(path).text


def test_accounts_are_approved_together_by_another_person_and_not_those_in_doubt(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session, other = scene.session, another(scene)
    for each, holder in ((scene, scene.organisation.name), (other, "Somebody Else Ltd")):
        with_telephone(session, each.organisation, each.people.grantee)
        stated = replace(account_of(each.organisation), holder=holder)
        act, paper = by(each, "grantee"), a_file(session, each.people.grantee)
        details = request_details(session, each.fund, each.organisation, stated, paper, act)
        call = Call(clock.today(), TELEPHONE, "Luz Reyes")
        record_call(session, details, call, by(scene, "officer"))
    session.commit()
    approver = sign_in_as(scene.people.approver)
    path = "/bank-details/several/approve?all=1"
    ticked = rows_to_do(approver, path)
    assert len(ticked) == 1
    assert approver.submit(path, {"row": ticked}).status_code == 302
    session.expire_all()
    states = [d.state for d in session.scalars(select(BankDetails).order_by(BankDetails.id))]
    assert states == [DetailsState.IN_FORCE, DetailsState.CHECKED]


def test_each_officer_accepts_the_own_part_of_several_reports(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session = scene.session
    scene.run()
    report = scene.reports[0]
    submit(session, report, report_content(session, report, "0"), by(scene, "grantee"))
    session.commit()
    path = "/reports/several/accept?all=1"
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    ticked = rows_to_do(finance, path)
    assert finance.submit(path, {"row": ticked}).status_code == 302
    session.expire_all()
    assert report.finances_answer is PartAnswer.ACCEPTED
    assert report.narrative_answer is PartAnswer.NONE
    assert rows_to_do(finance, path) == []


def test_a_grant_with_something_open_is_not_closed_with_others(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    scene.session.commit()
    officer = sign_in_as(scene.people.officer)
    page = officer.get(f"/grants/several/close?row={scene.award.id}").text
    assert tickets(page) == []
    assert "has not been paid, or its receipt" in page


def test_what_grantees_prepared_is_accepted_together_but_not_a_line_above_its_request(
    scene: Scene, sign_in_as: SignInAs, app: Flask
) -> None:
    app.config["QUERY_BUDGET"] = 30 * 3  # the page looks at each as the act would
    session, other = scene.session, applied(scene)
    go_by(scene, asks_budget=True)
    for each, amounts in ((scene, ("12000.00", "8000.00")), (other, ("1.00", "19999.00"))):
        submit_budget(session, each.award, lines(each, *amounts), by(each, "grantee"))
    session.commit()
    officer, path = sign_in_as(scene.people.officer), "/prepared/several/accept?all=1"
    page = officer.get(path).text
    (ticked,) = tickets(page)
    assert "More than the application requested" in page
    assert officer.submit(path, {"row": [ticked]}).status_code == 302
    session.expire_all()
    states = session.scalars(select(Preparation.state).order_by(Preparation.id)).all()
    assert states == [PreparationState.ACCEPTED, PreparationState.SUBMITTED]
    assert sign_in_as(scene.people.certifier).get(path).status_code == 403


def test_plans_are_decided_together_as_the_rules_propose(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session = scene.session
    rated(scene, Risk.HIGH)
    scene.run()
    session.commit()
    officer, path = sign_in_as(scene.people.officer), "/monitoring/to-plan/several?all=1"
    ticked = rows_to_do(officer, path)
    assert "the risk is rated high" in officer.get(path).text
    from_nothing = dict.fromkeys(ActivityKind, usd(0))
    set_rules(session, scene.fund, from_nothing, by(scene, "manager", "All are audited."))
    session.commit()
    assert officer.submit(path, {"row": ticked}).status_code == 409  # another proposal now
    session.expire_all()
    assert session.get(AssurancePlan, scene.award.id) is None
    assert officer.submit(path, {"row": rows_to_do(officer, path)}).status_code == 302
    session.expire_all()
    assert session.get_one(AssurancePlan, scene.award.id).chosen == list(ActivityKind)
    assert set(session.scalars(select(Activity.kind))) == set(ActivityKind)
    assert rows_to_do(officer, path) == []


def test_letters_ask_several_grants_for_exactly_what_each_did_not_spend(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session = scene.session
    finished(scene, unspent=15_025)
    session.commit()
    officer, path = sign_in_as(scene.people.officer), "/grants/several/ask-refunds?all=1"
    ticked = rows_to_do(officer, path)
    due_on = clock.today() + timedelta(30)
    day = {f"due_on-{part}": str(getattr(due_on, part)) for part in ("day", "month", "year")}
    officer.submit(path, {"row": ticked} | day)  # without a reason
    assert session.scalars(select(RefundRequest)).all() == []
    typed = {"row": ticked, **day, "reason": "Not spent, as your final report says."}
    assert officer.submit(path, typed).status_code == 302
    session.expire_all()
    (request,) = session.scalars(select(RefundRequest)).all()
    assert (request.amount_minor, request.cause) == (15_025, RefundCause.UNSPENT)
    assert officer.submit(path, typed).status_code == 409  # asked for already
    page = officer.get(f"/grants/several/ask-refunds?row={scene.award.id}").text
    assert tickets(page) == []
    assert "There is no refund left to request." in page
    approver = sign_in_as(scene.people.approver)
    assert approver.get(path).status_code == 403

"""Acts on several grants at once: what cannot be done is left out and says why, and nothing is done
when one of the ticked has changed.
"""

from dataclasses import replace

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select

from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.service import Call, record_call, request_details
from grants.granting.bank_details.workflow import DetailsState
from grants.granting.reporting.service import submit
from grants.granting.reporting.workflow import PartAnswer
from grants.granting.signing.models import Signing
from grants.granting.signing.service import withdraw
from grants.granting.signing.workflow import SigningState
from tests.factories import an_organisation, member, staff
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
    assert "Not submitted and accepted yet" in manager.get(path).text


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
    assert "is not paid and confirmed" in page

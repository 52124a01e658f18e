"""The end of a grant on pages, for both sides, by links alone."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from grants.core.kernel import clock
from grants.deciding.awards.workflow import AwardState
from grants.granting.closure import notices
from grants.granting.recovery.queries import requests_of
from grants.platform.messages.models import Message
from tests.factories import act_of
from tests.granting.changes.test_pages import day, follow, submit, text_of
from tests.granting.closure.test_closing import finished
from tests.grants import Scene, scene
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs

__all__ = ["scene"]


@pytest.fixture
def ended(scene: Scene) -> Scene:
    return finished(scene, unspent=120_050)


def test_a_refund_is_asked_for_written_off_and_the_grant_closed_by_links(
    ended: Scene, sign_in_as: SignInAs
) -> None:
    grant = f"/grants/{ended.award.reference}"
    officer = sign_in_as(ended.people.officer)
    page = follow(officer, grant, "Closing the grant", "Ask for a refund")
    until = day("due_on", clock.today() + timedelta(20))
    typed = {"cause": "unspent", "amount": "1200.50", "reason": "Not spent."}
    assert submit(officer, page, **typed, **until).status_code == 302
    (request,) = requests_of(ended.session, ended.award.id)
    grantee = sign_in_as(ended.people.grantee)
    assert "Refund to make to the fund" in text_of(grantee.get("/start"))
    shown = text_of(grantee.get(follow(grantee, grant, "Refund USD")))
    assert request.reference in shown
    officer = sign_in_as(ended.people.officer)
    page = follow(officer, grant, "Closing the grant", "Close with a write-off")
    assert submit(officer, page, reason="It was dissolved.").status_code == 302
    approver = sign_in_as(ended.people.approver)
    assert "Write-off of a grant to approve" in text_of(approver.get("/start"))
    page = follow(approver, grant, "Closing the grant", "Approve: write off and close")
    assert "USD 1,200.50" in text_of(approver.get(page)).replace("\u00a0", " ")
    assert submit(approver, page).status_code == 302
    ended.session.refresh(ended.award)
    assert ended.award.state is AwardState.CLOSED
    closed = text_of(sign_in_as(ended.people.grantee).get(f"{grant}/closing"))
    assert "Nothing more is asked of you" in closed
    assert "Balance with you" in closed


def test_a_certificate_goes_from_one_side_to_the_other(ended: Scene, sign_in_as: SignInAs) -> None:
    ended.fund.audit_from_minor = 100
    ended.session.flush()
    grant = f"/grants/{ended.award.reference}"
    grantee = sign_in_as(ended.people.grantee)
    page = follow(grantee, grant, "Submit a certificate of audit", "Submit the certificate")
    issued = grantee.get(f"/documents/agreement/{ended.award.reference}.pdf").data
    file = (io.BytesIO(signing.signed(issued)), "certificate.pdf")
    assert submit(grantee, page, file=file).status_code == 302
    officer = sign_in_as(ended.people.officer)
    assert "Certificate of audit to check" in text_of(officer.get("/start"))
    page = follow(officer, grant, "Check the certificate of audit", "Accept the certificate")
    assert submit(officer, page).status_code == 302
    assert "Accepted" in text_of(officer.get(f"{grant}/closing"))


def test_the_e_mail_of_the_closing_leads_to_the_papers_of_the_grant(
    ended: Scene, sign_in_as: SignInAs
) -> None:
    notices.tell_closed(ended.session, ended.award, act_of(ended.session, ended.people.officer))
    told = ended.session.scalars(select(Message).where(Message.event.contains(":closed"))).first()
    assert told is not None
    (address,) = re.findall(r"(/grants/\S+)", told.text)
    page = sign_in_as(ended.people.grantee).get(address).text
    assert "Agreement signed by both parties" in page

"""A donor hands in the signed agreement; the fund checks and records it, or sends it back."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.texts.references import keep_references
from grants.desk.donor_pages.tasks import lines
from grants.giving.pledges.agreements import (
    return_agreement,
    send_agreement_back,
    to_check,
)
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledges_of_viewer
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, offer_agreement, sign_agreement
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.platform.documents import signing
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

DUE = clock.today() + timedelta(30)


@pytest.fixture
def donor(session: Session) -> Organisation:
    return a_donor(session, "Utopia")


@pytest.fixture
def person(session: Session, donor: Organisation) -> Person:
    return member(session, donor, Role.DONOR, "Ana Prado")


@pytest.fixture
def pledge(session: Session, fund: Fund, donor: Organisation, person: Person) -> Pledge:
    """On which an agreement was offered, and one payment is due in a month."""
    found = a_pledge(session, fund, usd(100_000), donor, payments=(Due(DUE, usd(100_000)),))
    offer_agreement(session, found, "", act_of(session, staff(session, Role.FUND_MANAGER)))
    return found


def a_scan(session: Session, person: Person, pledge: Pledge) -> Document:
    upload = Upload("signed.pdf", pdf(1))
    return keep(session, upload, act_of(session, person), organisation_id=pledge.donor_id)


def test_the_fund_is_told_and_keeps_the_file_when_it_records_the_agreement(
    session: Session, pledge: Pledge, person: Person
) -> None:
    scan = a_scan(session, person, pledge)
    return_agreement(session, pledge, scan, act_of(session, person))
    manager = staff(session, Role.FUND_MANAGER, "Maria Keller")
    by = act_of(session, manager)
    assert session.scalar(to_check(by.actor)) == 1
    told = select(Message.subject).where(Message.recipient == manager.email)
    assert not [text for text in session.scalars(told) if "to check" in text]  # appointed later
    sign_agreement(session, pledge, Agreement(clock.today()), by)
    assert (pledge.agreement_document, pledge.returned_document) == (scan, None)
    assert session.scalar(to_check(by.actor)) == 0


def test_what_cannot_be_recorded_is_sent_back_with_the_reason(
    session: Session, pledge: Pledge, person: Person
) -> None:
    return_agreement(session, pledge, a_scan(session, person, pledge), act_of(session, person))
    manager = staff(session, Role.FUND_MANAGER, "Maria Keller")
    with pytest.raises(DomainError, match="reason"):
        send_agreement_back(session, pledge, act_of(session, manager))
    send_agreement_back(session, pledge, act_of(session, manager, "Page 2 is not signed."))
    assert pledge.returned_document is None
    letters = session.scalars(select(Message.text).where(Message.recipient == person.email))
    assert any("Page 2 is not signed." in text for text in letters)
    with pytest.raises(Conflict):
        send_agreement_back(session, pledge, act_of(session, manager, "Again."))


def test_nobody_else_hands_it_in_and_only_what_was_offered(
    session: Session, fund: Fund, pledge: Pledge, person: Person, donor: Organisation
) -> None:
    other = member(session, a_donor(session, "Ruritania", country="RO"), Role.DONOR, "Eve")
    with pytest.raises(Forbidden):
        return_agreement(session, pledge, a_scan(session, person, pledge), act_of(session, other))
    plain = a_pledge(session, fund, usd(5_000), donor)
    with pytest.raises(DomainError, match="awaiting your signature"):
        return_agreement(session, plain, a_scan(session, person, plain), act_of(session, person))


def test_the_start_page_of_a_donor_says_what_waits(
    session: Session, pledge: Pledge, person: Person, sign_in_as: SignInAs
) -> None:
    session.commit()
    page = sign_in_as(person).get("/start").text
    kept = keep_references(pledge.reference)
    assert f"Sign the agreement on your pledge {kept} by" in page
    assert "Pay USD\u00a01,000.00 by" in page
    assert "You have no outstanding tasks" not in page


def test_what_is_overdue_stands_first_and_what_was_handed_in_waits_no_more(
    session: Session, fund: Fund, pledge: Pledge, person: Person, donor: Organisation
) -> None:
    old = Due(clock.today() - timedelta(5), usd(2_000))
    a_pledge(session, fund, usd(2_000), donor, payments=(old,), pledged_on=old.due_on)
    return_agreement(session, pledge, a_scan(session, person, pledge), act_of(session, person))
    viewer = act_of(session, person).actor
    pledges = pledges_of_viewer(session, viewer)
    found = lines(session, pledges, clock.today(), lambda reference: f"/giving/{reference}", viewer)
    assert [line["tone"] for line in found] == ["late", ""]
    assert all(line["text"].startswith("Pay") for line in found)


def test_a_donor_uploads_it_and_the_fund_reads_it(
    session: Session, pledge: Pledge, person: Person, sign_in_as: SignInAs
) -> None:
    session.commit()
    own, here = sign_in_as(person), f"/giving/{pledge.reference}"
    assert f"{here}/signed-agreement" in own.get(here).text
    issued = own.get(f"/documents/contribution-agreement/{pledge.reference}.pdf").data
    refused = own.submit(f"{here}/signed-agreement", {"file": (BytesIO(issued), "agreement.pdf")})
    assert "without a signature" in refused.text
    file = (BytesIO(signing.signed(issued)), "signed.pdf")
    assert own.submit(f"{here}/signed-agreement", {"file": file}).location == here
    assert own.get(f"{here}/signed-agreement/file").status_code == 200
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "Maria Keller"))
    assert "Signed agreement from a donor to check" in manager.get("/start").text
    assert pledge.reference in manager.get("/pledges?returned=yes").text
    assert manager.get(f"/pledges/{pledge.reference}/agreement/returned").status_code == 200
    back = f"/pledges/{pledge.reference}/agreement/send-back"
    assert manager.submit(back, {"reason": "Page 2 is not signed."}).status_code == 302
    assert "You sign the agreement" in own.get(here).text

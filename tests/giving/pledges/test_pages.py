"""The fund's pages of pledges: who sees them, what each act asks, what it says afterwards."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.giving.pledges.models import Pledge, Source
from grants.giving.pledges.service import acknowledge
from grants.giving.pledges.workflow import PledgeState
from grants.platform.messages.models import Message
from tests.factories import (
    a_deposit,
    a_donor,
    a_pledge,
    a_signed_pledge,
    act_of,
    member,
    staff,
)
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs, StrictClient

LIST_BUDGET = 6
MENU = 3
"""Queries of the counters in the menu, on every page."""


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _stands(session: Session, pledge: Pledge) -> PledgeState:
    session.expire_all()
    return pledge.state


def test_the_list_costs_a_few_queries_however_long_it_is(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    donor = a_donor(session)
    for number in range(70):
        a_pledge(session, fund, usd(1_000 + number), donor)
    session.commit()
    page = _text(manager, "/pledges")
    assert manager.queries <= LIST_BUDGET + MENU
    assert page.count('<th scope="row"') == 60
    assert 'class="tag' not in page, "what all rows carry is no exception"
    assert "70 results · latest date first" in page
    assert "70 results · newest first" in _text(manager, "/pledges?order=newest")


def test_the_list_is_filtered_by_its_address(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    company = a_pledge(session, fund, donor=a_donor(session, "Nordwind AG", DonorKind.PRIVATE))
    signed = a_signed_pledge(session, fund)
    session.commit()
    only_signed = _text(manager, "/pledges?state=signed")
    assert signed.reference in only_signed
    assert company.reference not in only_signed
    assert company.reference in _text(manager, "/pledges?kind=private&q=nordwind&fund=UNVTF")
    assert "No pledges or gifts found" in _text(manager, "/pledges?q=nobody")


def test_the_file_holds_every_pledge_and_no_formula(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "=HYPERLINK(1)", DonorKind.PRIVATE)
    pledge = a_signed_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(700))
    a_pledge(session, fund, donor=donor)
    session.commit()
    file = manager.get("/pledges?format=csv")
    rows = file.get_data(as_text=True).splitlines()
    file.close()
    assert len(rows) == 3
    assert "'=HYPERLINK(1)" in rows[1]
    assert "993.00" in rows[2]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FUND_MANAGER, 200),
        (Role.FINANCE_OFFICER, 200),
        (Role.AUDITOR, 200),
        (Role.REVIEWER, 403),
        (Role.TRUSTEE, 403),
    ],
)
def test_who_reads_pledges(
    sign_in_as: SignInAs, session: Session, fund: Fund, role: Role, status: int
) -> None:
    pledge = a_pledge(session, fund)
    browser = sign_in_as(staff(session, role))
    assert browser.get("/pledges").status_code == status
    assert browser.get(f"/pledges/{pledge.reference}").status_code == status


@pytest.mark.parametrize("act", ["acknowledge", "agreement", "decline", "condition"])
@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.AUDITOR, Role.APPROVING_OFFICER])
def test_who_only_reads_is_offered_no_act_and_may_take_none(
    sign_in_as: SignInAs, session: Session, fund: Fund, role: Role, act: str
) -> None:
    pledge = a_pledge(session, fund)
    browser = sign_in_as(staff(session, role))
    assert f"/{act}" not in _text(browser, f"/pledges/{pledge.reference}")
    assert browser.get(f"/pledges/{pledge.reference}/{act}").status_code == 403


def test_acknowledging(manager: StrictClient, session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    path = f"/pledges/{pledge.reference}/acknowledge"
    assert f'href="{path}"' in _text(manager, f"/pledges/{pledge.reference}")
    assert manager.submit(path).location == f"/pledges/{pledge.reference}"
    page = _text(manager, f"/pledges/{pledge.reference}")
    assert "The letter is being sent" in page
    assert f"/documents/acknowledgement/{pledge.reference}.pdf" in page
    assert f'href="{path}"' not in page
    assert manager.submit(path).status_code == 409


def test_the_signed_agreement_is_kept_as_a_file_and_in_the_books(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, usd(100_000), pledged_on=date(2026, 1, 12))
    session.commit()
    day = {"signed_on-day": "12", "signed_on-month": "1", "signed_on-year": "2026"}
    path = f"/pledges/{pledge.reference}/agreement"
    assert manager.submit(f"/pledges/{pledge.reference}/offer").status_code == 302
    issued = manager.get(f"/documents/contribution-agreement/{pledge.reference}.pdf").data

    def send(content: bytes) -> TestResponse:
        file = {"file": (BytesIO(content), "agreement.pdf")}
        return manager.submit(path, day | file, content_type="multipart/form-data")

    assert "without a signature" in send(issued).get_data(as_text=True)
    assert _stands(session, pledge) is PledgeState.PLEDGED
    response = send(signing.signed(issued))
    assert response.status_code == 302, response.get_data(as_text=True)
    assert _stands(session, pledge) is PledgeState.SIGNED
    assert balances(session, fund).contributions_receivable == usd(100_000)
    assert manager.get(f"{path}/file").data.startswith(b"%PDF")


def test_a_file_that_is_none_is_refused_and_nothing_is_signed(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, pledged_on=date(2026, 1, 12))
    session.commit()
    wrong = {
        "signed_on-day": "12",
        "signed_on-month": "1",
        "signed_on-year": "2026",
        "file": (BytesIO(b"MZ not a PDF"), "agreement.pdf"),
    }
    path = f"/pledges/{pledge.reference}/agreement"
    response = manager.submit(path, wrong, content_type="multipart/form-data")
    assert response.status_code == 200
    assert "There is a problem" in response.get_data(as_text=True)
    assert _stands(session, pledge) is PledgeState.PLEDGED


def test_an_agreement_is_not_dated_before_its_pledge(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, pledged_on=date(2026, 1, 13))
    session.commit()
    file = (BytesIO(b"%PDF-1.7"), "agreement.pdf")
    day = {"signed_on-day": "12", "signed_on-month": "1", "signed_on-year": "2026", "file": file}
    path = f"/pledges/{pledge.reference}/agreement"
    response = manager.submit(path, day, content_type="multipart/form-data")
    assert "cannot be dated before the pledge, which was made on 13" in response.get_data(
        as_text=True
    )
    assert _stands(session, pledge) is PledgeState.PLEDGED


def test_a_condition_is_met_once(manager: StrictClient, session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, usd(100_000), conditional=True)
    session.commit()
    path = f"/pledges/{pledge.reference}/condition"
    assert f'href="{path}"' in _text(manager, f"/pledges/{pledge.reference}")
    manager.submit(path, {"on-day": "1", "on-month": "2", "on-year": "2026"})
    session.expire_all()
    assert balances(session, fund).contribution_revenue == usd(100_000)
    assert f'href="{path}"' not in _text(manager, f"/pledges/{pledge.reference}")


def test_declining(manager: StrictClient, session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    path = f"/pledges/{pledge.reference}/decline"
    assert "Fill in" in manager.submit(path, {}).get_data(as_text=True)
    manager.submit(path, {"reason": "Tobacco."})
    assert "Tobacco." in _text(manager, f"/pledges/{pledge.reference}")


def test_a_reference_that_is_none_is_not_found(manager: StrictClient) -> None:
    assert manager.get("/pledges/UNVTF-P-2026-9999-X").status_code == 404


ANNOUNCED = {
    "amount-amount": "250000",
    "amount-currency": "USD",
    "source": "conference",
    "source_note": "Pledging conference, Vienna",
    "pledged_on-day": "30",
    "pledged_on-month": "July",
    "pledged_on-year": "2026",
    "earmarking": "unearmarked",
    "public_name": "yes",
}


def test_a_pledge_announced_at_a_conference_is_entered_for_a_known_donor(
    manager: StrictClient, session: Session
) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    assert f"/pledges/new/{donor.code}" in _text(manager, "/pledges/new?q=utop")
    manager.submit(f"/pledges/new/{donor.code}", ANNOUNCED)
    pledge = session.scalars(select(Pledge)).one()
    assert (pledge.amount, pledge.source, pledge.donor_id) == (
        usd(25_000_000),
        Source.CONFERENCE,
        donor.id,
    )
    page = _text(manager, f"/pledges/{pledge.reference}")
    assert "Announced at a conference" in page
    assert "Pledging conference, Vienna" in page


def _rows(*parts: tuple[int, str]) -> dict[str, str]:
    typed: dict[str, str] = {}
    for at, (month, amount) in enumerate(parts):
        day = {"day": "1", "month": str(month), "year": "2027"}
        typed |= {f"payments-{at}-due_on-{part}": text for part, text in day.items()}
        typed |= {f"payments-{at}-amount": amount}
    return typed


def test_a_pledge_is_entered_with_its_instalments_and_what_it_is_for(
    manager: StrictClient, session: Session
) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    path = f"/pledges/new/{donor.code}"
    yen = ANNOUNCED | {"amount-amount": "30000", "amount-currency": "JPY"}
    bound = {"earmarking": "earmarked", "window": "SGP1", "region": "african", "theme": "shelter"}
    wrong = manager.submit(path, yen | bound | _rows((3, "10000"), (9, "19999")))
    assert "add up to" in wrong.text
    assert manager.submit(path, yen | bound | _rows((3, "10000"), (9, "20000"))).location
    pledge = session.scalars(select(Pledge)).one()
    assert [str(part.amount) for part in pledge.instalments] == ["10000", "20000"]
    page = _text(manager, f"/pledges/{pledge.reference}")
    assert "SGP1: short-term humanitarian aid · African States · Shelter" in page


def test_one_payment_without_an_amount_is_the_whole_pledge(
    manager: StrictClient, session: Session
) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    manager.submit(f"/pledges/new/{donor.code}", ANNOUNCED | _rows((3, "")))
    pledge = session.scalars(select(Pledge)).one()
    assert [part.amount for part in pledge.instalments] == [pledge.amount]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"source_note": ""}, "Enter the name of the conference"),
        ({"earmarking": "tight"}, "Enter what the contribution is for"),
    ],
)
def test_what_an_announced_pledge_lacks_is_said(
    manager: StrictClient, session: Session, changed: dict[str, str], said: str
) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    answer = manager.submit(f"/pledges/new/{donor.code}", ANNOUNCED | changed)
    assert answer.status_code == 200
    assert said in answer.text


def test_an_agreement_is_sent_to_be_signed_with_its_condition(
    manager: StrictClient, sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "Utopia")
    own = sign_in_as(member(session, donor, Role.DONOR))
    pledge = a_pledge(session, fund, donor=donor)
    session.commit()
    here = f"/pledges/{pledge.reference}"
    paper = f"/documents/contribution-agreement/{pledge.reference}.json"
    assert own.get(paper).status_code == 422
    assert "Agreement for your signature" not in _text(own, f"/giving/{pledge.reference}")
    manager.submit(f"{here}/offer", {"condition": "The budget is passed."})
    facts = own.get(paper).get_json(force=True)
    assert (facts["amount"], facts["condition"]) == ("1000.00", "The budget is passed.")
    assert "Agreement for your signature" in _text(own, f"/giving/{pledge.reference}")
    assert "checked" in _text(manager, f"{here}/agreement")
    letter = session.query(Message).order_by(Message.id.desc()).first()
    assert letter is not None
    assert letter.attachments[0]["document"] == "contribution-agreement"


def test_the_form_sent_twice_enters_one_pledge(manager: StrictClient, session: Session) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    for _time in range(2):
        manager.submit(f"/pledges/new/{donor.code}", ANNOUNCED | {"key": "a-key-of-this-page"})
    assert session.scalar(select(func.count()).select_from(Pledge)) == 1


def test_a_pledge_is_entered_for_a_new_donor_whose_contact_may_sign_in(
    manager: StrictClient, session: Session
) -> None:
    wanted = {
        "kind": "member_state",
        "name": "Utopia",
        "contact": "Ana Prado",
        "email": "ana@utopia.example",
        "language": "en",
    }
    page = manager.submit("/pledges/new/donor", wanted).get_data(as_text=True)
    assert "Choose the donor" in page
    response = manager.submit("/pledges/new/donor", wanted | {"country": "PT"})
    donor = session.scalars(select(Organisation).where(Organisation.name == "Utopia")).one()
    assert response.location == f"/pledges/new/{donor.code}"
    assert not people_of_organisation(session, donor.id), "before the invitation is followed"
    sent = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert sent is not None
    assert (sent.recipient, "/giving/donors/join/" in sent.text) == ("ana@utopia.example", True)


def _stages(browser: StrictClient, path: str) -> list[str]:
    return re.findall(r'"stages__stage[^>]*>([^<]+)', _text(browser, path))


def test_a_gift_that_is_paid_is_called_so_and_was_never_signed(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    session.commit()
    page = f"/pledges/{pledge.reference}"
    assert _stages(manager, page) == ["Pledge", "Acknowledgement", "Agreement", "Payment"]
    a_deposit(session, fund, pledge, pledge.amount)
    session.commit()
    assert _stages(manager, page) == ["Pledge", "Acknowledgement", "Payment"]
    assert "Paid" in _text(manager, page)
    row = _text(manager, "/pledges").partition(pledge.reference)[2].partition("</tr>")[0]
    assert "Paid" in row
    assert "Acknowledged" not in row
    assert "Sign the agreement" not in row


def test_a_pledge_that_waits_for_its_e_mail_shows_who_says_to_give(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    from grants.core.audit.act import Act
    from grants.core.people.viewer import VISITOR
    from grants.giving.pledges.making import Contact, Giver, Offer
    from grants.giving.pledging.service import propose

    giver = Giver("Somebody Ltd", DonorKind.PRIVATE, "AT")
    contact = Contact("Sam Body", "sam@body.example")
    pledge = propose(session, fund, Offer(Money(500, "EUR")), giver, contact, Act(VISITOR))
    session.commit()
    assert pledge.reference not in _text(manager, "/pledges")
    assert "Somebody Ltd" in _text(manager, "/pledges?state=unconfirmed")
    assert "sam@body.example" in _text(manager, f"/pledges/{pledge.reference}")


def test_of_two_who_decide_at_once_the_second_is_told(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    first = sign_in_as(staff(session, Role.FUND_MANAGER))
    second = sign_in_as(staff(session, Role.FUND_MANAGER))
    first.submit(f"/pledges/{pledge.reference}/decline", {"reason": "No."})
    late = second.submit(f"/pledges/{pledge.reference}/acknowledge")
    assert late.status_code == 409

"""A gift in francs: by a Swiss QR-bill where the fund has such an account, else in euro."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.in_euros import exchanged
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import acknowledge
from grants.giving.pledges.swiss_bill import _bill_of, slip, takes_qr_bills
from grants.giving.pledging.scanning import transfer_code
from grants.integrity.diligence.service import take_over
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import render
from grants.platform.messages.models import Message
from tests.banking.bank.arranging import euros
from tests.books.ledger.books import FEBRUARY, an_account, publish_rates
from tests.factories import a_cleared_donor, a_pledge, act_of, staff
from tests.giving.pledging.test_gift import GIFT, PAGE
from tests.giving.pledging.test_wizard import CONTACT, WAY
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs, StrictClient

SWISS_IBAN = "CH5604835012345678009"
REFERENCE = "UNVTF-P-2026-0029-P"
FRANCS = GIFT | {"proposed": "other", "other-amount": "100", "other-currency": "CHF"}


@pytest.fixture
def _rates(session: Session) -> None:
    publish_rates(session)
    session.commit()


def described(account: BankAccount, number: str = SWISS_IBAN) -> BankAccount:
    account.number, account.street = number, "Palais des Nations"
    account.postal_code, account.town, account.country = "1211", "Genève 10", "CH"
    account.beneficiary = "United Nations Office"
    return account


def swiss(currency: str = "CHF", number: str = SWISS_IBAN) -> BankAccount:
    return described(BankAccount(currency=currency), number)


def chf(amount: str) -> Money:
    return Money.parse(amount, "CHF")


def test_the_bill_says_what_the_standard_asks_line_by_line() -> None:
    lines = _bill_of(swiss(), chf("200"), REFERENCE).qr_data().split("\r\n")
    assert lines[:4] == ["SPC", "0200", "1", SWISS_IBAN]
    address = ["S", "United Nations Office", "Palais des Nations", "", "1211", "Genève 10", "CH"]
    assert lines[4:11] == address
    assert lines[11:18] == [""] * 7, "an ultimate creditor is reserved"
    assert lines[18:20] == ["200.00", "CHF"]
    assert lines[27:] == ["NON", "", REFERENCE, "EPD"]


@pytest.mark.parametrize(
    ("account", "amount"),
    [
        (swiss(number=""), chf("200")),
        (swiss(number="AT021200000703447144"), chf("200")),
        (swiss(number="CH4431999123000889012"), chf("200")),
        (swiss("USD"), chf("200")),
        (swiss(), Money(20_000, "USD")),
        (swiss(), chf("0")),
        (swiss(), Money(10**11, "CHF")),
        (BankAccount(currency="CHF", number=SWISS_IBAN), chf("200")),
    ],
)
def test_what_no_swiss_bank_takes_has_no_bill(account: BankAccount, amount: Money) -> None:
    assert not slip(account, amount, REFERENCE)
    assert not transfer_code(account, amount, REFERENCE)


def test_the_slip_has_the_size_and_the_words_of_the_standard() -> None:
    drawn = slip(swiss(), chf("200"), REFERENCE)
    assert 'width="210mm"' in drawn
    assert 'height="106mm"' in drawn, "a sixth of A4, and a millimetre for the scissors"
    for text in ("Receipt", "Payment part", "CH56 0483 5012 3456 7800 9", "200.00", REFERENCE):
        assert text in drawn
    with use_language("fr"):
        assert "Section paiement" in slip(swiss(), chf("200"), REFERENCE)
    with use_language("ar"):
        assert "Payment part" in slip(swiss(), chf("200"), REFERENCE), "the standard knows no other"


def test_a_screen_gets_the_code_alone_and_no_style_of_its_own() -> None:
    code = transfer_code(swiss(), chf("200"), REFERENCE)
    assert code.startswith("<svg")
    assert "style=" not in code
    assert "<text" not in code
    assert code.count("<path") == 1
    assert "swiss-cross" in code


def test_letters_about_francs_end_with_the_slip(session: Session, fund: Fund) -> None:
    publish_rates(session)
    account = described(an_account(session, fund, "CHF"))
    donor = a_cleared_donor(session, fund, "Beatrice Rossi", DonorKind.INDIVIDUAL, "CH")
    pledge = a_pledge(session, fund, chf("75000"), donor)
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert takes_qr_bills(account)
    for document in ("acknowledgement", "payment-slip"):
        assert paper_of(session, document, pledge.reference).slip is not None
        text = text_of(render(session, document, pledge.reference)[1])
        assert "Payment part" in text
        assert "75 000.00" in text.replace("\u00a0", " ")


@pytest.mark.usefixtures("_rates")
def test_without_an_account_in_francs_a_gift_in_francs_is_given_in_euro(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    euros(session, fund)
    session.commit()
    assert "CHF 100 = EUR 107.95 at the rate of" in _plain(client.get(PAGE).get_data(as_text=True))
    client.submit(PAGE, FRANCS)
    (pledge,) = session.scalars(select(Pledge))
    assert (pledge.amount, pledge.express) == (Money(10_795, "EUR"), True)
    assert _plain(pledge.exchange).startswith("CHF 100 = EUR 107.95 at the rate of")
    assert sum(part.amount_minor for part in pledge.instalments) == pledge.amount_minor
    page = _plain(client.get("/pledge/UNVTF/sent", follow_redirects=True).get_data(as_text=True))
    assert "CHF 100 = EUR 107.95" in page
    assert "<svg" in page, "the code for euro"
    (mail,) = session.scalars(select(Message).where(Message.recipient == GIFT["email"]))
    assert "CHF 100 = EUR 107.95" in _plain(mail.text)


@pytest.mark.usefixtures("_rates")
def test_with_one_it_is_given_in_francs_and_the_slip_is_there(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    euros(session, fund)
    described(an_account(session, fund, "CHF"))
    session.commit()
    client.submit(PAGE, FRANCS)
    (pledge,) = session.scalars(select(Pledge))
    assert (pledge.amount, pledge.exchange) == (chf("100"), "")
    page = client.get("/pledge/UNVTF/sent", follow_redirects=True).get_data(as_text=True)
    found = re.search(r'href="(/documents/payment-slip/[^"]+)"', page)
    assert found is not None
    assert client.get(found[1]).data.startswith(b"%PDF"), "who has the address of the page"
    assert client.get(f"/documents/payment-slip/{pledge.reference}.pdf").status_code in {302, 404}
    (mail,) = session.scalars(select(Message).where(Message.recipient == GIFT["email"]))
    assert mail.attachments == [{"document": "payment-slip", "reference": pledge.reference}]


def _pledge_by_the_pages(client: StrictClient, kind: str, *amounts: str) -> None:
    """A pledge in francs to the check of its answers, in as many payments as amounts."""
    whole = str(sum(int(amount) for amount in amounts))
    plan = "one" if len(amounts) == 1 else "several"
    days = {
        f"rows-{place}-due_on-{part}": value
        for place in range(len(amounts))
        for part, value in (("day", "1"), ("month", "2"), ("year", str(2031 + place)))
    }
    rows = {f"rows-{place}-amount": amount for place, amount in enumerate(amounts)}
    answers = dict(WAY) | {
        "kind": {"kind": kind},
        "giver": {"name": "Stiftung Hafenlicht", "country": "CH"},
        "amount": {"amount-amount": whole, "amount-currency": "CHF", "plan": plan},
        "payments": {**days, **rows} if plan == "several" else {},
    }
    for step, typed in answers.items():
        client.submit(f"/pledge/UNVTF/{step}", typed)


@pytest.mark.usefixtures("_rates")
def test_a_pledge_in_francs_is_paid_in_euro_part_by_part_without_an_account_in_francs(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    euros(session, fund)
    session.commit()
    _pledge_by_the_pages(client, "foundation", "50000", "25000")
    page = _plain(client.get("/pledge/UNVTF/amount").get_data(as_text=True))
    assert "CHF 100 = EUR 107.95 at the rate of" in page
    check = _plain(client.get("/pledge/UNVTF/check").get_data(as_text=True))
    assert "CHF 75,000 = EUR 80,965.91 at the rate of" in check
    client.submit("/pledge/UNVTF/check", {})
    (pledge,) = session.scalars(select(Pledge))
    assert pledge.amount == Money(8_096_591, "EUR")
    assert [part.amount_minor for part in pledge.instalments] == [5_397_728, 2_698_863]
    assert _plain(pledge.exchange).startswith("CHF 75,000 = EUR 80,965.91")


@pytest.mark.usefixtures("_rates")
def test_a_state_pledges_in_its_own_currency(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    euros(session, fund)
    session.commit()
    _pledge_by_the_pages(client, "member_state", "75000")
    assert "no account in francs" not in client.get("/pledge/UNVTF/amount").get_data(as_text=True)
    client.submit("/pledge/UNVTF/check", {})
    (pledge,) = session.scalars(select(Pledge))
    assert (pledge.amount, pledge.exchange) == (chf("75000"), "")


@pytest.mark.usefixtures("_rates")
def test_a_pledge_in_francs_goes_from_the_first_page_to_the_receipt_with_its_slip(
    client: StrictClient, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    described(an_account(session, fund, "CHF"))
    session.commit()
    _pledge_by_the_pages(client, "individual", "300")
    client.submit("/pledge/UNVTF/check", {})
    (mail,) = session.scalars(select(Message).where(Message.text.contains("/pledge/confirm/")))
    link = re.search(r"/pledge/confirm/\S+", mail.text)
    assert link is not None
    client.submit(link[0], {})
    session.expire_all()
    (pledge,) = session.scalars(select(Pledge))
    assert (pledge.amount, pledge.exchange) == (chf("300"), "")
    assert pledge.donor is not None
    take_over(session, pledge.donor, fund, Act.by_system("test"))
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    session.commit()
    person = session.scalars(select(Person).where(Person.email == CONTACT["email"])).one()
    page = sign_in_as(person).get(f"/giving/{pledge.reference}").get_data(as_text=True)
    assert f"/documents/payment-slip/{pledge.reference}" in page
    assert "<svg" in page
    arrival = Arrival("BT-1", clock.today(), chf("300"))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    deposit = record_deposit(session, fund, pledge, arrival, finance)
    assert deposit.receipt is not None
    assert deposit.received == chf("300")


@pytest.mark.usefixtures("_rates")
def test_what_cannot_be_exchanged_stays_as_it_was_chosen(session: Session, fund: Fund) -> None:
    dollars, francs = Money(10_000, "USD"), chf("100")
    assert exchanged(session, fund, francs, FEBRUARY) == (francs, None), "no account in euro"
    euros(session, fund)
    assert exchanged(session, fund, dollars, FEBRUARY) == (dollars, None)
    euro, chosen = exchanged(session, fund, francs, FEBRUARY)
    assert (str(euro), chosen.rate_on if chosen else None) == ("90.91", date(2026, 2, 1))
    fund.currencies = ["CHF", "USD"]
    assert exchanged(session, fund, francs, FEBRUARY) == (francs, None), "euro are not taken"


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("&nbsp;", " ")

"""Donors are told what the fund did: once in a while, each in one letter, without amounts."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden, Missing
from grants.core.kernel.language import use_language
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, Service
from grants.core.people.permissions import Role
from grants.fundraising.thanks import service
from grants.fundraising.thanks.facts import Year
from grants.fundraising.thanks.models import ThanksLetter
from grants.fundraising.thanks.queries import (
    APART,
    count_to_post,
    letter_of_token,
    letters_to_post,
    readers_to_thank,
)
from grants.giving.donors.models import Contact, Donor
from grants.giving.outreach.consents import leaving_token, unsubscribe
from grants.papers.statements.builders.donors.thanks import thanks_paper
from grants.papers.statements.issuing import print_source_of
from grants.platform.messages.models import Message
from grants.platform.messages.service import Recipient, send
from grants.platform.undelivered.reading import Report
from grants.platform.undelivered.service import lift, note_undelivered
from tests.factories import a_card, a_deposit, a_donor, a_pledge, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient

YEAR = Year(clock.today().year - 1, 12, ("KE", "NP"), 1234, ((Service.SHELTER.value, 800),))


@pytest.fixture(autouse=True)
def year(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fund whose results are published."""
    for module in ("service", "views"):
        monkeypatch.setattr(f"grants.fundraising.thanks.{module}.year_of", lambda *_of: YEAR)


def gave(session: Session, fund: Fund, name: str) -> str:
    donor = a_donor(session, name, DonorKind.MEMBER_STATE, "GR")
    card = a_card(session, donor, f"Ana {name}")
    pledge = a_pledge(session, fund, usd(123_456), donor)
    a_deposit(session, fund, pledge, usd(123_456), value_on=clock.today() - timedelta(40))
    assert card.email
    return card.email


def begun(session: Session, fund: Fund) -> list[ThanksLetter]:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    thanks = service.begin_round(session, fund, {"en": "Thank you all."}, act)
    assert [row.action for row in trail_of(session, "thanks_round", thanks.id)] == ["thank_donors"]
    return list(session.scalars(select(ThanksLetter).order_by(ThanksLetter.id)))


def test_who_gave_is_told_once_and_who_left_or_never_gave_is_not(
    session: Session, fund: Fund
) -> None:
    reader, gone = gave(session, fund, "Lantern"), gave(session, fund, "Harbour")
    a_card(session, a_donor(session, "Never gave"), "Never Gave")
    unsubscribe(session, leaving_token(session, gone), Act.by_system("test"))
    assert [letter.email for letter in begun(session, fund)] == [reader.lower()]
    assert service.send_letters(session) == 1
    assert service.send_letters(session) == 0
    (message,) = session.scalars(select(Message).where(Message.recipient == reader.lower()))
    assert "/thank-you/" in message.text
    assert "1,234" in message.text


def test_donors_are_told_twice_a_year_at_most_and_only_by_who_may_send(
    session: Session, fund: Fund
) -> None:
    gave(session, fund, "Lantern")
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    with pytest.raises(Forbidden):
        service.begin_round(session, fund, {}, officer)
    begun(session, fund)
    with pytest.raises(Conflict, match="Donors were informed on"):
        begun(session, fund)
    with clock.at(clock.now() + APART + timedelta(1)):
        assert len(begun(session, fund)) == 2


def test_the_page_may_be_shared_it_names_no_donor_and_no_amount(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    gave(session, fund, "Lantern")
    (letter,) = begun(session, fund)
    session.commit()
    shown = client.get(letter.path).text
    assert "1,234" in shown
    assert "Thank you all." in shown
    assert "Kenya, Nepal" in shown
    assert "Lantern" not in shown
    assert "1,234.56" not in shown
    facts = client.get(f"/documents/thanks/{letter.token}.json")
    assert "Lantern" not in facts.text
    with pytest.raises(Missing):
        letter_of_token(session, f"{letter.token}x")


def test_words_that_are_not_in_the_language_of_the_reader_are_marked_as_such(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    gave(session, fund, "Lantern")
    (letter,) = begun(session, fund)
    session.commit()
    assert not english_within(client.get(letter.path).text)
    assert english_within(client.get(f"{letter.path}?language=ar").text) == ["Thank you all."]
    with use_language("ar"):
        paper = print_source_of(thanks_paper(session, letter.token)).html
    assert english_within(paper) == ["Thank you all."]


def english_within(page: str) -> list[str]:
    """The texts on a page that are marked as English, of those in its main part."""
    marked = html.fromstring(page.encode()).xpath("//body//*[@lang='en'][contains(., 'Thank')]")
    return [element.text_content() for element in marked]


def test_staff_see_what_will_be_told_before_they_send_it(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    gave(session, fund, "Lantern")
    session.commit()
    assert len(readers_to_thank(session, fund)) == 1
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = manager.get(f"/thanks/{fund.code}").text
    assert "Send to 1 recipient" in page
    assert "Kenya, Nepal" in page
    answer = manager.submit(f"/thanks/{fund.code}", data={"words_en": "Thank you.", "words_ar": ""})
    assert answer.status_code == 302, answer.text
    assert f"{fund.code}-T-{clock.today().year}-01" in manager.get(f"/thanks/{fund.code}").text


def returned(session: Session, email: str) -> None:
    """An e-mail to the address came back for good."""
    message = send(
        session,
        Recipient(email, "Ana", "en"),
        "giving/donors/signatory_confirmed",
        event=email,
        fund=None,
        donor="Brazil",
        reason="",
        url="http://localhost/giving",
    )
    report = Report(message.id, "5.1.1", "550 5.1.1 No such user", permanent=True)
    note_undelivered(session, report, Act.by_system("mail"))


def donor_at(session: Session, email: str, address: str | None = "1 Harbour Road") -> Donor:
    """The donor of this contact, with a postal address or without."""
    contact = session.scalars(select(Contact).where(Contact.email == email)).one()
    contact.donor.mailing_address = address
    contact.donor.organisation.address = None
    session.flush()
    return contact.donor


def test_who_is_not_reached_by_email_is_thanked_by_post(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    email, manager = gave(session, fund, "Harbour"), staff(session, Role.FUND_MANAGER)
    donor, by = donor_at(session, email), act_of(session, manager)
    returned(session, email)
    (reader,) = readers_to_thank(session, fund)
    assert reader.by_post
    (letter,) = begun(session, fund)
    assert service.send_letters(session) == 0
    assert session.scalar(count_to_post(by.actor)) == 1
    (item,) = letters_to_post(session, fund)
    assert (item.letter, item.address) == (letter, donor.mailing_address)
    session.commit()
    page = sign_in_as(manager)
    shown, done = page.get(f"/thanks/{fund.code}").text, f"letters/{letter.id}/posted"
    assert "1 Harbour Road" in shown
    assert f"/documents/thanks/{letter.token}" in shown
    assert done in shown
    assert page.submit(f"/thanks/{fund.code}/{done}", data={}).status_code == 302
    assert session.scalar(count_to_post(by.actor)) == 0
    assert page.get(f"/thanks/{fund.code}/{done}").status_code == 404
    assert trail_of(session, "thanks_round", letter.round_id)[-1].action == "post_thanks"
    with pytest.raises(Conflict):
        service.send_by_post(session, letter, by)


def test_a_colleague_who_is_reached_saves_the_letter(session: Session, fund: Fund) -> None:
    email = gave(session, fund, "Harbour")
    other = a_card(session, donor_at(session, email).organisation, "Rita Harbour")
    returned(session, email)
    assert [reader.contact for reader in readers_to_thank(session, fund)] == [other]


def test_who_has_no_postal_address_either_is_not_told(session: Session, fund: Fund) -> None:
    email = gave(session, fund, "Harbour")
    donor_at(session, email, None)
    returned(session, email)
    assert not readers_to_thank(session, fund)


def test_an_address_that_stops_working_before_the_letter_left_and_works_again(
    session: Session, fund: Fund
) -> None:
    email = gave(session, fund, "Harbour")
    donor_at(session, email)
    begun(session, fund)
    returned(session, email)
    assert service.send_letters(session) == 0
    assert letters_to_post(session, fund)
    lift(session, email, Act.by_system("mail"))
    assert not letters_to_post(session, fund)
    with clock.at(clock.now() + APART + timedelta(1)):
        assert service.send_letters(session) == 0, "the next round has something newer to tell"
    assert service.send_letters(session) == 1


def test_only_who_sends_letters_records_one_as_posted(session: Session, fund: Fund) -> None:
    email = gave(session, fund, "Harbour")
    donor_at(session, email)
    returned(session, email)
    (letter,) = begun(session, fund)
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    with pytest.raises(Forbidden):
        service.send_by_post(session, letter, officer)
    assert session.scalar(count_to_post(officer.actor)) == 0

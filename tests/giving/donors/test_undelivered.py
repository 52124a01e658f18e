"""What mail servers send back: told to who looks after the donor, and what happens to papers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.viewer import Viewer
from grants.desk.data_protection.erasing import erase_person
from grants.desk.data_protection.own_data import rows_about
from grants.fundraising.appeals.models import LeftOut, MailingLine, Post
from grants.fundraising.appeals.recipients import worded
from grants.fundraising.appeals.sending import go_out
from grants.giving.donors import undelivered
from grants.giving.donors.models import Contact
from grants.giving.donors.service import card_of, change_contact
from grants.giving.outreach.consents import is_suppressed, leaving_token, unsubscribe
from grants.platform.casework.models import CaseOwner
from grants.platform.messages.models import Message
from grants.platform.messages.post import message_key
from grants.platform.messages.service import Recipient, send
from grants.platform.undelivered.models import UndeliveredEmail
from grants.platform.undelivered.queries import LIMIT, WITHIN, undeliverable_addresses
from grants.platform.undelivered.service import lift, lift_own
from tests.factories import a_campaign, a_card, a_donor, a_mailing, act_of, an_appeal, member, staff
from tests.fundraising.appeals.test_sending import counted_alike
from tests.platform.undelivered.reports import EXCHANGE, GMAIL, POSTFIX, report
from tests.platform.web.client import SignInAs

MAIL = Act.by_system("mail")
ANA = "ana@mission.example"
PAGE = "/donors/undelivered"


@pytest.fixture
def ana(session: Session, fund: Fund) -> Contact:
    """A mission's contact person."""
    return a_card(session, a_donor(session), "Ana Prado", email=ANA)


@pytest.fixture
def manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def written(session: Session, email: str = ANA, event: str = "1", *papers: str) -> Message:
    """An e-mail to a donor, with these receipts."""
    message = send(
        session,
        Recipient(email, "Ana Prado", "en"),
        "giving/donors/signatory_confirmed",
        event=event,
        attachments=[{"document": "receipt", "reference": paper} for paper in papers],
        fund=None,
        donor="Brazil",
        reason="",
        url="http://localhost/giving",
    )
    message.sent_at = clock.now()
    session.flush()
    return message


def came_back(
    session: Session, message: Message, form: str = POSTFIX, **said: str
) -> UndeliveredEmail | None:
    number = f"<{message_key(message.id)}@fund.example>"
    return undelivered.take_back(session, report(form, number, **said), MAIL)


def viewer_of(session: Session, person: Person) -> Viewer:
    return act_of(session, person).actor


def letters_to(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.recipient == person.email)))


@pytest.mark.parametrize("form", [POSTFIX, EXCHANGE, GMAIL], ids=["postfix", "exchange", "gmail"])
def test_an_address_that_does_not_exist_gets_no_appeal_any_more(
    session: Session, fund: Fund, ana: Contact, form: str
) -> None:
    appeal = an_appeal(session, a_campaign(session, fund))
    assert [line.excluded for line in worded(session, appeal, Post.EMAIL)] == [None]
    came_back(session, written(session), form)
    assert [line.excluded for line in counted_alike(session, appeal, Post.EMAIL)] == [
        LeftOut.UNDELIVERABLE
    ]
    assert [line.excluded for line in worded(session, appeal, Post.LETTER)] == [None]


def test_an_appeal_that_is_under_way_is_not_sent_to_it(
    session: Session, fund: Fund, ana: Contact
) -> None:
    campaign = a_campaign(session, fund)
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign)
    (line,) = session.scalars(select(MailingLine).where(MailingLine.mailing_id == mailing.id))
    came_back(session, written(session))
    go_out(session, line, lambda name, _reference: (name, b""))
    assert line.excluded is LeftOut.UNDELIVERABLE
    assert line.heading is None


def test_what_may_pass_counts_after_several_in_a_month(session: Session, ana: Contact) -> None:
    full = {"status": "5.2.2", "words": "552 5.2.2 The mailbox is full"}
    for number in range(LIMIT):
        assert not undeliverable_addresses(session, ANA)
        came_back(session, written(session, event=str(number)), **full)
    assert undeliverable_addresses(session, f" {ANA.upper()}") == {ANA}
    with clock.at(clock.now() + WITHIN + timedelta(days=1)):
        assert not undeliverable_addresses(session, ANA), "they are long ago"


def test_the_same_report_twice_is_one(session: Session, ana: Contact) -> None:
    message = written(session)
    first = came_back(session, message)
    assert first is not None
    assert came_back(session, message, GMAIL) is first


def test_the_owner_of_the_donor_is_told_once(
    session: Session, ana: Contact, manager: Person
) -> None:
    owner = staff(session, Role.PROGRAMME_OFFICER)
    session.add(CaseOwner(kind="donor", subject_id=ana.organisation_id, person_id=owner.id))
    for number in range(2):
        came_back(session, written(session, event=str(number)))
    (told,) = letters_to(session, owner)
    assert ANA in told
    assert not letters_to(session, manager)


def test_without_an_owner_those_who_may_correct_the_address_are_told(
    session: Session, ana: Contact, manager: Person
) -> None:
    came_back(session, written(session))
    assert len(letters_to(session, manager)) == 1
    lift(session, ANA, act_of(session, manager))
    came_back(session, written(session, event="2"))
    assert len(letters_to(session, manager)) == 2, "it stopped working again"


def test_a_receipt_that_reached_nobody_goes_by_post(
    session: Session, fund: Fund, ana: Contact, manager: Person
) -> None:
    by = act_of(session, manager)
    row = came_back(session, written(session, ANA, "receipt", f"{fund.code}-R-2026-0001"))
    assert row is not None
    (paper,) = undelivered.papers_to_post(session, by.actor)
    assert (paper.row, paper.contact) == (row, ana)
    assert session.scalar(undelivered.count_to_post(by.actor)) == 1
    undelivered.send_by_post(session, row, by)
    assert session.scalar(undelivered.count_to_post(by.actor)) == 0
    assert row.posted_by_id == manager.id
    with pytest.raises(Conflict):
        undelivered.send_by_post(session, row, by)
    assert undeliverable_addresses(session, ANA), "the address is still wrong"


def test_a_receipt_that_reached_a_colleague_does_not_go_by_post(
    session: Session, fund: Fund, ana: Contact, manager: Person
) -> None:
    paper, actor = f"{fund.code}-R-2026-0001", viewer_of(session, manager)
    came_back(session, written(session, ANA, "receipt", paper))
    other = written(session, "rita@mission.example", "receipt", paper)
    assert session.scalar(undelivered.count_to_post(actor)) == 0
    came_back(session, other)
    assert session.scalar(undelivered.count_to_post(actor)) == 1, "it came back from both"


def test_papers_of_another_fund_are_not_shown(
    session: Session, fund: Fund, ana: Contact, manager: Person
) -> None:
    actor = viewer_of(session, manager)
    row = came_back(session, written(session, ANA, "receipt", "OTHER-R-2026-0001"))
    assert row is not None
    assert not undelivered.papers_to_post(session, actor)
    with pytest.raises(Missing):
        undelivered.paper_to_post(session, row.id, actor)


def test_a_corrected_address_is_written_to_again(
    session: Session, ana: Contact, manager: Person
) -> None:
    by = act_of(session, manager)
    came_back(session, written(session))
    assert session.scalar(undelivered.count_unreached()) == 1
    change_contact(session, ana, replace(card_of(ana), email="ana.p@mission.example"), by)
    session.flush()
    assert session.scalar(undelivered.count_unreached()) == 0
    assert not undelivered.unreached_among(session, [ana])


def test_the_fund_says_that_e_mails_arrive_again(
    session: Session, ana: Contact, manager: Person
) -> None:
    came_back(session, written(session))
    with pytest.raises(Forbidden):
        undelivered.reach_again(session, ana, act_of(session, staff(session, Role.AUDITOR)))
    with pytest.raises(Forbidden):
        lift_own(session, MAIL)
    undelivered.reach_again(session, ana, act_of(session, manager))
    assert not undeliverable_addresses(session, ANA)
    with pytest.raises(Conflict):
        undelivered.reach_again(session, ana, act_of(session, manager))


def test_only_who_may_change_donors_records_what_went_by_post(
    session: Session, fund: Fund, ana: Contact
) -> None:
    row = came_back(session, written(session, ANA, "receipt", f"{fund.code}-R-2026-0001"))
    assert row is not None
    with pytest.raises(Forbidden):
        undelivered.send_by_post(session, row, act_of(session, staff(session, Role.AUDITOR)))


def test_the_page_leads_to_the_address_and_the_papers(
    session: Session, fund: Fund, ana: Contact, manager: Person, sign_in_as: SignInAs
) -> None:
    row = came_back(session, written(session, ANA, "receipt", f"{fund.code}-R-2026-0001"))
    assert row is not None
    code, number = ana.donor.organisation.code, row.id
    session.commit()
    browser = sign_in_as(manager)
    assert PAGE in browser.get("/start").text
    page = browser.get(PAGE).text
    for text in (ANA, "User unknown", f"{fund.code}-R-2026-0001"):
        assert text in page
    assert "E-mails are returned" in browser.get(f"/donors/{code}?part=contacts").text
    assert browser.submit(f"{PAGE}/{number}/posted").status_code == 302
    again = f"/donors/{code}/contacts/{ana.id}/reached-again"
    assert browser.submit(again).status_code == 302
    assert "Every e-mail has reached its donor" in browser.get(PAGE).text
    assert PAGE not in browser.get("/start").text


def test_the_person_reads_it_at_the_next_sign_in_and_says_that_it_works(
    session: Session, ana: Contact, sign_in_as: SignInAs
) -> None:
    person = member(session, ana.donor.organisation, Role.DONOR, "Ana Prado")
    person.email = ANA
    came_back(session, written(session))
    session.commit()
    browser = sign_in_as(person)
    assert "are returned to us" in browser.get("/start").text
    assert browser.submit("/account/emails-arrive", page="/start").status_code == 302
    session.expire_all()
    assert "are returned to us" not in browser.get("/start").text
    assert not undeliverable_addresses(session, ANA)


def test_the_administrator_sees_every_e_mail_that_came_back(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    came_back(session, written(session, "grantee@ngo.example"))
    session.commit()
    page = sign_in_as(staff(session, Role.ADMINISTRATOR)).get("/emails/delayed").text
    assert "grantee@ngo.example" in page


def test_it_is_the_persons_own_data_and_goes_with_them(
    session: Session, fund: Fund, ana: Contact
) -> None:
    person = member(session, ana.donor.organisation, Role.DONOR, "Ana Prado")
    person.email = ANA
    came_back(session, written(session))
    unsubscribe(session, leaving_token(session, ANA), MAIL)
    session.flush()
    assert "undelivered_email" in {row.table for row in rows_about(session, person)}
    erase_person(session, person)
    (row,) = session.scalars(select(UndeliveredEmail))
    assert "ana" not in f"{row.email} {row.words}".lower()
    assert is_suppressed(session, ANA), "the list of those who want no appeals outlives them"


def test_the_command_reads_what_a_mail_server_hands_over(
    app: Flask, session: Session, ana: Contact
) -> None:
    number = f"<{message_key(written(session).id)}@fund.example>"
    session.commit()
    run = app.test_cli_runner().invoke
    result = run(args=["mail", "returned", "-"], input=report(EXCHANGE, number))
    assert result.exit_code == 0, result.output
    assert "RecipientNotFound" in result.output
    assert undeliverable_addresses(session, ANA) == {ANA}
    forged = run(args=["mail", "returned", "-"], input=report(EXCHANGE, "<1-00@fund.example>"))
    assert forged.exit_code == 0
    assert "Nothing has changed" in forged.output

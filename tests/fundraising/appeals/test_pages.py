"""The pages of an appeal: writing it, reading it as a donor would, sending it, its letters."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.fundraising.appeals.models import Appeal, Mailing, MailingLine, Post
from grants.fundraising.appeals.sending import carry_out
from grants.giving.donors.models import Way
from grants.giving.outreach.models import Campaign
from grants.papers.statements.issuing import render_by_name
from tests.factories import (
    a_campaign,
    a_card,
    a_donor,
    a_mailing,
    a_pledge,
    an_appeal,
    member,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

Text = Callable[[StrictClient, str], str]


@pytest.fixture
def manager(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.FUND_MANAGER))


@pytest.fixture
def campaign(session: Session, fund: Fund) -> Campaign:
    """It runs, and has two contacts of one donor to ask."""
    campaign = a_campaign(session, fund)
    donor = a_donor(session, "Arcadia <b>")
    a_card(session, donor)
    a_card(session, donor, "Noura", language="ar", way=Way.LETTER)
    session.commit()
    return campaign


def text(browser: StrictClient, path: str) -> str:
    answer = browser.get(path)
    shown = answer.get_data(as_text=True)
    answer.close()
    return shown


def page(campaign: Campaign) -> str:
    return f"/outreach/campaigns/{campaign.code}/appeal"


def test_an_appeal_is_written_and_a_wrong_field_comes_back_onto_the_form(
    manager: StrictClient, session: Session, campaign: Campaign
) -> None:
    assert "Nothing has been written yet" in text(manager, page(campaign))
    written = {"heading_en": "World Day", "body_en": "Dear {doner},\r\n\r\nGive.\r\n{link}"}
    refused = manager.submit(f"{page(campaign)}/write", written).get_data(as_text=True)
    assert "Field {doner} not found" in refused
    assert "Dear {doner}" in refused
    right = {**written, "body_en": written["body_en"].replace("doner", "donor")}
    assert manager.submit(f"{page(campaign)}/write", right).location == page(campaign)
    assert session.scalars(select(Appeal)).one().body == {"en": "Dear {donor},\n\nGive.\n{link}"}


def test_it_is_read_as_each_donor_would_and_then_sent(
    manager: StrictClient, session: Session, campaign: Campaign
) -> None:
    an_appeal(session, campaign)
    session.commit()
    send = f"{page(campaign)}/send/email"
    shown = text(manager, send)
    assert "ana.prado@" in shown
    assert "Prefers letters to e-mail" in shown
    read = text(manager, f"{page(campaign)}/read/email/1")
    assert "asks Arcadia &lt;b&gt; to give" in read
    assert manager.get(f"{page(campaign)}/read/email/2").status_code == 404
    first = manager.submit(send, {"key": "k" * 32})
    mailing = session.scalars(select(Mailing)).one()
    assert first.location == f"/outreach/mailings/{mailing.id}"
    assert manager.submit(send, {"key": "k" * 32}).location == first.location
    again = manager.post(send, data={"key": "other", "csrf_token": "none"})
    assert again.status_code == 400
    shown = text(manager, f"/outreach/mailings/{mailing.id}")
    assert "0 of 1, 1 excluded" in shown
    assert "Prefers letters" in text(manager, f"/outreach/mailings/{mailing.id}?format=csv")


def test_letters_are_printed_kept_and_handed_out_in_one_archive(
    manager: StrictClient, session: Session, campaign: Campaign, database: Database
) -> None:
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign, Post.LETTER)
    session.commit()
    here = f"/outreach/mailings/{mailing.id}"
    assert manager.get(f"{here}/letters.zip").status_code == 422
    carry_out(database, lambda d, r: render_by_name(database, d, r), mailing.id)
    session.expire_all()
    shown = text(manager, here)
    assert "All letters" in shown
    reply = re.search(r'href="(/outreach/donors/[^"]+)">Record a reply', shown)
    assert reply is not None
    form = text(manager, reply[1].replace("&amp;", "&"))
    assert f'<option value="{campaign.code}" selected' in form
    assert re.search(r'name="means"[^>]*value="letter"[^>]*checked', form)
    with manager.get(f"{here}/letters.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == ["0001-ARCADIA-B.pdf", "0002-ARCADIA-B.pdf"]
    assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())
    line = session.scalars(select(MailingLine).order_by(MailingLine.number)).first()
    assert line is not None
    with manager.get(f"/documents/appeal-letter/{line.reference}.pdf?lang=en") as answer:
        assert answer.data == archive.read("0001-ARCADIA-B.pdf")


def test_a_mailing_that_stands_still_can_be_told_to_go_on(
    manager: StrictClient, session: Session, campaign: Campaign
) -> None:
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign)
    session.commit()
    here = f"/outreach/mailings/{mailing.id}"
    assert manager.submit(f"{here}/go-on", page=here).location == here


def test_who_may_not_send_sees_to_whom_it_would_go_and_no_button(
    sign_in_as: SignInAs, session: Session, campaign: Campaign
) -> None:
    an_appeal(session, campaign)
    officer = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    send = f"{page(campaign)}/send/email"
    assert "Send the e-mails" not in text(officer, send)
    token = text(officer, f"{page(campaign)}/write").split('csrf_token" type="hidden" value="')
    answer = officer.post(send, data={"csrf_token": token[-1].split('"')[0], "key": "x"})
    assert answer.status_code in (400, 403)
    assert session.scalar(select(Mailing)) is None


def test_a_letter_is_read_by_its_donors_people_and_by_no_other_donor(
    sign_in_as: SignInAs, session: Session, campaign: Campaign, client: StrictClient
) -> None:
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign, Post.LETTER)
    line = session.scalars(select(MailingLine)).first()
    assert line is not None
    other = a_donor(session, "Nubia")
    a_pledge(session, campaign.fund, donor=other)
    own = member(session, line.donor, Role.DONOR)
    stranger = member(session, other, Role.DONOR, "Somebody Else")
    reviewer = staff(session, Role.REVIEWER)
    session.commit()
    letter = f"/documents/appeal-letter/{line.reference}.json"
    assert client.get(letter).status_code == 302
    assert sign_in_as(own).get(letter).status_code == 200
    assert sign_in_as(stranger).get(letter).status_code == 404
    assert sign_in_as(reviewer).get(letter).status_code == 404
    assert sign_in_as(own).get(f"/outreach/mailings/{mailing.id}").status_code == 403

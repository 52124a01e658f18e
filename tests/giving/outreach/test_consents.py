"""Private persons are sent appeals after consenting; who unsubscribes is never written to again."""

import re
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.viewer import VISITOR
from grants.fundraising.appeals.models import LeftOut, Post
from grants.fundraising.appeals.recipients import worded
from grants.giving.donors.models import Contact
from grants.giving.outreach.consents import (
    give_consent,
    is_suppressed,
    leaving_token,
    unsubscribe,
)
from grants.giving.outreach.models import AppealConsent, SuppressedAddress
from grants.platform.messages.post import PostOffice
from grants.platform.messages.service import Recipient, send
from grants.variables import Mailbox
from tests.factories import a_campaign, a_card, a_donor, an_appeal
from tests.giving.pledging.test_gift import GIFT, PAGE
from tests.platform.web.client import StrictClient

EMAIL = "Lena@Ojo.example"
BY_VISITOR = Act(VISITOR)


@pytest.fixture
def person(session: Session) -> Organisation:
    return a_donor(session, "Lena Ojo", DonorKind.INDIVIDUAL)


@pytest.fixture
def card(session: Session, person: Organisation) -> Contact:
    return a_card(session, person, "Lena Ojo", email=EMAIL)


def _why(session: Session, fund: Fund) -> LeftOut | None:
    """Why the only donor is left out of an appeal; None if it goes out."""
    appeal = an_appeal(session, a_campaign(session, fund, kinds=[DonorKind.INDIVIDUAL]))
    (line,) = worded(session, appeal, Post.EMAIL)
    return line.excluded


def test_a_private_person_is_written_to_after_consenting(
    session: Session, fund: Fund, card: Contact
) -> None:
    assert card.takes_appeals
    assert _why(session, fund) is LeftOut.NO_CONSENT
    give_consent(session, EMAIL, "Write to me.", "UNVTF-P-2026-0001-K", BY_VISITOR)
    assert _why(session, fund) is None


def test_consent_is_on_record_with_its_words_and_source(session: Session) -> None:
    facts = (EMAIL, "Write to me.", "UNVTF-P-2026-0001-K", BY_VISITOR)
    consent = give_consent(session, *facts)
    assert give_consent(session, *facts) is consent
    assert session.scalars(select(AppealConsent)).all() == [consent]
    assert (consent.wording, consent.language, consent.email) == (
        "Write to me.",
        "en",
        EMAIL.lower(),
    )


def test_who_unsubscribed_is_left_out_whatever_is_known_of_them(
    session: Session, fund: Fund, card: Contact
) -> None:
    give_consent(session, EMAIL, "Write to me.", "UNVTF-P-2026-0001-K", BY_VISITOR)
    link = leaving_token(session, EMAIL)
    for _time in range(2):
        unsubscribe(session, link, BY_VISITOR)
    assert not card.takes_appeals
    card.opted_out_at = None  # a colleague ticks the box again
    session.flush()
    assert _why(session, fund) is LeftOut.UNSUBSCRIBED


def test_the_list_names_nobody_and_outlives_the_person(session: Session, card: Contact) -> None:
    link = leaving_token(session, EMAIL)
    assert "lena" not in link.lower()
    card.email, card.name = "contact-1@erased.invalid", "Former donor contact"
    session.flush()
    unsubscribe(session, link, BY_VISITOR)
    assert is_suppressed(session, "lena@ojo.example ")
    rows = session.scalars(select(SuppressedAddress)).all()
    assert all("lena" not in f"{row.digest} {row.salt}" for row in rows)
    with pytest.raises(Exception, match=r"restrict|append|never|forbid"):
        session.execute(text("DELETE FROM suppressed_address"))


def test_a_link_that_is_not_ours_changes_nothing(session: Session) -> None:
    link = leaving_token(session, EMAIL)
    forged = f"{'a' * 64}-{link.rpartition('-')[2]}"
    with pytest.raises(Missing):
        unsubscribe(session, forged, BY_VISITOR)


def test_a_mail_program_unsubscribes_by_one_post_without_a_session(
    client: StrictClient, session: Session
) -> None:
    link = f"/unsubscribe/{leaving_token(session, EMAIL)}"
    session.commit()
    page = client.get(link).get_data(as_text=True)
    assert "Unsubscribe" in page
    assert not is_suppressed(session, EMAIL), "opening a link changes nothing"
    stranger = client.application.test_client()
    response = stranger.post(link, data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert is_suppressed(session, EMAIL)
    assert client.get("/unsubscribe/nothing").status_code == 404


def test_an_appeal_carries_the_headers_of_one_click(
    session: Session, database: Database, tmp_path: Path
) -> None:
    address = "https://fund.example/unsubscribe/token"
    message = send(
        session,
        Recipient(EMAIL, "Lena"),
        "fundraising/appeals/appeal",
        event="appeal",
        unsubscribe=address,
        reply_to="ingrid@fund.example",
        heading="Help",
        body="Dear Lena",
        leave=address,
    )
    session.commit()
    box = Mailbox("fund@example.org", reply_to="desk@fund.example")
    office = PostOffice(database, tmp_path, box, lambda *_names: ("", b""))
    office.deliver(message.id)
    (file,) = tmp_path.glob("*.eml")
    letter = message_from_bytes(file.read_bytes())
    assert letter["List-Unsubscribe"] == f"<{address}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_all("Reply-To") == ["ingrid@fund.example"]
    assert address in message.text


def test_the_page_of_gifts_asks_apart_and_does_not_assume_it(
    client: StrictClient, session: Session
) -> None:
    session.commit()
    page = client.get(PAGE).get_data(as_text=True)
    (box,) = re.findall(r'<input[^>]*name="appeals"[^>]*>', page)
    assert "checked" not in box
    client.submit(PAGE, GIFT | {"key": "without"})
    assert not session.scalars(select(AppealConsent)).all()
    client.submit(PAGE, GIFT | {"key": "with", "appeals": "y"})
    session.expire_all()
    (consent,) = session.scalars(select(AppealConsent)).all()
    assert consent.email == GIFT["email"]
    assert consent.wording.startswith("Write to me")

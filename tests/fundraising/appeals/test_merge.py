"""Fields in an appeal: only those that exist, and no name can do more than stand there."""

import email
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.fundraising.appeals.merge import FIELDS, fields_in, fill, one_line
from grants.fundraising.appeals.models import Post
from grants.fundraising.appeals.recipients import worded
from grants.platform.messages.models import Message
from grants.platform.messages.post import PostOffice
from grants.platform.messages.service import Recipient
from grants.platform.messages.wording import as_html, words_of
from grants.variables import Mailbox
from tests.factories import a_campaign, a_card, a_donor, an_appeal

ODD = [
    "Ana\r\nBcc: everybody@example.org",
    "Ana\u2028Subject: other",
    "<script>alert(1)</script>",
    "{link} {donor} {nothing}",
    "وزارة الخارجية",
    "外交部",
    "\u202egnirts",
    "{{ 7 * 7 }}{% raw %}",
    "%(name)s %s",
    "x" * 120,
]
NAMES = st.one_of(st.sampled_from(ODD), st.text(min_size=1, max_size=120))


def test_every_field_is_known_and_every_other_is_named_in_the_refusal() -> None:
    assert fields_in(" ".join(f"{{{name}}}" for name in FIELDS)) == frozenset(FIELDS)
    with pytest.raises(InvalidInput, match="nobody"):
        fields_in("Dear {nobody}")


@pytest.mark.parametrize("text", ["{", "}", "{donor", "donor}", "{{donor}}", "{do{nor}}", "{\n}"])
def test_a_brace_that_makes_no_field_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        fields_in(text)


@given(NAMES)
def test_a_value_takes_one_line_and_is_never_read_as_a_field(name: str) -> None:
    values = dict.fromkeys(FIELDS, "other") | {"donor": name}
    made = fill("A {donor} B {link}", values)
    assert made == f"A {one_line(name)} B other"
    assert made.splitlines() == [made]


@given(NAMES)
def test_a_name_in_an_arabic_sentence_stands_apart(name: str) -> None:
    values = dict.fromkeys(FIELDS, "x") | {"donor": name, "link": "https://example.org"}
    made = fill("{donor}\n{link}", values, isolate=True)
    assert made == f"\u2068{one_line(name)}\u2069\nhttps://example.org"


HEADERS = {
    *("Message-ID", "From", "To", "Subject", "Date", "Auto-Submitted", "MIME-Version"),
    "Content-Type",
}


def mailed(heading: str, body: str, language: str) -> tuple[EmailMessage, Message]:
    """The e-mail as it leaves the post office."""
    reader = Recipient("ana@example.org", "Ana", language)
    facts = {"heading": heading, "body": body, "leave": "https://fund.example/leave"}
    words = words_of(None, reader, "fundraising/appeals/appeal", facts, language)
    message = Message(event="line:1", recipient=reader.email, language=language, attachments=[])
    message.subject, message.text = words.subject, words.text
    message.html = as_html(None, words, "", "", ())
    message.queued_at = clock.now()
    post = PostOffice(
        Database.__new__(Database), Path(), Mailbox("fund@localhost"), lambda *_of: ("", b"")
    )
    sent = email.message_from_bytes(bytes(post._letter_of(message)), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    return sent, message


@settings(deadline=None)
@given(NAMES, st.sampled_from(["en", "ar"]))
def test_no_name_adds_a_header_a_paragraph_or_markup_to_an_e_mail(name: str, language: str) -> None:
    values = dict.fromkeys(FIELDS, "x") | {"donor": name}
    heading = one_line(fill("World Day: {donor}", values))
    sent, message = mailed(heading, fill("Dear {donor},\n\nGive.", values), language)
    assert set(sent.keys()) == HEADERS
    assert "".join(sent["Subject"].split()) == "".join(heading[:200].split())
    assert len(message.text.split("\n\n")) == 5
    assert message.html.count("<p ") == 5
    assert "<script>" not in message.html
    assert sent["To"] == "ana@example.org"


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_worded_for_its_donor_as_it_is(
    session: Session, fund: Fund, name: str
) -> None:
    campaign = a_campaign(session, fund)
    a_card(session, a_donor(session, name))
    (line,) = worded(session, an_appeal(session, campaign), Post.EMAIL)
    assert line.heading == f"World Day: {one_line(name)}"
    assert f"asks {one_line(name)} to give" in line.body
    assert len(line.body.split("\n\n")) == 3

"""Administrators hear of the certificate that signs documents before it expires."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from grants.platform.pdf_signing import signing
from grants.platform.pdf_signing.in_memory import OwnSigner
from grants.platform.pdf_signing.keys import new_pair
from grants.platform.pdf_signing.signing import PaperSigner
from grants.platform.signing_key.service import warn
from tests.factories import staff
from tests.platform.web.client import SignInAs

Lasting = Callable[[timedelta], None]


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> Lasting:
    """Sign with a new key whose certificate is valid for so long."""

    def use(span: timedelta) -> None:
        pair = new_pair("Trust funds", clock.wall(), span + timedelta(hours=1))
        made = PaperSigner(lambda: OwnSigner(pair), pair.certificates[0])
        monkeypatch.setattr(signing, "_current", lambda: made)

    return use


def letters(session: Session) -> list[str]:
    query = select(Message.subject).where(Message.event.like("certificate:%"))
    return list(session.scalars(query.order_by(Message.id)))


def test_each_threshold_is_told_once_to_each_administrator(
    session: Session, lasting: Lasting
) -> None:
    staff(session, Role.ADMINISTRATOR, "Ada First")
    staff(session, Role.ADMINISTRATOR, "Ben Second")
    staff(session, Role.FUND_MANAGER)
    lasting(timedelta(days=61))
    assert warn(session) == 0
    assert letters(session) == []
    lasting(timedelta(days=59))
    for _night in range(2):
        assert warn(session) == 2
    assert len(letters(session)) == 2
    assert "expires on" in letters(session)[0]
    lasting(timedelta(days=-2))
    warn(session)
    assert letters(session)[2:] == ["The certificate that signs our documents has expired"] * 2


def test_the_start_page_and_the_page_of_the_key_say_it(
    session: Session, lasting: Lasting, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.ADMINISTRATOR))
    words = "Certificate for signing documents expires soon"
    lasting(timedelta(days=300))
    assert words not in browser.get("/start").text
    assert "Replace the key before then" not in browser.get("/signing-key").text
    lasting(timedelta(days=20))
    assert words in browser.get("/start").text
    assert "The certificate expires in 20 days." in browser.get("/signing-key").text
    lasting(timedelta(days=-1))
    assert "The certificate has expired." in browser.get("/signing-key").text

"""Public pages are compressed; one that holds a secret only where a page of ours asks for it."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from tests.factories import a_call, a_person
from tests.platform.web.client import SignInAs
from tests.platform.web.html import without_tokens
from tests.signing_in import put, token_of

PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return FlaskClient(app, app.response_class)


def test_a_public_page_is_sent_small_and_says_so(
    browser: FlaskClient, session: Session, fund: Fund
) -> None:
    call = a_call(session, fund)
    session.commit()
    plain = browser.get(f"/calls/{call.reference}")
    packed = browser.get(f"/calls/{call.reference}", headers=PACKED)
    assert packed.content_encoding == "gzip"
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2


def test_no_page_with_a_token_or_a_person_is_compressed(
    browser: FlaskClient, session: Session, sign_in_as: SignInAs
) -> None:
    assert not browser.get("/sign-in?next=/x", headers=PACKED).content_encoding
    person = a_person(session)
    session.commit()
    signed_in = sign_in_as(person)
    for page in ("/start", "/", "/privacy"):
        assert not signed_in.get(page, headers=PACKED).content_encoding


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_page_that_others_make_a_browser_ask_for_is_not_compressed(
    session: Session, sign_in_as: SignInAs, site: str
) -> None:
    signed_in = sign_in_as(a_person(session))
    headers = PACKED | ({"Sec-Fetch-Site": site} if site else {})
    assert not signed_in.get("/start", headers=headers).content_encoding


def test_a_page_that_ours_asks_for_is_sent_small_and_whole(
    browser: FlaskClient, session: Session
) -> None:
    ours = PACKED | {"Sec-Fetch-Site": "same-origin"}
    person = a_person(session)
    session.commit()
    for address in ("/sign-in", "/privacy"):
        plain, packed = browser.get(address), browser.get(address, headers=ours)
        assert packed.content_encoding == "gzip"
        assert "Accept-Encoding" in packed.vary
        whole = gzip.decompress(packed.data).decode()
        assert without_tokens(whole) == without_tokens(plain.get_data(as_text=True))
        put(token_of(session, person), browser)
        session.commit()


def test_the_token_of_a_form_is_another_one_in_each_second(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = set()
    for second in (1_800_000_000, 1_800_000_001):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer, now=second: now)
        page = browser.get("/sign-in").get_data(as_text=True)
        tokens |= set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
    assert len(tokens) == 2


def test_a_public_page_says_what_it_is_about(browser: FlaskClient, fund: Fund) -> None:
    page = browser.get(f"/funds/{fund.code}").get_data(as_text=True)
    assert '<meta name="description" content="' in page
    assert '<meta property="og:title" content="' in page
    assert f'<meta property="og:url" content="http://localhost/funds/{fund.code}">' in page

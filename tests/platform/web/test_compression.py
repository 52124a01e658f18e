"""Public pages are compressed; none that holds a secret is."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from tests.factories import a_call, a_person
from tests.platform.web.client import SignInAs

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


def test_a_public_page_says_what_it_is_about(browser: FlaskClient, fund: Fund) -> None:
    page = browser.get(f"/funds/{fund.code}").get_data(as_text=True)
    assert '<meta name="description" content="' in page
    assert '<meta property="og:title" content="' in page
    assert f'<meta property="og:url" content="http://localhost/funds/{fund.code}">' in page

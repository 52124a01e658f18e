"""How a test becomes a person: the one place that knows what signing in takes."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.core.audit.act import Act
from grants.core.database.seals import seal
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.models import Person, SignIn
from grants.core.proofs.service import enter_app

if TYPE_CHECKING:
    from tests.platform.web.client import StrictClient

PASSPHRASE = "seven quiet rivers meet"
SECRET = "OBQXEYLHOJQXA2BAGIYDUIDUMVZXI4ZB"
"""Of the authenticator app of every person in the tests who has one."""


def token_of(session: Session, person: Person) -> str:
    """The token of a browser in which this person has signed in, with a second factor.

    Its proof does not get old, so that a test may look at another day; how proofs get old is asked
    in tests/platform/signin/test_again.py.
    """
    proved_at = clock.now() + timedelta(days=3650)
    return credentials.sign_in(session, person, "test", proved_at=proved_at)


def put(token: str, browser: FlaskClient) -> None:
    """Sign this browser in."""
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
        cookie["seen"] = int((clock.now() + timedelta(days=3650)).timestamp())


def redate_sign_ins(session: Session, person: Person, **moments: datetime) -> None:
    """Let the person's browsers have begun, or been proved, at other moments."""
    for browser in session.scalars(select(SignIn).where(SignIn.person_id == person.id)):
        for name, moment in moments.items():
            setattr(browser, name, moment)
        seal(browser)


def can_sign_in(session: Session, person: Person) -> Person:
    """Give a person the passphrase of the tests, and the app."""
    credentials.choose_passphrase(session, person, PASSPHRASE)
    enter_app(session, person, SECRET, "Phone", Act.by_system("test"))
    return person


def code(later: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or some half minutes later: each code works once."""
    return pyotp.HOTP(secret).at(int(clock.now().timestamp()) // 30 + later)


def set_up_app(browser: "StrictClient", device: str = "Phone") -> TestResponse:
    """Add an authenticator app on the page for it, as a person does; the page that answers."""
    page = browser.get("/account/factors/app").text
    secret = str(re.findall(r'name="secret" value="([A-Z2-7]+)"', page)[0])
    shown = pyotp.HOTP(secret).at(int(clock.now().timestamp()) // 30)
    return browser.submit("/account/factors/app", {"secret": secret, "name": device, "code": shown})

"""Twenty identical posts at once from twenty browsers' tabs: one effect, and the same answer."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from grants import create_app
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit, Receipt
from tests.books.ledger.test_concurrency import the_fund
from tests.factories import a_signed_pledge, staff
from tests.signing_in import put, token_of

TABS = 20


@pytest.fixture
def real_app(settings: Settings, real_database: Database) -> Flask:
    """The whole application over a database with real commits."""
    return create_app(settings, real_database)


def browser_of(app: Flask, token: str) -> FlaskClient:
    browser = app.test_client()
    put(token, browser)
    return browser


def form_of(browser: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of a page's form, as the tab holds them."""
    page = browser.get(address).get_data(as_text=True)
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    named = [
        (re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field))
        for field in fields
    ]
    return {name[1]: value[1] for name, value in named if name and value}


def test_twenty_identical_posts_at_once_record_one_deposit(
    real_app: Flask, real_database: Database
) -> None:
    with real_database.transaction() as session:
        pledge = a_signed_pledge(session, the_fund(session), usd(100_000))
        before = session.scalar(select(func.count()).select_from(Entry))
        token = token_of(session, staff(session, Role.FINANCE_OFFICER))
        address = f"/pledges/{pledge.reference}/deposit"
    body = {
        "bank_reference": "BT-26-0001",
        "account": "UNVTF-USD",
        "amount": "500.00",
        "value_on-day": "20",
        "value_on-month": "1",
        "value_on-year": "2026",
    }
    tabs = [browser_of(real_app, token) for _tab in range(TABS)]
    forms = [form_of(tab, address) for tab in tabs]
    start = Barrier(TABS)

    def press(place: int) -> tuple[int, str]:
        start.wait(timeout=30)
        reply = tabs[place].post(address, data=forms[place] | body)
        return reply.status_code, reply.headers.get("Location", "")

    with ThreadPoolExecutor(TABS) as pool:
        answers = set(pool.map(press, range(TABS)))
    assert len(answers) == 1
    assert answers.pop()[0] == 302
    with real_database.session() as session:
        made = [
            session.scalar(select(func.count()).select_from(kind))
            for kind in (Deposit, Receipt, Entry)
        ]
        assert made == [1, 1, (before or 0) + 1]
        assert balances(session, the_fund(session)).cash == usd(50_000)
    lost_reply = tabs[0].post(address, data=forms[0] | body)
    assert lost_reply.status_code == 302

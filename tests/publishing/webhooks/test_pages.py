"""The pages of webhooks: made once with its secret shown, its events, what is sent again."""

import html
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from grants.publishing.webhooks import calling
from grants.publishing.webhooks.collecting import collect
from grants.publishing.webhooks.models import Webhook
from tests.factories import a_deposit, a_pledge, staff
from tests.platform.web.client import SignInAs


def test_an_administrator_makes_it_reads_what_was_sent_and_ends_it(
    session: Session, fund: Fund, sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, manager = (staff(session, r) for r in (Role.ADMINISTRATOR, Role.FUND_MANAGER))
    session.commit()
    monkeypatch.setattr(calling, "public_addresses", lambda _host, _port: ["1.1.1.1"])
    browser, until = sign_in_as(administrator), clock.today() + timedelta(90)
    answers = {
        "name": "Data warehouse",
        "fund": fund.code,
        "url": "https://warehouse.fund.example/events",
        "events": ["contribution.received", "payment.paid"],
        "body_scope": "facts",
        "ends_on-day": str(until.day),
        "ends_on-month": str(until.month),
        "ends_on-year": str(until.year),
    }
    page = browser.submit("/webhooks/new", answers).text
    webhook = session.scalars(select(Webhook)).one()
    assert webhook.secret in html.unescape(page)
    letter = session.scalars(select(Message).where(Message.recipient == manager.email)).one()
    assert "warehouse.fund.example" in letter.text
    _receive_gift(session, fund, webhook)
    place = f"/webhooks/{webhook.id}"
    assert place in browser.get("/webhooks").text
    page = browser.get(place).text
    assert "A contribution was received" in page
    assert webhook.secret not in html.unescape(page)
    assert f"{place}/events/1/again" in page
    assert "100.00" in browser.get(f"{place}/events/1/again").text
    browser.submit(f"{place}/events/1/again", {})
    browser.submit(f"{place}/end", {"reason": "The warehouse was closed."})
    page = browser.get(place).text
    assert "The warehouse was closed." in page
    assert f"{place}/events/1/again" not in page
    assert sign_in_as(manager).get(place).status_code == 403


def _receive_gift(session: Session, fund: Fund, webhook: Webhook) -> None:
    a_deposit(session, fund, a_pledge(session, fund), usd(10_000))
    session.commit()
    collect(session, webhook.id)
    session.commit()

"""The whole way against a server that speaks Stripe's API on this machine, and its signatures."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
import requests
from flask import Flask
from sqlalchemy import Select, select
from werkzeug.serving import make_server

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.giving.cards.jobs import ask_provider
from grants.giving.cards.mandates.jobs import ask_about_mandate
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.cards.models import CardEvent, CardPayment
from grants.giving.cards.providers import (
    Forged,
    MandateProgress,
    MandateStatus,
    Order,
    Progress,
    Refused,
    ReturnKind,
    Unreached,
    use_providers,
)
from grants.giving.cards.stripe import Stripe
from grants.giving.cards.stripe_signatures import require_signed, sign
from grants.giving.cards.workflow import CardState
from grants.giving.pledges.gifts import page_of
from tests.giving.cards.conftest import a_gift, screening

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MOMENT = str(int(NOW.timestamp()))
BODY = b'{"id": "evt_1"}'
SECRET = "whsec_of_the_tests"
FEE = 320
"""Of the server, for each payment."""


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """A server that speaks Stripe's API."""
    port = _free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.giving.cards.stripe_server", str(port)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    for _time in range(200):
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start")


def a_stripe(api: str) -> Stripe:
    return Stripe("sk_test_12345", SECRET, ("USD", "EUR"), api=api, host=api)


def _order(amount: Money, key: str = "our-key") -> Order:
    return Order(key, amount, "Gift", "http://localhost/paid", "http://localhost/unpaid")


def _do(api: str, path: str) -> None:
    headers = {"Authorization": "Bearer sk_test_12345"}
    requests.post(f"{api}{path}", headers=headers, timeout=10).raise_for_status()


def test_a_page_is_begun_once_paid_and_asked_about(api: str) -> None:
    stripe = a_stripe(api)
    page = stripe.start(_order(Money(5_000, "EUR")))
    assert stripe.start(_order(Money(5_000, "EUR"))) == page
    assert stripe.ask(page.reference).progress is Progress.OPEN
    _do(api, f"/_pay/{page.reference}")
    paid = stripe.ask(page.reference).paid
    assert paid is not None
    assert (paid.amount, paid.fee) == (Money(5_000, "EUR"), Money(FEE, "EUR"))
    assert paid.reference.startswith("pi_")


def test_a_refund_and_a_dispute_are_told_with_what_moved(api: str) -> None:
    stripe = a_stripe(api)
    page = stripe.start(_order(usd(5_000), "to refund"))
    _do(api, f"/_pay/{page.reference}")
    paid = stripe.ask(page.reference).paid
    assert paid is not None
    stripe.refund(paid.reference, usd(1_000), "our-return")
    (refund,) = stripe.ask(page.reference).returns
    assert (refund.kind, refund.amount, refund.key) == (ReturnKind.REFUND, usd(1_000), "our-return")
    assert (refund.is_out, refund.is_open) == (True, False)
    with pytest.raises(Refused):
        stripe.refund("pi_unknown", usd(1_000), "another")
    for won, is_out, fee in (("", True, 2_000), ("?won", False, 0)):
        _do(api, f"/_dispute/{page.reference}{won}")
        _refund, dispute = stripe.ask(page.reference).returns
        assert (dispute.is_out, dispute.fee) == (is_out, usd(fee))
        assert (dispute.kind, dispute.amount) == (ReturnKind.DISPUTE, usd(5_000))


def test_a_page_that_expired_is_closed(api: str) -> None:
    page = a_stripe(api).start(_order(usd(900), "another-key"))
    _do(api, f"/_expire/{page.reference}")
    assert a_stripe(api).ask(page.reference).progress is Progress.CLOSED


def test_a_mandate_is_charged_each_month_until_it_is_stopped(api: str) -> None:
    stripe = a_stripe(api)
    page = stripe.start_mandate(_order(Money(5_000, "EUR"), "monthly"))
    assert stripe.start_mandate(_order(Money(5_000, "EUR"), "monthly")) == page
    assert stripe.ask_mandate(page.reference) == MandateStatus(MandateProgress.OPEN)
    _do(api, f"/_pay/{page.reference}")
    _do(api, f"/_month/{page.reference}")
    _do(api, f"/_month/{page.reference}?refused")
    status = stripe.ask_mandate(page.reference)
    assert (status.progress, status.card_until) == (MandateProgress.ACTIVE, date(2030, 12, 31))
    assert status.reference.startswith("sub_")
    assert len(status.charges) == 3
    answers = [stripe.ask(charge) for charge in status.charges]
    paid = [answer.paid for answer in answers if answer.paid]
    assert [(item.amount, item.fee) for item in paid] == [
        (Money(5_000, "EUR"), Money(FEE, "EUR"))
    ] * 2
    (refused,) = [answer for answer in answers if not answer.paid]
    assert (refused.progress, refused.is_refused) == (Progress.OPEN, True)
    stripe.refund(paid[0].reference, Money(1_000, "EUR"), "of a month")
    returned = [item for charge in status.charges for item in stripe.ask(charge).returns]
    assert [(item.amount, item.key) for item in returned] == [(Money(1_000, "EUR"), "of a month")]
    assert "/card/cus_" in stripe.card_page(page.reference, "http://localhost/gift")
    for _time in range(2):
        stripe.stop_mandate(page.reference)
    assert stripe.ask_mandate(page.reference).progress is MandateProgress.ENDED


def test_a_mandate_that_nobody_gave_is_stopped_on_its_page(api: str) -> None:
    stripe = a_stripe(api)
    page = stripe.start_mandate(_order(usd(900), "not completed"))
    for _time in range(2):
        stripe.stop_mandate(page.reference)
    assert stripe.ask_mandate(page.reference) == MandateStatus(MandateProgress.ENDED)


def test_the_invoice_of_a_subscription_names_its_mandate() -> None:
    invoice = {
        "id": "in_1",
        "subscription": "sub_1",
        "payment_intent": "pi_1",
        "metadata": {},
        "subscription_details": {"metadata": {"payment": "our-key"}},
    }
    event = {"id": "evt_1", "type": "invoice.paid", "created": int(MOMENT)}
    body = json.dumps({**event, "data": {"object": invoice}}).encode()
    headers = {"Stripe-Signature": f"t={MOMENT},v1={sign(MOMENT, body, SECRET)}"}
    notice = a_stripe("http://127.0.0.1:9").read_webhook(headers, body, NOW)
    assert (notice.key, notice.references) == ("our-key", ("in_1", "pi_1", "sub_1"))


def test_what_stripe_refuses_and_what_does_not_answer_is_asked_again_later(api: str) -> None:
    with pytest.raises(Unreached, match="404"):
        a_stripe(api).ask("cs_test_unknown")
    with pytest.raises(Unreached, match="401"):
        replace(a_stripe(api), secret_key="nonsense").ask("cs_test_unknown")
    with pytest.raises(Unreached, match="ConnectionError"):
        a_stripe("http://127.0.0.1:9").ask("cs_test_unknown")


def test_signatures_are_checked_with_their_time() -> None:
    signature = sign(MOMENT, BODY, SECRET)
    require_signed(f"t={MOMENT},v1={'0' * 64},v1={signature},v0=old", BODY, SECRET, NOW)
    require_signed(f"t={MOMENT},v1={signature}", BODY, SECRET, NOW + timedelta(minutes=4))
    for header, body, secret, now in (
        ("", BODY, SECRET, NOW),
        (f"v1={signature}", BODY, SECRET, NOW),
        (f"t=soon,v1={signature}", BODY, SECRET, NOW),
        (f"t={MOMENT},t={MOMENT},v1={signature}", BODY, SECRET, NOW),
        (f"t={MOMENT},v1=é", BODY, SECRET, NOW),
        (f"t={MOMENT},v0={signature}", BODY, SECRET, NOW),
        (f"t={MOMENT},v1={signature}", BODY + b" ", SECRET, NOW),
        (f"t={MOMENT},v1={signature}", BODY, "another secret", NOW),
        (f"t={MOMENT},v1={signature}", BODY, SECRET, NOW + timedelta(minutes=6)),
        (f"t={MOMENT},v1={signature}", BODY, SECRET, NOW - timedelta(minutes=6)),
    ):
        with pytest.raises(Forged):
            require_signed(header, body, secret, now)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense", b'{"id": "e", "type": "t"}'])
def test_a_signed_message_that_cannot_be_read_is_refused(body: bytes) -> None:
    headers = {"Stripe-Signature": f"t={MOMENT},v1={sign(MOMENT, body, SECRET)}"}
    with pytest.raises(Forged, match="cannot be read"):
        a_stripe("http://127.0.0.1:9").read_webhook(headers, body, NOW)


def test_secrets_are_neither_in_logs_nor_in_messages() -> None:
    assert "sk_" not in repr(a_stripe("x"))
    assert SECRET not in repr(a_stripe("x"))
    environment = {"STRIPE_KEYS": "UNVTF=sk_live_1", "STRIPE_WEBHOOK_SECRETS": "UNVTF=whsec_1"}
    with pytest.raises(DomainError, match="Name the same funds"):
        Settings.from_environment(environment)
    settings = Settings.from_environment({**environment, "CARD_CURRENCIES": "UNVTF=usd+EUR"})
    (account,) = settings.card_accounts
    assert account.currencies == ("USD", "EUR")
    assert "sk_live" not in repr(settings)
    with pytest.raises(DomainError) as refusal:
        Settings.from_environment({**environment, "STRIPE_KEYS": "sk_live_1"})
    assert "sk_live" not in str(refusal.value)
    for wrong in ("UNVTF=KWD", "UNVTF=XYZ"):
        with pytest.raises(DomainError):
            Settings.from_environment({**environment, "CARD_CURRENCIES": wrong})


@dataclass(frozen=True)
class Site:
    application: Flask
    address: str


@pytest.fixture
def site(real_database: Database, settings: Settings, api: str) -> Iterator[Site]:
    """The application, where Stripe's server reaches it."""
    application = create_app(settings, real_database)
    port = _free_port()
    use_providers({"UNVTF": a_stripe(api)})
    listening = make_server("127.0.0.1", port, application, threaded=True)
    Thread(target=listening.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{port}"
    hook = {"url": f"{address}/cards/UNVTF/webhook", "secret": SECRET}
    requests.post(f"{api}/_config/webhooks/site", json=hook, timeout=10).raise_for_status()
    yield Site(application, address)
    listening.shutdown()
    use_providers({})


def test_a_gift_is_paid_on_the_page_and_the_webhook_brings_the_receipt(
    real_database: Database, site: Site, api: str
) -> None:
    with real_database.transaction() as session:
        screening(session)
        gift_page = page_of(a_gift(session, session.get_one(Fund, 1), usd(10_000)))
    client = site.application.test_client()
    page = client.get(gift_page).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    led = client.post(f"{gift_page}/card", data={"csrf_token": token})
    assert (led.status_code, "/pay/cs_test_" in led.location) == (303, True)
    _do(api, f"/_pay/{led.location.rpartition('/')[2]}")
    number = _told(real_database)
    ask_provider(real_database, number)
    with real_database.session() as session:
        payment = session.get_one(CardPayment, number)
        assert payment.state is CardState.RECEIVED
        assert payment.deposit is not None
        assert payment.deposit.received == usd(10_000)
        assert payment.deposit.bank_fee == usd(FEE)
        kinds = set(session.scalars(select(CardEvent.kind)))
    assert "checkout.session.completed" in kinds
    assert "We have received" in client.get(f"{gift_page}/card").text


def test_a_monthly_gift_is_begun_charged_and_stopped_by_its_webhooks(
    real_database: Database, site: Site, api: str
) -> None:
    with real_database.transaction() as session:
        screening(session)
        gift_page = page_of(a_gift(session, session.get_one(Fund, 1), usd(5_000)))
    client = site.application.test_client()

    def click(path: str) -> str:
        token = client.get(gift_page).text.split('name="csrf_token"')[1].split('value="')[1]
        data = {"csrf_token": token.split('"')[0]}
        return client.post(f"{gift_page}/{path}", data=data).location

    page = click("monthly").rpartition("/")[2]
    _do(api, f"/_pay/{page}")
    number = _told_of_mandate(real_database, "checkout.session.completed")
    ask_about_mandate(real_database, number)
    _do(api, f"/_month/{page}")
    _told_of_mandate(real_database, "invoice.payment_succeeded")
    ask_about_mandate(real_database, number)
    with real_database.session() as session:
        mandate = session.get_one(CardMandate, number)
        assert mandate.state is MandateState.ACTIVE
        assert [item.deposit and item.deposit.bank_fee for item in mandate.charges] == [
            usd(FEE)
        ] * 2
    assert "Thank you for giving" in client.get(f"{gift_page}/monthly").text
    assert "/card/cus_" in click("monthly/card")
    click("monthly/stop")
    ask_about_mandate(real_database, number)
    with real_database.session() as session:
        assert session.get_one(CardMandate, number).state is MandateState.STOPPED


def _told_of_mandate(database: Database, kind: str) -> int:
    """Wait for a message about a mandate; its number."""
    return _number_in(
        database,
        select(CardEvent.mandate_id).where(
            CardEvent.kind == kind, CardEvent.mandate_id.is_not(None)
        ),
    )


def _told(database: Database) -> int:
    """Wait for the message that the page was paid; the payment it is about."""
    done = select(CardEvent.payment_id).where(
        CardEvent.kind == "checkout.session.completed",
        CardEvent.payment_id.is_not(None),  # messages of earlier tests may still arrive
    )
    return _number_in(database, done)


def _number_in(database: Database, query: Select[int | None]) -> int:
    for _time in range(100):
        with database.session() as session:
            number = session.scalar(query.limit(1))
        if number is not None:
            return number
        time.sleep(0.1)
    pytest.fail("no message came")

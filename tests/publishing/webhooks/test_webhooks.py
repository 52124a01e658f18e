"""Webhooks: signed, at least once, in order, to public addresses alone; turned off, turned on."""

import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from procrastinate import RetryStrategy
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import breaches
from grants.core.audit import binding, chain
from grants.core.audit.models import TrailRow
from grants.core.database.db import Database
from grants.core.database.encryption import Unreadable, use_keys
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import allocate, record_deposit
from grants.giving.pledges.models import Pledge
from grants.granting.payments.service import send
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.models import Message
from grants.publishing.webhooks import calling
from grants.publishing.webhooks.collecting import collect
from grants.publishing.webhooks.delivering import MOST_TRIES, RETRY, deliver, try_delivery
from grants.publishing.webhooks.models import BodyScope, Delivery, Webhook, WebhookEvent
from grants.publishing.webhooks.queries import (
    delivery_of,
    running_webhooks,
    undelivered,
    webhook_for_viewer,
)
from grants.publishing.webhooks.renewing import renew
from grants.publishing.webhooks.service import (
    Terms,
    end_webhook,
    make_webhook,
    resume_webhook,
    send_again,
)
from grants.publishing.webhooks.signing import new_secret, signed_headers
from tests.factories import (
    a_call,
    a_deposit,
    a_pledge,
    a_submission,
    act_of,
    an_arrival,
    staff,
)
from tests.grants import Scene, approved
from tests.platform.messages.smtp import certificate

ADDRESS = "https://erp.fund.example/events"
ALL = list(WebhookEvent)
DOCUMENT = Path(__file__).parents[3] / "docs" / "integration.md"
Verify = Callable[[str, dict[str, str], bytes], str]


@pytest.fixture
def administrator(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR)


@dataclass
class Receiver:
    """What it gets, and with what it answers: codes, or what goes wrong; 200 after these."""

    answers: list[int | str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def post(self, url: str, headers: dict[str, str], body: str) -> int:
        self.requests.append((url, headers, body))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, str):
            raise calling.Unreached(answer)
        return answer

    @property
    def numbers(self) -> list[int]:
        return [json.loads(body)["sequence"] for _url, _headers, body in self.requests]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    there = Receiver()
    monkeypatch.setattr(calling, "post", there.post)
    return there


def _terms(**changed: Any) -> Terms:
    usual = {
        "name": "Data warehouse",
        "url": ADDRESS,
        "events": ALL,
        "body_scope": BodyScope.FACTS,
        "ends_on": clock.today() + timedelta(30),
    }
    return Terms(**{**usual, **changed})


@pytest.fixture
def webhook(session: Session, fund: Fund, administrator: Person) -> Webhook:
    webhook, _secret = make_webhook(session, fund, _terms(), act_of(session, administrator))
    session.commit()
    return webhook


def _gift(session: Session, fund: Fund) -> Deposit:
    return a_deposit(session, fund, a_pledge(session, fund), usd(10_000))


def _collected(session: Session, webhook: Webhook) -> list[Delivery]:
    """What the webhook's events are once all that has happened was read."""
    session.commit()
    while collect(session, webhook.id):
        pass
    session.commit()
    query = select(Delivery).where(Delivery.webhook_id == webhook.id).order_by(Delivery.number)
    return list(session.scalars(query))


def _bodies(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    return [json.loads(delivery.body) for delivery in deliveries]


def _verify() -> Verify:
    """The example of the documentation, as a receiver would copy it."""
    names: dict[str, Any] = {}
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    exec(example, names)  # noqa: S102 - our own documentation
    verify: Verify = names["verify"]
    return verify


def test_the_documented_check_takes_what_we_sign_and_nothing_else() -> None:
    verify, secret, body = _verify(), new_secret(), '{"type": "award.made"}'
    headers = {**signed_headers(secret, "msg_1_1", int(time.time()), body)}
    assert verify(secret, headers, body.encode()) == "msg_1_1"
    forged = {
        "another body": (secret, headers, b'{"type": "payment.paid"}'),
        "another secret": (new_secret(), headers, body.encode()),
        "another name": (secret, {**headers, "webhook-id": "msg_1_2"}, body.encode()),
        "another moment": (
            secret,
            {**headers, "webhook-timestamp": str(int(time.time()) - 1)},
            body.encode(),
        ),
    }
    for key, sent, content in forged.values():
        with pytest.raises(ValueError, match="not signed"):
            verify(key, sent, content)
    old = {**signed_headers(secret, "msg_1_1", int(time.time()) - 301, body)}
    with pytest.raises(ValueError, match="too old"):  # a replay
        verify(secret, old, body.encode())


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_event_is_sent_with_references_and_public_facts(
    session: Session, fund: Fund, webhook: Webhook, scene: Scene
) -> None:
    call = a_call(session, fund)
    application = a_submission(session, call)
    deposit = _gift(session, fund)
    grant = scene.run()
    first = grant.instalments[0]
    approved(session, first, grant.people)
    send(session, first, act_of(session, grant.people.finance))
    bodies = _bodies(_collected(session, webhook))
    by_type = {body["type"]: body["data"] for body in bodies}
    assert by_type["call.opened"]["call"] == call.reference
    assert by_type["application.submitted"]["application"] == application.reference
    assert by_type["award.made"]["grant"]
    assert by_type["payment.sent"] == {"grant": grant.award.reference, "number": 1}
    assert by_type["contribution.received"]["contribution"] == deposit.id
    assert [body["sequence"] for body in bodies] == list(range(1, len(bodies) + 1))
    assert {body["fund"] for body in bodies} == {fund.code}


def test_no_event_names_a_person_or_an_organisation(
    session: Session, fund: Fund, webhook: Webhook, scene: Scene
) -> None:
    a_submission(session, a_call(session, fund))
    deposit = _gift(session, fund)
    grant = scene.run()
    text_of_all = "".join(delivery.body for delivery in _collected(session, webhook))
    for name in (grant.award.organisation.name, deposit.pledge.donor.name, "Luz", "@"):  # type: ignore[union-attr]
        assert name not in text_of_all


def test_references_alone_say_no_amount(
    session: Session, fund: Fund, administrator: Person
) -> None:
    bare = _terms(body_scope=BodyScope.REFERENCES)
    webhook, _secret = make_webhook(session, fund, bare, act_of(session, administrator))
    _gift(session, fund)
    (body,) = _bodies(_collected(session, webhook))
    assert set(body["data"]) == {"contribution", "pledge", "receipt"}


def test_only_the_chosen_events_of_its_own_fund_are_sent(
    session: Session, fund: Fund, administrator: Person
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    act = act_of(session, administrator)
    calls, _secret = make_webhook(session, fund, _terms(events=[WebhookEvent.CALL_OPENED]), act)
    elsewhere, _secret = make_webhook(session, other, _terms(), act)
    _gift(session, fund)
    call = a_call(session, fund)
    (body,) = _bodies(_collected(session, calls))
    assert body["data"]["call"] == call.reference
    assert _collected(session, elsewhere) == []


def test_what_happened_before_it_was_made_is_not_sent(
    session: Session, fund: Fund, administrator: Person
) -> None:
    with clock.at(clock.now() - timedelta(minutes=1)):
        _gift(session, fund)
    webhook, _secret = make_webhook(session, fund, _terms(), act_of(session, administrator))
    assert _collected(session, webhook) == []


def test_money_of_an_unidentified_sender_is_an_event_once_it_is_allocated(
    session: Session, fund: Fund, webhook: Webhook
) -> None:
    officer = act_of(session, staff(session, Role.FINANCE_OFFICER))
    deposit = record_deposit(session, fund, None, an_arrival(usd(10_000)), officer)
    assert _collected(session, webhook) == []
    allocate(session, deposit, a_pledge(session, fund), officer)
    (body,) = _bodies(_collected(session, webhook))
    assert body["data"]["contribution"] == deposit.id


def test_reading_twice_makes_no_event_twice(session: Session, fund: Fund, webhook: Webhook) -> None:
    _gift(session, fund)
    assert len(_collected(session, webhook)) == 1
    webhook.position = 0
    assert len(_collected(session, webhook)) == 1


def test_a_try_is_signed_and_its_answer_is_kept(
    session: Session, fund: Fund, administrator: Person, database: Database, receiver: Receiver
) -> None:
    webhook, secret = make_webhook(session, fund, _terms(), act_of(session, administrator))
    _gift(session, fund)
    (delivery,) = _collected(session, webhook)
    receiver.answers = [500, "no answer in time", 200]
    tries = [try_delivery(database, delivery.id, again=False, is_last=False) for _n in range(3)]
    assert tries == [False, False, True]
    session.refresh(delivery)
    assert [a["answer"] for a in delivery.answers] == ["500", "no answer in time", "200"]
    assert delivery.delivered_at is not None
    assert len({body for _url, _headers, body in receiver.requests}) == 1
    for url, headers, body in receiver.requests:
        assert url == ADDRESS
        assert _verify()(secret, headers, body.encode()) == delivery.message_id
    assert try_delivery(database, delivery.id, again=False, is_last=False)
    assert len(receiver.requests) == 3, "what has arrived is not sent again by itself"


def test_after_the_last_try_it_is_turned_off(
    session: Session, fund: Fund, webhook: Webhook, database: Database, receiver: Receiver
) -> None:
    for _number in range(2):
        _gift(session, fund)
    first, second = _collected(session, webhook)
    receiver.answers = [302]  # a redirect is no answer
    assert not try_delivery(database, first.id, again=False, is_last=True)
    session.expire_all()
    assert webhook.stopped_at is not None
    assert webhook.id not in running_webhooks(session)
    letter = session.scalars(select(Message).where(Message.event.like("webhook:%:stopped%"))).one()
    assert "302" in letter.text
    assert try_delivery(database, second.id, again=False, is_last=False)
    assert receiver.numbers == [1], "nothing is sent while it is turned off"


def test_what_did_not_arrive_is_sent_in_order_once_it_is_resumed(
    session: Session, fund: Fund, administrator: Person, database: Database, receiver: Receiver
) -> None:
    act = act_of(session, administrator)
    webhook, _secret = make_webhook(session, fund, _terms(), act)
    for _number in range(3):
        _gift(session, fund)
    first, second, _third = _collected(session, webhook)
    receiver.answers = [200, 500]
    try_delivery(database, first.id, again=False, is_last=False)
    try_delivery(database, second.id, again=False, is_last=True)
    session.expire_all()
    with pytest.raises(Conflict):
        send_again(session, second, act)
    resume_webhook(session, webhook, act)
    with pytest.raises(Conflict):
        resume_webhook(session, webhook, act)
    session.commit()
    for delivery in undelivered(session, webhook):
        assert try_delivery(database, delivery.id, again=False, is_last=False)
    send_again(session, delivery_of(session, webhook, 1), act)
    session.commit()
    assert try_delivery(database, first.id, again=True, is_last=False)
    assert receiver.numbers == [1, 2, 2, 3, 1]
    assert [*chain.breaches(session), *binding.breaches(session), *breaches(session)] == []


def test_nothing_is_sent_after_its_end(
    session: Session, fund: Fund, administrator: Person, database: Database, receiver: Receiver
) -> None:
    act = act_of(session, administrator, "The system was closed.")
    webhook, _secret = make_webhook(session, fund, _terms(), act)
    _gift(session, fund)
    (delivery,) = _collected(session, webhook)
    with clock.at(clock.now() + timedelta(31)):
        assert try_delivery(database, delivery.id, again=False, is_last=False)
    end_webhook(session, webhook, act)
    with pytest.raises(Conflict):
        end_webhook(session, webhook, act)
    session.commit()
    assert try_delivery(database, delivery.id, again=False, is_last=False)
    assert receiver.requests == []


def test_waits_grow_from_seconds_to_a_day() -> None:
    waits = [RETRY.exponential_wait ** (number + 1) for number in range(MOST_TRIES - 1)]
    assert waits == sorted(waits)
    assert waits[0] == 5
    assert 24 < sum(waits) / 3600 < 30


PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),  # noqa: S104
    *("fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("192.0.2.1", "198.18.0.1", "ff02::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_internal_address_is_never_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert not calling.is_public(address)
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [public, *answer])
    monkeypatch.setattr(socket, "create_connection", lambda *_a: pytest.fail("it was called"))
    with pytest.raises(calling.Unreached):
        calling.post(ADDRESS, {}, "{}")
    with pytest.raises(DomainError):
        calling.require_public_address(ADDRESS)


@pytest.mark.parametrize(
    "url",
    [
        *("http://erp.example.org/", "ftp://erp.example.org/", "//erp.example.org", "erp", ""),
        *("https://", "https://u:p@erp.example.org/", "https://erp.example.org:99999/"),
        *("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x", "https://[::1"),
        *("https://erp.example.org/\n", "https://erp.example.org/ x", "https://erp.example.org/#x"),
        "https://erp.example.org/" + "x" * 400,
    ],
)
def test_only_a_plain_https_address_is_taken(
    session: Session, fund: Fund, administrator: Person, url: str
) -> None:
    with pytest.raises(DomainError):
        make_webhook(session, fund, _terms(url=url), act_of(session, administrator))


class _Listening(BaseHTTPRequestHandler):
    """Answers with a redirect, and notes what was asked."""

    def __init__(self, calls: list[str], *args: Any) -> None:
        self.calls = calls
        super().__init__(*args)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.calls.append(f"{self.headers['Host']} {self.rfile.read(length).decode()}")
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: Any) -> None: ...


@contextmanager
def _server(folder: Path, calls: list[str]) -> Iterator[tuple[int, Path]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Listening, calls))
    trusted = certificate(folder, "erp.fund.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port, trusted
    server.shutdown()
    server.server_close()


def test_it_calls_the_checked_address_with_tls_and_follows_no_redirect(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(calling, "public_addresses", lambda _host, _port: ["127.0.0.1"])
    with _server(tmp_path, calls) as (port, trusted):
        url = f"https://erp.fund.example:{port}/events"
        with pytest.raises(calling.Unreached, match="certificate"):
            calling.post(url, {}, "{}")
        context = ssl.create_default_context(cafile=trusted)
        monkeypatch.setattr(calling, "trusted_context", lambda: context)
        assert calling.post(url, {}, '{"n": 1}') == 307
        with pytest.raises(calling.Unreached, match="certificate"):
            calling.post(url.replace("erp", "other"), {}, "{}")
    assert calls == [f'erp.fund.example:{port} {{"n": 1}}']
    with pytest.raises(calling.Unreached, match="connection failed"):
        calling.post(url, {}, "{}")


def test_only_an_administrator_of_the_fund_makes_sees_and_ends_it(
    session: Session, fund: Fund, webhook: Webhook
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "No reason.")
    for refused in (
        lambda: make_webhook(session, fund, _terms(), manager),
        lambda: end_webhook(session, webhook, manager),
        lambda: resume_webhook(session, webhook, manager),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(Missing):
        webhook_for_viewer(session, webhook.id, manager.actor)


@pytest.mark.parametrize(
    "changed",
    [{"name": " "}, {"events": []}, {"ends_on": "past"}, {"ends_on": "late"}],
    ids=str,
)
def test_a_webhook_has_a_name_an_event_and_an_end_within_a_year(
    session: Session, fund: Fund, administrator: Person, changed: dict[str, Any]
) -> None:
    days = {"past": -1, "late": 400}.get(changed.get("ends_on", ""))
    change = {"ends_on": clock.today() + timedelta(days)} if days else changed
    with pytest.raises(DomainError):
        make_webhook(session, fund, _terms(**change), act_of(session, administrator))


def test_the_secret_is_kept_encrypted_and_follows_the_key(
    session: Session, fund: Fund, administrator: Person
) -> None:
    webhook, secret = make_webhook(session, fund, _terms(), act_of(session, administrator))
    session.commit()
    stored = session.scalar(text("SELECT secret FROM webhook"))
    assert secret not in stored
    letters = "".join(session.scalars(select(Message.text)))
    facts = "".join(str(row.facts) for row in session.scalars(select(TrailRow)))
    assert secret not in letters + facts
    try:
        use_keys("a new key", "for tests only")
        assert renew(session) == 1
        session.commit()
        assert renew(session) == 0
        use_keys("a new key")
        session.expire_all()
        assert webhook.secret == secret
        assert list(binding.breaches(session)) == []
        use_keys("yet another")
        session.expire_all()
        assert isinstance(webhook.secret, Unreadable)
    finally:
        use_keys("for tests only")


def test_twenty_acts_at_once_are_twenty_events_in_one_order(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        act = act_of(session, staff(session, Role.ADMINISTRATOR))
        webhook, _secret = make_webhook(session, fund, _terms(), act)
        staff(session, Role.FINANCE_OFFICER)
        pledges = [a_pledge(session, fund).id for _number in range(20)]

    def receive(number: int) -> None:
        with real_database.transaction() as own:
            pledge = own.get_one(Pledge, pledges[number])
            a_deposit(own, pledge.fund, pledge, usd(10_000))

    def read(_number: int) -> None:
        with real_database.transaction() as own:
            collect(own, webhook.id)

    with ThreadPoolExecutor(20) as threads:
        jobs = [threads.submit(receive, number) for number in range(20)]
        jobs += [threads.submit(read, number) for number in range(20)]
        for job in jobs:
            job.result()
    read(0)
    _require_one_order(real_database, webhook)
    _work_in_order(real_database, monkeypatch)


def _require_one_order(database: Database, webhook: Webhook) -> None:
    """Numbers without gaps, each act once, and jobs in the order of the numbers."""
    with database.transaction() as session:
        deliveries = session.scalars(select(Delivery).order_by(Delivery.number)).all()
        assert [delivery.number for delivery in deliveries] == list(range(1, 21))
        assert len({delivery.trail_id for delivery in deliveries}) == 20
        locks = session.execute(
            text(
                "SELECT lock, args->>'delivery_id' FROM procrastinate_jobs "
                "WHERE task_name = 'webhooks.deliver' ORDER BY id"
            )
        ).all()
        assert [int(number) for _lock, number in locks] == [d.id for d in deliveries]
        assert {lock for lock, _number in locks} == {f"webhook {webhook.id}"}


def _work_in_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not taken holds back those after it until it is tried again."""
    pause = RetryStrategy(max_attempts=MOST_TRIES, wait=3600)  # longer than a busy machine takes
    monkeypatch.setattr(deliver, "retry_strategy", pause)
    receiver = Receiver(answers=[500])
    monkeypatch.setattr(calling, "post", receiver.post)
    post_office = type("Office", (), {"database": database})()
    for _turn in range(2):
        run_worker(database.url, post_office, wait=False, database=database)
        assert receiver.numbers == [1]
    with database.begin() as connection:
        due = connection.exec_driver_sql(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE scheduled_at IS NOT NULL"
        )
        assert due.rowcount == 1
    run_worker(database.url, post_office, wait=False, database=database)
    assert receiver.numbers[:2] == [1, 1]
    assert receiver.numbers == sorted(receiver.numbers)

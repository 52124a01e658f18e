"""Twenty messages, and twenty questions, at the same moment: one payment, one receipt."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from grants import create_app
from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.viewer import VISITOR
from grants.giving.cards.jobs import ask_about_silent, ask_provider
from grants.giving.cards.models import CardEvent, CardPayment
from grants.giving.cards.providers import Order, use_providers
from grants.giving.cards.service import note_page, start
from grants.giving.cards.workflow import CardState
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.verify import CHECKS
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.stub import StubProvider, message

TIMES = 20


@pytest.fixture
def application(real_database: Database, settings: Settings) -> Iterator[Flask]:
    yield create_app(settings, real_database)
    use_providers({})


@pytest.fixture
def stub(application: Flask) -> StubProvider:
    provider = StubProvider()
    use_providers({"UNVTF": provider})
    return provider


def _begun(database: Database, provider: StubProvider) -> tuple[int, str]:
    """A payment that the donor has made: its number and its page."""
    with database.transaction() as session:
        screening(session)
        pledge = a_gift(session, session.get_one(Fund, 1), usd(10_000))
        payment = start(session, pledge, "stub", Act(VISITOR))
        page = provider.start(Order(payment.key, payment.amount, "", "", ""))
        note_page(session, payment, page)
        number = payment.id
    provider.pay(page.reference)
    return number, page.reference


def _at_once(deed: Callable[[int], object]) -> list[object]:
    barrier = Barrier(TIMES)

    def run(number: int) -> object:
        barrier.wait(timeout=30)
        return deed(number)

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


def _counted(database: Database) -> tuple[int, int, int]:
    """Deposits, receipts and messages."""
    with database.session() as session:
        assert [fault for check in CHECKS for fault in check(session)] == []
        deposits, receipts, events = (
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Deposit, Receipt, CardEvent)
        )
        return deposits, receipts, events


def test_one_message_sent_twenty_times_at_once_has_one_effect(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, page = _begun(real_database, stub)
    body, headers = message("evt-1", page)

    def send(_number: int) -> int:
        client = application.test_client()
        return client.post("/cards/UNVTF/webhook", data=body, headers=headers).status_code

    assert _at_once(send) == [200] * TIMES
    with real_database.session() as session:
        waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cards.ask'")
        assert session.scalar(waiting) == 1
    ask_provider(real_database, number)
    assert _counted(real_database) == (1, 1, 1)


def test_twenty_messages_answered_at_once_have_one_effect(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, page = _begun(real_database, stub)

    def send(nth: int) -> int:
        body, headers = message(f"evt-{nth}", page)
        client = application.test_client()
        status = client.post("/cards/UNVTF/webhook", data=body, headers=headers).status_code
        ask_provider(real_database, number)
        return status

    assert _at_once(send) == [200] * TIMES
    assert _counted(real_database) == (1, 1, TIMES)


def test_a_payment_that_fails_keeps_no_other_back(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    (_failing, page), (number, _page) = (_begun(real_database, stub) for _time in range(2))
    with real_database.transaction() as session:
        session.execute(
            text("UPDATE card_payment SET started_at = started_at - interval '20 minutes'")
        )
    del stub.answers[page]
    ask_about_silent(real_database)
    with real_database.session() as session:
        assert session.get_one(CardPayment, number).state is CardState.RECEIVED


def test_a_message_that_is_lost_is_made_up_for(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, _page = _begun(real_database, stub)
    with real_database.transaction() as session:
        session.execute(
            text("UPDATE card_payment SET started_at = started_at - interval '20 minutes'")
        )
    stub.is_up = False
    ask_about_silent(real_database)  # it does not answer, and is asked again
    stub.is_up = True
    ask_about_silent(real_database)
    with real_database.session() as session:
        assert session.get_one(CardPayment, number).state is CardState.RECEIVED
    assert _counted(real_database) == (1, 1, 0)

"""Twenty messages, and twenty clicks, at the same moment: one charge, one receipt, one stop."""

import re

from flask import Flask
from sqlalchemy import func, select, text

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.viewer import VISITOR
from grants.giving.cards.mandates.jobs import ask_about_mandate, ask_about_silent_mandates
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.service import start_mandate
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.cards.models import CardEvent, CardPayment
from grants.giving.cards.providers import MandateProgress, Order
from grants.giving.cards.service import note_page
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift, page_of
from grants.platform.messages.models import Message
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.stub import StubProvider, message
from tests.giving.cards.test_at_once import TIMES, _at_once, application, stub

__all__ = ["application", "stub"]


def _begun(database: Database, provider: StubProvider) -> tuple[int, str, str]:
    """A mandate whose first month was charged: its number, its page, the page of its gift."""
    with database.transaction() as session:
        screening(session)
        pledge = a_gift(session, session.get_one(Fund, 1), usd(5_000))
        mandate = start_mandate(session, pledge, "stub", Act(VISITOR))
        page = provider.start_mandate(Order(mandate.key, mandate.amount, "", "", ""))
        note_page(session, mandate, page)
        number, gift_page = mandate.id, page_of(pledge)
    provider.charge(page.reference)
    return number, page.reference, gift_page


def _counted(database: Database) -> tuple[int, int, int, int]:
    """Charges, deposits, receipts and messages of the provider."""
    with database.session() as session:
        assert [fault for check in CHECKS for fault in check(session)] == []
        charges, deposits, receipts, events = (
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (CardPayment, Deposit, Receipt, CardEvent)
        )
        return charges, deposits, receipts, events


def test_one_message_sent_twenty_times_at_once_has_one_effect(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, page, _gift = _begun(real_database, stub)
    body, headers = message("evt-1", page)

    def send(_number: int) -> int:
        client = application.test_client()
        return client.post("/cards/UNVTF/webhook", data=body, headers=headers).status_code

    assert _at_once(send) == [200] * TIMES
    with real_database.session() as session:
        waiting = text(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cards.ask_mandate'"
        )
        assert session.scalar(waiting) == 1
    ask_about_mandate(real_database, number)
    assert _counted(real_database) == (1, 1, 1, 1)
    forged = application.test_client().post(
        "/cards/UNVTF/webhook", data=body, headers={"Signature": "0" * 64}
    )
    assert forged.status_code == 400


def test_twenty_questions_at_once_enter_a_charge_once(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, page, _gift = _begun(real_database, stub)
    stub.charge(page)

    def send(nth: int) -> int:
        body, headers = message(f"evt-{nth}", page)
        client = application.test_client()
        status = client.post("/cards/UNVTF/webhook", data=body, headers=headers).status_code
        ask_about_mandate(real_database, number)
        return status

    assert _at_once(send) == [200] * TIMES
    assert _counted(real_database) == (2, 2, 2, TIMES)


def test_twenty_clicks_at_once_stop_once_at_the_provider_and_here(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, page, gift_page = _begun(real_database, stub)
    ask_about_mandate(real_database, number)

    clients = [application.test_client() for _nth in range(TIMES)]
    pages = [client.get(gift_page).text for client in clients]
    token = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
    tokens = [found[1] for page in pages if (found := token.search(page))]

    def click(nth: int) -> int:
        data = {"csrf_token": tokens[nth]}
        return clients[nth].post(f"{gift_page}/monthly/stop", data=data).status_code

    assert _at_once(click) == [302] * TIMES
    ask_about_mandate(real_database, number)
    assert stub.mandates[page].progress is MandateProgress.ENDED
    with real_database.session() as session:
        assert session.get_one(CardMandate, number).state is MandateState.STOPPED
        told = select(func.count()).where(Message.event.contains(":monthly_stopped"))
        assert session.scalar(told) == 1


def test_what_is_lost_is_made_up_for_and_a_cancelled_gift_is_stopped(
    real_database: Database, application: Flask, stub: StubProvider
) -> None:
    number, _page, _gift = _begun(real_database, stub)
    other, other_page, _other_gift = _begun(real_database, stub)
    with real_database.transaction() as session:
        cancel_gift(session, session.get_one(CardMandate, other).pledge)
        session.execute(text("UPDATE card_mandate SET asked_at = asked_at - interval '20 minutes'"))
    stub.is_up = False
    ask_about_silent_mandates(real_database)  # it does not answer, and is asked again
    stub.is_up = True
    ask_about_silent_mandates(real_database)
    assert stub.mandates[other_page].progress is MandateProgress.ENDED
    with real_database.session() as session:
        assert session.get_one(CardMandate, number).state is MandateState.ACTIVE
        assert session.get_one(CardMandate, other).state is MandateState.STOPPED
    assert _counted(real_database)[:3] == (2, 2, 1)

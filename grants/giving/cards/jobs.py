"""The provider is asked what became of a payment: when it sent a message, and when it sent none."""

from datetime import timedelta
from typing import Any, Protocol

from procrastinate import JobContext
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.house import follow_funds
from grants.core.kernel.logs import logger
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.providers import (
    Progress,
    Provider,
    Refused,
    Unreached,
    provider_of,
)
from grants.giving.cards.queries import unsent, unsettled
from grants.giving.cards.returns import refuse
from grants.giving.cards.service import settle
from grants.giving.cards.workflow import ReturnState
from grants.platform.messages.jobs import RETRY, enqueue_all, jobs

LOG = logger(__name__)
SILENCE = timedelta(minutes=15)
"""Without a message for so long, the provider is asked."""


class NotKnownYet(Exception):
    """A payment was made whose fee the provider does not know yet; the queue asks again."""


def ask_later(session: Session, numbers: list[int]) -> None:
    """Ask the provider about these payments, of each one question at a time."""
    for number in numbers:
        enqueue_all(session, ask, [{"payment_id": number}], lock=f"card payment {number}")


@jobs.task(name="cards.ask", pass_context=True, retry=RETRY)
def ask(context: JobContext, *, payment_id: int) -> None:
    """Ask what became of one payment."""
    ask_provider(context.additional_context["post_office"].database, payment_id)


def ask_provider(database: Database, number: int) -> None:
    """Ask the provider about a payment and settle it. No transaction is open while it is asked."""
    with database.transaction() as session:
        payment = session.get_one(CardPayment, number)
        provider, page = provider_holding(payment), payment.page_reference
    if provider is None or page is None:
        return
    status = provider.ask(page)
    with database.transaction() as session:
        follow_funds(session)
        settle(session, session.get_one(CardPayment, number), status)
    if status.progress is Progress.PAID and status.paid is None:
        raise NotKnownYet(f"card payment {number}")


class Held(Protocol):
    """A payment or a mandate at a provider."""

    @property
    def fund(self) -> Any: ...

    @property
    def provider(self) -> Any: ...


def provider_holding(item: Held) -> Provider | None:
    """The provider at which a payment or a mandate is; None where the fund has another one now."""
    provider = provider_of(item.fund.code)
    return provider if provider and provider.name == item.provider else None


@jobs.task(name="cards.give_back", pass_context=True, retry=RETRY)
def give_back(context: JobContext, *, return_id: int) -> None:
    """Have the provider refund what an officer gave back."""
    refund_by_provider(context.additional_context["post_office"].database, return_id)


def refund_by_provider(database: Database, number: int) -> None:
    """Have the provider refund, and ask what became of it. The key of the refund makes it one,
    however often it is asked for; as the provider forgets keys (Stripe after a day), it is asked
    first whether it has made it.
    """
    with database.transaction() as session:
        item = session.get_one(CardReturn, number)
        payment, key, amount = item.payment, item.key, item.amount
        reference, payment_id = payment.reference or "", payment.id
        provider, page = provider_holding(payment), payment.page_reference
        is_open = item.state is ReturnState.ASKED
    if provider is None or page is None or not is_open:
        return
    try:
        if all(made.key != key for made in provider.ask(page).returns):
            provider.refund(reference, amount, key)
    except Refused as refusal:
        with database.transaction() as session:
            refuse(session, session.get_one(CardReturn, number), str(refusal))
        return
    ask_provider(database, payment_id)


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="cards.ask_silent", pass_context=True, queueing_lock="cards.ask_silent")
def ask_silent(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Every ten minutes, payments of which the provider has said nothing: a message may be lost."""
    ask_about_silent(context.additional_context["post_office"].database)


def ask_about_silent(database: Database) -> None:
    """Ask about each payment that is pending for long, and for each refund that no try has brought
    to the provider; one that fails, however it fails, does not keep others back.
    """
    with database.transaction() as session:
        numbers = [(refund_by_provider, number) for number in unsent(session, SILENCE)]
        numbers += [(ask_provider, number) for number in unsettled(session, SILENCE)]
    for question, number in numbers:
        try:
            question(database, number)
        except (Unreached, NotKnownYet):
            continue
        except Exception:
            LOG.exception("a payment by card", question=question.__name__, number=number)

"""One event is sent: signed, tried again with growing waits, and given up with the webhook.

Events of one webhook share a lock of the queue: they leave one after the other, in their order, and
while one waits to be tried again those after it wait too.
"""

from procrastinate import JobContext, RetryStrategy
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.db import Database
from grants.core.database.encryption import Unreadable
from grants.core.kernel import clock
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.platform.messages.jobs import jobs
from grants.platform.messages.service import Recipient, send
from grants.publishing.webhooks import calling
from grants.publishing.webhooks.models import Delivery, Webhook
from grants.publishing.webhooks.signing import signed_headers

MOST_TRIES = 8
"""Tries until a webhook is turned off: with the waits between them, 27 hours."""
RETRY = RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=5)
"""Waits of 5 seconds, 25, 2 minutes, 10, 52, 4 hours, 22."""


class NotTaken(Exception):
    """The receiver did not take it; the queue tries again."""


def lock_of(webhook: Webhook) -> str:
    """What the jobs of a webhook share, so that one runs at a time, in their order."""
    return f"webhook {webhook.id}"


@jobs.task(name="webhooks.deliver", pass_context=True, retry=RETRY)
def deliver(context: JobContext, *, delivery_id: int, again: bool = False) -> None:
    """Send one event; `again`: though it arrived before."""
    is_last = context.job.attempts + 1 >= MOST_TRIES
    database = context.additional_context["post_office"].database
    if not try_delivery(database, delivery_id, again=again, is_last=is_last) and not is_last:
        raise NotTaken(f"webhook delivery {delivery_id}")


def try_delivery(database: Database, delivery_id: int, *, again: bool, is_last: bool) -> bool:
    """Send an event once and write down the answer. True if it arrived, or there is nothing to
    send; a webhook whose last try fails is turned off.
    """
    with database.transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        if not delivery.webhook.is_running or (delivery.delivered_at is not None and not again):
            return True
        url, headers = delivery.webhook.url, _headers_of(delivery)
    answer = _answer_to(url, headers, delivery.body) if headers else "the secret cannot be read"
    with database.transaction() as session:
        delivery = session.get_one(Delivery, delivery_id, with_for_update=True)
        return note_answer(session, delivery, answer, is_last=is_last)


def note_answer(session: Session, delivery: Delivery, answer: str, *, is_last: bool) -> bool:
    """Write down what was answered to a try; a webhook whose last try failed is turned off. Has
    the event arrived?
    """
    has_arrived, moment = answer.startswith("2"), clock.now()
    delivery.answers = [*delivery.answers, {"at": moment.isoformat(), "answer": answer}]
    if has_arrived:
        delivery.delivered_at = moment
    elif is_last:
        _turn_off(session, delivery)
    return has_arrived


def _headers_of(delivery: Delivery) -> dict[str, str]:
    secret, moment = delivery.webhook.secret, int(clock.wall().timestamp())
    if isinstance(secret, Unreadable):
        return {}
    return {**signed_headers(secret, delivery.message_id, moment, delivery.body)}


def _answer_to(url: str, headers: dict[str, str], body: str) -> str:
    try:
        return str(calling.post(url, headers, body))
    except calling.Unreached as trouble:
        return str(trouble)


def _turn_off(session: Session, delivery: Delivery) -> None:
    """Turn a webhook off, because an event was not taken in any try, and tell administrators."""
    webhook = session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    if webhook.stopped_at is not None:
        return
    webhook.stopped_at = clock.now()
    answer = delivery.answers[-1]["answer"]
    act = Act.by_system("webhooks")
    record(session, webhook, "stop_webhook", act, event=delivery.event.value, answer=answer)
    for person in people_of_fund(session, Permission.TOKEN_MAKE, webhook.fund_id):
        send(
            session,
            Recipient.of(person),
            "publishing/webhooks/stopped",
            event=f"webhook:{webhook.id}:stopped:{delivery.number}:{len(delivery.answers)}",
            name=webhook.name,
            fund=webhook.fund,
            answer=answer,
            tries=MOST_TRIES,
            url=absolute(f"/webhooks/{webhook.id}"),
        )

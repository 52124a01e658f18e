"""From the trail to what is sent: each act that is an event becomes one delivery of each webhook.

The chain of the trail has no gaps, and a row takes its place in it as its transaction commits. So a
webhook remembers how far it was read, and misses no event, however many people act at once.
"""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailLink, TrailRow
from grants.core.audit.placing import IMPORT
from grants.core.audit.queries import end_of_trail
from grants.core.kernel import clock
from grants.platform.messages.jobs import enqueue_all
from grants.publishing.webhooks.delivering import deliver, lock_of
from grants.publishing.webhooks.events import ACTS, body_of, event_of
from grants.publishing.webhooks.models import Delivery, Webhook
from grants.publishing.webhooks.queries import last_number

AT_ONCE = 500
"""Acts that one transaction reads."""


def collect(session: Session, number: int) -> bool:
    """Make and queue what happened since the last time, for one webhook; is there more?"""
    webhook = session.get(Webhook, number, with_for_update={"skip_locked": True})
    if webhook is None or not webhook.is_running:
        return False
    end, _hash = end_of_trail(session)
    rows = _acts_after(session, webhook, end)
    is_more = len(rows) == AT_ONCE
    deliveries = make_deliveries(session, webhook, [row for row, _position in rows])
    webhook.position = rows[-1][1] if is_more else end
    queue(session, webhook, deliveries)
    return is_more


def _acts_after(session: Session, webhook: Webhook, end: int) -> Sequence[tuple[TrailRow, int]]:
    acts = [act for act, event in ACTS.items() if event.value in webhook.events]
    query = (
        select(TrailRow, TrailLink.position)
        .join(TrailLink, TrailLink.row_id == TrailRow.id)
        .where(
            TrailLink.position > webhook.position,
            TrailLink.position <= end,
            tuple_(TrailRow.subject, TrailRow.action).in_(acts),
            TrailRow.at >= webhook.made_at,
            TrailRow.mark != IMPORT,
            TrailRow.id.not_in(select(Delivery.trail_id).where(Delivery.webhook_id == webhook.id)),
        )
    )
    rows = session.execute(query.order_by(TrailLink.position).limit(AT_ONCE))
    return [(row, position) for row, position in rows]


def make_deliveries(session: Session, webhook: Webhook, rows: Sequence[TrailRow]) -> list[Delivery]:
    """What these acts are for a webhook, each with its number; acts that are no event of its fund
    are passed over.
    """
    deliveries: list[Delivery] = []
    first = last_number(session, webhook) + 1
    for row in rows:
        event_and_record = event_of(session, row, webhook.fund_id)
        if event_and_record is None:
            continue
        event, record = event_and_record
        number = first + len(deliveries)
        deliveries.append(
            Delivery(
                webhook=webhook,
                number=number,
                trail_id=row.id,
                event=event,
                body=body_of(session, row, record, number, webhook.body_scope, webhook.fund.code),
                made_at=clock.now(),
            )
        )
    session.add_all(deliveries)
    session.flush()
    return deliveries


def queue(session: Session, webhook: Webhook, deliveries: Sequence[Delivery]) -> None:
    """Send these, in their order, after what is queued for the webhook already."""
    if deliveries:
        arguments = [{"delivery_id": delivery.id} for delivery in deliveries]
        enqueue_all(session, deliver, arguments, lock=lock_of(webhook))

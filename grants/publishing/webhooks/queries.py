"""Webhooks as administrators list them, and what was sent to each."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.publishing.webhooks.models import Delivery, Webhook


def webhooks_for(viewer: Viewer) -> Select[Webhook]:
    """The webhooks of the funds whose administrator this person is."""
    query = select(Webhook).options(selectinload(Webhook.fund), selectinload(Webhook.made_by))
    return query.where(in_funds_with(viewer, Permission.TOKEN_MAKE, Webhook.fund_id))


def webhook_for_viewer(session: Session, number: int, viewer: Viewer) -> Webhook:
    """A webhook of these funds, or Missing."""
    webhook = session.scalar(webhooks_for(viewer).where(Webhook.id == number))
    if webhook is None:
        raise Missing(_("Webhook not found."))
    return webhook


def running_webhooks(session: Session) -> Sequence[int]:
    """The numbers of the webhooks to which events are sent now."""
    query = select(Webhook.id).where(
        Webhook.ended_at.is_(None), Webhook.stopped_at.is_(None), Webhook.ends_on >= clock.today()
    )
    return session.scalars(query.order_by(Webhook.id)).all()


def deliveries_of(webhook: Webhook) -> Select[Delivery]:
    """What was to be sent to a webhook."""
    return select(Delivery).where(Delivery.webhook_id == webhook.id)


def undelivered(session: Session, webhook: Webhook) -> Sequence[Delivery]:
    """What has not arrived, in the order of the events."""
    query = deliveries_of(webhook).where(Delivery.delivered_at.is_(None))
    return session.scalars(query.order_by(Delivery.number)).all()


def last_number(session: Session, webhook: Webhook) -> int:
    """How many events there have been for a webhook."""
    query = select(func.max(Delivery.number)).where(Delivery.webhook_id == webhook.id)
    return session.scalar(query) or 0


def delivery_of(session: Session, webhook: Webhook, number: int) -> Delivery:
    """An event of a webhook by its number, or Missing."""
    delivery = session.scalar(deliveries_of(webhook).where(Delivery.number == number))
    if delivery is None:
        raise Missing(_("Event not found."))
    return delivery

"""Webhooks are made by an administrator, whose secret is shown once; ended, and turned on again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.queries import end_of_trail
from grants.core.database.encryption import Owned
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.messages.jobs import enqueue_all
from grants.publishing.integration.issuing import is_within_a_year, tell_colleagues
from grants.publishing.webhooks.calling import require_https
from grants.publishing.webhooks.collecting import queue
from grants.publishing.webhooks.delivering import deliver, lock_of
from grants.publishing.webhooks.models import BodyScope, Delivery, Webhook, WebhookEvent
from grants.publishing.webhooks.queries import undelivered
from grants.publishing.webhooks.signing import new_secret


@dataclass(frozen=True, slots=True)
class Terms:
    """Which system is notified of what, and until when."""

    name: str
    url: str
    events: Sequence[WebhookEvent]
    body_scope: BodyScope
    ends_on: date


def make_webhook(session: Session, fund: Fund, terms: Terms, act: Act) -> tuple[Webhook, str]:
    """A webhook and its secret, which is shown now and never again. Events from now on are sent.
    The fund's administrators and managers are notified. DomainError for an address that is not
    public, an end in the past or more than a year ahead, or no event.
    """
    act.demand(Permission.TOKEN_MAKE, Scope(fund.id))
    name = terms.name.strip()[:80]
    if not name or not terms.events or not is_within_a_year(terms.ends_on):
        raise DomainError(
            _("Enter a name, at least one event, and a last day within a year from today.")
        )
    require_https(terms.url)
    secret = new_secret()
    assert act.actor.person_id is not None
    position, _hash = end_of_trail(session)
    webhook = Webhook(
        name=name,
        url=terms.url,
        fund=fund,
        events=[event.value for event in terms.events],
        body_scope=terms.body_scope,
        made_by_id=act.actor.person_id,
        made_at=act.at,
        ends_on=terms.ends_on,
        position=position,
    )
    webhook.secret = Owned(secret, webhook.whose_secret)
    session.add(webhook)
    facts = {"name": name, "url": terms.url, "ends_on": terms.ends_on.isoformat()}
    record(session, webhook, "make_webhook", act, fund=fund.code, events=webhook.events, **facts)
    tell_colleagues(
        session,
        fund,
        "publishing/webhooks/made",
        act,
        event=f"webhook:{webhook.id}:made",
        name=name,
        address=terms.url,
        until=terms.ends_on,
        url=absolute(f"/webhooks/{webhook.id}"),
    )
    return webhook, secret


def end_webhook(session: Session, webhook: Webhook, act: Act) -> None:
    """Nothing is sent any more."""
    act.demand(Permission.TOKEN_MAKE, webhook.scope)
    session.refresh(webhook, with_for_update=True)
    if webhook.ended_at is not None:
        raise Conflict(_("This webhook has already been ended."))
    webhook.ended_by_id, webhook.ended_at = act.actor.person_id, act.at
    record(session, webhook, "end_webhook", act)


def resume_webhook(session: Session, webhook: Webhook, act: Act) -> None:
    """Turn on again what was turned off: what did not arrive is sent, in its order; what happened
    meanwhile follows.
    """
    act.demand(Permission.TOKEN_MAKE, webhook.scope)
    session.refresh(webhook, with_for_update=True)
    if not webhook.is_valid or webhook.stopped_at is None:
        raise Conflict(_("This webhook is not turned off."))
    webhook.stopped_at = None
    record(session, webhook, "resume_webhook", act)
    queue(session, webhook, undelivered(session, webhook))


def send_again(session: Session, delivery: Delivery, act: Act) -> None:
    """Send an event once more, under the same name, though it may have arrived."""
    webhook = delivery.webhook
    act.demand(Permission.TOKEN_MAKE, webhook.scope)
    if not webhook.is_running:
        raise Conflict(_("Nothing is sent to this webhook. Turn it on first."))
    record(session, webhook, "send_event_again", act, number=delivery.number)
    arguments = [{"delivery_id": delivery.id, "again": True}]
    enqueue_all(session, deliver, arguments, lock=lock_of(webhook))

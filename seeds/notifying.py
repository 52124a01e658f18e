"""Systems of the fund that are notified of events."""

from sqlalchemy import select, tuple_

from grants.core.audit.models import TrailRow
from grants.core.people.permissions import Role
from grants.publishing.webhooks.collecting import make_deliveries
from grants.publishing.webhooks.delivering import MOST_TRIES, note_answer
from grants.publishing.webhooks.events import ACTS
from grants.publishing.webhooks.models import BodyScope, Delivery, Webhook, WebhookEvent
from grants.publishing.webhooks.service import Terms, end_webhook, make_webhook
from seeds.company import Company, days_after, on


def plant_webhooks(company: Company) -> None:
    """One system is notified of events, another did not take one for a day, a third was ended."""
    session, fund = company.session, company.fund
    with on(days_after(company.today, -30)):
        act = company.act(Role.ADMINISTRATOR)
        warehouse, bridge, intranet = (
            make_webhook(session, fund, _webhook_terms(company, name, host), act)[0]
            for name, host in (
                ("Data warehouse", "warehouse"),
                ("Umoja bridge", "umoja"),
                ("Intranet", "intranet"),
            )
        )
    with on(days_after(company.today, -20)):
        why = "The intranet has been closed."
        end_webhook(session, intranet, company.act(Role.ADMINISTRATOR, why))
    with on(days_after(company.today, -1)):
        for delivery in _planted_events(company, warehouse):
            note_answer(session, delivery, "200", is_last=False)
        for delivery in _planted_events(company, bridge)[:1]:
            for number in range(1, MOST_TRIES + 1):
                note_answer(session, delivery, "503", is_last=number == MOST_TRIES)


def _webhook_terms(company: Company, name: str, host: str) -> Terms:
    events = [WebhookEvent.AWARD_MADE, WebhookEvent.PAYMENT_PAID, WebhookEvent.REPORT_ACCEPTED]
    url = f"https://{host}.unvtf.example/events"
    return Terms(name, url, events, BodyScope.FACTS, days_after(company.today, 200))


def _planted_events(company: Company, webhook: Webhook) -> list[Delivery]:
    """What happened since the webhook was made; the trail is chained only once all is planted."""
    acts = [act for act, event in ACTS.items() if event.value in webhook.events]
    rows = company.session.scalars(
        select(TrailRow)
        .where(tuple_(TrailRow.subject, TrailRow.action).in_(acts), TrailRow.at >= webhook.made_at)
        .order_by(TrailRow.id)
    )
    return make_deliveries(company.session, webhook, rows.all())

"""Webhooks: the list, making one, whose secret is shown once, and what was sent to it."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.people.permissions import Permission
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.trail.words import ACTS
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer
from grants.publishing.webhooks import queries, service
from grants.publishing.webhooks.calling import require_public_address
from grants.publishing.webhooks.forms import WebhookForm
from grants.publishing.webhooks.models import Delivery, Webhook, WebhookEvent

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")


def _state_of(webhook: Webhook) -> str:
    if webhook.ended_at:
        return _("Ended")
    if not webhook.is_valid:
        return _("Expired")
    return (
        _("Turned off: events did not arrive")
        if webhook.stopped_at
        else pgettext("webhook", "Running")
    )


WEBHOOKS = Listing(
    columns=(
        Column(
            _l("System"),
            lambda webhook: webhook.name,
            link=lambda webhook: url_for("webhooks.show", number=webhook.id),
        ),
        Column(_l("Fund"), lambda webhook: webhook.fund.code),
        Column(_l("Address"), lambda webhook: webhook.url),
        Column(_l("Status"), _state_of),
        Column(_l("Send until"), lambda webhook: webhook.ends_on, kind="date"),
        Column(_l("Created by"), lambda webhook: webhook.made_by.name, shown=False),
        Column(
            _l("Created on"),
            lambda webhook: webhook.made_at,
            kind="date",
            order="newest",
            shown=False,
        ),
    ),
    orders={"newest": Order(Webhook.id, descending=True)},
)


def _last_answer(delivery: Delivery) -> str:
    if not delivery.answers:
        return _("Not tried yet")
    return delivery.answers[-1]["answer"]


def _may_send_again(delivery: Delivery) -> str:
    if not delivery.webhook.is_running:
        return ""
    return url_for("webhooks.send_again", number=delivery.webhook_id, event=delivery.number)


DELIVERIES = Listing(
    columns=(
        Column(_l("Number"), lambda delivery: delivery.number, kind="number", order="newest"),
        Column(_l("Event"), lambda delivery: delivery.event.label),
        Column(_l("Time"), lambda delivery: delivery.made_at, kind="date"),
        Column(_l("Delivered"), lambda delivery: delivery.delivered_at, kind="date"),
        Column(_l("Attempts"), lambda delivery: len(delivery.answers), kind="number"),
        Column(_l("Last answer"), _last_answer),
        Column(_l("Again"), lambda _delivery: _("Send again"), link=_may_send_again),
        Column(_l("Content"), lambda delivery: delivery.body, shown=False),
    ),
    orders={"newest": Order(Delivery.number, descending=True)},
)


@pages.get("")
@in_menu(_l("Webhooks"), 97)
@needs(Permission.TOKEN_MAKE)
def index() -> ResponseReturnValue:
    """Every webhook of the funds that one administers, the newest first."""
    listed = WEBHOOKS.of(session(), queries.webhooks_for(at_work()), "webhooks")
    return listed.file or render_template("publishing/webhooks/index.html", listed=listed)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.TOKEN_MAKE)
def make_webhook() -> ResponseReturnValue:
    """Make a webhook: its secret is on the page that follows, and nowhere else."""
    funds = funds_for_viewer(Permission.TOKEN_MAKE)
    form = WebhookForm(funds=funds)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            require_public_address(form.terms.url)
            fund = fund_by_code(opened, form.fund.data)
            webhook, secret = service.make_webhook(opened, fund, form.terms, this_act())
            name = webhook.name
        if outcome:
            return render_template("publishing/webhooks/secret.html", name=name, secret=secret)
    return render_template("publishing/webhooks/new.html", form=form)


@pages.get("/<int:number>")
@needs(Permission.TOKEN_MAKE)
def show(number: int) -> ResponseReturnValue:
    """A webhook, what was sent to it and what was answered."""
    webhook = queries.webhook_for_viewer(session(), number, viewer())
    listed = DELIVERIES.of(session(), queries.deliveries_of(webhook), f"webhook-{number}")
    return listed.file or render_template(
        "publishing/webhooks/show.html",
        webhook=webhook,
        listed=listed,
        state=_state_of(webhook),
        events=[WebhookEvent(code).label for code in webhook.events],
        trail=trail_of(session(), Webhook.__tablename__, webhook.id),
        words=ACTS,
    )


def _page_of(webhook: Webhook) -> str:
    return url_for("webhooks.show", number=webhook.id)


webhook_pages = StepPages(
    pages,
    None,
    lambda number: queries.webhook_for_viewer(session(), number, viewer()),
    _page_of,
    lambda webhook: (webhook.name,),
)
webhook_pages.act(
    "end_webhook",
    Permission.TOKEN_MAKE,
    "/<int:number>/end",
    ReasonForm,
    lambda opened, webhook, _form, act: service.end_webhook(opened, webhook, act),
    title=_l("End the webhook"),
    lead=_l("The system is no longer notified. This cannot be undone."),
    tone="warning",
    done=_l("The webhook has been ended."),
)
webhook_pages.act(
    "resume_webhook",
    Permission.TOKEN_MAKE,
    "/<int:number>/resume",
    Form,
    lambda opened, webhook, _form, act: service.resume_webhook(opened, webhook, act),
    title=_l("Turn the webhook on again"),
    lead=_l("Events that did not arrive are sent first, in their order, then the later ones."),
    done=_l("The webhook has been turned on."),
)


def _find_delivery(number: int, event: int) -> Delivery:
    webhook = queries.webhook_for_viewer(session(), number, viewer())
    return queries.delivery_of(session(), webhook, event)


delivery_pages = StepPages(
    pages,
    None,
    _find_delivery,
    lambda delivery: _page_of(delivery.webhook),
    lambda delivery: (delivery.webhook.name, delivery.event.label, delivery.number),
)
delivery_pages.act(
    "send_again",
    Permission.TOKEN_MAKE,
    "/<int:number>/events/<int:event>/again",
    Form,
    lambda opened, delivery, _form, act: service.send_again(opened, delivery, act),
    title=_l("Send again"),
    lead=_l("The event is sent again with the same identifier."),
    template="publishing/webhooks/again.html",
    done=_l("The event will be sent again in a moment."),
)

"""The fund's pages of monthly gifts by card: whose card failed, each charge, and stopping one."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.cards.mandates.jobs import ask_mandate_later
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.queries import (
    has_refused_charge,
    mandate_for_viewer,
    mandates_for_viewer,
)
from grants.giving.cards.mandates.service import stop_for_giver
from grants.giving.cards.mandates.workflow import MANDATE
from grants.giving.cards.workflow import CARD_PAYMENT
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("card_mandates", __name__)

MANDATES = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda m: m.pledge.reference,
            link=lambda m: url_for("card_mandates.show", number=m.id),
        ),
        Column(_l("Started at"), lambda m: m.started_at),
        Column(_l("Amount each month"), lambda m: m.amount, kind="money"),
        Column(_l("Payments"), lambda m: len(m.received), kind="number"),
        Column(
            _l("Status"),
            lambda m: MANDATE.names[m.state].staff,
            tone=lambda m: MANDATE.names[m.state].tone,
        ),
        Column(_l("Card refused since"), lambda m: m.refused.refused_at if m.refused else None),
        Column(_l("Provider"), lambda m: m.provider.title(), shown=False),
    ),
    orders={"newest": Order(CardMandate.id, descending=True)},
)


@pages.get("/contributions/monthly")
@needs(Permission.CONTRIBUTION_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every monthly gift by card of the funds a person works for; ?refused=yes: those whose card
    was refused. As a file too.
    """
    query, is_refused = mandates_for_viewer(at_work()), request.args.get("refused") == "yes"
    if is_refused:
        query = query.where(has_refused_charge())
    listed = MANDATES.of(session(), query, "monthly-gifts")
    return listed.file or render_template(
        "giving/cards/mandates.html", listed=listed, refused=is_refused
    )


@pages.get("/contributions/monthly/<int:number>")
@needs(Permission.CONTRIBUTION_SEE)
def show(number: int) -> ResponseReturnValue:
    """One monthly gift: its charges, and what to do where the card was refused."""
    mandate = mandate_for_viewer(session(), number, viewer())
    return render_template(
        "giving/cards/mandate.html",
        mandate=mandate,
        name=MANDATE.names[mandate.state],
        payments=[(item, CARD_PAYMENT.names[item.state]) for item in reversed(mandate.charges)],
        steps=buttons(mandate, MANDATE, number=number),
    )


mandate_pages = StepPages(
    pages,
    MANDATE,
    lambda number: mandate_for_viewer(session(), number, viewer()),
    lambda mandate: url_for("card_mandates.show", number=mandate.id),
    lambda mandate: (mandate.pledge.reference,),
)


def _stop(opened: Session, mandate: CardMandate, _form: ReasonForm, act: Act) -> None:
    stop_for_giver(opened, mandate, act)
    ask_mandate_later(opened, mandate)


mandate_pages.step(
    "stop_for_giver",
    "/contributions/monthly/<int:number>/stop",
    act=_stop,
    lead=_l(
        "The provider no longer charges the card, and the donor is notified by "
        "e-mail. What was received stays with the fund; refund single payments on "
        "their pages."
    ),
    done=_l("The monthly gift is being stopped. The provider confirms it within minutes."),
)

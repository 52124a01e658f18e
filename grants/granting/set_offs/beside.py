"""What pages of refunds and of instalments show of set-offs."""

from flask import Flask, render_template
from markupsafe import Markup
from sqlalchemy import Select

from grants.core.people.permissions import Permission
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import NOT_CERTIFIED
from grants.granting.recovery.models import RefundRequest
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.queries import (
    refunds_to_set_off,
    set_offs_on_payment,
    set_offs_on_refund,
)
from grants.granting.set_offs.workflow import SET_OFF
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def install(app: Flask) -> None:
    """Let the templates of the two rooms draw it."""
    app.jinja_env.globals["set_offs_of_refund"] = of_refund
    app.jinja_env.globals["set_offs_of_payment"] = of_payment


def of_refund(request: RefundRequest) -> Markup:
    """The set-offs of a refund, and the way to propose one."""
    proposable = request.is_awaited and bool(request.not_set_off)
    owed = [request] if proposable and _may_propose(request) else []
    return _draw_block(set_offs_on_refund(viewer(), request.id), owed)


def of_payment(instalment: Instalment) -> Markup:
    """The set-offs against an instalment, and the refunds that could be set off."""
    may_begin = instalment.state in NOT_CERTIFIED and _may_propose(instalment)
    owed = refunds_to_set_off(session(), instalment) if may_begin else []
    owed = [request for request in owed if request.not_set_off]
    return _draw_block(set_offs_on_payment(viewer(), instalment), owed, instalment.id)


def _may_propose(record: RefundRequest | Instalment) -> bool:
    return viewer().may(Permission.INSTALMENT_CERTIFY, record.scope)


def _draw_block(
    query: Select[SetOff], owed: list[RefundRequest], instalment: int | None = None
) -> Markup:
    set_offs = session().scalars(query).all()
    if not set_offs and not owed:
        return Markup()
    page = render_template(
        "granting/set_offs/block.html",
        set_offs=set_offs,
        owed=owed,
        instalment=instalment,
        names=SET_OFF.names,
    )
    return Markup(page)  # noqa: S704 - a template's own output

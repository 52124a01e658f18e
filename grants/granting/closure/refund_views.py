"""The page on which several organisations are asked by letter for what they did not spend."""

from collections.abc import Collection, Sequence

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.deciding.awards.locking import lock_awards
from grants.deciding.awards.models import Award
from grants.granting.closure import queries
from grants.granting.closure.forms import AskBackForm
from grants.granting.closure.views import AT_END, page_of, pages
from grants.granting.recovery.queries import refundable
from grants.granting.recovery.service import request_refund
from grants.granting.recovery.workflow import RefundCause
from grants.platform.tables.bulk import Bulk, Outlook
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer

P = Permission


def _left_of(opened: Session, award: Award) -> Money:
    """What was paid, and neither spent, refunded nor asked for."""
    unspent = queries.at_end(opened, award).unspent
    return min(unspent, refundable(opened, award), key=lambda money: money.minor)


def _foresee(
    opened: Session, awards: Sequence[Award], _form: AskBackForm, _act: Act
) -> list[Outlook]:
    """What each letter would ask for."""
    with_rest = queries.only_unspent_left(opened, awards)
    return [_outlook_of(opened, award, with_rest) for award in awards]


def _outlook_of(opened: Session, award: Award, with_rest: Collection[int]) -> Outlook:
    end, left = queries.at_end(opened, award), _left_of(opened, award)
    name = Link(award.organisation.name, page_of(award))
    cells = (name, left, end.paid, end.reported, end.refunded)
    can_be_asked = award.id in with_rest and left.minor > 0
    nothing = "" if can_be_asked else _("There is no refund left to request.")
    return Outlook(award, cells, nothing, str(left))


def _ask_back(opened: Session, award: Award, form: AskBackForm, act: Act) -> None:
    left, due_on = _left_of(opened, award), form.due_on.data
    request_refund(opened, award, RefundCause.UNSPENT, left, due_on, act)


ASK = Bulk(
    text=_l("Ask for the refunds"),
    endpoint="closure.ask_refunds",
    model=Award,
    seen=lambda: queries.asked_by(viewer()),
    queue=lambda: queries.to_ask_back(viewer()),
    name=lambda award: award.reference,
    foresee=_foresee,
    do=_ask_back,
    heads=(
        _l("Organisation"),
        {"text": _l("To be refunded"), "kind": "money"},
        {"text": _l("Paid"), "kind": "money"},
        {"text": _l("Reported as spent"), "kind": "money"},
        {"text": _l("Refunded"), "kind": "money"},
    ),
    form=AskBackForm.usual,
    before=lock_awards,
    status=lambda _award: _("Letter sent"),
)
AT_END.append(ASK)


@pages.route("/grants/several/ask-refunds", methods=["GET", "POST"])
@needs(P.REFUND_REQUEST)
def ask_refunds() -> ResponseReturnValue:
    """Ask several organisations, each by its own letter, for what they did not spend."""
    return ASK.page("granting/closure/ask_refunds.html", url_for("closure.ending"))

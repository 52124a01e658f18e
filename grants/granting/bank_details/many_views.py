"""The page on which several accounts are approved at once: of those that no doubt is about."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.granting.bank_details import queries, service
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.views import ACTS, pages
from grants.granting.bank_details.workflow import BANK_DETAILS, DetailsState
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Lines, Link
from grants.platform.web.access import needs, viewer

P = Permission


def _mine() -> Select[BankDetails]:
    return queries.approved_by(viewer())


def _queue() -> Select[BankDetails]:
    return _mine().where(BankDetails.state == DetailsState.CHECKED)


def _lock_payees(opened: Session, ids: Sequence[int]) -> None:
    """The organisations of these accounts, as each act locks them first."""
    payees = select(BankDetails.organisation_id).where(BankDetails.id.in_(ids)).distinct()
    for organisation_id in opened.scalars(payees.order_by(BankDetails.organisation_id)).all():
        service.lock_payee(opened, organisation_id)


def _foresee(opened: Session, accounts: Sequence[BankDetails], _f: Any, act: Act) -> list[Outlook]:
    """Each account with the call that confirmed it, and what stands in the way."""
    return [_outlook_of(opened, details, act) for details in accounts]


def _outlook_of(opened: Session, details: BankDetails, act: Act) -> Outlook:
    cells = (
        Link(details.organisation.name, url_for("bank_details.show", number=details.id)),
        Lines((details.holder, details.bank, details.masked)),
        details.spoke_to,
        details.called_on,
    )
    check = lambda: service.require_approvable(opened, details, act)  # noqa: E731
    return Outlook(details, cells, why_refused(check))


APPROVE = Bulk(
    text=_l("Approve the accounts"),
    endpoint="bank_details.approve_many",
    model=BankDetails,
    seen=_mine,
    queue=_queue,
    name=lambda details: f"{details.fund.code} / {details.id}",
    foresee=_foresee,
    do=lambda opened, details, _form, act: service.approve(opened, details, act),
    heads=(
        _l("Organisation"),
        _l("Account"),
        _l("Spoke to"),
        {"text": _l("Day of the call"), "kind": "date"},
    ),
    before=_lock_payees,
    status=lambda details: str(BANK_DETAILS.names[details.state].staff),
    takes=lambda details: details.state is DetailsState.CHECKED,
)
ACTS.append(APPROVE)


@pages.route("/bank-details/several/approve", methods=["GET", "POST"])
@needs(P.PAYEE_APPROVE)
def approve_many() -> ResponseReturnValue:
    """Approve several accounts that were checked by a call, as the second person."""
    return APPROVE.page("granting/bank_details/approve_many.html", url_for("bank_details.index"))

"""Pages on which several payments are certified, approved or sent at once: all of them or none."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import total
from grants.core.kernel.workflow import Step
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.granting.payments import service
from grants.granting.payments.basis import acted_before
from grants.granting.payments.checks import Check, checklists, missing
from grants.granting.payments.models import Instalment
from grants.granting.payments.payable import lock_grants
from grants.granting.payments.queries import payments_of_fund
from grants.granting.payments.views import ACTS, pages
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.forms.forms import Form
from grants.platform.tables.bulk import Bulk, Outlook
from grants.platform.web.access import needs, viewer

P = Permission
HEADS = (
    _l("Organisation"),
    {"text": _l("To be sent"), "kind": "money"},
    _l("Due"),
    _l("Account"),
)


class SeveralForm(Form):
    """Nothing is asked; what is ticked is totalled."""

    total: Any = None


def instalment_outlooks(
    action: str,
) -> Callable[[Session, Sequence[Instalment], Any, Act], list[Outlook]]:
    """What would happen to each instalment if this person took the step now."""

    def foresee(
        opened: Session, instalments: Sequence[Instalment], _form: Any, act: Act
    ) -> list[Outlook]:
        step = INSTALMENT.step(action)
        lists = checklists(opened, instalments, clock.today())
        calls = ("check",) if action == "approve" else ()
        own = acted_before(opened, instalments, (*step.not_by, *calls), act.actor)
        return [
            _instalment_outlook(part, step, lists[part.id], barred=_is_barred(part, step, own, act))
            for part in instalments
        ]

    return foresee


def _is_barred(part: Instalment, step: Step, own: Collection[int], act: Act) -> bool:
    """Must a different person do this?"""
    assert isinstance(step.permission, P)
    return part.id in own or not act.actor.may(step.permission, part.scope)


def _instalment_outlook(
    part: Instalment, step: Step, checks: Sequence[Check], *, barred: bool
) -> Outlook:
    details = part.paid_to
    number = details.masked if details and details.is_readable else ""
    cells = (part.award.organisation.name, part.net, part.due_on, number)
    basis = " ".join(f"{check.note} {check.met}" for check in checks)
    return Outlook(part, cells, _why_not(part, step, checks, barred=barred), basis)


def _why_not(part: Instalment, step: Step, checks: Sequence[Check], *, barred: bool) -> str:
    if part.state not in step.sources:
        return str(INSTALMENT.names[part.state].staff)
    if barred:
        return _("A different person must do this.")
    unmet = missing(checks, reason=None if step.action == "certify" else "as certified")
    return spaced(";").join(f"{check.text} ({check.note})" for check in unmet)


def state_total(form: Any, ready: Sequence[Outlook]) -> None:
    """What would be sent for the instalments that could be done."""
    form.total = total((outlook.subject.net for outlook in ready), "USD")


def instalment_bulk(action: str, permission: Permission, **more: Any) -> Bulk:
    """An act on several instalments, of funds in which this person may take it."""

    def mine() -> Select[Instalment]:
        return payments_of_fund(viewer(), permission).options(joinedload(Instalment.paid_to))

    def queue() -> Select[Instalment]:
        return mine().where(Instalment.state.in_(INSTALMENT.step(action).sources))

    settings: dict[str, Any] = {
        "form": SeveralForm,
        "ask": state_total,
        "takes": lambda part: part.state in INSTALMENT.step(action).sources,
        **more,
    }
    return Bulk(
        model=Instalment,
        seen=mine,
        queue=queue,
        name=lambda part: f"{part.award.reference} / {part.number}",
        foresee=instalment_outlooks(action),
        heads=HEADS,
        before=lock_grants,
        status=lambda part: str(INSTALMENT.names[part.state].staff),
        **settings,
    )


CERTIFY = instalment_bulk(
    "certify",
    P.INSTALMENT_CERTIFY,
    text=_l("Certify"),
    endpoint="payments.certify_many",
    do=lambda opened, part, _form, act: service.certify(opened, part, act),
)
APPROVE = instalment_bulk(
    "approve",
    P.INSTALMENT_APPROVE,
    text=_l("Approve the payments"),
    endpoint="payments.approve_many",
    do=lambda opened, part, _form, act: service.approve(opened, part, act),
)
ACTS.extend((CERTIFY, APPROVE))


@pages.route("/disbursements/several/certify", methods=["GET", "POST"])
@needs(P.INSTALMENT_CERTIFY)
def certify_many() -> ResponseReturnValue:
    """Certify several instalments of which every condition is met."""
    return CERTIFY.page("granting/payments/certify_many.html", url_for("payments.index"))


@pages.route("/disbursements/several/approve", methods=["GET", "POST"])
@needs(P.INSTALMENT_APPROVE)
def approve_many() -> ResponseReturnValue:
    """Approve several certified payments, as the third of three persons."""
    return APPROVE.page("granting/payments/approve_many.html", url_for("payments.index"))

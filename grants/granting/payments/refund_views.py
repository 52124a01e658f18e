"""Pages of what grantees sent back: one is recorded by hand, and the paper that shows it."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.deciding.awards.models import Award
from grants.granting.payments import queries, refunds
from grants.granting.payments.forms import PAPER, RefundForm
from grants.granting.payments.views import pages
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document

GRANT = "/grants/<reference>/refunds"


def _find_grant(reference: str) -> Award:
    return queries.award_for_refund(session(), reference, viewer())


def _refund_form(award: Award) -> RefundForm:
    return RefundForm(refunds.refundable_to(session(), award))


def _record_refund(opened: Session, award: Award, form: RefundForm, act: Act) -> None:
    upload = form.evidence.data
    paper = keep(opened, received(upload), act, accept=PAPER) if upload else None
    refunds.record_by_hand(
        opened,
        award,
        form.amount.data,
        form.refunded_on.data,
        form.bank_reference.data,
        act,
        credited=refunds.Credited(form.chosen, paper),
    )


def _facts_of(award: Award) -> dict[str, object]:
    """What the grantee still holds, also in the currencies in which it was paid, at their rates."""
    held = queries.paid(session(), award.id) - queries.refunded(session(), award.id)
    rates = refunds.rates_of_refunds(session(), award)
    paid_at = [
        (
            _("Paid in %(currency)s", currency=currency),
            _(
                "%(amount)s, at %(rate)s %(currency)s for 1 USD",
                amount=plain_money(rate.sent_as(held)),
                rate=rate.plain_rate,
                currency=currency,
            ),
        )
        for currency, rate in rates.items()
    ]
    return {"held": held, "paid_at": paid_at}


StepPages(
    pages,
    None,
    _find_grant,
    lambda award: url_for("agreements.show", reference=award.reference),
    lambda award: (award.reference, award.organisation.name),
    _l("The grant"),
).act(
    "refund",
    Permission.INSTALMENT_RELEASE,
    f"{GRANT}/new",
    _refund_form,
    _record_refund,
    check=lambda session, award, _act: refunds.require_held(session, award),
    title=_l("Record a refund"),
    lead=_l(
        "Expense and programme support costs are reduced. The money is not committed to this grant "
        "again."
    ),
    button=_l("Record the refund"),
    done=_l("The refund has been posted to the ledger."),
    template="granting/payments/refund.html",
    facts=_facts_of,
)


@pages.get(f"{GRANT}/<int:refund_id>/evidence")
@needs(Permission.DISBURSEMENT_SEE)
def refund_evidence(reference: str, refund_id: int) -> Response:
    """The paper of the bank that shows a refund."""
    refund = queries.refund_with_evidence(session(), reference, refund_id, viewer())
    assert refund.evidence is not None
    return send_document(refund.evidence, refund.award.scope)

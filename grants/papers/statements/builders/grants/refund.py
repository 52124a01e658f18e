"""The letter that asks a grantee for money back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.granting.recovery.models import RefundRequest
from grants.papers.statements.builders.donors.giving import PayInto
from grants.papers.statements.records import award_called
from grants.papers.typesetting.paper import Addressee, Issuer, Paper


@dataclass(frozen=True, slots=True)
class Refund:
    """What is asked back, why, and where it is to be paid."""

    grant: str
    organisation: Addressee
    title: str
    amount: Money
    abroad: Money | None
    """What may be paid instead, in the currency in which the grant was paid."""
    rate: str | None
    """Units of that currency for 1 USD, as the grant was paid."""
    cause: str
    reason: str
    due_on: date
    transfer: str
    """The reference of the transfer."""
    account: PayInto
    """Of the fund, into which the money is to be paid."""


def request_called(session: Session, reference: str) -> RefundRequest:
    """The request of a refund, as "UNVTF-G-2026-001/2"."""
    grant, _slash, number = reference.rpartition("/")
    award = award_called(session, grant)
    request = session.scalar(
        select(RefundRequest).where(
            RefundRequest.award_id == award.id,
            RefundRequest.number == (int(number) if number.isdecimal() else 0),
        )
    )
    if request is None:
        raise Missing(_("Request for a refund not found."))
    return request


def refund_letter(session: Session, reference: str) -> Paper:
    """The letter of one request."""
    request = request_called(session, reference)
    award, abroad = request.award, request.abroad
    sent_on = clock.day_of(request.sent_at, award.fund.zone)
    currency = request.abroad_currency or FUNCTIONAL_CURRENCY
    facts = Refund(
        grant=award.reference,
        organisation=Addressee.of(award.organisation),
        title=award.title,
        amount=request.amount,
        abroad=abroad.sent if abroad else None,
        rate=abroad.plain_rate if abroad else None,
        cause=str(request.cause.label),
        reason=request.reason,
        due_on=request.due_on,
        transfer=request.reference,
        account=PayInto.of(session, award.fund, currency, sent_on),
    )
    issuer = Issuer.of(award.fund)
    return Paper("refund-letter", _("Request for a refund"), reference, sent_on, issuer, facts)

"""What a bank did not pay: payments that it refused, and payments that it gave back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.days import not_to_come
from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import return_instalment
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.links import absolute
from grants.core.kernel.money import usd
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import Term
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.granting.payments.bank import already_used, read_reference
from grants.granting.payments.models import Instalment, ReturnedPayment
from grants.granting.payments.payable import lock_instalment
from grants.granting.payments.queries import return_key, returns_of
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.messages.service import tell


class Corrector(Term):
    """Who has to correct what a bank did not take."""

    GRANTEE = "grantee", _l("The grantee: its bank details are not right")
    FUND = "fund", _l("The fund: the bank details are right")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money of a payment that came back: on which day, under which reference of the bank, and to
    which of the fund's accounts, where that is known.
    """

    day: date
    reference: str
    account: BankAccount | None = None


TAKEN_BACK: Slot[Callable[[Session, Instalment, date, Act], None]] = Slot(
    "granting.payments.returns.TAKEN_BACK"
)
"""What else is undone when the bank returned a payment on a day."""


def fail(
    session: Session,
    instalment: Instalment,
    corrector: Corrector,
    act: Act,
) -> None:
    """The bank refused a payment before it debited anything: nothing is booked. The instalment is
    certified again, once the account is corrected where that is what was wrong.
    """
    lock_instalment(session, instalment)
    require(session, instalment, INSTALMENT, "fail", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    _begin_again(instalment, corrector)
    advance(session, instalment, INSTALMENT, "fail", act, corrector=corrector.value)
    _tell_unpaid(session, instalment, corrector, act)


def take_back(
    session: Session,
    instalment: Instalment,
    arrival: Arrival,
    corrector: Corrector,
    act: Act,
) -> ReturnedPayment:
    """The bank gave a payment back: the cash is booked on its day, expense and PSC are less, and
    the instalment is committed again, to be certified again.

    Repeated with the same day and reference it changes nothing.
    """
    reference = read_reference(arrival.reference)
    lock_instalment(session, instalment)
    if known := _known_return(session, instalment, reference):
        if known.returned_on != arrival.day:
            raise Conflict(already_used(reference))
        act.demand(Permission.INSTALMENT_RELEASE, instalment.scope)
        return known
    require(session, instalment, INSTALMENT, "take_back", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    _require_later(instalment, arrival.day)
    payment = _record_return(session, instalment, arrival.day, reference, act)
    instalment.paid_on = instalment.bank_reference = None
    instalment.not_arrived_at, instalment.receipt_to_check = None, False
    _begin_again(instalment, corrector)
    facts = {"returned_on": arrival.day.isoformat(), "bank_reference": reference}
    advance(session, instalment, INSTALMENT, "take_back", act, **facts, corrector=corrector.value)
    for follow in TAKEN_BACK:
        follow(session, instalment, arrival.day, act)
    award = instalment.award
    return_instalment(
        session,
        Voucher(
            award.fund,
            arrival.day,
            award.account,
            return_key(payment),
            act,
            note=f"{award.reference} / {instalment.number}",
            bank_account=arrival.account,
        ),
        payment.amount,
        payment.transfer.amount if payment.transfer else None,
        usd(payment.set_off_minor) or None,
    )
    _tell_unpaid(session, instalment, corrector, act)
    return payment


def _known_return(
    session: Session, instalment: Instalment, reference: str
) -> ReturnedPayment | None:
    return next(
        (
            payment
            for payment in returns_of(session, instalment.award_id)
            if (payment.instalment_id, payment.return_reference) == (instalment.id, reference)
        ),
        None,
    )


def _require_later(instalment: Instalment, day: date) -> None:
    not_to_come(day)
    if instalment.paid_on and day < instalment.paid_on:
        raise DomainError(
            _(
                "It was paid on %(day)s and cannot have been returned earlier.",
                day=plain_day(instalment.paid_on),
            )
        )


def _record_return(
    session: Session, instalment: Instalment, day: date, reference: str, act: Act
) -> ReturnedPayment:
    payment = ReturnedPayment(
        instalment=instalment,
        amount_minor=instalment.amount_minor,
        paid_on=instalment.paid_on,
        bank_reference=instalment.bank_reference,
        returned_on=day,
        return_reference=reference,
        recorded_at=act.at,
        set_off_minor=instalment.set_off_minor,
    )
    payment.transfer = instalment.transfer
    session.add(payment)
    session.flush()
    return payment


def _begin_again(instalment: Instalment, corrector: Corrector) -> None:
    if corrector is Corrector.GRANTEE:
        instalment.refused_details_id = instalment.bank_details_id
    instalment.bank_details_id = instalment.transfer = None


def _tell_unpaid(session: Session, instalment: Instalment, corrector: Corrector, act: Act) -> None:
    """Finance and the certifying officer hear of it; the grantee, if its account must be
    corrected.
    """
    award = instalment.award
    event = f"instalment:{instalment.id}:unpaid:{instalment.version}"
    facts: dict[str, Any] = {
        "fund": award.fund,
        "reference": award.reference,
        "title": award.title,
        "number": instalment.number,
        "amount": instalment.net,
        "why": act.reason or "",
    }
    staff = [
        *people_of_fund(session, Permission.INSTALMENT_RELEASE, award.fund_id),
        *people_of_fund(session, Permission.INSTALMENT_CERTIFY, award.fund_id),
    ]
    page = absolute(f"/grants/{award.reference}/instalments/{instalment.number}")
    who = str(corrector.label)
    tell(session, staff, "granting/payments/unpaid", act, event=event, **facts, url=page, who=who)
    if corrector is Corrector.GRANTEE:
        givers = people_of_organisation(session, award.organisation_id, Permission.PAYEE_REQUEST)
        page = absolute(f"/grants/{award.reference}/bank-details")
        tell(session, givers, "granting/payments/correct", act, event=event, **facts, url=page)

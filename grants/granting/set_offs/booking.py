"""A set-off is booked with the payment that it lessens, and undone when the bank returns it."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import refund_by_grantee
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.money import Money
from grants.deciding.awards.locking import lock_award
from grants.granting.findings.recovery import close_refunded, reopen_refunded
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import refund_key
from grants.granting.recovery.settling import give_back, receive
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.queries import of_instalment
from grants.granting.set_offs.workflow import SET_OFF, SetOffState


def deduct(session: Session, instalment: Instalment, act: Act) -> None:
    """The instalment was paid, less what was agreed: each amount counts as a refund on the grant
    that owed it, on the day of the payment. The grant of the instalment is locked.
    """
    for set_off in of_instalment(session, instalment, SetOffState.AGREED):
        request = set_off.request
        award = lock_award(session, request.award_id)
        session.refresh(request)
        assert instalment.paid_on is not None
        refund = _record_refund(session, set_off, instalment.paid_on, set_off.amount, act)
        refund_by_grantee(
            session,
            Voucher(
                award.fund,
                refund.refunded_on,
                award.account,
                refund_key(refund),
                act,
                note=set_off.reference,
            ),
            refund.amount,
            set_off_on=instalment.award.account,
        )
        request.set_off_minor -= set_off.amount_minor
        close_refunded(session, receive(session, request, set_off.amount, act), refund, act)
        advance(session, set_off, SET_OFF, "deduct", act, paid_on=refund.refunded_on.isoformat())


def restore(session: Session, instalment: Instalment, returned_on: date, act: Act) -> None:
    """The bank returned the payment: what was deducted from it is owed again, and is deducted when
    the instalment is paid once more. The grant of the instalment is locked.
    """
    for set_off in of_instalment(session, instalment, SetOffState.DEDUCTED):
        request = set_off.request
        lock_award(session, request.award_id)
        session.refresh(request)
        refund = _refund_of(session, set_off)
        reverse(session, _entry_of(session, refund), returned_on, act)
        reopen_refunded(session, refund, act)
        _record_refund(session, set_off, returned_on, -set_off.amount, act)
        give_back(session, request, set_off.amount, act)
        request.set_off_minor += set_off.amount_minor
        advance(session, set_off, SET_OFF, "restore", act, returned_on=returned_on.isoformat())


def _record_refund(
    session: Session, set_off: SetOff, day: date, amount: Money, act: Act
) -> GrantRefund:
    earlier = select(func.count()).where(GrantRefund.set_off_id == set_off.id)
    refund = GrantRefund(
        award=set_off.request.award,
        refunded_on=day,
        amount_minor=amount.minor,
        bank_reference=f"{set_off.reference}-{(session.scalar(earlier) or 0) + 1}",
        recorded_at=act.at,
        set_off_id=set_off.id,
    )
    session.add(refund)
    session.flush()
    return refund


def _refund_of(session: Session, set_off: SetOff) -> GrantRefund:
    """The refund by which a set-off was booked last."""
    booked = select(GrantRefund).where(
        GrantRefund.set_off_id == set_off.id, GrantRefund.amount_minor > 0
    )
    return session.scalars(booked.order_by(GrantRefund.id.desc()).limit(1)).one()


def _entry_of(session: Session, refund: GrantRefund) -> Entry:
    fund_id = refund.award.fund_id
    query = select(Entry).where(Entry.fund_id == fund_id, Entry.key == refund_key(refund))
    return session.scalars(query).one()

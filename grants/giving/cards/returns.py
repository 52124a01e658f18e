"""Money of a payment by card goes back: an officer refunds it, or a card holder disputes it."""

import secrets
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import received, sent_back
from grants.books.ledger.provider_accounts import open_at_provider
from grants.books.ledger.rates import value_on
from grants.books.ledger.receipts import book_bank_charge, require_available
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.providers import Returned, ReturnKind
from grants.giving.cards.queries import on_its_way
from grants.giving.cards.workflow import CARD_RETURN, STAYED, CardState, ReturnState
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.refunding import refund, take_refund_back
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import tell_donor


def ask_refund(session: Session, payment: CardPayment, amount: Money, act: Act) -> CardReturn:
    """An officer gives money of a payment back to the card it came from, for a reason. It leaves
    the books when the provider has done it. No more than came and was not given back, and no more
    than is available; money that was not accepted goes back whole.
    """
    act.demand(Permission.CONTRIBUTION_REFUND, payment.scope)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    lock(session, payment.fund_id)
    session.refresh(payment)
    deposit = _deposit_of(payment)
    left = left_of(session, payment)
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise DomainError(_("Enter an amount up to %(left)s.", left=plain_money(left)))
    if deposit.pledge is None and amount != deposit.received:
        raise DomainError(
            _("This money has not been accepted yet, so it can only be refunded in full.")
        )
    if deposit.pledge is not None:
        require_available(session, payment.fund, value_on(session, amount, clock.today()))
    for failed in (item for item in payment.returns if item.state is ReturnState.FAILED):
        close(session, failed, act)
    return _begin_return(session, payment, ReturnKind.REFUND, amount, act)


def close(session: Session, item: CardReturn, act: Act) -> None:
    """An officer has decided what becomes of a refund that failed, such as a bank transfer."""
    advance(session, item, CARD_RETURN, "close", act)


def refund_by_bank(session: Session, pledge: Pledge, amount: Money, voucher: Voucher) -> Entry:
    """A donor got money of a pledge back by the bank: none that is on its way to a card."""
    is_on_its_way = on_its_way(session, pledge, amount.currency)
    if is_on_its_way and _refundable_of(session, pledge, amount.currency) < amount:
        raise DomainError(_("You cannot refund more than the amount received."))
    return refund(session, pledge, amount, voucher)


def left_of(session: Session, payment: CardPayment) -> Money:
    """What came by a payment, and neither went back, to the card or by the bank, nor is on its
    way.
    """
    deposit, nothing = payment.deposit, Money(0, payment.currency)
    if deposit is None or not deposit.stands:
        return nothing
    gone = [item.amount for item in payment.returns if item.state not in STAYED]
    left = deposit.received - total(gone, payment.currency)
    if deposit.pledge is None:
        return left
    return max(nothing, min(left, _refundable_of(session, deposit.pledge, payment.currency)))


def _refundable_of(session: Session, pledge: Pledge, currency: str) -> Money:
    """What came on a pledge, and neither went back nor is on its way."""
    place = (pledge.fund_id, pledge.subject, currency)
    kept = received(session, *place) - sent_back(session, *place)
    return kept - on_its_way(session, pledge, currency)


def _deposit_of(payment: CardPayment) -> Deposit:
    if payment.state is not CardState.RECEIVED or payment.deposit is None:
        raise Conflict(_("This payment has not been received."))
    return payment.deposit


def settle_returns(
    session: Session, payment: CardPayment, returns: Iterable[Returned], act: Act
) -> None:
    """Make of refunds and disputes what the provider answers; what cannot be booked is written at
    the payment, and tried again.
    """
    if payment.state is not CardState.RECEIVED:
        return
    for returned in returns:
        try:
            with session.begin_nested():
                settle_return(session, payment, returned, act)
        except FundError as refusal:
            session.refresh(payment)
            payment.trouble = refusal.message
            return
    payment.trouble = ""


def settle_return(session: Session, payment: CardPayment, returned: Returned, act: Act) -> None:
    """One refund or dispute: money that has left is out of the books, and back in them where it
    came back.
    """
    item = _item_of(session, payment, returned)
    if item is None:
        if returned.is_open or not returned.is_out:
            return
        item = _begin_return(session, payment, returned.kind, returned.amount, act)
    item.reference = returned.reference
    if returned.is_out and item.state is ReturnState.ASKED:
        _book_return(session, item, returned, act)
        advance(session, item, CARD_RETURN, "give_back", act)
        if item.kind is ReturnKind.REFUND:
            _tell_giver(session, item, "refunded", act)
    elif not returned.is_out and not returned.is_open and item.state not in STAYED:
        _undo_return(session, item, returned, act)


def _undo_return(session: Session, item: CardReturn, returned: Returned, act: Act) -> None:
    """The money is still there, or there again: a refund failed, or a dispute was won. A giver who
    was told of the refund is told that it failed.
    """
    had_left = item.state is ReturnState.OUT
    if had_left:
        _come_back(session, item, returned, act)
    if item.kind is ReturnKind.DISPUTE:
        advance(session, item, CARD_RETURN, "come_back", act)
        return
    advance(session, item, CARD_RETURN, "fail", act)
    if had_left:
        _tell_giver(session, item, "refund_failed", act)


def _tell_giver(session: Session, item: CardReturn, news: str, act: Act) -> None:
    """Tell the giver that money went back, or did not after all; also where the gift was not
    accepted.
    """
    event = f"card_return:{item.id}"
    pledge, amount = item.payment.pledge, item.amount
    tell_donor(session, pledge, f"giving/cards/{news}", act, event=event, amount=amount)


def refuse(session: Session, item: CardReturn, why: str) -> None:
    """The provider will not give a refund: nothing has moved."""
    if item.state is ReturnState.ASKED:
        advance(session, item, CARD_RETURN, "fail", Act.by_system("cards"), why=why)


def _item_of(session: Session, payment: CardPayment, returned: Returned) -> CardReturn | None:
    session.flush()
    of_payment = select(CardReturn).where(CardReturn.payment_id == payment.id)
    item = session.scalar(of_payment.where(CardReturn.reference == returned.reference))
    if item is None and returned.key:
        item = session.scalar(of_payment.where(CardReturn.key == returned.key))
    return item


def _begin_return(
    session: Session, payment: CardPayment, kind: ReturnKind, amount: Money, act: Act
) -> CardReturn:
    item = CardReturn(
        payment=payment,
        key=secrets.token_urlsafe(24),
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        began_at=act.at,
    )
    begin(session, item, CARD_RETURN, act, payment=payment.id)
    return item


def _book_return(session: Session, item: CardReturn, returned: Returned, act: Act) -> None:
    payment = item.payment
    deposit, fee = _deposit_of(payment), returned.fee or Money(0, payment.currency)
    if deposit.pledge is not None:
        refund(
            session,
            deposit.pledge,
            item.amount,
            _voucher_of_return(session, item, act),
            has_left=True,
        )
    elif item.amount == deposit.received:
        reason = _("The money went back to the card it came from.")
        reverse_deposit(session, deposit, replace(act, reason=reason))
        fee += deposit.bank_fee  # which the provider keeps
    else:
        raise DomainError(
            _(
                "Part of an unidentified deposit was returned. Allocate the deposit to "
                "a pledge first."
            )
        )
    if fee:
        book_bank_charge(session, _voucher_of_return(session, item, act, "fee"), fee)
    item.fee_minor = fee.minor


def _come_back(session: Session, item: CardReturn, returned: Returned, act: Act) -> None:
    """A refund failed afterwards, or a dispute was won: what had left is back."""
    if _deposit_of(item.payment).pledge is None:
        _receive_again(session, item, act)
        return
    entry, charge = (_entry_of_return(session, item, what) for what in ("", "fee"))
    assert entry is not None
    by = replace(act, reason=_("The card provider returned the money."))
    take_refund_back(session, entry, clock.today(), by)
    if charge is not None and not returned.fee:
        reverse(session, charge, clock.today(), by)
        item.fee_minor = 0


def _receive_again(session: Session, item: CardReturn, act: Act) -> None:
    """Money that was not accepted, and whose deposit was reversed when it left, waits again: the
    fee stays a charge.
    """
    payment = item.payment
    account = open_at_provider(session, payment.fund, payment.provider, payment.currency)
    arrival = Arrival(payment.reference or "", clock.today(), item.amount, None, account)
    by = replace(act, reason=_("The card provider returned the money."))
    payment.deposit = record_deposit(session, payment.fund, None, arrival, by)
    record(session, payment, "receive", act, deposit=payment.deposit.id)


def _voucher_of_return(session: Session, item: CardReturn, act: Act, what: str = "") -> Voucher:
    payment = item.payment
    deposit = _deposit_of(payment)
    subject = deposit.pledge.subject if deposit.pledge else deposit.subject
    account = open_at_provider(session, payment.fund, payment.provider, payment.currency)
    reference = item.reference or ""
    key = _key_of_entry(item, what)
    return Voucher(payment.fund, clock.today(), subject, key, act, reference, account)


def _key_of_entry(item: CardReturn, what: str) -> str:
    return f"card_return:{item.id}{':' if what else ''}{what}"


def _entry_of_return(session: Session, item: CardReturn, what: str) -> Entry | None:
    """The entry of a return that stands."""
    return session.scalar(
        select(Entry).where(
            Entry.fund_id == item.payment.fund_id, Entry.key == _key_of_entry(item, what)
        )
    )

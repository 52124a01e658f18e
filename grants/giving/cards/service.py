"""A gift is paid by card: begun by the donor, entered in the books when the provider says so."""

import secrets
from dataclasses import replace
from typing import Protocol

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from grants.books.ledger.provider_accounts import open_at_provider
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.audit.binding import touch
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden, FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import plain_money
from grants.giving.cards.models import CardEvent, CardPayment
from grants.giving.cards.providers import HostedPage, Notice, Paid, Progress, Status
from grants.giving.cards.queries import is_payable, payment_of
from grants.giving.cards.returns import settle_returns
from grants.giving.cards.workflow import CARD_PAYMENT, CardState
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.service import tell_donor

MOST = 20
"""Payments that may be begun on one gift."""


def start(session: Session, pledge: Pledge, provider: str, act: Act) -> CardPayment:
    """A donor wants to pay what is outstanding on a gift by card, with a provider of the fund.
    DomainError where nothing is due, or it was begun too often.
    """
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    owed = outstanding(pledge, received(session, pledge))
    if not is_payable(pledge, owed):
        raise DomainError(_("This gift cannot be paid by card. Please pay by bank transfer."))
    single = CardPayment.mandate_id.is_(None)
    require_few(session, select(func.count()).where(CardPayment.pledge_id == pledge.id, single))
    open_at_provider(session, pledge.fund, provider, pledge.currency)
    payment = CardPayment(
        key=secrets.token_urlsafe(24),
        fund=pledge.fund,
        pledge=pledge,
        provider=provider,
        amount_minor=owed.minor,
        currency=owed.currency,
        started_at=act.at,
    )
    begin(session, payment, CARD_PAYMENT, act)
    return payment


def require_few(session: Session, begun: Select[int]) -> None:
    """DomainError where a giver has begun too often to pay one gift."""
    if (session.scalar(begun) or 0) >= MOST:
        raise DomainError(
            _(
                "Payment by card has been started too many times for this gift. Please "
                "pay by bank transfer."
            )
        )


class OnPage(Protocol):
    """What a donor completes on a page of the provider: a payment, or a mandate."""

    page_reference: str | None
    page_url: str


def note_page(session: Session, begun: OnPage, page: HostedPage) -> None:
    """The provider has a page; the donor is led to it."""
    begun.page_reference, begun.page_url = page.reference, page.url
    session.flush()


def receive_notice(
    session: Session, fund: Fund, provider: str, notice: Notice, mandate_id: int | None = None
) -> CardEvent | None:
    """A signed message came: it is written down once, with the payment or the mandate of which the
    provider is to be asked. None for a message that came before.
    """
    payment = payment_of(session, fund, notice)
    number = session.scalar(
        upsert(CardEvent)
        .values(
            fund_id=fund.id,
            provider=provider,
            event=notice.event,
            kind=notice.kind,
            made_at=notice.made_at,
            received_at=clock.now(),
            payment_id=payment.id if payment else None,
            mandate_id=None if payment else mandate_id,
        )
        .on_conflict_do_nothing()
        .returning(CardEvent.id)
    )
    if number is None:
        return None
    event = session.get_one(CardEvent, number)
    touch(session, event)
    record(session, event, "receive", Act.by_system("cards"), kind=notice.kind)
    return event


def settle(session: Session, payment: CardPayment, status: Status) -> None:
    """Make of a payment what the provider answers. The same again changes nothing, and an older
    answer than the one before takes nothing back.

    Money that cannot be entered (a closed month, no rate) waits, with the reason on the list of
    payments by card, until it is asked again.
    """
    lock(session, payment.fund_id)
    session.refresh(payment, with_for_update={"of": CardPayment})
    act = Act.by_system("cards")
    if payment.state is CardState.RECEIVED:
        settle_returns(session, payment, status.returns, act)
    elif status.paid is not None:
        _enter_deposit(session, payment, status.paid, act)
        settle_returns(session, payment, status.returns, act)
    elif status.progress is Progress.CLOSED and payment.state is CardState.STARTED:
        advance(session, payment, CARD_PAYMENT, "close", act)
    elif status.is_refused and payment.refused_at is None:
        payment.refused_at = act.at
        tell_donor(
            session,
            payment.pledge,
            "giving/cards/charge_refused",
            act,
            event=f"card_payment:{payment.id}",
            amount=payment.amount,
        )


def _enter_deposit(session: Session, payment: CardPayment, paid: Paid, act: Act) -> None:
    try:
        with session.begin_nested():
            payment.deposit = _deposit_of(session, payment, paid, act)
            payment.reference, payment.trouble = paid.reference, ""
            advance(session, payment, CARD_PAYMENT, "receive", act, deposit=payment.deposit.id)
    except FundError as refusal:
        session.refresh(payment)
        payment.trouble = refusal.message


def _deposit_of(session: Session, payment: CardPayment, paid: Paid, act: Act) -> Deposit:
    """The money as a deposit in transit at the provider: on the gift, or unidentified where the
    gift can take none any more.
    """
    fund = payment.fund
    if paid.amount.currency != payment.currency or paid.fee.currency != payment.currency:
        raise DomainError(
            _(
                "The provider converted this payment into another currency. Ask the "
                "provider to hold and pay out %(currency)s.",
                currency=payment.currency,
            )
        )
    arrival = Arrival(
        paid.reference,
        min(fund.day_of(paid.paid_at), clock.today()),
        paid.amount - paid.fee,
        paid.fee,
        open_at_provider(session, fund, payment.provider, payment.currency),
    )
    pledge = payment.pledge
    try:
        with session.begin_nested():
            by = _with_reason(session, payment, paid.amount, act)
            return record_deposit(session, fund, pledge, arrival, by)
    except (DomainError, Forbidden):
        session.refresh(pledge)
        note = _("Paid by card for %(pledge)s.", pledge=pledge.reference)
        return record_deposit(session, fund, None, arrival, replace(act, reason=note))


def _with_reason(session: Session, payment: CardPayment, paid: Money, act: Act) -> Act:
    """Money was charged, whether it is more than outstanding or not."""
    if payment.mandate_id is not None:
        return replace(act, reason=_("Monthly gift by card: %(paid)s.", paid=plain_money(paid)))
    pledge = payment.pledge
    owed = outstanding(pledge, received(session, pledge))
    if paid <= owed:
        return act
    reason = _(
        "Paid by card: %(paid)s, of which %(owed)s was outstanding.",
        paid=plain_money(paid),
        owed=plain_money(owed),
    )
    return replace(act, reason=reason)

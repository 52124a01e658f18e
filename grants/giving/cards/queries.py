"""Finding payments by card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.providers import Notice, Provider, provider_of
from grants.giving.cards.workflow import CardState, ReturnState
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING

PAGE_LASTS = timedelta(minutes=50)
"""For so long a donor who asks again is led to the same page; the provider keeps it for longer."""
GIVEN_UP = timedelta(days=7)
"""After which nobody asks any more whether a payment was made: no page is kept for so long."""


@dataclass(frozen=True, slots=True)
class CardOffer:
    """What the page of a gift says about paying by card."""

    provider: Provider | None
    """None where the fund takes no cards in this currency, or nothing can be paid."""
    newest: CardPayment | None

    @property
    def is_open(self) -> bool:
        """Has a donor gone to pay, and is it not known yet whether they have?"""
        return self.newest is not None and self.newest.state is CardState.STARTED


def offer_for(session: Session, pledge: Pledge, owed: Money) -> CardOffer:
    """May what is owed on a gift be paid by card, and was that begun before?"""
    provider = provider_for(pledge.fund, pledge.currency) if is_payable(pledge, owed) else None
    return CardOffer(provider, newest_of(session, pledge))


def is_payable(pledge: Pledge, owed: Money) -> bool:
    """Is it a gift on which something is due?"""
    return bool(owed) and is_takable(pledge)


def is_takable(pledge: Pledge) -> bool:
    """Is it a gift on which money may come?"""
    return pledge.express and (pledge.awaits_transfer or pledge.state in STANDING)


def provider_for(fund: Fund, currency: str) -> Provider | None:
    """The provider with which a fund takes cards in a currency."""
    provider = provider_of(fund.code)
    return provider if provider and currency in provider.currencies else None


def newest_of(session: Session, pledge: Pledge) -> CardPayment | None:
    """The payment of a gift that was begun last; charges of a monthly gift do not count."""
    return session.scalars(
        select(CardPayment)
        .where(CardPayment.pledge_id == pledge.id, CardPayment.mandate_id.is_(None))
        .order_by(CardPayment.id.desc())
        .limit(1)
    ).first()


def open_page_of(session: Session, pledge: Pledge, amount: Money) -> CardPayment | None:
    """The payment of this amount whose page the donor may still pay on."""
    newest = newest_of(session, pledge)
    is_usable = (
        newest is not None
        and newest.state is CardState.STARTED
        and newest.amount == amount
        and bool(newest.page_url)
        and clock.now() - newest.started_at < PAGE_LASTS
    )
    return newest if is_usable else None


def payment_of(session: Session, fund: Fund, notice: Notice) -> CardPayment | None:
    """The payment that a message is about, by our key or the provider's numbers."""
    return session.scalars(
        select(CardPayment)
        .where(CardPayment.fund_id == fund.id, is_named_in(notice, CardPayment))
        .limit(1)
    ).first()


def is_named_in(notice: Notice, model: type[Any]) -> ColumnElement[bool]:
    """Does a message name the payment or the mandate of a query?"""
    names = [model.page_reference.in_(notice.references), model.reference.in_(notice.references)]
    return or_(*names, model.key == notice.key) if notice.key else or_(*names)


def unsettled(session: Session, older_than: timedelta) -> Sequence[int]:
    """Payments and refunds of which the provider has said nothing for so long, and payments that
    could not be entered in the books.
    """
    moment = clock.now()
    waits_for_return = (
        select(CardReturn.id)
        .where(
            CardReturn.payment_id == CardPayment.id,
            CardReturn.state == ReturnState.ASKED,
            CardReturn.began_at.between(moment - GIVEN_UP, moment - older_than),
        )
        .exists()
    )
    is_silent = and_(
        CardPayment.state == CardState.STARTED,
        CardPayment.started_at.between(moment - GIVEN_UP, moment - older_than),
    )
    is_troubled = CardPayment.trouble != ""
    return session.scalars(
        select(CardPayment.id)
        .where(
            CardPayment.page_reference.is_not(None), or_(is_silent, waits_for_return, is_troubled)
        )
        .order_by(CardPayment.id)
        .limit(500)
    ).all()


def unsent(session: Session, older_than: timedelta) -> Sequence[int]:
    """Refunds that were asked for so long ago, and of which the provider may not know."""
    return session.scalars(
        select(CardReturn.id)
        .where(
            CardReturn.state == ReturnState.ASKED,
            CardReturn.reference.is_(None),
            CardReturn.began_at < clock.now() - older_than,
        )
        .order_by(CardReturn.id)
        .limit(500)
    ).all()


def on_its_way(session: Session, pledge: Pledge, currency: str) -> Money:
    """What of a pledge's money is to go back to cards, and has not left yet."""
    minor = session.scalar(
        select(func.coalesce(func.sum(CardReturn.amount_minor), 0))
        .join(CardReturn.payment)
        .join(CardPayment.deposit)
        .where(
            Deposit.pledge_id == pledge.id,
            CardReturn.currency == currency,
            CardReturn.state == ReturnState.ASKED,
        )
    )
    return Money(int(minor or 0), currency)


def payments_for_viewer(viewer: Viewer) -> Select[CardPayment]:
    """The payments by card of the funds whose contributions this person sees."""
    return (
        select(CardPayment)
        .join(CardPayment.pledge)
        .where(in_funds_with(viewer, Permission.CONTRIBUTION_SEE, CardPayment.fund_id))
        .options(contains_eager(CardPayment.pledge), joinedload(CardPayment.deposit))
    )


def payment_for_viewer(session: Session, number: int, viewer: Viewer) -> CardPayment:
    """A payment by card that this person sees, or Missing."""
    payment = session.scalar(payments_for_viewer(viewer).where(CardPayment.id == number))
    if payment is None:
        raise Missing(_("Payment not found."))
    return payment


def count_troubled(viewer: Viewer) -> Select[int]:
    """How many payments that were made cannot be entered in the books."""
    return (
        select(func.count())
        .select_from(CardPayment)
        .where(
            in_funds_with(viewer, Permission.CONTRIBUTION_RECORD, CardPayment.fund_id),
            CardPayment.trouble != "",
        )
    )


def return_for_viewer(session: Session, number: int, viewer: Viewer) -> CardReturn:
    """Money that went back to a card, of a payment that this person sees, or Missing."""
    item = session.get(CardReturn, number)
    if item is None:
        raise Missing(_("Payment not found."))
    payment_for_viewer(session, item.payment_id, viewer)
    return item


def count_failed(viewer: Viewer) -> Select[int]:
    """How many refunds did not reach their card, and nobody has decided what comes of it."""
    return (
        select(func.count())
        .select_from(CardReturn)
        .join(CardReturn.payment)
        .where(
            in_funds_with(viewer, Permission.CONTRIBUTION_REFUND, CardPayment.fund_id),
            CardReturn.state == ReturnState.FAILED,
        )
    )

"""A gift is given every month by card: the giver's mandate is begun, charged, stopped."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.provider_accounts import open_at_provider
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.queries import newest_mandate
from grants.giving.cards.mandates.workflow import GIVEN, MANDATE, NOT_GIVEN, MandateState
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import MandateProgress, MandateStatus, Status
from grants.giving.cards.queries import is_takable
from grants.giving.cards.service import require_few, settle
from grants.giving.cards.workflow import CARD_PAYMENT
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import tell_donor
from grants.giving.pledges.workflow import ENDED

SOON = timedelta(days=31)
"""So long before it expires the giver is told that a new card is needed."""
S = MandateState


def start_mandate(session: Session, pledge: Pledge, provider: str, act: Act) -> CardMandate:
    """A giver wants to give the amount of a gift every month by card. What was begun before and not
    completed is stopped, so that nobody is charged twice. DomainError where a mandate is active.
    """
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    if not is_takable(pledge):
        raise DomainError(_("This gift cannot be paid by card. Please pay by bank transfer."))
    require_few(session, select(func.count()).where(CardMandate.pledge_id == pledge.id))
    earlier = newest_mandate(session, pledge)
    if earlier is not None and earlier.state is S.ACTIVE:
        raise Conflict(_("You already give this gift every month."))
    if earlier is not None and earlier.state is S.STARTED:
        stop_by_giver(session, earlier, Act.by_system("cards", _("Started again.")))
    open_at_provider(session, pledge.fund, provider, pledge.currency)
    mandate = CardMandate(
        key=secrets.token_urlsafe(24),
        fund=pledge.fund,
        pledge=pledge,
        provider=provider,
        amount_minor=pledge.amount.minor,
        currency=pledge.currency,
        started_at=act.at,
        asked_at=act.at,
    )
    begin(session, mandate, MANDATE, act)
    return mandate


def stop_by_giver(session: Session, mandate: CardMandate, act: Act) -> None:
    """The giver stops the monthly gift. The address of the gift's page is enough to say so: an act
    of the system then takes the step. Pressed twice, it is stopped once.
    """
    _read_again(session, mandate)
    if mandate.state is not MandateState.STOPPING:
        advance(session, mandate, MANDATE, "stop", act)


def stop_for_giver(session: Session, mandate: CardMandate, act: Act) -> None:
    """Finance stops a monthly gift, for a reason: the giver asked for it, or the card fails."""
    _read_again(session, mandate)
    advance(session, mandate, MANDATE, "stop_for_giver", act)


def settle_mandate(
    session: Session, mandate: CardMandate, status: MandateStatus, charges: Mapping[str, Status]
) -> None:
    """Make of a mandate what the provider answers, and of each charge what became of it. The same
    again changes nothing, and an older answer than the one before takes nothing back.
    """
    _read_again(session, mandate)
    act = Act.by_system("cards")
    mandate.asked_at = act.at
    mandate.reference = status.reference or mandate.reference
    if status.reference and mandate.state in NOT_GIVEN:
        _activate(session, mandate, act)
    for reference, charge in charges.items():
        settle(session, _payment_of(session, mandate, reference, act), charge)
    if status.progress is MandateProgress.ENDED:
        _end(session, mandate, act)
    elif mandate.state is S.ACTIVE:
        _tell_of_expiry(session, mandate, status.card_until, act)


def _read_again(session: Session, mandate: CardMandate) -> None:
    lock(session, mandate.fund_id)
    session.refresh(mandate, with_for_update={"of": CardMandate})


def _activate(session: Session, mandate: CardMandate, act: Act) -> None:
    advance(session, mandate, MANDATE, "activate", act)
    if mandate.pledge.state in ENDED:
        stop_by_giver(session, mandate, replace(act, reason=_("The gift was cancelled.")))
        return
    _tell_giver(session, mandate, "monthly_begun", act)


def _end(session: Session, mandate: CardMandate, act: Act) -> None:
    """Nothing is charged any more: stopped by the giver, the fund or the provider, or never
    given.
    """
    if mandate.state is S.STARTED:
        advance(session, mandate, MANDATE, "close", act)
    elif mandate.state in GIVEN:
        was_given = bool(mandate.reference)
        advance(session, mandate, MANDATE, "end", act)
        if was_given:
            _tell_giver(session, mandate, "monthly_stopped", act)


def _tell_of_expiry(session: Session, mandate: CardMandate, until: date | None, act: Act) -> None:
    today = clock.today()
    if until is None or until > today + SOON:
        mandate.expiry_notice_on = None
    elif mandate.expiry_notice_on is None:
        mandate.expiry_notice_on = today
        _tell_giver(session, mandate, "card_expires", act, f":{today}")


def _tell_giver(
    session: Session, mandate: CardMandate, news: str, act: Act, of_day: str = ""
) -> None:
    event = f"card_mandate:{mandate.id}{of_day}"
    pledge, amount = mandate.pledge, mandate.amount
    tell_donor(session, pledge, f"giving/cards/{news}", act, event=event, amount=amount)


def _payment_of(session: Session, mandate: CardMandate, reference: str, act: Act) -> CardPayment:
    """The payment that a charge is, entered with the first answer about it."""
    payment = session.scalar(
        select(CardPayment).where(
            CardPayment.mandate_id == mandate.id, CardPayment.page_reference == reference
        )
    )
    if payment is not None:
        return payment
    payment = CardPayment(
        key=secrets.token_urlsafe(24),
        fund=mandate.fund,
        pledge=mandate.pledge,
        provider=mandate.provider,
        amount_minor=mandate.amount.minor,
        currency=mandate.currency,
        page_reference=reference,
        mandate_id=mandate.id,
        started_at=act.at,
    )
    begin(session, payment, CARD_PAYMENT, act)
    return payment

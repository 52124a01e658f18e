"""Finding mandates for monthly gifts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.workflow import LIVE, MAY_STOP, UNCONFIRMED, MandateState
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import Notice, Provider
from grants.giving.cards.queries import GIVEN_UP, is_named_in, is_takable, provider_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import ENDED

ASKED_EVERY = timedelta(days=1)
"""So often the provider is asked about an active mandate, whether it sent messages or not."""
S = MandateState


@dataclass(frozen=True, slots=True)
class MonthlyOffer:
    """What the page of a gift says about giving by card every month."""

    provider: Provider | None
    """None where no mandate can be given now."""
    mandate: CardMandate | None
    """The newest one."""

    @property
    def is_live(self) -> bool:
        """May the provider charge the card every month, or is this being confirmed?"""
        return self.mandate is not None and self.mandate.state in LIVE


def monthly_offer(session: Session, pledge: Pledge) -> MonthlyOffer:
    """May a gift be given every month by card, and was that begun before?"""
    newest = newest_mandate(session, pledge)
    is_active = newest is not None and newest.state is S.ACTIVE
    may_begin = is_takable(pledge) and not is_active
    return MonthlyOffer(provider_for(pledge.fund, pledge.currency) if may_begin else None, newest)


def newest_mandate(session: Session, pledge: Pledge) -> CardMandate | None:
    return session.scalars(
        select(CardMandate)
        .where(CardMandate.pledge_id == pledge.id)
        .order_by(CardMandate.id.desc())
        .limit(1)
    ).first()


def mandate_of(session: Session, fund: Fund, notice: Notice) -> CardMandate | None:
    """The mandate that a message is about, by our key or the provider's numbers."""
    return session.scalars(
        select(CardMandate)
        .where(CardMandate.fund_id == fund.id, is_named_in(notice, CardMandate))
        .limit(1)
    ).first()


def unsettled_mandates(session: Session, older_than: timedelta) -> Sequence[int]:
    """Mandates of which the provider has said nothing for so long, and active ones once a day."""
    moment = clock.now()
    is_silent = and_(
        CardMandate.state.in_(UNCONFIRMED),
        CardMandate.asked_at < moment - older_than,
        or_(
            CardMandate.state == S.STOPPING,
            CardMandate.started_at > moment - GIVEN_UP,
        ),
    )
    is_due = and_(CardMandate.state == S.ACTIVE, CardMandate.asked_at < moment - ASKED_EVERY)
    return session.scalars(
        select(CardMandate.id)
        .where(CardMandate.page_reference.is_not(None), or_(is_silent, is_due))
        .order_by(CardMandate.asked_at)
        .limit(500)
    ).all()


def without_pledge(session: Session) -> Sequence[CardMandate]:
    """Mandates whose gift was withdrawn or declined."""
    return session.scalars(
        select(CardMandate)
        .join(CardMandate.pledge)
        .where(CardMandate.state.in_(MAY_STOP), Pledge.state.in_(ENDED))
        .order_by(CardMandate.id)
        .limit(500)
    ).all()


def stoppable_of(session: Session, donor_id: int) -> Sequence[CardMandate]:
    """What a donor gives every month, and nobody has stopped."""
    return session.scalars(
        select(CardMandate)
        .join(CardMandate.pledge)
        .where(Pledge.donor_id == donor_id, CardMandate.state.in_(MAY_STOP))
    ).all()


def mandates_for_viewer(viewer: Viewer) -> Select[CardMandate]:
    """The mandates of the funds whose contributions this person sees."""
    return (
        select(CardMandate)
        .join(CardMandate.pledge)
        .where(in_funds_with(viewer, Permission.CONTRIBUTION_SEE, CardMandate.fund_id))
        .options(contains_eager(CardMandate.pledge), selectinload(CardMandate.charges))
    )


def mandate_for_viewer(session: Session, number: int, viewer: Viewer) -> CardMandate:
    """A mandate that this person sees, or Missing."""
    query = mandates_for_viewer(viewer).where(CardMandate.id == number)
    mandate = session.scalar(query)
    if mandate is None:
        raise Missing(_("Monthly gift not found."))
    return mandate


def count_refused(viewer: Viewer) -> Select[int]:
    """How many monthly gifts have a charge that the card refused."""
    return (
        select(func.count())
        .select_from(CardMandate)
        .where(
            in_funds_with(viewer, Permission.CONTRIBUTION_RECORD, CardMandate.fund_id),
            CardMandate.state == S.ACTIVE,
            has_refused_charge(),
        )
    )


def has_refused_charge() -> ColumnElement[bool]:
    """Has the mandate of a query a charge that the card refused, and that is tried again?"""
    return (
        select(CardPayment.id)
        .where(
            CardPayment.mandate_id == CardMandate.id,
            CardPayment.is_open,
            CardPayment.refused_at.is_not(None),
        )
        .exists()
    )

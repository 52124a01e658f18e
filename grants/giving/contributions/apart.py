"""Money that is kept apart: it came on an express gift, and may not be taken yet.

It lies in suspense, not in what is available, until the match of the name is decided, or due
diligence has cleared a giver who gave more than the fund takes at once. Then it is allocated.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.rates import value_on
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.texts.formats import plain_money
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.gifts import clearance_of_giver, is_examined, is_screened
from grants.giving.pledges.models import Pledge
from grants.integrity.diligence.gate import closed
from grants.integrity.diligence.queries import SHUT

MONTHS = 12
"""In which the gifts of a person are added up against the limit of the fund."""


def reason_to_wait(session: Session, pledge: Pledge, sent: Money, day: date) -> str:
    """Why money on an express gift may not be taken yet; "" if it may."""
    assert pledge.donor is not None
    clearance = clearance_of_giver(session, pledge)
    if clearance in SHUT:
        return closed(pledge.donor, clearance)
    if not is_screened(session, pledge):
        return _("No sanctions list has been uploaded yet, so no one can be screened.")
    limit = usd(pledge.fund.gift_limit_minor)
    if not is_examined(session, pledge) and _given_at_once(session, pledge, sent, day) > limit:
        return _(
            "%(name)s gave more than %(limit)s within a year. Due diligence must be completed "
            "first.",
            name=pledge.donor.name,
            limit=plain_money(limit),
        )
    return ""


def _given_at_once(session: Session, pledge: Pledge, sent: Money, day: date) -> Money:
    """What a giver gave in the months before, with what has been sent now, in USD."""
    before = session.scalar(
        select(func.coalesce(func.sum(Deposit.usd_minor), 0))
        .join(Pledge, Pledge.id == Deposit.pledge_id)
        .where(
            Pledge.donor_id == pledge.donor_id,
            Pledge.fund_id == pledge.fund_id,
            Deposit.reversed_on.is_(None),
            Deposit.value_on > clock.months_after(day, -MONTHS),
        )
    )
    return usd(int(before or 0) + value_on(session, sent, day).usd_minor)

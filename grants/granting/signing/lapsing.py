"""The day's work on papers that grantees have not signed: reminders, and the end of the wait."""

import logging
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import Conflict, FundError
from grants.core.kernel.language import gettext as _
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import kind_of
from grants.granting.signing.queries import waits_for
from grants.granting.signing.service import locked
from grants.granting.signing.telling import send_by_system, signers_of
from grants.granting.signing.workflow import SIGNING, Side

LOG = logging.getLogger(__name__)
REMINDED = (14, 7, 3, 1)
"""So many days before the last one the grantee is reminded."""


def follow(session: Session, act: Act) -> tuple[int, int]:
    """Remind grantees who have still to sign, and let lapse what they did not sign in time.

    Returns how many were reminded and how many lapsed. Missed for some days, it catches up.
    """
    query = select(Signing).where(waits_for(Side.GRANTEE), Signing.sign_by.is_not(None))
    reminded = lapsed = 0
    for signing in session.scalars(query.order_by(Signing.id)).all():
        today = signing.award.fund.today()
        assert signing.sign_by is not None
        if today > signing.sign_by:
            lapsed += is_lapsed(session, signing, act)
        else:
            reminded += _remind(session, signing, today)
    return reminded, lapsed


def is_lapsed(session: Session, signing: Signing, act: Act) -> bool:
    """Let one paper lapse; false if it was signed at this very moment, or the books refuse it."""
    try:
        with session.begin_nested():
            lapse(session, signing, act)
    except FundError as refusal:
        LOG.warning("%s did not lapse: %s", signing.reference, refusal)
        return False
    return True


def lapse(session: Session, signing: Signing, act: Act) -> None:
    """The grantee did not sign by the day that it was given: the paper can be signed no more.

    What becomes of the grant is said by the kind of paper; both sides are told.
    """
    signing = locked(session, signing)
    if signing.sign_by is None or signing.award.fund.today() <= signing.sign_by:
        raise Conflict(_("The last day for signing has not passed yet."))
    advance(session, signing, SIGNING, "lapse", act, sign_by=signing.sign_by.isoformat())
    kind_of(signing.kind).lapse(session, signing, act)
    for side in Side:
        name = f"lapsed_for_{side.value}"
        send_by_system(session, signing, signers_of(session, signing, side), name, "lapsed")


def _remind(session: Session, signing: Signing, today: date) -> bool:
    assert signing.sign_by is not None
    days_left = (signing.sign_by - today).days
    reached = [day for day in REMINDED if days_left <= day]
    if not reached or not _is_new(signing, reached[-1]):
        return False
    signing.reminded_for = today
    people = signers_of(session, signing, Side.GRANTEE)
    send_by_system(session, signing, people, "reminder", f"{signing.sign_by}:{reached[-1]}")
    return True


def _is_new(signing: Signing, days_before: int) -> bool:
    """Has no reminder gone since so many days were left?"""
    assert signing.sign_by is not None
    if signing.reminded_for is None:
        return True
    return (signing.sign_by - signing.reminded_for).days > days_before

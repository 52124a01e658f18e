"""Holding back a stranger who asks too often whether a document is genuine."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.papers.certification.models import Inquiry

ASKED_MOST = 40
"""Questions from one address in a quarter of an hour."""


def count_inquiry(session: Session, address: str) -> None:
    """Count a question from an address. Forbidden beyond so many in a quarter of an hour."""
    now = clock.now()
    begun = _quarter_of_hour(now)
    session.execute(delete(Inquiry).where(Inquiry.begun_at < begun))
    inquiries = session.scalar(
        insert(Inquiry)
        .values(address=hashlib.sha256(address.encode()).hexdigest(), begun_at=begun, count=1)
        .on_conflict_do_update(
            index_elements=[Inquiry.address, Inquiry.begun_at], set_={"count": Inquiry.count + 1}
        )
        .returning(Inquiry.count)
    )
    if (inquiries or 0) > ASKED_MOST:
        raise Forbidden(
            _("Too many documents have been checked from this network. Try again in 15 minutes.")
        )


def _quarter_of_hour(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)

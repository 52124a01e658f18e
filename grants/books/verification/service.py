"""Verifying, keeping the result, and telling those responsible."""

from sqlalchemy.orm import Session

from grants.books.ledger.verify import CHECKS, breaches
from grants.books.verification.models import Verification
from grants.core.audit.act import Act
from grants.core.kernel.language import use_language
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_funds
from grants.platform.messages.service import Recipient, send

MOST = 100
"""Breaches of one check that a result keeps; the command line lists more."""


def verify(session: Session, act: Act) -> Verification:
    """Ask every check of the books and the trail; e-mail those responsible if one fails."""
    with use_language("en"):
        faults = breaches(session, MOST)
    result = Verification(at=act.at, checks=len(CHECKS), breaches=faults)
    session.add(result)
    session.flush()
    if faults:
        for person in people_of_funds(session, Permission.TRAIL_SEE):
            send(
                session,
                Recipient.of(person),
                "books/verification/alarm",
                event=f"verification:{result.id}",
                number=len(faults),
                first=faults[:10],
            )
    return result

"""How long the certificate that signs documents is still valid, and who is told in time."""

from datetime import datetime

from cryptography import x509
from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_with
from grants.platform.messages.service import Recipient, send
from grants.platform.pdf_signing.keys import fingerprint
from grants.platform.pdf_signing.signing import signer

WARNED = (60, 30, 14, 7, 1, 0)
"""Days before the end on which administrators get an e-mail; 0: it has expired."""


def days_left(certificate: x509.Certificate) -> int:
    """Whole days until a certificate expires; below zero once it has.

    By the clock of the machine, as signatures are, whatever day a demonstration plays.
    """
    return (certificate.not_valid_after_utc - clock.wall()).days


def expires_soon() -> datetime | None:
    """When the certificate in use expires, if administrators should know by now."""
    certificate = signer().certificate
    return certificate.not_valid_after_utc if days_left(certificate) <= WARNED[0] else None


def expiring() -> Select[int]:
    """How many certificates in use expire soon, one or none, as a question for a to-do list."""
    soon = bindparam("expiring", callable_=lambda: int(expires_soon() is not None), type_=Integer)
    return select(soon)


def warn(session: Session) -> int:
    """E-mail every administrator before the certificate expires, once for each day of `WARNED`;
    how many were told.
    """
    certificate = signer().certificate
    remaining = days_left(certificate)
    passed = [days for days in WARNED if remaining <= days]
    if not passed:
        return 0
    people = people_with(session, Permission.FUND_OPEN)
    for person in people:
        send(
            session,
            Recipient.of(person),
            "platform/signing_key/expires",
            event=f"certificate:{fingerprint(certificate)[:32]}:{passed[-1]}",
            day=clock.day_of(certificate.not_valid_after_utc),
            expired=remaining < 0,
        )
    return len(people)

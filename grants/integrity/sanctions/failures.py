"""An update of the list that failed: those who keep the list know of it until one succeeds."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_funds
from grants.integrity.sanctions.models import SanctionsFailure
from grants.integrity.sanctions.queries import list_in_force
from grants.platform.messages.service import Letter, Recipient, send_all

FEW = 5
"""Lines of a refusal that are kept and e-mailed: the person who tried sees all of them."""


def lock_list(session: Session) -> None:
    """Wait until nobody else updates the list."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("sanctions", 0))))


def standing_failure(session: Session) -> SanctionsFailure | None:
    """The failure after which no update has succeeded yet."""
    return session.scalar(select(SanctionsFailure).where(SanctionsFailure.settled_at.is_(None)))


def failures_to_settle() -> Select[int]:
    """How many failures wait to be settled: one, or none."""
    failures = select(func.count()).select_from(SanctionsFailure)
    return failures.where(SanctionsFailure.settled_at.is_(None))


def note_failure(session: Session, file_name: str, why: str, act: Act) -> SanctionsFailure:
    """An update failed: those who may import the list and the administrators get an e-mail, and
    again only when one fails a day or more after the first.
    """
    lock_list(session)
    failure = standing_failure(session)
    if failure is None:
        failure = SanctionsFailure(failed_at=act.at)
        session.add(failure)
    failure.file_name = file_name[:200]
    failure.why = "\n".join(line[:300] for line in why.splitlines()[:FEW])
    session.flush()
    event = f"sanctions-failure:{failure.id}:{(act.at - failure.failed_at).days}"
    in_force = list_in_force(session)
    facts = {
        "file": failure.file_name,
        "lines": failure.why.splitlines(),
        "day": clock.day_of(act.at),
        "held": clock.day_of(in_force.generated_at) if in_force else None,
    }
    people = people_of_funds(session, Permission.SANCTIONS_IMPORT, Permission.FUND_OPEN)
    template = "integrity/sanctions/failed"
    send_all(session, [Letter(Recipient.of(person), template, event, facts) for person in people])
    return failure


def settle_failure(session: Session, act: Act) -> None:
    """An update succeeded."""
    if failure := standing_failure(session):
        failure.settled_at = act.at

"""Deciding on matches with the sanctions list, by two people."""

from sqlalchemy.orm import Session

from grants.core.people.permissions import Role
from grants.integrity.sanctions import matching
from grants.integrity.sanctions.models import SanctionsHit
from tests.factories import act_of, staff


def told_apart(session: Session, hit: SanctionsHit, why: str = "Founded by other people.") -> None:
    """One person proposes that it is another organisation, and another confirms it."""
    proposer = staff(session, Role.PROGRAMME_OFFICER, "An Examiner")
    matching.propose(session, hit, act_of(session, proposer, why))
    other = staff(session, Role.FUND_MANAGER, "Another Examiner")
    matching.tell_apart(session, hit, act_of(session, other, why))

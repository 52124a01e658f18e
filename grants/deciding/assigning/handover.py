"""The reviews of a person who is a reviewer no longer: released, and assigned to a successor."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.kernel.language import ngettext as _n
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.service import substitute
from grants.deciding.reviews.workflow import WAITING
from grants.platform.staff.handover import Work


def waiting(session: Session, membership: Membership) -> Sequence[Review]:
    """Reviews that are asked of the person and not submitted."""
    query = (
        select(Review)
        .where(Review.reviewer_id == membership.person_id, Review.state.in_(WAITING))
        .options(joinedload(Review.application))
        .order_by(Review.id)
    )
    if membership.fund_id is not None:
        query = query.where(Review.fund_id == membership.fund_id)
    return [review for review in session.scalars(query) if review.is_waiting]


def hand_over(session: Session, membership: Membership, successor: Person, act: Act) -> int:
    """The successor is asked for each review that they may write; both are informed.

    The person who ends a role may be no reviewer's manager, so the trail names the handing over as
    the system's, with the reason.
    """
    acting = Act.by_system("hand-over", act.reason)
    waits = waiting(session, membership)
    return sum(substitute(session, review, successor, acting) for review in waits)


WORK = (
    Work(
        frozenset({Role.REVIEWER}),
        lambda session, held: len(waiting(session, held)),
        lambda n: _n("Review not submitted", "Reviews not submitted", n),
        hand_over,
    ),
)

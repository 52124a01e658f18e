"""The next steps with donors that a person who leaves was to take. What was recorded of a contact
never changes, so another person records a new step.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.kernel.language import ngettext as _n
from grants.core.people.models import Membership
from grants.core.people.permissions import Permission, Role
from grants.core.people.role_permissions import GRANTED
from grants.giving.outreach.models import OutreachContact
from grants.platform.staff.handover import Work


def open_steps(session: Session, membership: Membership) -> int:
    """Next steps that the person is to take and has not taken."""
    kind = OutreachContact
    query = select(func.count(kind.id)).where(
        kind.next_by_id == membership.person_id, kind.next_step.is_not(None), kind.done_at.is_(None)
    )
    if membership.fund_id is not None:
        query = query.where(kind.fund_id == membership.fund_id)
    return session.scalar(query) or 0


WORK = (
    Work(
        frozenset(role for role in Role if Permission.OUTREACH_RECORD in GRANTED[role]),
        open_steps,
        lambda n: _n("Next step with a donor", "Next steps with donors", n),
    ),
)

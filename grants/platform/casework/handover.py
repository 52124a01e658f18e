"""The cases of a person whose role ends: a successor owns those that they may read."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import ngettext as _n
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import viewer_of
from grants.core.people.role_permissions import GRANTED
from grants.core.people.viewer import Standing, Viewer
from grants.platform.casework import service
from grants.platform.casework.cases import Case, may_see
from grants.platform.casework.queries import owned_cases
from grants.platform.staff.handover import Work


def _cases_of(session: Session, membership: Membership) -> list[Case]:
    """The cases that the person owns and reads by this role."""
    person = viewer_of(session, membership.person_id)
    if person is None:
        return []
    role = Standing(membership.role, membership.fund_id)
    alone = Viewer(person.name, person.person_id, standings=(role,))
    return [case for case in owned_cases(session, person) if may_see(alone, case)]


def hand_over(session: Session, membership: Membership, successor: Person, act: Act) -> int:
    """The successor owns the cases; how many.

    The person who ends a role need not read the cases: the trail names the handing over as the
    system's, with the reason.
    """
    person = viewer_of(session, successor.id)
    assert person is not None
    cases = _cases_of(session, membership)
    acting = Act.by_system("hand-over", act.reason)
    return service.hand_over(session, cases, membership.person_id, person, acting)


WORK = (
    Work(
        frozenset(role for role in Role if Permission.CASEWORK_WRITE in GRANTED[role]),
        lambda session, held: len(_cases_of(session, held)),
        lambda n: _n("Case that the person owns", "Cases that the person owns", n),
        hand_over,
    ),
)

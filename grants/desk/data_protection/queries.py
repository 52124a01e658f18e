"""Requests for erasure, and the persons they are about."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.duties import decides
from grants.core.people.models import Membership, Person
from grants.core.people.viewer import Viewer
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.data_protection.workflow import OPEN


def requests() -> Select[ErasureRequest]:
    """Every request for erasure."""
    return select(ErasureRequest).options(joinedload(ErasureRequest.person))


def request_of(session: Session, number: int) -> ErasureRequest:
    """One request, or Missing."""
    request = session.scalar(requests().where(ErasureRequest.id == number))
    if request is None:
        raise Missing(_("Request not found."))
    return request


def requests_of(session: Session, person_id: int) -> Sequence[ErasureRequest]:
    """What a person has asked for, the newest first."""
    query = requests().where(ErasureRequest.person_id == person_id)
    return session.scalars(query.order_by(ErasureRequest.id.desc())).all()


def open_request_of(session: Session, person_id: int) -> ErasureRequest:
    """A person's own request that is not decided yet, or Missing."""
    own = ErasureRequest.person_id == person_id, ErasureRequest.state.in_(OPEN)
    request = session.scalar(select(ErasureRequest).where(*own))
    if request is None:
        raise Missing(_("Request not found."))
    return request


def to_decide_count(_viewer: Viewer) -> Select[int]:
    """How many requests wait."""
    return select(func.count(ErasureRequest.id)).where(ErasureRequest.state.in_(OPEN))


def has_decided(session: Session, person: Person) -> bool:
    """Did this person ever hold a role that decides, pays or audits?"""
    roles = session.scalars(select(Membership.role).where(Membership.person_id == person.id))
    return any(decides(role) for role in roles)

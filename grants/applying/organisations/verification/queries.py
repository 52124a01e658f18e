"""Finding verifications: of one organisation, and those that wait for the fund's people."""

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.workflow import VerificationState
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer


def verification_of(session: Session, organisation_id: int) -> Verification | None:
    """None for an organisation of which nothing was asked or decided yet."""
    return session.scalar(
        select(Verification).where(Verification.organisation_id == organisation_id)
    )


def state_of(session: Session, organisation_id: int) -> VerificationState:
    """Where it stands; nothing asked yet is a draft."""
    verification = verification_of(session, organisation_id)
    return verification.state if verification else VerificationState.DRAFT


def states_by_organisation(session: Session) -> dict[int, VerificationState]:
    """Where each organisation stands that has begun."""
    rows = session.execute(select(Verification.organisation_id, Verification.state))
    return {row.organisation_id: row.state for row in rows}


def in_state(state: VerificationState | None) -> Select[Verification]:
    """Verifications in one state, or all, of organisations that are not closed."""
    query = (
        select(Verification)
        .join(Verification.organisation)
        .where(Organisation.merged_into_id.is_(None))
        .options(joinedload(Verification.organisation))
    )
    return query if state is None else query.where(Verification.state == state)


def pending_count(_viewer: Viewer) -> Select[int]:
    """How many organisations wait to be verified."""
    return _count_of(in_state(VerificationState.PENDING))


def suspended_count(_viewer: Viewer) -> Select[int]:
    """How many suspended verifications wait to be reinstated or rejected."""
    return _count_of(in_state(VerificationState.SUSPENDED))


def returned_count(viewer: Viewer) -> Select[int]:
    """How many of this person's organisations have to complete what they stated."""
    return _count_of_own(viewer, Permission.ORGANISATION_EDIT, VerificationState.RETURNED)


def with_fund_count(viewer: Viewer) -> Select[int]:
    """How many of this person's organisations the fund is verifying."""
    return _count_of_own(viewer, Permission.APPLICATION_READ, VerificationState.PENDING)


def _count_of_own(viewer: Viewer, permission: Permission, state: VerificationState) -> Select[int]:
    organisations = viewer.organisations_with(permission)
    own_organisations = Organisation.id.in_(organisations) if organisations else false()
    return _count_of(in_state(state).where(own_organisations))


def _count_of(waiting: Select[Verification]) -> Select[int]:
    return select(func.count()).select_from(
        waiting.with_only_columns(Verification.id).order_by(None).subquery()
    )

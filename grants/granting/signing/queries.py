"""Papers that are to be signed: of one grant, and whom each waits for."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from grants.core.kernel.errors import Conflict, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import STANDING
from grants.granting.reporting.queries import read_by, within
from grants.granting.signing.models import Signature, Signing
from grants.granting.signing.workflow import OPEN, Side, SigningState

_WHOLE = (
    contains_eager(Signing.award).joinedload(Award.organisation),
    joinedload(Signing.document),
)
"""What lists show of each paper."""


def open_signing(session: Session, award_id: int) -> Signing | None:
    """The paper of a grant that is not finished: at legal clearance, or with one of the sides."""
    query = select(Signing).where(Signing.award_id == award_id, Signing.state.in_(OPEN))
    return session.scalar(query)


def last_signing(session: Session, award_id: int, kind: str) -> Signing | None:
    """The paper of a kind that is out or was signed by both sides; None after one that was not."""
    query = select(Signing).where(
        Signing.award_id == award_id,
        Signing.kind == kind,
        Signing.state.in_((*OPEN, SigningState.SIGNED)),
    )
    return session.scalar(query.order_by(Signing.id.desc()).limit(1))


def signings_out(session: Session, awards: Collection[int]) -> Mapping[int, Signing]:
    """The paper of each of these grants that is not finished."""
    query = select(Signing).where(Signing.award_id.in_(awards), Signing.state.in_(OPEN))
    query = query.options(selectinload(Signing.signatures))
    return {signing.award_id: signing for signing in session.scalars(query)}


def require_none_out(session: Session, award: Award) -> None:
    """Conflict while a paper of this grant is out: what it says may not be changed."""
    if open_signing(session, award.id) is not None:
        raise Conflict(
            _(
                "A document on this grant has been sent for signature, so this cannot be changed. "
                "Withdraw the document first."
            )
        )


def signings_of(session: Session, award_id: int, viewer: Viewer) -> Sequence[Signing]:
    """All papers of a grant that this person may see, the newest first."""
    query = select(Signing).join(Signing.award).where(Signing.award_id == award_id)
    return session.scalars(query.where(_visible(viewer)).order_by(Signing.id.desc())).all()


def signing_for_viewer(session: Session, reference: str, number: int, viewer: Viewer) -> Signing:
    """One paper of a grant, or Missing."""
    query = select(Signing).join(Signing.award).where(Award.reference == reference)
    signing = session.scalar(query.where(Signing.id == number, _visible(viewer)))
    if signing is None:
        raise Missing(_("Document not found."))
    return signing


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """The fund's people see all of them, a grantee those that were sent to it."""
    theirs = and_(read_by(viewer), Signing.sent_at.is_not(None))
    return or_(within(viewer, Permission.DISBURSEMENT_SEE), theirs)


def waits_for(side: Side) -> ColumnElement[bool]:
    """Papers that this side is to sign."""
    return or_(
        and_(Signing.state == SigningState.OUT, Signing.first == side),
        and_(Signing.state == SigningState.COUNTERSIGN, Signing.first == side.other),
    )


def last_function(session: Session, viewer: Viewer) -> str | None:
    """In which function a person has signed last, if they ever did here."""
    query = select(Signature.function).where(Signature.person_id == viewer.person_id)
    return session.scalar(query.order_by(Signature.id.desc()).limit(1))


def to_sign_for_grantee(viewer: Viewer) -> Select[int]:
    """How many papers wait for the signature of this person's organisations."""
    signs = viewer.organisations_with(Permission.APPLICATION_SIGN)
    return _count(waits_for(Side.GRANTEE), _of_organisations(signs))


def to_sign_for_fund(viewer: Viewer) -> Select[int]:
    """How many papers this person is to sign for the fund."""
    return _count(waits_for(Side.FUND), within(viewer, Permission.AGREEMENT_SIGN))


def signed_by(viewer: Viewer) -> Select[Signing]:
    """Papers that this person may sign for the fund, now or once the grantee has signed."""
    query = select(Signing).join(Signing.award).where(within(viewer, Permission.AGREEMENT_SIGN))
    return query.where(Award.state.in_(STANDING)).options(*_WHOLE)


def with_grantees(viewer: Viewer) -> Select[int]:
    """How many papers of this person's funds grantees have still to sign."""
    return _count(waits_for(Side.GRANTEE), within(viewer, Permission.AGREEMENT_SIGN))


def to_clear(viewer: Viewer) -> Select[int]:
    """How many papers wait for legal clearance by this person."""
    state = Signing.state == SigningState.CLEARANCE
    return _count(state, within(viewer, Permission.AGREEMENT_CLEAR))


def _of_organisations(ids: Collection[int]) -> ColumnElement[bool]:
    return Award.organisation_id.in_(ids) if ids else false()


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(Signing).join(Signing.award)
    return query.where(Award.state.in_(STANDING), *conditions)


def waiting(viewer: Viewer) -> Select[Signing]:
    """Every paper that is not finished and that this person may see, the oldest first."""
    query = select(Signing).join(Signing.award).where(_visible(viewer), Signing.state.in_(OPEN))
    return query.where(Award.state.in_(STANDING)).order_by(Signing.id).options(*_WHOLE)

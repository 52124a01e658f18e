"""Finding papers: those that stand, those before them, and those that expire."""

from collections.abc import Sequence

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.organisations.papers.models import SOON, OrganisationPaper, PaperKind
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer

_STANDING = OrganisationPaper.ended_at.is_(None)


def versions_of(session: Session, organisation_id: int) -> Sequence[OrganisationPaper]:
    """Every paper that an organisation ever uploaded, the newest first."""
    return session.scalars(
        select(OrganisationPaper)
        .where(OrganisationPaper.organisation_id == organisation_id)
        .order_by(OrganisationPaper.id.desc())
    ).all()


def papers_of(
    session: Session, organisation_id: int, kind: PaperKind | None = None
) -> Sequence[OrganisationPaper]:
    """The papers that stand, of all kinds or of one, the newest first."""
    return [
        paper
        for paper in versions_of(session, organisation_id)
        if paper.ended_at is None and kind in {None, paper.kind}
    ]


def paper_of(session: Session, organisation: Organisation, number: int) -> OrganisationPaper:
    """One version of a paper of this organisation."""
    paper = session.get(OrganisationPaper, number)
    if paper is None or paper.organisation_id != organisation.id:
        raise Missing(_("Document not found."))
    return paper


def expiring(session: Session) -> Sequence[OrganisationPaper]:
    """Papers that stand and expire within a month, or have expired."""
    return session.scalars(
        select(OrganisationPaper)
        .where(_STANDING, OrganisationPaper.expires_on <= clock.today() + SOON)
        .options(joinedload(OrganisationPaper.organisation))
        .order_by(OrganisationPaper.id)
    ).all()


def to_renew_count(viewer: Viewer) -> Select[int]:
    """How many papers of the person's own organisations expire soon or have expired."""
    organisation_ids = viewer.organisations_with(Permission.APPLICATION_WRITE)
    return select(func.count()).where(
        _STANDING,
        OrganisationPaper.expires_on <= clock.today() + SOON,
        OrganisationPaper.organisation_id.in_(organisation_ids) if organisation_ids else false(),
    )

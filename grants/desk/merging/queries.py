"""Finding proposals to merge two records."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.queries import handled_by
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.workflow import MergeState


def merges() -> Select[OrganisationMerge]:
    """Every proposal, for the fund's people who may merge."""
    return select(OrganisationMerge).options(
        joinedload(OrganisationMerge.kept), joinedload(OrganisationMerge.merged)
    )


def merge_of(session: Session, number: int) -> OrganisationMerge:
    merge = session.scalar(merges().where(OrganisationMerge.id == number))
    if merge is None:
        raise Missing(_("Proposal not found."))
    return merge


def open_merge(session: Session, *organisations: Organisation) -> OrganisationMerge | None:
    """A proposal about one of these that waits for the second person."""
    ids = [organisation.id for organisation in organisations]
    return session.scalar(
        select(OrganisationMerge)
        .where(
            OrganisationMerge.state == MergeState.PROPOSED,
            or_(OrganisationMerge.kept_id.in_(ids), OrganisationMerge.merged_id.in_(ids)),
        )
        .limit(1)
    )


def to_confirm_count(viewer: Viewer) -> Select[int]:
    """How many proposals of others wait for this person."""
    return select(func.count()).where(
        OrganisationMerge.state == MergeState.PROPOSED,
        OrganisationMerge.id.not_in(handled_by(viewer, OrganisationMerge, "create")),
    )

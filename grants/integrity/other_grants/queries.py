"""The grants of other funders to an organisation, and which of them overlap with a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.integrity.other_grants.models import OtherGrant

MOST = 60


def other_grants_of(session: Session, organisation_id: int) -> Sequence[OtherGrant]:
    """The grants of other funders that are known of an organisation, the newest first."""
    return session.scalars(
        select(OtherGrant)
        .where(OtherGrant.organisation_id == organisation_id)
        .order_by(OtherGrant.starts_on.desc(), OtherGrant.id.desc())
        .limit(MOST)
    ).all()


def other_grant_for_viewer(session: Session, number: int, viewer: Viewer) -> OtherGrant:
    """A grant of another funder by its number; Missing for a person who does not see due
    diligence.
    """
    grant = session.get(OtherGrant, number)
    if grant is None or not viewer.may(Permission.DUE_DILIGENCE_SEE):
        raise Missing(_("Grant not found."))
    return grant


@dataclass(frozen=True, slots=True)
class Overlap:
    """A grant of another funder beside an application: is it at the same time, in the same country?
    Both together may fund the same thing twice.
    """

    grant: OtherGrant
    same_time: bool
    same_country: bool

    @property
    def is_suspect(self) -> bool:
        return self.same_time and self.same_country


def compared(
    grants: Sequence[OtherGrant], starts_on: date, ends_on: date, country: str | None
) -> list[Overlap]:
    """Each grant beside a project of this period and country; the suspect ones first. A grant of
    which no country is known may be in any.
    """
    overlaps = [
        Overlap(
            grant,
            grant.starts_on <= ends_on and grant.ends_on >= starts_on,
            grant.country is None or grant.country == country,
        )
        for grant in grants
    ]
    return sorted(overlaps, key=lambda overlap: not overlap.is_suspect)

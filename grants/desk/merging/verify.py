"""Checks of `flask ledger verify` on merged organisations."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.parts import REFERENCED
from grants.desk.merging.workflow import MergeState

TRIGGERS: dict[str, str] = {}


def nothing_is_left_behind(session: Session) -> Iterator[str]:
    """No grant, pledge or application belongs to a record that was merged."""
    for part in REFERENCED:
        query = (
            select(part.model.reference)
            .join(Organisation, Organisation.id == getattr(part.model, part.owner))
            .where(Organisation.merged_into_id.is_not(None))
        )
        for reference in session.scalars(query.order_by(part.model.reference)):
            yield _(
                "%(reference)s is still with an organisation or donor that was merged.",
                reference=reference,
            )


def merged_by_two_persons(session: Session) -> Iterator[str]:
    """Each closed organisation has a proposal that another person confirmed."""
    confirmed = select(OrganisationMerge.id).where(
        OrganisationMerge.merged_id == Organisation.id,
        OrganisationMerge.kept_id == Organisation.merged_into_id,
        OrganisationMerge.state == MergeState.MERGED,
    )
    query = select(Organisation.code).where(
        Organisation.merged_into_id.is_not(None), ~confirmed.exists()
    )
    for code in session.scalars(query.order_by(Organisation.code)):
        yield _("%(code)s was merged without a confirmed proposal.", code=code)


CHECKS: list[Check] = [nothing_is_left_behind, merged_by_two_persons]

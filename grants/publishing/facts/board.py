"""The members of a Board of Trustees, as the public reads of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Membership
from grants.core.people.permissions import Role


@dataclass(frozen=True, slots=True)
class Trustee:
    """A member of the Board in office, with the term."""

    name: str
    group: RegionalGroup | None
    since: date
    until: date | None


def board_of(session: Session, fund: Fund) -> Sequence[Trustee]:
    """The trustees in office, by name."""
    today = fund.today()
    rows = session.scalars(
        select(Membership)
        .where(
            Membership.role == Role.TRUSTEE,
            Membership.ended_at.is_(None),
            or_(Membership.fund_id.is_(None), Membership.fund_id == fund.id),
            or_(Membership.from_on.is_(None), Membership.from_on <= today),
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .options(joinedload(Membership.person))
    ).all()
    members = [
        Trustee(
            row.person.name,
            row.regional_group,
            row.from_on or clock.day_of(row.begun_at, fund.zone),
            row.until_on,
        )
        for row in rows
    ]
    return sorted(members, key=lambda member: member.name)

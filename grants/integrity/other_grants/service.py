"""Recording grants of other funders: one by one, from a file, and taking a wrong one out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.integrity.other_grants.models import OtherGrant


@dataclass(frozen=True, slots=True)
class ReportedGrant:
    """What is known of a grant. `identifier`: of the IATI activity, if it has one."""

    title: str
    funder: str
    starts_on: date
    ends_on: date
    country: str | None = None
    value: Money | None = None
    identifier: str = ""


def enter_grants(
    session: Session, organisation: Organisation, grants: Sequence[ReportedGrant], act: Act
) -> tuple[int, int]:
    """Record grants of other funders to an organisation; one with a known identifier replaces what
    was recorded under it. Returns how many are new, and how many were replaced.
    """
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, None)
    keep_apart(act.actor, organisation.id)
    earlier = {
        grant.identifier: grant
        for grant in session.scalars(
            select(OtherGrant).where(
                OtherGrant.organisation_id == organisation.id, OtherGrant.identifier != ""
            )
        )
    }
    for reported in grants:
        _enter_grant(session, organisation, earlier.get(reported.identifier), reported, act)
    replaced = sum(1 for reported in grants if reported.identifier in earlier)
    facts = {"new": len(grants) - replaced, "replaced": replaced}
    record(session, organisation, "enter_other_grants", act, **facts)
    return len(grants) - replaced, replaced


def _enter_grant(
    session: Session,
    organisation: Organisation,
    grant: OtherGrant | None,
    reported: ReportedGrant,
    act: Act,
) -> None:
    if reported.ends_on < reported.starts_on:
        raise DomainError(_("The grant cannot end before it starts."))
    if grant is None:
        grant = OtherGrant(organisation_id=organisation.id, identifier=reported.identifier)
        session.add(grant)
    grant.title, grant.funder, grant.country = reported.title, reported.funder, reported.country
    grant.starts_on, grant.ends_on = reported.starts_on, reported.ends_on
    grant.value_minor = reported.value.minor if reported.value else None
    grant.currency = reported.value.currency if reported.value else None
    grant.recorded_by_id, grant.recorded_at = act.actor.person_id, act.at


def remove_grant(session: Session, grant: OtherGrant, act: Act) -> None:
    """Take out a grant that was recorded by mistake; the trail keeps the reason and what it was."""
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, None)
    keep_apart(act.actor, grant.organisation_id)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    facts = {"title": grant.title, "funder": grant.funder, "starts_on": f"{grant.starts_on}"}
    record(session, grant.organisation, "remove_other_grant", act, **facts)
    session.delete(grant)

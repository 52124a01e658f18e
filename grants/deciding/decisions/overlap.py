"""Grants of all the funds here that an application might fund twice."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.requested_period import RequestedPeriod
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import is_open

MOST = 30


def overlapping(
    session: Session, application: Application, period_requested: RequestedPeriod, viewer: Viewer
) -> Sequence[Award]:
    """Grants in the period that the application asks for, to the same organisation or for the same
    country, of whatever fund: those of the organisation first. What is shut to this person for a
    conflict of interest is left out.
    """
    period = proposed_terms(period_requested, application.call)
    same_organisation = Award.organisation_id == application.organisation_id
    same_country = (
        Award.country == application.country if application.country else same_organisation
    )
    return session.scalars(
        select(Award)
        .where(
            is_open(viewer),
            ~Award.is_cancelled,
            or_(Award.application_id.is_(None), Award.application_id != application.id),
            and_(
                Award.starts_on <= period["ends_on"],
                Award.ends_on >= period["starts_on"] - timedelta(1),
            ),
            or_(same_organisation, same_country),
        )
        .options(joinedload(Award.fund), joinedload(Award.organisation))
        .order_by(same_organisation.desc(), Award.id.desc())
        .limit(MOST)
    ).all()

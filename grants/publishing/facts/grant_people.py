"""People of each grant as the public may know them: planned by its application, and counted in the
published editions of the results. None of either is small.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.applying.applications.models import Application
from grants.deciding.awards.models import Award
from grants.granting.reporting.planned import people_planned
from grants.granting.results.editions import people_by_grant


def planned_people(session: Session, awards: Sequence[Award]) -> Mapping[int, int]:
    """By grant, the people in its plan, as submitted and as clarified since."""
    award_of = {award.application_id: award for award in awards if award.application_id}
    query = (
        select(Application)
        .where(Application.id.in_(award_of))
        .options(
            joinedload(Application.submission),
            joinedload(Application.call),
            selectinload(Application.clarifications),
        )
    )
    planned = {
        award_of[application.id]: people_planned(application)
        for application in session.scalars(query).unique()
    }
    return {
        award.id: people for award, people in planned.items() if people >= award.fund.smallest_count
    }


def reached_people(session: Session, awards: Sequence[Award]) -> Mapping[int, int]:
    """By grant, the people whom the editions of its fund tell of it: of these grants alone."""
    reached: dict[int, int] = {}
    for fund in {award.fund for award in awards}:
        counts = people_by_grant(session, fund, "grants")
        of_fund = [award.id for award in awards if award.fund is fund]
        reached |= {number: people for number in of_fund if (people := counts.get(str(number)))}
    return reached

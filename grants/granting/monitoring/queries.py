"""Visits, spot checks and audits as people may read them, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisations_called, people_of_fund
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.models import Award
from grants.granting.findings.models import Finding
from grants.granting.monitoring.models import (
    Activity,
    ActivityFile,
    ActivityFinding,
    ActivityKind,
    AssurancePlan,
)
from grants.granting.monitoring.workflow import AHEAD, DONE, SHARED, UNFINISHED, ActivityState
from grants.granting.reporting.queries import read_by, within


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The fund's people read what they plan; a grantee reads it once it is announced or held."""
    own = read_by(viewer) & Activity.state.in_(SHARED)
    return or_(within(viewer, Permission.REPORT_SEE), own)


def activities_for(viewer: Viewer) -> Select[Activity]:
    """Every visit, spot check and audit this person may read, with its grant."""
    return (
        select(Activity)
        .join(Activity.award)
        .join(Award.organisation)
        .where(visible(viewer))
        .options(
            contains_eager(Activity.award).options(
                contains_eager(Award.organisation), joinedload(Award.fund)
            ),
            joinedload(Activity.lead),
        )
    )


def activity_for_viewer(session: Session, reference: str, viewer: Viewer) -> Activity:
    """A visit, spot check or audit with its files and findings, or Missing."""
    finding = selectinload(Activity.notes).joinedload(ActivityFinding.finding)
    whole = activities_for(viewer).options(
        selectinload(Activity.files).joinedload(ActivityFile.document),
        finding.joinedload(Finding.owner),
        finding.joinedload(Finding.award),
    )
    activity = session.scalar(whole.where(Activity.reference == reference))
    if activity is None:
        raise Missing(_("Visit, spot check or audit not found."))
    return activity


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the list is filtered by; nothing means all."""

    text: str | None = None
    state: str | None = None
    """A state, "unfinished", "late" or "done"."""
    kind: str | None = None


def listed(viewer: Viewer, criteria: Criteria) -> Select[Activity]:
    """The visits, spot checks and audits that fit, of the funds one works for."""
    query = activities_for(viewer).where(within(viewer, Permission.REPORT_SEE))
    groups = {"unfinished": UNFINISHED, "done": DONE}
    if criteria.state == "late":
        query = query.where(*_late())
    elif criteria.state in groups:
        query = query.where(Activity.state.in_(groups[criteria.state]))
    elif criteria.state:
        query = query.where(Activity.state == ActivityState(criteria.state))
    if criteria.kind:
        query = query.where(Activity.kind == ActivityKind.of(criteria.kind))
    if criteria.text:
        query = query.where(
            or_(
                Award.organisation_id.in_(organisations_called(criteria.text)),
                Award.reference.istartswith(criteria.text, autoescape=True),
                Activity.reference.istartswith(criteria.text, autoescape=True),
            )
        )
    return query


def _late() -> tuple[ColumnElement[bool], ...]:
    return Activity.state.in_(AHEAD), Activity.due_on < clock.today()


def activities_of(session: Session, award_id: int) -> Sequence[Activity]:
    """All of a grant, the newest first."""
    query = select(Activity).where(Activity.award_id == award_id).order_by(Activity.id.desc())
    return session.scalars(query.options(joinedload(Activity.lead))).all()


def seen_of(session: Session, award_id: int, viewer: Viewer) -> Sequence[Activity]:
    """What this person may read of the monitoring of a grant, the newest first."""
    query = activities_for(viewer).where(Activity.award_id == award_id)
    return session.scalars(query.order_by(Activity.id.desc())).all()


def plan_of(session: Session, award: Award) -> AssurancePlan | None:
    """The assurance plan of a grant, once a person decided it."""
    return session.get(AssurancePlan, award.id)


def without_plan(viewer: Viewer) -> Select[Award]:
    """Running grants whose assurance plan nobody has decided."""
    decided = select(AssurancePlan.award_id).where(AssurancePlan.award_id == Award.id)
    return (
        select(Award)
        .join(Award.organisation)
        .where(
            within(viewer, Permission.REPORT_SEE),
            Award.is_running,
            ~decided.correlate(Award).exists(),
        )
        .options(contains_eager(Award.organisation), joinedload(Award.fund))
    )


def planned_by(viewer: Viewer) -> Select[Award]:
    """Every grant whose assurance plan this person may decide."""
    return (
        select(Award)
        .join(Award.organisation)
        .where(within(viewer, Permission.MONITORING_PLAN))
        .options(contains_eager(Award.organisation), joinedload(Award.fund))
    )


def leads_of(session: Session, award: Award) -> Sequence[Person]:
    """Who may hold it."""
    return people_of_fund(session, Permission.MONITORING_PLAN, award.fund_id)


def to_plan(viewer: Viewer) -> Select[int]:
    """How many running grants have no assurance plan, for those who decide it."""
    planner = within(viewer, Permission.MONITORING_PLAN)
    return counting(without_plan(viewer).where(planner))


def _count_activities(
    viewer: Viewer, permission: Permission, *conditions: ColumnElement[bool]
) -> Select[int]:
    query = select(Activity).join(Activity.award)
    return counting(query.where(within(viewer, permission), *conditions))


def late_count(viewer: Viewer) -> Select[int]:
    """How many should have been held by now."""
    return _count_activities(viewer, Permission.MONITORING_PLAN, *_late())


def to_hold(viewer: Viewer) -> Select[int]:
    """How many are to be held by this person, whenever."""
    own = Activity.lead_id == viewer.person_id
    return _count_activities(viewer, Permission.MONITORING_PLAN, own, Activity.state.in_(AHEAD))


def to_report(viewer: Viewer) -> Select[int]:
    """How many were held, and have no report yet."""
    held = Activity.state == ActivityState.HELD
    return _count_activities(viewer, Permission.MONITORING_PLAN, held)


def to_close(viewer: Viewer) -> Select[int]:
    """How many reports wait for a second person to close them."""
    reported = Activity.state == ActivityState.REPORTED
    return _count_activities(viewer, Permission.MONITORING_CLOSE, reported)


def announced_to(viewer: Viewer) -> Select[int]:
    """How many visits, spot checks and audits of running grants the person's organisation has to
    expect: none whose day is over.
    """
    coming = Activity.state == ActivityState.ANNOUNCED, Activity.starts_on >= clock.today()
    ours = select(Activity).join(Activity.award).where(read_by(viewer), Award.is_running)
    return counting(ours.where(*coming))


def announced_of(session: Session, award_id: int) -> Sequence[Activity]:
    """What was announced to a grantee, and neither carried out nor cancelled."""
    of_grant = Activity.award_id == award_id, Activity.state == ActivityState.ANNOUNCED
    return session.scalars(select(Activity).where(*of_grant).order_by(Activity.id)).all()


def has_announced() -> ColumnElement[bool]:
    """Was one announced for the grant of a query, and neither carried out nor cancelled?"""
    announced = Activity.state == ActivityState.ANNOUNCED
    query = select(Activity.id).where(Activity.award_id == Award.id, announced)
    return query.correlate(Award).exists()

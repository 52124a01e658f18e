"""Planning a visit, a spot check or an audit, announcing and holding it, and reporting on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.database.numbering import next_number
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.models import Award
from grants.granting.findings import service as register
from grants.granting.findings.models import Finding
from grants.granting.findings.service import Observation
from grants.granting.monitoring.models import (
    Activity,
    ActivityFile,
    ActivityFinding,
    ActivityKind,
)
from grants.granting.monitoring.queries import leads_of
from grants.granting.monitoring.workflow import ACTIVITY, AHEAD, OBSERVED, ActivityState
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.service import tell


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What is planned: how, by when, what for, and who holds it."""

    kind: ActivityKind
    due_on: date
    purpose: str
    lead: Person
    others: str = ""


def plan_activity(session: Session, award: Award, facts: ActivityFacts, act: Act) -> Activity:
    """Plan a visit, a spot check or an audit of a running grant. The one who holds it is told."""
    act.demand(Permission.MONITORING_PLAN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    if not award.is_running:
        raise Conflict(_("Only an active grant is monitored."))
    day = award.fund.today()
    number = next_number(session, f"monitoring/{award.fund.code}/{day.year}")
    activity = Activity(
        reference=f"{award.fund.code}-M-{day.year}-{number:03}",
        award=award,
        kind=facts.kind,
        planned_at=act.at,
    )
    _write_facts(session, activity, facts)
    begin(session, activity, ACTIVITY, act, grant=award.reference, kind=facts.kind.value)
    if facts.lead.id != act.actor.person_id:
        _inform(session, activity, [facts.lead], "planned", act)
    return activity


def change_activity(session: Session, activity: Activity, facts: ActivityFacts, act: Act) -> None:
    """Change by when, what for, or who holds it."""
    lock_activity(session, activity)
    act.demand(Permission.MONITORING_PLAN, activity.scope)
    keep_apart(act.actor, activity.award.organisation_id)
    require_ahead(activity)
    _write_facts(session, activity, facts)
    day = facts.due_on.isoformat()
    record(session, activity, "change", act, due_on=day, lead=facts.lead.name)
    if facts.lead.id != act.actor.person_id:
        _inform(session, activity, [facts.lead], "planned", act)


def require_ahead(activity: Activity) -> None:
    """Conflict once it was held or cancelled."""
    if activity.state not in AHEAD:
        state = ACTIVITY.names[activity.state].staff
        raise Conflict(_("This cannot be done now: the status is “%(state)s”.", state=state))


def _write_facts(session: Session, activity: Activity, facts: ActivityFacts) -> None:
    if not facts.purpose.strip():
        raise DomainError(_("Enter the purpose."))
    if facts.due_on < activity.award.fund.today():
        raise DomainError(_("Enter a due date of today or later."))
    if facts.lead.id not in {person.id for person in leads_of(session, activity.award)}:
        raise DomainError(
            _("%(name)s may not carry out this interview or visit.", name=facts.lead.name)
        )
    activity.due_on, activity.purpose = facts.due_on, facts.purpose.strip()
    activity.lead, activity.others = facts.lead, facts.others.strip()[:300]


def announce(session: Session, activity: Activity, day: date, place: str, act: Act) -> None:
    """Tell the grantee when it is, where, who comes and what for. A change is announced again."""
    lock_activity(session, activity)
    require(session, activity, ACTIVITY, "announce", act)
    keep_apart(act.actor, activity.award.organisation_id)
    if day < activity.award.fund.today():
        raise DomainError(_("Enter today’s date or a later one."))
    activity.starts_on, activity.place = day, place.strip()[:200]
    advance(session, activity, ACTIVITY, "announce", act, day=day.isoformat())
    _inform(session, activity, _grantee(session, activity), "announced", act)


def hold(session: Session, activity: Activity, day: date, act: Act) -> None:
    """Record the day. Nothing need be announced before: a spot check may come as a surprise."""
    lock_activity(session, activity)
    require(session, activity, ACTIVITY, "hold", act)
    keep_apart(act.actor, activity.award.organisation_id)
    if day > activity.award.fund.today():
        raise DomainError(_("This date is in the future."))
    activity.held_on = day
    advance(session, activity, ACTIVITY, "hold", act, day=day.isoformat())


def report(
    session: Session,
    activity: Activity,
    text: str,
    recommendation: str,
    act: Act,
    upload: Upload | None = None,
) -> None:
    """Write what was seen, with a file where there is one; again until another person closes it."""
    lock_activity(session, activity)
    require(session, activity, ACTIVITY, "report", act)
    keep_apart(act.actor, activity.award.organisation_id)
    if not text.strip():
        raise DomainError(_("Say what was seen."))
    activity.report, activity.recommendation = text.strip(), recommendation.strip()
    if upload is not None:
        session.add(ActivityFile(monitoring_id=activity.id, document=keep(session, upload, act)))
    advance(session, activity, ACTIVITY, "report", act)
    session.refresh(activity, ["files"])
    closers = people_of_fund(session, Permission.MONITORING_CLOSE, activity.award.fund_id)
    others = [person for person in closers if person.id != act.actor.person_id]
    _inform(session, activity, others, "reported", act)


def note_finding(
    session: Session, activity: Activity, observation: Observation, act: Act
) -> Finding:
    """Note a finding from what was seen, in the register that all of them share."""
    lock_activity(session, activity)
    require_seen(activity)
    whole = replace(observation, source=activity.kind.source, report=None)
    finding = register.note(session, activity.award, whole, act)
    session.add(ActivityFinding(finding_id=finding.id, monitoring_id=activity.id))
    session.flush()
    session.refresh(activity, ["notes"])
    return finding


def require_seen(activity: Activity) -> None:
    """Conflict before it was held, and once it is closed."""
    if activity.state not in OBSERVED:
        raise Conflict(_("Record findings after the visit and before it is closed."))


def close(session: Session, activity: Activity, conclusion: str, act: Act) -> None:
    """Another person than who reported closes it. The grantee reads the report from now on."""
    lock_activity(session, activity)
    require(session, activity, ACTIVITY, "close", act)
    keep_apart(act.actor, activity.award.organisation_id)
    activity.conclusion = conclusion.strip()
    advance(session, activity, ACTIVITY, "close", act)
    _inform(session, activity, _grantee(session, activity), "closed", act)


def cancel(session: Session, activity: Activity, act: Act) -> None:
    """Call a visit, spot check or audit off. A grantee to which it was announced is told why."""
    lock_activity(session, activity)
    keep_apart(act.actor, activity.award.organisation_id)
    was_announced = activity.state is ActivityState.ANNOUNCED
    advance(session, activity, ACTIVITY, "cancel", act)
    if was_announced:
        _inform(session, activity, _grantee(session, activity), "cancelled", act)


def lock_activity(session: Session, activity: Activity) -> None:
    """Of two people who act at once the second waits, and sees what the first has done."""
    session.refresh(activity, with_for_update={"of": Activity})


def _grantee(session: Session, activity: Activity) -> Iterable[Person]:
    organisation = activity.award.organisation_id
    return people_of_organisation(session, organisation, Permission.FINDING_ANSWER)


def _inform(
    session: Session, activity: Activity, people: Iterable[Person], what: str, act: Act
) -> None:
    tell(
        session,
        people,
        f"granting/monitoring/{what}",
        act,
        event=f"monitoring:{activity.id}:{what}:{activity.version}",
        fund=activity.award.fund,
        activity=activity,
        reason=act.reason or "",
        url=absolute(f"/monitoring/{activity.reference}"),
    )

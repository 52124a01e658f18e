"""What an auditor looks at first: what changed since the last visit, the last sample, findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.people.models import SignIn
from grants.core.people.viewer import Viewer
from grants.desk.audit_samples.models import AuditSample
from grants.desk.audit_samples.queries import samples
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import Criteria as FindingCriteria
from grants.granting.findings.queries import register
from grants.platform.trail.queries import Criteria, rows_for
from grants.platform.trail.records import KINDS

KINDS_SHOWN = 8
FINDINGS_SHOWN = 8
FIRST_VISIT = timedelta(days=30)
"""So far back looks who has not been here before."""


@dataclass(frozen=True, slots=True)
class Auditing:
    """What an auditor looks at first. `changes`: kinds of record, and how many acts on them."""

    since: datetime
    changes: Sequence[tuple[str, str, int]]
    sample: AuditSample | None
    findings: Sequence[Finding]

    @property
    def day(self) -> date:
        """From which on the changes are counted."""
        return clock.day_of(self.since)


def auditing_of(session: Session, person: Viewer) -> Auditing:
    """For the funds that this person audits."""
    since = _last_visit(session, person)
    rows = rows_for(person, Criteria(since=clock.day_of(since), acts_only=True)).subquery().c
    counted = (
        select(rows.subject, func.count())
        .group_by(rows.subject)
        .order_by(func.count().desc(), rows.subject)
        .limit(KINDS_SHOWN)
    )
    newest = samples(person).order_by(AuditSample.id.desc()).limit(1)
    findings = register(person, FindingCriteria(state="unfinished")).order_by(
        Finding.due_on, Finding.id
    )
    return Auditing(
        since,
        [
            (subject, str(KINDS.get(subject, subject)), number)
            for subject, number in session.execute(counted)
        ],
        session.scalar(newest),
        session.scalars(findings.limit(FINDINGS_SHOWN)).all(),
    )


def _last_visit(session: Session, person: Viewer) -> datetime:
    """When this person signed in before this time."""
    visits = (
        select(SignIn.begun_at)
        .where(SignIn.person_id == person.person_id)
        .order_by(SignIn.id.desc())
        .offset(1)
        .limit(1)
    )
    return session.scalar(visits) or clock.now() - FIRST_VISIT

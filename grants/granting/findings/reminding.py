"""Every morning: owners are reminded of findings, and late ones go to the fund manager."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.deciding.awards.models import Award
from grants.granting.findings.letters import answerers_of, inform, overseers_of
from grants.granting.findings.models import Finding
from grants.granting.findings.workflow import TO_ANSWER, escalates_on

BEFORE = (1, 7)
"""Days before a finding is due on which its owner is reminded."""


def remind_and_escalate(session: Session, act: Act) -> None:
    """Remind owners a week and a day before, and once when it is late; then escalate. Each once,
    however often it runs; after days without it, what is due by then.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("findings", 20))))
    for finding in _waiting_findings(session):
        today = finding.award.fund.today()
        if reminder := _reminder_for(finding, today):
            letter, round_ = reminder
            people = answerers_of(session, finding)
            inform(session, finding, people, letter, act, once_for=round_)
        if finding.escalated_on is None and escalates_on(finding.severity, finding.due_on) <= today:
            escalate(session, finding, today, act)


def escalate(session: Session, finding: Finding, today: date, act: Act) -> None:
    """Bring a late finding before the fund manager."""
    finding.escalated_on = today
    record(session, finding, "escalate", act, due_on=finding.due_on.isoformat())
    inform(session, finding, overseers_of(session, finding), "escalated", act)


def _waiting_findings(session: Session) -> Sequence[Finding]:
    query = select(Finding).where(Finding.state.in_(TO_ANSWER)).order_by(Finding.id)
    fund = joinedload(Finding.award).joinedload(Award.fund)
    return session.scalars(query.options(fund, joinedload(Finding.owner))).all()


def _reminder_for(finding: Finding, today: date) -> tuple[str, str] | None:
    """The letter that its owner should have by today, and what makes it the only one of its kind;
    None before the first.
    """
    if finding.due_on < today:
        return "late", finding.due_on.isoformat()
    noted_on = finding.award.fund.day_of(finding.noted_at)
    for days in BEFORE:
        if noted_on <= finding.due_on - timedelta(days) <= today:
            return "reminder", f"{finding.due_on.isoformat()}:{days}"
    return None

"""The report of a visit, a spot check or an audit of a grant as a paper, with its findings."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.marks import spaced
from grants.granting.monitoring.models import Activity
from grants.granting.monitoring.workflow import DONE
from grants.papers.typesetting.paper import Issuer, Paper


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as it stands in the register."""

    reference: str
    observation: str
    severity: str
    ineligible: Money
    due_on: date
    state: str


@dataclass(frozen=True, slots=True)
class MonitoringReport:
    """What was seen of a grant, and what follows."""

    grant: str
    title: str
    organisation: str
    kind: str
    held_on: date
    people: str
    """Who held it."""
    purpose: str
    report: str
    recommendation: str
    conclusion: str
    state: str
    findings: tuple[FindingLine, ...]


def activity_called(session: Session, reference: str) -> Activity:
    """The visit, spot check or audit of this number; Missing while it has no report."""
    activity = session.scalar(select(Activity).where(Activity.reference == reference))
    if activity is None or activity.state not in DONE:
        raise Missing(_("Document %(name)s not found.", name=reference))
    return activity


def monitoring_report(session: Session, reference: str) -> Paper:
    """The report, with its findings as they are today."""
    activity = activity_called(session, reference)
    award = activity.award
    assert activity.held_on is not None
    names = [activity.lead.name, activity.others]
    facts = MonitoringReport(
        grant=award.reference,
        title=award.title,
        organisation=award.organisation.name,
        kind=str(activity.kind.label),
        held_on=activity.held_on,
        people=spaced(",").join(name for name in names if name),
        purpose=activity.purpose,
        report=activity.report,
        recommendation=activity.recommendation,
        conclusion=activity.conclusion,
        state=str(activity.name.public),
        findings=tuple(
            FindingLine(
                finding.reference,
                finding.observation,
                str(finding.severity.label),
                finding.ineligible,
                finding.due_on,
                str(finding.name.public),
            )
            for finding in activity.findings
        ),
    )
    return Paper(
        document="monitoring-report",
        title=facts.kind,
        reference=activity.reference,
        on=activity.held_on,
        issuer=Issuer.of(award.fund),
        facts=facts,
    )

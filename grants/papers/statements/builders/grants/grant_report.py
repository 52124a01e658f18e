"""A report of a grantee as a paper: its words, the people reached beside the plan, the money."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.granting.reporting.answers import values_of
from grants.granting.reporting.differences import SpendingDifference, differences_of
from grants.granting.reporting.files import files_of
from grants.granting.reporting.models import Report
from grants.granting.reporting.planned import (
    Reached,
    ReportedLine,
    ReportedResult,
    reached_in,
    reported_lines,
    reported_results,
)
from grants.granting.reporting.projects import form_of
from grants.granting.reporting.queries import figures_of, reports_of
from grants.granting.reporting.workflow import name_of
from grants.papers.statements.records import award_called
from grants.papers.typesetting.paper import Issuer, Paper
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.presentation import ShownSection, shown_sections


@dataclass(frozen=True, slots=True)
class CategorySpent:
    """A budget category: what the grant has for it, and what was spent. USD."""

    name: str
    budget: Money
    before: Money
    now: Money
    so_far: Money


@dataclass(frozen=True, slots=True)
class FileListed:
    """A file of a report: what it shows, and the hash that its content is known by."""

    name: str
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GrantReport:
    """One report as it was submitted."""

    grant: str
    number: int
    kind: str
    title: str
    organisation: str
    state: str
    """In words."""
    covers_from: date
    covers_to: date
    submitted_on: date
    people: int
    spent: Money
    sections: tuple[ShownSection, ...]
    """What it says, without results and money."""
    results: tuple[ReportedResult, ...]
    """What was reached of the results that were planned."""
    reached: Reached | None
    """The people planned beside those counted."""
    lines: tuple[CategorySpent, ...]
    explanation: str
    """What else there is to know about the spending."""
    differences: tuple[SpendingDifference, ...]
    """The lines whose spending differs from the budget, and why."""
    own_lines: tuple[ReportedLine, ...]
    """The same by the organisation's own budget lines."""
    exchange: Mapping[str, Any]
    """The currency it spent in, with rate, source and amounts; empty: USD."""
    files: tuple[FileListed, ...]
    """What was submitted with it."""


def report_called(session: Session, reference: str) -> Report:
    """The report GRANT/NUMBER; Missing if it has not been submitted."""
    grant, _slash, number = reference.rpartition("/")
    award = award_called(session, grant)
    for report in reports_of(session, award.id):
        if report.number == counted(number) and report.submitted_at is not None:
            return report
    raise Missing(_("Document %(name)s not found.", name=reference))


def grant_report(session: Session, reference: str) -> Paper:
    """A report as it was submitted."""
    report = report_called(session, reference)
    facts = _facts_of(session, report)
    return Paper(
        document="grant-report",
        title=facts.kind,
        reference=reference,
        on=facts.submitted_on,
        issuer=Issuer.of(report.award.fund),
        facts=facts,
    )


def _facts_of(session: Session, report: Report) -> GrantReport:
    award, fund = report.award, report.award.fund
    assert report.submitted_at is not None
    form = form_of(session, report)
    sections = shown_sections(form, values_of(report, form))
    return GrantReport(
        grant=award.reference,
        number=report.number,
        kind=str(report.kind.label),
        title=award.title,
        organisation=award.organisation.name,
        state=str(name_of(report.state, report.due_on, fund.today()).public),
        covers_from=report.covers_from,
        covers_to=report.covers_to,
        submitted_on=fund.day_of(report.submitted_at),
        people=report.people,
        spent=report.spent,
        sections=tuple(section for section in sections if section.key not in {"money", "results"}),
        results=tuple(reported_results(session, report, report.results)),
        reached=reached_in(session, report, report.beneficiaries, report.exploitation),
        lines=tuple(
            CategorySpent(line.name, line.budget, line.before, line.now, line.so_far)
            for line in figures_of(session, report).lines
        ),
        explanation=report.explanation,
        differences=tuple(differences_of(session, report)),
        own_lines=tuple(reported_lines(session, report, report.line_spending)),
        exchange=report.exchange,
        files=tuple(
            FileListed(file.document.name, str(file.kind.label), file.document.sha256)
            for file in files_of(session, report, submitted_only=True)
        ),
    )

"""What a project promised in its application, carried over into its reports: its objective, and the
results that it is measured by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.standard.grantee import STANDARD_REPORT
from grants.applying.submissions.dossier import values_of
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.deciding.awards.models import Award
from grants.granting.reporting.budget import OwnLine
from grants.granting.reporting.models import BudgetLine, Report, ReportKind
from grants.granting.reporting.public_summary import with_public_summary
from grants.granting.reporting.queries import budget_of
from grants.granting.reporting.questions import PlannedResult, SpendingLine, report_form
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Budget, LogicalFramework
from grants.platform.questions.plans import MEASURED, levels_of_results

OBJECTIVE, RESULTS = "objective", "results"
"""The questions of the standard form: what will have changed, and one paragraph for each result."""
MOST_RESULTS = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """The objective of a project and its results."""

    objective: str = ""
    results: tuple[PlannedResult, ...] = ()


def form_of(session: Session, report: Report, currency: str = "") -> Form:
    """What a report asks; its amounts are in the currency that it was submitted in, or in this."""
    currency = currency or report.exchange.get("currency", FUNCTIONAL_CURRENCY)
    lines = spending_lines(session, report.award)
    results = promise_of(report.award).results
    return report_form(lines, results, currency, call_form_of(report))


def call_form_of(report: Report) -> Form:
    """What the call of the grant asks in this report, the standard form where it has no call; the
    final one has the summary for the public besides.
    """
    application = report.award.application
    form = application.call.form_for(FormPurpose.REPORT) if application else STANDARD_REPORT
    return with_public_summary(form) if report.kind is ReportKind.FINAL else form


def spending_lines(session: Session, award: Award) -> list[SpendingLine]:
    """The lines of the budget that the grantee revised, else of the one that the application asked
    for, within the categories of the grant; the category where it has none. What a category has is
    shared out in proportion to them.
    """
    asked = _lines_asked(award)
    lines = []
    for category in budget_of(session, award.id):
        own_lines = _revised_lines(category) or asked.get(category.category, [])
        weights = [own.amount.minor for own in own_lines]
        if not any(weights):
            lines.append(
                SpendingLine(
                    category.category, category.category, dict(category.label), category.amount
                )
            )
            continue
        shares = category.amount.allocate(weights)
        lines += [
            SpendingLine(f"line_{own.number}", category.category, {"en": own.words}, share)
            for own, share in zip(own_lines, shares, strict=True)
        ]
    return lines


def _revised_lines(category: BudgetLine) -> list[OwnLine]:
    """What the grantee made of a category before its agreement, if it revised its budget."""
    return [
        OwnLine(
            line["number"], line["description"], Money.parse(line["amount"], FUNCTIONAL_CURRENCY)
        )
        for line in category.lines
    ]


def _lines_asked(award: Award) -> dict[str, list[OwnLine]]:
    """Category → each line of the application's budget."""
    application = award.application
    if application is None or application.submission is None:
        return {}
    values = answers_of(application)
    lines: dict[str, list[OwnLine]] = {}
    questions = application.call.questionnaire.questions
    question = next((each for each in questions if isinstance(each, Budget)), None)
    if question is None or question.currency != FUNCTIONAL_CURRENCY:
        return {}
    for number, line in enumerate(values.get(question.key) or (), 1):
        if line["total"] is not None:
            amount = Money.parse(line["total"], FUNCTIONAL_CURRENCY)
            own = OwnLine(number, line["description"] or "", amount)
            lines.setdefault(line["category"], []).append(own)
    return lines


def promise_of(award: Award) -> Promise:
    """What the application promised, as submitted and as clarified since. The results are the rows
    of its logical framework that have an indicator; without one, the paragraphs on its results.
    """
    application = award.application
    if application is None or application.submission is None:
        return Promise()
    values = answers_of(application)
    results = list(_measured_rows(application, values)) or list(_paragraphs(values))
    return Promise(str(values.get(OBJECTIVE) or ""), tuple(results[:MOST_RESULTS]))


def answers_of(application: Application) -> dict[str, Any]:
    """The answers of an application as submitted, and as clarified since."""
    assert application.submission is not None
    values = values_of(application.submission)
    for clarification in application.clarifications:
        values |= clarification.after["answers"] if clarification.after else {}
    return values


def _measured_rows(application: Application, values: Mapping[str, Any]) -> Iterator[PlannedResult]:
    levels = dict(levels_of_results())
    for question in application.call.questionnaire.questions:
        if not isinstance(question, LogicalFramework):
            continue
        for row in values.get(question.key) or ():
            if row["level"] in MEASURED and row["indicator"]:
                yield PlannedResult(
                    levels[row["level"]],
                    row["result"],
                    row["indicator"],
                    row["baseline"] or "",
                    row["target"] or "",
                )


def _paragraphs(values: Mapping[str, Any]) -> Iterator[PlannedResult]:
    for paragraph in str(values.get(RESULTS) or "").splitlines():
        if paragraph.strip():
            yield PlannedResult("", paragraph.strip())

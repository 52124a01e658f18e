"""Where spending differs from the budget by more than the tolerance, and why: line by line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.texts.formats import plain_money
from grants.granting.reporting.content import Content, Figures, Spending
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.projects import spending_lines
from grants.granting.reporting.queries import figures, figures_of, reports_of
from grants.granting.reporting.questions import EXPLAINED
from grants.granting.reporting.workflow import ReportState


@dataclass(frozen=True, slots=True)
class SpendingDifference:
    """A line of the budget with what was spent of it, and why that differs. USD."""

    key: str
    name: str
    budget: Money
    so_far: Money
    reason: str

    @property
    def percent(self) -> int | None:
        """By how much of its budget; None where it has no budget."""
        if not self.budget:
            return None
        return round(Decimal(100) * (self.so_far - self.budget).minor / self.budget.minor)

    @property
    def words(self) -> str:
        """The figures in one sentence."""
        facts = {
            "line": self.name,
            "spent": plain_money(self.so_far),
            "budget": plain_money(self.budget),
        }
        if self.percent is None:
            return _("%(line)s: %(spent)s spent, without a budget.", **facts)
        if self.percent > 0:
            return _(
                "%(line)s: %(spent)s spent of a budget of %(budget)s, %(percent)s%% more.",
                **facts,
                percent=self.percent,
            )
        return _(
            "%(line)s: %(spent)s spent of a budget of %(budget)s, %(percent)s%% less.",
            **facts,
            percent=-self.percent,
        )


def differences_in(session: Session, report: Report, content: Content) -> list[SpendingDifference]:
    """The lines to explain in a report with this content."""
    totals = figures(session, report, content.expenditure)
    return list(_differences(session, report, totals, content.lines, content.explanations))


def differences_of(session: Session, report: Report) -> list[SpendingDifference]:
    """The lines explained in a report that was sent."""
    lines = {key: Money.parse(text, "USD") for key, text in report.line_spending.items()}
    totals = figures_of(session, report)
    return list(_differences(session, report, totals, lines, report.explanations))


def unexplained(differences: Sequence[SpendingDifference]) -> Iterator[tuple[str, str]]:
    """The question at which the reason for a difference is missing, and what to do."""
    for difference in differences:
        if not difference.reason.strip():
            yield (
                f"{EXPLAINED}{difference.key}",
                _("%(figures)s Say why.", figures=difference.words),
            )


def require_explanations(session: Session, report: Report, content: Content) -> None:
    """DomainError with the first line that differs without a reason."""
    for _question, message in unexplained(differences_in(session, report, content)):
        raise DomainError(message)


def _differences(
    session: Session,
    report: Report,
    totals: Figures,
    lines: Mapping[str, Money],
    reasons: Mapping[str, str],
) -> Iterator[SpendingDifference]:
    """Within a category that differs, the lines that do; else the category as a whole."""
    final = report.kind is ReportKind.FINAL
    unusual = {spending.category: spending for spending in totals.unusual(final=final)}
    earlier = [
        other
        for other in reports_of(session, report.award_id)
        if other.number < report.number and other.state is not ReportState.DUE
    ]
    for line in spending_lines(session, report.award):
        whole = unusual.get(line.category)
        if whole is None:
            continue
        before = total(
            Money.parse(other.line_spending.get(line.key, "0"), "USD") for other in earlier
        )
        spending = (
            whole
            if line.is_category
            else Spending(line.key, line.name, line.budget, before, lines.get(line.key, usd(0)))
        )
        if spending.is_over or (final and spending.is_under):
            reason = reasons.get(line.key, "")
            yield SpendingDifference(line.key, line.name, line.budget, spending.so_far, reason)

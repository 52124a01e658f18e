"""What has to agree between a report and the project that it is about, before it is submitted."""

from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import usd
from grants.granting.reporting.answers import call_answers
from grants.granting.reporting.content import Content, exchange_problems
from grants.granting.reporting.files import files_of
from grants.granting.reporting.models import FileKind, Report
from grants.granting.reporting.projects import call_form_of, promise_of, spending_lines
from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.outcome import outcome_of
from grants.platform.questions.reading import Fault


def require_agreeing_lines(session: Session, report: Report, content: Content) -> None:
    """What is told by line adds up to what is told by category, and a rate has its evidence."""
    has_evidence = any(file.kind is FileKind.RATE for file in files_of(session, report))
    for _part, message in exchange_problems(content, has_evidence=has_evidence):
        raise DomainError(message)
    if not content.lines:
        return
    sums: dict[str, int] = {}
    for line in spending_lines(session, report.award):
        if line.is_category:
            amount = content.expenditure[line.category]
        else:
            amount = content.lines.get(line.key, usd(0))
        sums[line.category] = sums.get(line.category, 0) + amount.minor
    if sums != {category: amount.minor for category, amount in content.expenditure.items()}:
        raise ValueError("the lines of a report do not add up to its categories")


def require_results(report: Report, content: Content) -> None:
    """Of each result that the application promised, what was reached is reached."""
    planned = promise_of(report.award).results
    for number, result in enumerate(planned, 1):
        reached = content.results.get(str(number), {})
        if not (reached.get("now") and reached.get("so_far")):
            raise DomainError(_("State what was achieved for “%(result)s”.", result=result.title))


def require_answers(report: Report, content: Content) -> None:
    """What the call asks in its report form is answered, and keeps the checks of the form."""
    form = call_form_of(report)
    typed = [call_answers(content, section) for section in form.sections]
    whole = {name: texts for answers in typed for name, texts in answers.items()}
    form = with_asked_cells(form, whole)
    read = [section.read(whole) for section in form.sections]
    for part in outcome_of(form, read).parts:
        for problem in part.problems:
            if problem.fault is not Fault.DOUBT:
                raise DomainError(problem.words)

"""Every answer under a call at once: a row for each application, a column for each question.

On the page the person who looks chooses which questions to see; the file holds all of them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.dossier import files_submitted, values_of
from grants.applying.applications.models import Application, Submission
from grants.applying.applications.workflow import APPLICATION
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.kinds import Amount, Day, Number, Question
from grants.platform.questionnaires.shown import Answer, shown
from grants.platform.web.columns import Column
from grants.platform.web.lists import Listing, Order

BRIEF = 100
"""Characters of an answer that the page shows; the application and the file hold it whole."""


@dataclass(frozen=True)
class AnswerColumn(Column):
    """The answers to one question of a form."""

    question: str = ""

    @property
    def key(self) -> str:
        """Questions may be worded alike and in any script; their keys are told apart."""
        return f"answer-{self.question.replace('_', '-')}"

    def cell(self, row: Any) -> Any:
        """The beginning of a long answer."""
        value = self.value(row)
        if not isinstance(value, str):
            return value
        plain = " ".join(value.split())
        return plain if len(plain) <= BRIEF else f"{plain[: BRIEF - 1].rstrip()}…"


@dataclass
class _Answers:
    """What the applications of a page answered, read for all of them at once."""

    session: Session
    form: Form
    said: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def prepare(self, applications: Sequence[Application]) -> None:
        """Read what these submitted, and forget what was read before."""
        ids = [application.id for application in applications]
        found = select(Submission).where(Submission.application_id.in_(ids))
        self.said = {one.application_id: self._of(one) for one in self.session.scalars(found)}

    def _of(self, submission: Submission) -> dict[str, Any]:
        values = values_of(submission)
        sections = shown(self.form, values, files=files_submitted(submission))
        questions = {question.key: question for question in self.form.questions}
        return {
            answer.key: _value(questions[answer.key], values.get(answer.key), answer)
            for section in sections
            for answer in section.answers
        }

    def _said(self, question: str, application: Application) -> Any:
        return self.said.get(application.id, {}).get(question, "")

    def columns(self) -> Iterator[AnswerColumn]:
        titles = Counter(question.title for question in self.form.questions)
        for question in self.form.questions:
            title = question.title
            yield AnswerColumn(
                f"{title} ({question.key})" if titles[title] > 1 else title,
                partial(self._said, question.key),
                kind=_kind(question),
                shown=False,
                question=question.key,
            )


def answers_to(session: Session, form: Form, address: Callable[[Application], str]) -> Listing:
    """The list of all answers to a form; `address` is where an application is read."""
    read = _Answers(session, form)
    return Listing(
        columns=(
            Column(_l("Number"), lambda a: a.reference, kind="code", link=address, order="newest"),
            Column(_l("Organisation"), lambda a: a.organisation.name),
            Column(_l("Project"), lambda a: a.title),
            Column(_l("Status"), lambda a: APPLICATION.names[a.state].staff),
            Column(_l("Received on"), lambda a: clock.day_of(a.submitted_at), kind="date"),
            Column(_l("Amount"), lambda a: a.requested, kind="money"),
            *read.columns(),
        ),
        orders={"newest": Order(Application.id, descending=True)},
        prepare=read.prepare,
    )


def _kind(question: Question) -> str:
    match question:
        case Amount():
            return "money"
        case Number():
            return "number"
        case Day():
            return "date"
        case _:
            return "text"


def _value(question: Question, value: Any, answer: Answer) -> Any:
    """Sums, numbers and days as such, so that a spreadsheet can count; the rest in words."""
    match question:
        case Amount() if value is not None:
            return Money.parse(value, question.currency)
        case Number() if value is not None:
            return Decimal(value)
        case Day() if value is not None:
            return date.fromisoformat(value)
        case _:
            return "\n".join(_lines(answer))


def _lines(answer: Answer) -> Iterator[str]:
    yield from filter(None, (answer.text, *answer.items))
    if answer.table:
        heads = [head for head, _kind in answer.table.heads]
        rows = (heads, *answer.table.rows, answer.table.foot)
        yield from (_row(cells) for cells in rows if cells)
    yield from (file.name for file in answer.files)


def _row(cells: Iterable[Any]) -> str:
    return " | ".join(str(cell) for cell in cells)

"""Every answer under a call at once: a row for each application, a column for each question.

On the page the person who looks chooses which questions to see; the file holds all of them. What
was clarified after the submission takes the place of what was submitted, and the row says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import (
    AnswerTranslation,
    Application,
    Clarification,
    Submission,
)
from grants.applying.applications.workflow import APPLICATION
from grants.applying.references.queries import letters_in_words
from grants.applying.submissions.dossier import files_by_question, values_of
from grants.applying.submissions.translated import translated
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.presentation import Answer, shown_sections
from grants.platform.tables.columns import Column
from grants.platform.tables.lists import Listing, Order

BRIEF = 100
"""Characters of an answer that the page shows; the application and the file hold it whole."""
TOTAL = "total:"
"""How the total of a question is named beside its answer."""


@dataclass(frozen=True)
class AnswerColumn(Column):
    """The answers to one question of a form."""

    question: str = ""

    @property
    def key(self) -> str:
        """Questions may be worded alike and in any script; their keys are told apart."""
        of, _colon, question = self.question.rpartition(":")
        return f"{of or 'answer'}-{question.replace('_', '-')}"

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
    cells: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    clarified: dict[int, list[Clarification]] = field(default_factory=dict)
    letters: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    translations: dict[int, list[AnswerTranslation]] = field(default_factory=dict)

    def prepare(self, applications: Sequence[Application]) -> None:
        """Read what these submitted, and forget what was read before."""
        ids = [application.id for application in applications]
        self.clarified = _clarifications_of(self.session, ids)
        self.letters = letters_in_words(self.session, self.form, ids)
        self.translations = _translations_of(self.session, ids)
        submissions = select(Submission).where(Submission.application_id.in_(ids))
        self.cells = {
            submission.application_id: self._cells_of(submission)
            for submission in self.session.scalars(submissions)
        }

    def _cells_of(self, submission: Submission) -> dict[str, Any]:
        values, files = values_of(submission), list(submission.snapshot["files"])
        for clarification in self.clarified.get(submission.application_id, ()):
            values, files = _with_clarified(self.form, clarification, values, files)
        cells: dict[str, Any] = {}
        questions = {question.key: question for question in self.form.questions}
        translations = self.translations.get(submission.application_id, ())
        for section in shown_sections(self.form, values, files=files_by_question(files)):
            for answer in translated(section.answers, translations):
                question, value = questions[answer.key], values.get(answer.key)
                cell = None if value is None else question.list_cell(value)
                cells[answer.key] = "\n".join(_answer_lines(answer)) if cell is None else cell
                cells[TOTAL + answer.key] = question.list_total(value)
        return cells | dict(self.letters.get(submission.application_id, {}))

    def _cell_of(self, question: str, application: Application) -> Any:
        return self.cells.get(application.id, {}).get(question, "")

    def clarified_on(self, application: Application) -> date | None:
        """The day of the last clarification that stands in the row."""
        clarifications = self.clarified.get(application.id)
        at = clarifications[-1].answered_at if clarifications else None
        return clock.day_of(at) if at else None

    def columns(self) -> Iterator[AnswerColumn]:
        titles = Counter(question.title for question in self.form.questions)
        for question in self.form.questions:
            title = question.title
            yield AnswerColumn(
                f"{title} ({question.key})" if titles[title] > 1 else title,
                partial(self._cell_of, question.key),
                kind=question.cell_kind,
                shown=False,
                question=question.key,
            )
            if question.total_kind:
                yield AnswerColumn(
                    _("%(question)s: total", question=title),
                    partial(self._cell_of, TOTAL + question.key),
                    kind=question.total_kind,
                    shown=False,
                    question=TOTAL + question.key,
                )


_NEWEST = {"newest": Order(Application.id, descending=True)}


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
            Column(_l("Clarified on"), read.clarified_on, kind="date", shown=False),
            *read.columns(),
        ),
        orders=_NEWEST,
        prepare=read.prepare,
    )


def _clarifications_of(session: Session, ids: Sequence[int]) -> dict[int, list[Clarification]]:
    """The answered clarifications of these applications, the oldest first."""
    answered = Clarification.is_answered
    query = select(Clarification).where(Clarification.application_id.in_(ids), answered)
    clarifications: dict[int, list[Clarification]] = {}
    for clarification in session.scalars(query.order_by(Clarification.id)):
        clarifications.setdefault(clarification.application_id, []).append(clarification)
    return clarifications


def _translations_of(session: Session, ids: Sequence[int]) -> dict[int, list[AnswerTranslation]]:
    query = select(AnswerTranslation).where(AnswerTranslation.application_id.in_(ids))
    translations: dict[int, list[AnswerTranslation]] = {}
    for row in session.scalars(query.order_by(AnswerTranslation.id)):
        translations.setdefault(row.application_id, []).append(row)
    return translations


def _with_clarified(
    form: Form, clarification: Clarification, values: Mapping[str, Any], files: Sequence[Any]
) -> tuple[dict[str, Any], list[Any]]:
    """Answers and files with the sections that were clarified as they are since."""
    after = clarification.after or clarification.before
    again = {q.key for key in clarification.sections for q in form.section(key).questions}
    unchanged = {key: value for key, value in values.items() if key not in again}
    parts = [form.section(key) for key in clarification.sections]
    other_files = [
        file for file in files if not any(part.place_of(file["question"]) for part in parts)
    ]
    return {**unchanged, **after["answers"]}, [*other_files, *after["files"]]


def _answer_lines(answer: Answer) -> Iterator[str]:
    yield from filter(None, (answer.text, *answer.items))
    for translation in answer.translations:
        yield f"{translation.mark}{spaced(':')}{translation.text}"
    if answer.table:
        heads = [head for head, _kind in answer.table.heads]
        rows = (heads, *answer.table.rows, answer.table.foot)
        yield from (_joined_cells(cells) for cells in rows if cells)
    else:  # the files of a table are named in its rows
        yield from (file.name for file in answer.files)


def _joined_cells(cells: Iterable[Any]) -> str:
    return " | ".join(str(cell) for cell in cells)

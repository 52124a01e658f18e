"""Sections of a report that were returned: what was to be corrected, and what has changed since."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.granting.reporting.answers import typed_again
from grants.granting.reporting.models import Report, ReturnedSection
from grants.granting.reporting.workflow import ReportState
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.presentation import Answer, shown_section
from grants.platform.questions.reading import Typed

Words = Sequence[tuple[str, bool]]
"""Pieces of a text, and whether the other version has them not."""
Cells = Sequence[Sequence[tuple[Any, bool]]]
"""Rows of a table with their cells, and whether the other version has them not."""


@dataclass(frozen=True, slots=True)
class Version:
    """An answer as it was or is, with what the other version does not have."""

    answer: Answer
    words: Words
    cells: Cells


@dataclass(frozen=True, slots=True)
class Corrected:
    """An answer of a returned section, before and after."""

    question: str
    before: Version
    after: Version


@dataclass(frozen=True, slots=True)
class Correction:
    """What was to be corrected in a section, and each answer that has changed since."""

    words: str
    answers: Sequence[Corrected]


def returned_of(session: Session, report: Report) -> dict[int, dict[str, ReturnedSection]]:
    """The sections that were returned, by the submission they were returned from."""
    submissions: dict[int, dict[str, ReturnedSection]] = {}
    for returned in session.scalars(
        select(ReturnedSection)
        .where(ReturnedSection.report_id == report.id)
        .order_by(ReturnedSection.times_sent, ReturnedSection.section)
    ):
        submissions.setdefault(returned.times_sent, {})[returned.section] = returned
    return submissions


def corrections_of(session: Session, report: Report) -> dict[str, str]:
    """What the grantee is asked to correct now, by section."""
    if report.state is not ReportState.SENT_BACK:
        return {}
    returned = returned_of(session, report).get(report.times_sent, {})
    return {key: section.correction for key, section in returned.items()}


def corrected_in(session: Session, report: Report, form: Form) -> dict[str, Correction]:
    """What has become of the sections last returned, by section: old and new side by side. Of a
    report that is being corrected, only what is asked.
    """
    submissions = returned_of(session, report)
    if not submissions:
        return {}
    sent_again = report.state is not ReportState.SENT_BACK
    last = report.times_sent - 1 if sent_again else report.times_sent
    sections = {section.key: section for section in form.sections}
    return {
        key: Correction(
            returned.correction,
            tuple(_changes_in(sections[key], returned.typed, typed_again(report, key)))
            if sent_again
            else (),
        )
        for key, returned in submissions.get(last, {}).items()
        if key in sections
    }


def _changes_in(section: Section, before: Typed, after: Typed) -> Iterator[Corrected]:
    both = zip(_answers_of(section, before), _answers_of(section, after), strict=True)
    for old, new in both:
        if old != new:
            yield Corrected(old.question, _version_beside(old, new), _version_beside(new, old))


def _answers_of(section: Section, typed: Typed) -> Sequence[Answer]:
    return shown_section(section, section.read(typed).values).answers


def _version_beside(answer: Answer, other: Answer) -> Version:
    return Version(
        answer, tuple(_marked_words(answer.text, other.text)), _marked_cells(answer, other)
    )


def _marked_words(text: str, other: str) -> Iterator[tuple[str, bool]]:
    pieces, others = re.findall(r"\s+|\S+", text), re.findall(r"\s+|\S+", other)
    for kind, start, end, _from, _to in SequenceMatcher(
        None, pieces, others, autojunk=False
    ).get_opcodes():
        if start < end:
            yield "".join(pieces[start:end]), kind != "equal"


def _marked_cells(answer: Answer, other: Answer) -> Cells:
    """Rows belong together by their first cell."""
    if answer.table is None:
        return ()
    rows = {row[0]: row for row in other.table.rows} if other.table else {}
    return [
        [(cell, row[0] not in rows or cell != rows[row[0]][at]) for at, cell in enumerate(row)]
        for row in answer.table.rows
    ]

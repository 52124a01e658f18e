"""The page of one section of a report: its form as it is, its doubts, and what others wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.reporting.content import Spending
from grants.granting.reporting.models import Report
from grants.granting.reporting.planned import ReportedResult, reported_results
from grants.granting.reporting.questions import EXPLAINED, SPENT, SpendingLine
from grants.granting.reporting.work import Work
from grants.platform.questionnaires.fields import SectionForm, section_form, show
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import (
    CHOICE,
    EditConflict,
    Sheet,
    author_name,
    part_of,
)
from grants.platform.questionnaires.parts import Part, sections_in_sight
from grants.platform.questions import Question
from grants.platform.questions.personal import Finding
from grants.platform.questions.reading import Fault, Typed

RESULT_LABELS = {
    "now": _l("Reached in this period"),
    "so_far": _l("Reached so far"),
    "why": _l("Why it differs from the plan"),
}
"""Under the planned result, which stands above the boxes."""

CORRECTED = frozenset({Fault.WRONG, Fault.DOUBT})
"""What a save asks to correct at once; what is missing can wait."""


FILES = 1
"""The files of a report are its last part, after the sections of its form."""


@dataclass(frozen=True)
class Page:
    """Everything that the page of a section shows."""

    report: Report
    section: Section
    sections: Sequence[Section]
    form: SectionForm
    work: Work
    doubts: Sequence[Finding] = ()
    newer: EditConflict | None = None
    newer_answers: Mapping[str, str] = field(default_factory=dict)
    """What another person answered meanwhile to a question that this person changed too, by key."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """Who gave these answers, by question key."""
    unsaved: bool = False
    """Do the boxes hold what could not be saved?"""
    saved_at: datetime | None = None

    @property
    def correction(self) -> str:
        """What the fund asks to correct in this section."""
        return self.work.corrections.get(self.section.key, "")

    @property
    def hidden(self) -> frozenset[str]:
        """Questions of the section that are not asked, for the answers so far."""
        return self.work.part(self.section.key).hidden

    def is_conditional(self, question: Question) -> bool:
        """Is it asked only for some answers?"""
        return bool(self.section.show_when or question.show_when)

    @property
    def place(self) -> int:
        """From 1."""
        return self.sections.index(self.section) + 1

    @property
    def count(self) -> int:
        return len(self.sections) + FILES

    @property
    def intro(self) -> str:
        return in_language(self.section.intro)

    @property
    def following(self) -> Section | None:
        return self.sections[self.place] if self.place < len(self.sections) else None

    @property
    def result_rows(self) -> list[tuple[ReportedResult, Sequence[Any]]]:
        """Each planned result with the fields that ask what was reached of it."""
        reported = reported_results(self.work.session, self.report, self.work.content.results)
        return [
            (result, [self.form[f"q_{part}_{result.number}"] for part in ("now", "so_far", "why")])
            for result in reported
        ]

    @property
    def money_rows(self) -> list[tuple[Spending, list[tuple[SpendingLine, Any, Any, str]]]]:
        """Each category of the budget, and each of its lines with the field that asks what was
        spent; with that for the reason and the figures, where the spending differs.
        """
        differences = {line.key: line.words for line in self.work.differences}
        return [
            (
                category,
                [
                    (
                        line,
                        self.form[f"q_{SPENT}{line.key}"],
                        self.form[f"q_{EXPLAINED}{line.key}"],
                        differences.get(line.key, ""),
                    )
                    for line in self.work.lines
                    if line.category == category.category
                ],
            )
            for category in self.work.figures.lines
        ]


def opened_page(
    work: Work,
    key: str,
    faults: frozenset[Fault] = frozenset(),
    drawn: Typed | None = None,
) -> Page:
    """The page with the section as it is, or with `drawn` in its boxes where that was not saved."""
    part = work.part(key)
    form = _form_with_marks(part, part.typed if drawn is None else drawn)
    show(form, [problem for problem in part.problems if problem.fault in faults])
    doubts = part.section.doubts(part.typed)
    draft = work.draft(key)
    return Page(
        work.report,
        part.section,
        sections_in_sight(work.parts, part.section),
        form,
        work,
        [doubt for doubt in doubts if doubt.digest not in part.attested],
        unsaved=drawn is not None,
        saved_at=draft.saved_at if draft else None,
    )


def conflict_page(session: Session, work: Work, key: str, sheet: Sheet, by: EditConflict) -> Page:
    """Both answers where two people changed the same question: this person's in the boxes, what
    stands now beside them, and a choice to make. The page is made from the newer answers.
    """
    part, clashes = work.part(key), by.merged.clashes
    section = part.section
    form = _form_with_marks(part, by.merged.kept, clashes)
    for question in clashes:
        if question in sheet.clashes and question not in sheet.choices:
            form.complain(CHOICE + question, _("Choose which answer to keep."))
    clashing = [question for question in section.questions if question.key in clashes]
    return Page(
        work.report,
        section,
        sections_in_sight(work.parts, section),
        form,
        work,
        newer=by,
        newer_answers={question.key: _words_of(by.newer.given, question) for question in clashing},
        authors={question: author_name(session, by.newer, question) for question in clashes},
        unsaved=True,
    )


def _form_with_marks(part: Part, typed: Typed, clashes: Sequence[str] = ()) -> SectionForm:
    form = section_form(part.section, typed, clashes, **part.marks)
    form.attested.label.text = _("No. It does not identify anyone who was assisted.")
    for drawn in form.questions_shown:
        if drawn.short_name in ("q_beneficiaries", "q_exploitation"):
            drawn.totals = drawn.required = True
        if part.section.key == "results":
            drawn.label.text = RESULT_LABELS[drawn.short_name.removeprefix("q_").rpartition("_")[0]]
        if drawn.short_name.startswith(f"q_{SPENT}"):
            drawn.width = 10
    return form


def _words_of(typed: Typed, question: Question) -> str:
    texts = part_of(question, typed).values()
    return "\n".join(text for answers in texts for text in answers) or "–"

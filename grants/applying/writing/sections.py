"""The page of one section: its form as it is, its files, its doubts, and what others wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, AttachedFile
from grants.applying.calls.ceilings import budget_of, ceilings_in_words
from grants.applying.drafts.repeats import removable_on
from grants.applying.drafts.work import Work
from grants.applying.writing.pages import is_writable
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.fields import SectionForm, section_form, show
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import CHOICE, EditConflict, Saved, Sheet, author_name
from grants.platform.questionnaires.parts import Progress, sections_in_sight
from grants.platform.questionnaires.presentation import Answer, shown_section
from grants.platform.questionnaires.repeated import heading_key
from grants.platform.questions import Question
from grants.platform.questions.personal import Finding
from grants.platform.questions.picked import picks_in
from grants.platform.questions.reading import Fault, Typed

CORRECTED = frozenset({Fault.WRONG, Fault.DOUBT})
"""What a save asks to correct at once; what is missing can wait."""


@dataclass(frozen=True)
class Page:
    """Everything that the page of a section shows."""

    application: Application
    section: Section
    sections: Sequence[Section]
    form: SectionForm
    files: Mapping[str, Sequence[AttachedFile]]
    doubts: Sequence[Finding] = ()
    newer: Saved | None = None
    theirs: Mapping[str, Answer] = field(default_factory=dict)
    """What another person answered meanwhile to a question that this person changed too, by key."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """Who gave these answers, by question key."""
    unsaved: bool = False
    """Do the boxes hold what could not be saved?"""
    saved_at: datetime | None = None
    removable: Mapping[str, Section] = field(default_factory=dict)
    """Those of several that the applicant may take out, such as one partner, by their heading."""
    hidden: frozenset[str] = frozenset()
    """Questions that are not asked for the answers given so far; the page has them ready."""
    complete: frozenset[str] = frozenset()
    """The sections that lack nothing."""

    @property
    def place(self) -> int:
        """From 1."""
        return [section.key for section in self.sections].index(self.section.key) + 1

    def is_conditional(self, question: Question) -> bool:
        """Is it asked only for some answers?"""
        return bool(question.show_when or self.section.show_when)

    def picks_beside(self, question: Question) -> bool:
        """Does it pick from rows that are typed on this page?"""
        return any(pick.beside for pick in picks_in(question))

    def ceilings_of(self, question: Question) -> list[str]:
        """What the call allows of each category, where the question is the budget."""
        call = self.application.call
        return ceilings_in_words(call) if question == budget_of(call.questionnaire) else []

    @property
    def following(self) -> Section | None:
        return self.sections[self.place] if self.place < len(self.sections) else None


def opened_page(
    work: Work,
    application: Application,
    key: str,
    faults: frozenset[Fault] = frozenset(),
    drawn: Typed | None = None,
) -> Page:
    """The page with the section as it is. `drawn` is shown instead where a row was just added."""
    part = work.part(key)
    form = section_form(part.section, drawn or part.typed, **part.marks)
    show(form, [problem for problem in part.problems if problem.fault in faults])
    row = work.answers.get(key)
    return Page(
        application,
        part.section,
        sections_in_sight(work.parts, part.section),
        form,
        _files_by_question(work, part.section),
        [
            doubt
            for doubt in part.section.doubts(part.typed, work.in_files)
            if doubt.digest not in part.attested
        ],
        saved_at=row.saved_at if row else None,
        removable={
            heading_key(each.key): each
            for each in (removable_on(work, part.section) if is_writable(application) else ())
        },
        hidden=part.hidden,
        complete=frozenset(p.section.key for p in work.parts if p.progress is Progress.COMPLETE),
    )


def conflict_page(
    session: Session, work: Work, application: Application, key: str, sheet: Sheet, by: EditConflict
) -> Page:
    """Both answers where two people changed the same question: this person's in the boxes, what
    stands now beside them, and a choice to make. The page is made from the newer answers.
    """
    part = work.part(key)
    section, clashes = part.section, by.merged.clashes
    form = section_form(section, by.merged.kept, clashes, **part.marks)
    for question in clashes:
        if question in sheet.clashes and question not in sheet.choices:
            form.complain(CHOICE + question, _("Choose which answer to keep."))
    stands = shown_section(section, part.answered.values, typed=part.typed)
    return Page(
        application,
        section,
        sections_in_sight(work.parts, part.section),
        form,
        _files_by_question(work, section),
        newer=by.newer,
        theirs={answer.key: answer for answer in stands.answers if answer.key in clashes},
        authors={question: author_name(session, by.newer, question) for question in clashes},
        unsaved=True,
        hidden=part.hidden,
    )


def refused_page(work: Work, application: Application, key: str, typed: Typed) -> Page:
    """What this person typed, although it could not be saved."""
    part = work.part(key)
    return Page(
        application,
        part.section,
        sections_in_sight(work.parts, part.section),
        section_form(part.section, typed, **part.marks),
        _files_by_question(work, part.section),
        unsaved=True,
        hidden=part.hidden,
    )


def _files_by_question(work: Work, section: Section) -> dict[str, list[AttachedFile]]:
    """The files of each question, and of each cell of a table."""
    files: dict[str, list[AttachedFile]] = {}
    for file in work.files:
        if section.place_of(file.question):
            files.setdefault(file.question, []).append(file)
    return files

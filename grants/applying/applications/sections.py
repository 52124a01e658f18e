"""The page of one section: its form as it is, its files, its doubts, and what others wrote."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from grants.applying.applications.drafts import EditConflict, NewerVersion
from grants.applying.applications.models import Application, AttachedFile
from grants.applying.applications.work import Part, Work
from grants.core.people.models import Person
from grants.platform.questionnaires.fields import SectionForm, section_form, show
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.personal import Finding
from grants.platform.questionnaires.reading import Fault, Typed
from grants.platform.questionnaires.shown import Answer, shown_section

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
    newer: NewerVersion | None = None
    newer_by: str = ""
    theirs: Mapping[str, Answer] = field(default_factory=dict)
    """What another person wrote meanwhile, where it differs, by question key."""

    @property
    def place(self) -> int:
        """From 1."""
        return [section.key for section in self.sections].index(self.section.key) + 1

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
    form = section_form(part.section, drawn or part.typed, **_marks(part.version))
    show(form, [problem for problem in part.problems if problem.fault in faults])
    return Page(
        application,
        part.section,
        work.form.sections,
        form,
        _files(work, part.section),
        [doubt for doubt in part.section.doubts(part.typed) if doubt.digest not in part.attested],
    )


def conflict_page(
    session: Session, work: Work, application: Application, key: str, typed: Typed, by: EditConflict
) -> Page:
    """Both texts: what this person typed in the boxes, what is saved now beside them.

    The form is made of the newer answers, so saving it is a decision and not an accident.
    """
    part = work.part(key)
    section = part.section
    author = session.get(Person, by.newer.saved_by_id) if by.newer.saved_by_id else None
    return Page(
        application,
        section,
        work.form.sections,
        section_form(section, section.kept(typed), **_marks(by.newer.version)),
        _files(work, section),
        newer=by.newer,
        newer_by=author.name if author else "",
        theirs=_differing(part, section.kept(typed)),
    )


def refused_page(work: Work, application: Application, key: str, typed: Typed) -> Page:
    """What this person typed, although it could not be saved."""
    part = work.part(key)
    return Page(
        application,
        part.section,
        work.form.sections,
        section_form(part.section, typed, **_marks(part.version)),
        _files(work, part.section),
    )


def _differing(part: Part, mine: Typed) -> dict[str, Answer]:
    """The answers that are saved now, of the questions that I answered otherwise."""
    stands = shown_section(part.section, part.answered.values, typed=part.typed)
    changed = {
        question.key
        for question in part.section.questions
        if {n: t for n, t in part.typed.items() if question.owns(n)}
        != {n: t for n, t in mine.items() if question.owns(n)}
    }
    return {answer.key: answer for answer in stands.answers if answer.key in changed}


def _files(work: Work, section: Section) -> dict[str, list[AttachedFile]]:
    return {question.key: work.files_at(question.key) for question in section.files}


def _marks(version: int) -> dict[str, str]:
    """What gives a save where it comes from."""
    return {"version": str(version), "sheet": secrets.token_hex(8), "turn": "0"}

"""The page of one section of a report: its form as it is, its doubts, and what others wrote."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.people.models import Person
from grants.granting.reporting.content import Spending
from grants.granting.reporting.drafts import EditConflict
from grants.granting.reporting.models import Report
from grants.granting.reporting.questions import SPENT
from grants.granting.reporting.work import Work
from grants.platform.questionnaires.fields import SectionForm, section_form, show
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.personal import Finding
from grants.platform.questionnaires.reading import Fault, Typed

CORRECTED = frozenset({Fault.WRONG, Fault.DOUBT})
"""What a save asks to correct at once; what is missing can wait."""


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
    newer_by: str = ""
    theirs: Mapping[str, str] = field(default_factory=dict)
    """What another person wrote meanwhile, where it differs, by question."""

    @property
    def place(self) -> int:
        """From 1."""
        return self.sections.index(self.section) + 1

    @property
    def intro(self) -> str:
        return in_language(self.section.intro)

    @property
    def following(self) -> Section | None:
        return self.sections[self.place] if self.place < len(self.sections) else None

    @property
    def money_rows(self) -> list[tuple[Spending, Any]]:
        """Each category of the budget with the field that asks what was spent."""
        return [(line, self.form[f"q_{SPENT}{line.category}"]) for line in self.work.figures.lines]


def opened_page(
    work: Work,
    key: str,
    faults: frozenset[Fault] = frozenset(),
    drawn: Typed | None = None,
) -> Page:
    """The page with the section as it is, or with `drawn` in its boxes where that was not saved."""
    part = work.part(key)
    form = _form(part.section, part.typed if drawn is None else drawn, part.version)
    show(form, [problem for problem in part.problems if problem.fault in faults])
    doubts = part.section.doubts(part.typed)
    return Page(
        work.report,
        part.section,
        work.form.sections,
        form,
        work,
        [doubt for doubt in doubts if doubt.digest not in part.attested],
    )


def conflict_page(session: Session, work: Work, key: str, typed: Typed, by: EditConflict) -> Page:
    """Both texts: this person's in the boxes, what is saved now beside them.

    The form is made of the newer words, so saving it is a decision and not an accident.
    """
    section = work.part(key).section
    mine, theirs = section.kept(typed), by.newer.typed
    author = session.get(Person, by.newer.saved_by_id) if by.newer.saved_by_id else None
    return Page(
        work.report,
        section,
        work.form.sections,
        _form(section, mine, by.newer.version),
        work,
        newer=by,
        newer_by=author.name if author else "",
        theirs={
            str(question.title): _words(theirs, question.owns)
            for question in section.questions
            if _part(mine, question.owns) != _part(theirs, question.owns)
        },
    )


def _form(section: Section, typed: Typed, version: int) -> SectionForm:
    marks = {"version": str(version), "sheet": secrets.token_hex(8), "turn": "0"}
    form = section_form(section, typed, **marks)
    form.attested.label.text = _("No. It does not identify anyone who was assisted.")
    for drawn in form.questions_shown:
        if drawn.short_name in ("q_beneficiaries", "q_exploitation"):
            drawn.totals = drawn.required = True
        if drawn.short_name.startswith(f"q_{SPENT}"):
            drawn.width = 10
    return form


def _part(typed: Typed, owns: Any) -> dict[str, Sequence[str]]:
    return {name: texts for name, texts in typed.items() if owns(name)}


def _words(typed: Typed, owns: Any) -> str:
    return "\n".join(text for texts in _part(typed, owns).values() for text in texts) or "–"

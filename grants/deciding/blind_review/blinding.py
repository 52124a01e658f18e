"""Blind review: an application without what tells reviewers which organisation applies.

The names are those that the fund knows: of the organisation, its people, its partners. What a text
tells otherwise (a place, a history) stays: reviewers who recognise the applicant say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.submissions.dossier import (
    Clarified,
    Dossier,
    OrganisationShown,
    dossier_for_fund,
)
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.hiding import Hiding
from grants.deciding.blind_review.applicant_names import Applicants
from grants.deciding.blind_review.lookalikes import Lookalikes
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.presentation import Answer, FileShown, ShownSection
from grants.platform.questions import Files, Question, Rows, Table
from grants.platform.questions.reading import Grid


def is_blind_to(session: Session, application: Application, viewer: Viewer) -> bool:
    """Does this person get the application without what names the organisation? In a blind call a
    reviewer does, before and after submitting the review; not the applicants, nor those who read
    the fund's applications and are not scoring this one (see `barred`).
    """
    if not application.call.blind or application.organisation_id in viewer.organisation_ids:
        return False
    if not viewer.may(Permission.APPLICATION_SEE, application.scope):
        return True
    this_one = select(Application.id).where(Application.id == application.id, open_to(viewer))
    return session.scalar(this_one) is None


@dataclass(frozen=True, slots=True)
class Blind:
    """What reviewers of one application are not told. Of a call that is not blind: nothing."""

    hiding: Hiding | None = None
    lookalikes: Lookalikes | None = None
    instead: str = ""
    """What stands for a name: in the language of the answers, in whose lines it is read."""

    def text(self, words: str) -> str:
        """A text without the names."""
        if self.hiding is None or self.lookalikes is None:
            return words
        return self.hiding.hide(self.lookalikes.hide(words, self.instead), self.instead)

    @classmethod
    def of(cls, session: Session, application: Application) -> "Blind":
        return blinds_of(session, [application])[application.id]


def blinds_of(session: Session, applications: Sequence[Application]) -> Mapping[int, Blind]:
    """What reviewers are not told of each of several applications, by their ids."""
    blind = [application for application in applications if application.call.blind]
    applicants = Applicants.of(session, blind) if blind else None
    return {
        application.id: _blind_of(application, applicants)
        if applicants and application.call.blind
        else Blind()
        for application in applications
    }


def _blind_of(application: Application, applicants: Applicants) -> Blind:
    with use_language(application.language):
        names = tuple(dict.fromkeys(applicants.names(application)))
        return Blind(Hiding(names), Lookalikes(names), _("[name withheld]"))


def dossier_for_reviewers(session: Session, application: Application) -> Dossier:
    """The application as its reviewers read it: whole, or without the applicant's names."""
    full = dossier_for_fund(session, application)
    if not application.call.blind:
        return full
    blind, form = Blind.of(session, application), application.call.questionnaire
    return replace(
        full,
        title=blind.text(full.title),
        organisation=_numbered_applicant(application),
        sections=tuple(_blind_section(section, form, blind) for section in full.sections),
        submitted_by=None,
        signed_off_by=None,
        sha256=None,
        clarified=tuple(_blind_clarified(exchange, form, blind) for exchange in full.clarified),
    )


def file_for_reviewers(application: Application, question: str, name: str) -> str | None:
    """Under which name reviewers get a file that answers a question; None if they do not get it."""
    if not application.call.blind:
        return name
    answered = application.call.questionnaire.place_of(question)
    if answered is None or answered.tells_who_applies:
        return None
    return _neutral_name(name)


def _neutral_name(name: str) -> str:
    """A file's name often tells whose it is; what kind of file it is does not."""
    return _("Document") + PurePath(name).suffix.lower()


def _numbered_applicant(application: Application) -> OrganisationShown:
    """Who applies, as a number: the last part of the reference."""
    number = application.reference.rpartition("-")[2]
    return OrganisationShown("", _("Applicant %(number)s", number=number), None)


def _blind_section(section: ShownSection, form: Form, blind: Blind) -> ShownSection:
    questions = {question.key: question for question in form.questions}
    answers = (_blind_answer(answer, questions[answer.key], blind) for answer in section.answers)
    return replace(section, answers=tuple(answers))


def _blind_clarified(clarified: Clarified, form: Form, blind: Blind) -> Clarified:
    questions = {question.key: question for question in form.questions}
    changes = (
        replace(
            change,
            before=_blind_answer(change.before, questions[change.before.key], blind),
            after=_blind_answer(change.after, questions[change.after.key], blind),
        )
        for change in clarified.changes
    )
    return replace(clarified, question=blind.text(clarified.question), changes=tuple(changes))


def _blind_answer(answer: Answer, question: Question, blind: Blind) -> Answer:
    if answer.is_empty:
        return answer
    if question.tells_who_applies:
        notice = _("Not shown: this call is reviewed blind.")
        return replace(
            answer, text=notice, items=(), table=None, written="", files=(), translations=()
        )
    return replace(
        answer,
        text=blind.text(answer.text),
        items=tuple(blind.text(item) for item in answer.items),
        table=answer.table and _blind_table(answer.table, question, blind),
        written=blind.text(answer.written),
        files=_blind_files(answer.files, question),
        translations=tuple(replace(t, text=blind.text(t.text)) for t in answer.translations),
    )


def _blind_files(files: Sequence[FileShown], question: Question) -> tuple[FileShown, ...]:
    """Under names that tell nothing; none where a column of files tells who applies."""
    columns = question.file_columns if isinstance(question, Table) else ()
    if any(column.tells_who_applies for column in columns):
        return ()
    return tuple(replace(file, name=_neutral_name(file.name)) for file in files)


def _blind_table(grid: Grid, question: Question, blind: Blind) -> Grid:
    """The names are hidden in each cell, and the columns that ask for names are left empty."""
    columns = question.grid_columns if isinstance(question, Rows) else ()
    shut = {place for place, asked in enumerate(columns) if asked and asked.tells_who_applies}
    of_files = {place for place, asked in enumerate(columns) if isinstance(asked, Files)} - shut

    def cell(place: int, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if place in of_files and value:
            return _("Document")
        return "–" if place in shut and value else blind.text(value)

    rows = (tuple(cell(place, value) for place, value in enumerate(row)) for row in grid.rows)
    return replace(grid, rows=tuple(rows))

"""Clarification of a submitted application, section by section, with both versions kept.

What was submitted is never changed: a clarification keeps the sections before and after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import keep_words
from grants.applying.applications import queries
from grants.applying.applications.models import Application, Clarification
from grants.applying.applications.workflow import CAN_BE_CLARIFIED, CLARIFICATION
from grants.applying.drafts.work import Work
from grants.applying.submissions.service import Incomplete
from grants.applying.submissions.snapshot import files_in
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.platform.messages.service import Recipient, send
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.presentation import Answer, FileShown, shown_section


@dataclass(frozen=True, slots=True)
class ClarificationRequest:
    """What is asked: of which sections, what, and until when."""

    sections: Sequence[str]
    question: str
    due_at: datetime


def ask(
    session: Session, application: Application, request: ClarificationRequest, act: Act
) -> Clarification:
    """Open sections of a submitted application again, and tell the organisation why and until
    when. Conflict once a decision is proposed, or while another request waits for its answer.
    """
    act.demand(Permission.SCREENING_DECIDE, application.scope)
    keep_apart(act.actor, application.organisation_id)
    application = queries.locked(session, application.id)
    if application.state not in CAN_BE_CLARIFIED:
        raise Conflict(_("Nothing can be clarified in this application now."))
    if queries.asked_clarification(session, application):
        raise Conflict(_("Another request for clarification is open."))
    form = application.call.questionnaire
    sections = [section.key for section in form.sections if section.key in request.sections]
    if not sections or not request.question.strip():
        raise DomainError(_("Choose at least one section, and enter what is to be clarified."))
    if request.due_at <= act.at:
        raise DomainError(_("The day must be in the future."))
    clarification = Clarification(
        application_id=application.id,
        application=application,
        sections=sections,
        question=request.question.strip(),
        asked_at=act.at,
        due_at=request.due_at,
        before=_part_of(Work.of(session, application), sections),
    )
    begin(session, clarification, CLARIFICATION, act)
    _tell_organisation(session, clarification)
    return clarification


def answer(session: Session, clarification: Clarification, act: Act) -> None:
    """Send the sections as they are now; they are shut again. Incomplete while an answer in them
    is missing or wrong, DomainError once the time is over.
    """
    application = queries.locked(session, clarification.application_id)
    require(session, clarification, CLARIFICATION, "answer_clarification", act)
    if not clarification.is_open(act.at):
        raise DomainError(_("The time for the clarification is over."))
    work = Work.of(session, application)
    problems = [
        (part.section, problem)
        for part in work.parts
        if part.section.key in clarification.sections
        for problem in part.problems
    ]
    if problems:
        raise Incomplete(problems)
    after = _part_of(work, clarification.sections)
    if after == clarification.before:
        raise DomainError(_("Nothing has been changed yet. Change the answers first."))
    clarification.after, clarification.answered_at = after, act.at
    advance(session, clarification, CLARIFICATION, "answer_clarification", act)
    if submission := queries.submission_of(session, application.id):
        keep_words(session, application, submission)
    for person in people_of_fund(session, Permission.SCREENING_DECIDE, application.fund_id):
        send(
            session,
            Recipient.of(person),
            "applying/submissions/clarified",
            event=f"clarification:{clarification.id}:answered",
            application=application,
            url=absolute(f"/applications/{application.reference}/clarify"),
        )


def take_back(session: Session, clarification: Clarification, act: Act) -> None:
    """The fund no longer asks; what was changed meanwhile stays out of the file."""
    keep_apart(act.actor, clarification.application.organisation_id)
    advance(session, clarification, CLARIFICATION, "take_back_clarification", act)


def _tell_organisation(session: Session, clarification: Clarification) -> None:
    application = clarification.application
    zone = application.call.time_zone
    for person in people_of_organisation(
        session, application.organisation_id, Permission.APPLICATION_WRITE
    ):
        send(
            session,
            Recipient.of(person),
            "applying/submissions/clarification",
            event=f"clarification:{clarification.id}:asked",
            application=application,
            question=clarification.question,
            due_at=clarification.due_at,
            zone=zone,
            url=absolute(f"/applying/{application.reference}/clarification"),
        )


def _part_of(work: Work, sections: Sequence[str]) -> dict[str, Any]:
    """These sections as a submission keeps them."""
    parts = [part for part in work.shown_parts if part.section.key in sections]
    return {
        "answers": {
            key: value
            for part in parts
            for key, value in part.answered.values.items()
            if value is not None
        },
        "files": [
            file
            for file in files_in(work)
            if any(part.section.place_of(file["question"]) for part in parts)
        ],
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer before and after."""

    section: str
    before: Answer
    after: Answer


def compared(clarification: Clarification, now: Mapping[str, Any] | None = None) -> list[Compared]:
    """The answers that a clarification has changed; before it is sent, `now`."""
    after = clarification.after or now
    form = clarification.application.call.questionnaire
    if after is None:
        return []
    comparisons = []
    for section in form.sections:
        for part in section.each_part if section.key in clarification.sections else ():
            pairs = zip(
                _shown_answers(part, clarification.before),
                _shown_answers(part, after),
                strict=True,
            )
            comparisons += [Compared(part.name, *pair) for pair in pairs if pair[0] != pair[1]]
    return comparisons


def as_it_is(session: Session, clarification: Clarification) -> dict[str, Any]:
    """The sections as they are written at the moment."""
    return _part_of(Work.of(session, clarification.application), clarification.sections)


def _shown_answers(section: Section, part: Mapping[str, Any]) -> Sequence[Answer]:
    files: dict[str, list[FileShown]] = {}
    for file in part["files"]:
        facts = {key: file[key] for key in file if key != "question"}
        files.setdefault(file["question"], []).append(FileShown(**facts))
    return shown_section(section, part["answers"], files=files).answers

"""Working on an application together: who is writing where, and telling that it is ready."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications import queries
from grants.applying.applications.models import Answers, Application, AttachedFile
from grants.applying.calls.models import Call
from grants.applying.drafts.prefilled import copy_profile
from grants.applying.drafts.service import save_section, start, start_again, writable
from grants.applying.drafts.versions import brought_back, version_called
from grants.applying.drafts.work import typed_in
from grants.applying.references.service import carry_over
from grants.applying.submissions.service import withdraw
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.platform.messages.service import Recipient, send
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.merging import PREFILLED, part_of
from grants.platform.questions.reading import Typed

PRESENT = timedelta(minutes=5)
"""So long after a save a person counts as writing; typing saves every few seconds."""


def writing_now(
    session: Session, application: Application, me: int | None, at: datetime
) -> Mapping[str, list[str]]:
    """The names of colleagues who are writing, by section."""
    rows = session.scalars(
        select(Answers).where(
            Answers.application_id == application.id, Answers.saved_at > at - PRESENT
        )
    ).all()
    writers: dict[str, set[int]] = {}
    for row in rows:
        marks = row.written.values()
        typed = (m for m in marks if m.get("by") and m.get("sheet") != PREFILLED.mark)
        recent = {m["by"] for m in typed if _is_recent(m.get("at"), at)}
        writers[row.section] = recent - {me}
    ids = {person for people in writers.values() for person in people}
    names = (
        {p.id: p.name for p in session.scalars(select(Person).where(Person.id.in_(ids)))}
        if ids
        else {}
    )
    return {
        key: sorted(names[person_id] for person_id in people)
        for key, people in writers.items()
        if people
    }


def _is_recent(text: str | None, at: datetime) -> bool:
    return bool(text) and datetime.fromisoformat(str(text)) > at - PRESENT


def tell_ready(session: Session, application: Application, act: Act) -> list[Person]:
    """An editor tells the administrators that the application can be checked and submitted."""
    application = writable(session, application, act)
    administrators = people_of_organisation(
        session, application.organisation_id, Permission.APPLICATION_SUBMIT
    )
    if not administrators:
        raise DomainError(
            _(
                "Your organisation has no administrator who can submit "
                "the application. Invite one first."
            )
        )
    record(session, application, "tell_ready", act)
    for person in administrators:
        send(
            session,
            Recipient.of(person),
            "applying/writing/ready",
            event=f"application:{application.id}:ready:{act.at:%Y-%m-%dT%H}",
            call=application.call,
            fund=application.call.fund,
            title=application.title or application.reference,
            writer=act.actor.name,
            url=absolute(f"/applying/{application.reference}/check"),
        )
    return list(administrators)


def is_reopenable(application: Application, at: datetime) -> bool:
    """Submitted, in time, and nobody of the fund has begun with it."""
    return application.awaits_screening and application.call.takes_applications(at)


def reopen(session: Session, application: Application, act: Act) -> Application:
    """Take a submitted application back to change it before the deadline. It is withdrawn and stays
    on the record as it was submitted; a new draft holds the same answers and files. Conflict after
    the deadline, and once the fund has screened it.
    """
    application = queries.locked(session, application.id)
    if not is_reopenable(application, act.at):
        raise Conflict(
            _(
                "An application can be changed only until the deadline, and only before"
                " it is screened."
            )
        )
    why = _("The organisation wants to change the application before the deadline.")
    withdraw(session, application, replace(act, reason=why))
    draft = start_again(session, application, act)
    copy_answers(session, draft, application, act)
    carry_over(session, application, draft, act)
    return draft


def bring_back(session: Session, application: Application, number: int, act: Act) -> Answers:
    """Let an earlier version of an answer stand again; the present one is kept as a version."""
    application = writable(session, application, act)
    version = version_called(session, application, number)
    section = application.call.questionnaire.section(version.section)
    row = queries.answers_of(session, application.id).get(section.key)
    typed = brought_back(section, row, version)
    return save_section(session, application, section.key, typed, row.version if row else 0, act)


@dataclass(frozen=True, slots=True)
class Begun:
    """A new draft, and how many answers and files it begins with."""

    draft: Application
    from_note: int
    from_profile: int


def begin_draft(
    session: Session,
    call: Call,
    organisation: Organisation,
    act: Act,
    language: str = "en",
    *,
    highest_id_seen: int = 0,
    note: Application | None = None,
) -> Begun:
    """Begin an application with what is known already: what the concept note said, in a second
    stage, where questions share their names; then what the profile says.
    """
    draft = start(
        session, call, organisation, act, language, highest_id_seen=highest_id_seen, note=note
    )
    carried = copy_answers(session, draft, draft.note, act) if draft.note else 0
    return Begun(draft, carried, copy_profile(session, draft, act))


def copy_answers(session: Session, application: Application, earlier: Application, act: Act) -> int:
    """Take over answers and files of an earlier application of the same organisation, wherever
    nothing is written yet and the question is the same. Returns how many.
    """
    application = writable(session, application, act)
    if earlier.organisation_id != application.organisation_id or earlier.id == application.id:
        raise DomainError(
            _("Answers can be copied from your own organisation’s applications only.")
        )
    copied = _copy_texts(session, application, earlier, act) + _copy_files(
        session, application, earlier
    )
    record(session, application, "copy_answers", act, source=earlier.reference, copied=copied)
    return copied


def _copy_texts(session: Session, application: Application, earlier: Application, act: Act) -> int:
    before = _given_in(session, earlier)
    same = _same_questions(application.call.questionnaire, earlier.call.questionnaire)
    rows, copied = queries.answers_of(session, application.id), 0
    for section in application.call.questionnaire.sections:
        row = rows.get(section.key)
        typed = dict(row.given) if row else {}
        texts_by_question = [
            {name: texts for name, texts in before.items() if question.owns(name)}
            for question in section.questions
            if question.key in same and question.is_blank(typed)
        ]
        parts = [part for part in texts_by_question if part]
        for part in parts:
            typed |= part
        if parts:
            version = row.version if row else 0
            save_section(session, application, section.key, typed, version, act, sheet=PREFILLED)
        copied += len(parts)
    return copied


def _copy_files(session: Session, application: Application, earlier: Application) -> int:
    """Hang the same documents on the same questions, where none hangs yet."""
    form = application.call.questionnaire
    same = _same_questions(form, earlier.call.questionnaire)
    answered = {file.question for file in queries.files_of(session, application.id)}
    given = [_given_in(session, one) for one in (earlier, application)]
    alike = {
        question.key
        for question in form.items
        if question.key in same and part_of(question, given[0]) == part_of(question, given[1])
    }
    files = [
        file
        for file in queries.files_of(session, earlier.id)
        if file.question not in answered
        and (file.question in same or _is_in_rows_of(form, file.question, alike))
    ]
    for file in files:
        session.add(
            AttachedFile(
                application_id=application.id,
                question=file.question,
                document_id=file.document_id,
                doubts=file.doubts,
            )
        )
    session.flush()
    return len(files)


def _given_in(session: Session, application: Application) -> Typed:
    return typed_in(queries.answers_of(session, application.id))


def _is_in_rows_of(form: Form, key: str, tables: Collection[str]) -> bool:
    """Is this a cell of a table that was taken over whole, so that its rows are the same?"""
    return key.partition("-")[0] in tables and form.place_of(key) is not None


def _same_questions(form: Form, earlier: Form) -> set[str]:
    """The keys of questions that both forms ask in the same kind."""
    kinds = {question.key: question.kind for question in earlier.items}
    return {q.key for q in form.items if kinds.get(q.key) == q.kind}

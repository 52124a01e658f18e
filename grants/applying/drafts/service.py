"""A draft: begun, written, given its files. What arrives is kept, whatever it is."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from grants.applying.applications import places, queries
from grants.applying.applications.models import Answers, Application, AttachedFile
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.limits import requested_in
from grants.applying.calls.models import Call
from grants.applying.drafts.doubts import doubts_in, in_files
from grants.applying.drafts.papers import take_over
from grants.applying.drafts.versions import keep_versions
from grants.core.audit.act import Act
from grants.core.audit.advance import begin, record
from grants.core.database.numbering import next_number
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.service import lock_organisation
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_moment
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import EditConflict, Saved, Sheet, marked, merged
from grants.platform.questions import Files, Table
from grants.platform.questions.personal import Finding
from grants.platform.questions.reading import Typed


def start(
    session: Session,
    call: Call,
    organisation: Organisation,
    act: Act,
    language: str = "en",
    *,
    highest_id_seen: int = 0,
    note: Application | None = None,
) -> Application:
    """Begin an application, or give the one that the organisation has begun since the page was
    drawn: `highest_id_seen` is that among those that the page showed. DomainError once as many
    stand as the call allows. In a second stage it answers the invitation of `note`, or of the
    oldest concept note that is still to be answered.
    """
    _may_begin(session, call, organisation, act)
    applications = queries.standing_applications(session, call.id, organisation.id)
    if begun := places.begun_meanwhile(applications, highest_id_seen, note):
        return begun
    require_open(call, act)
    notes = places.invited_notes(session, call, organisation.id)
    answered = {application.note_id for application in applications}
    open_notes = [
        invited for invited in notes if invited.id not in answered and note in (None, invited)
    ]
    require_invited(call, organisation, notes)
    most = places.allowed(session, call, organisation.id)
    if len(applications) >= most or (notes and not open_notes):
        raise DomainError(places.begun_already(applications, most))
    place = places.free_place({application.place for application in applications})
    note_id = open_notes[0].id if open_notes else None
    return _begin_application(
        session, call, organisation, act, language, place=place, note_id=note_id
    )


def start_again(session: Session, application: Application, act: Act) -> Application:
    """A new draft in the place of an application that this act has withdrawn."""
    call, organisation = application.call, application.organisation
    _may_begin(session, call, organisation, act)
    require_open(call, act)
    facts = {"place": application.place, "note_id": application.note_id}
    return _begin_application(session, call, organisation, act, application.language, **facts)


def _may_begin(session: Session, call: Call, organisation: Organisation, act: Act) -> None:
    """What is begun for an organisation happens one after the other."""
    if not act.actor.may(Permission.APPLICATION_WRITE, Scope(call.fund_id, organisation.id)):
        raise Forbidden(_("You cannot write applications for this organisation."))
    lock_organisation(session, organisation.id)


def _begin_application(
    session: Session, call: Call, organisation: Organisation, act: Act, language: str, **facts: Any
) -> Application:
    number = next_number(session, f"{call.reference}/application")
    application = Application(
        reference=f"{call.reference}-{number:04}",
        fund_id=call.fund_id,
        call_id=call.id,
        organisation_id=organisation.id,
        language=language,
        begun_at=act.at,
        **facts,
    )
    begin(session, application, APPLICATION, act)
    take_over(session, application, act)
    return application


def save_section(
    session: Session,
    application: Application,
    key: str,
    typed: Typed,
    version: int,
    act: Act,
    *,
    sheet: Sheet | None = None,
) -> Answers:
    """Keep a section as typed, valid or not. `version` is that of the answers it was made of.

    What another person changed meanwhile in other questions stays. EditConflict if both changed the
    same question; nothing is ever overwritten unseen. A `sheet` may go on from what it sent
    itself, and what it sent earlier but arrives later changes nothing. A ticked box "attested"
    says that the writer has looked at the words which might identify a victim.
    """
    application = queries.locked(session, application.id)
    return save_held(session, application, key, typed, version, act, sheet=sheet)


def save_held(
    session: Session,
    application: Application,
    key: str,
    typed: Typed,
    version: int,
    act: Act,
    *,
    sheet: Sheet | None = None,
) -> Answers:
    """`save_section` of an application whose row is locked already, and as it is now."""
    section = application.call.questionnaire.section(key)
    _require_writable(session, application, act, section.key)
    row = _row_of_section(session, application, section, act)
    sheet = sheet or Sheet()
    if sheet.mark and row.sheet == sheet.mark and sheet.turn < row.turn:
        return row
    saved = Saved(row.given, row.version, row.sheet, row.turn, row.written, row.saved_by_id)
    result = merged(section, section.kept(typed), saved, version, sheet)
    if result.clashes:
        raise EditConflict(saved, result)
    files = queries.files_of(session, application.id) if section.takes_files else ()
    doubts = section.doubts(result.kept, in_files(files))
    attested = _attested_digests(doubts, row, ticked=any(typed.get("attested", ())))
    if (row.given, row.attested) != (result.kept, attested):
        row.given, row.attested = result.kept, attested
        row.saved_at, row.saved_by_id = act.at, act.actor.person_id
        row.sheet, row.turn = sheet.mark, sheet.turn
        who = {"by": act.actor.person_id, "at": act.at.isoformat()}
        row.written = marked(row.written, result.changed, sheet, **who)
        keep_versions(session, row, section, result.changed, saved, act)
        if application.is_draft:
            _refresh_facts(application, section, result.kept)
        session.flush()
    return row


def asked_for_files(application: Application, question: str) -> Files:
    """The question, if it asks for files."""
    place = application.call.questionnaire.place_of(question)
    if not isinstance(place, Files):
        raise DomainError(_("This question does not ask for a file."))
    return place


def attach(
    session: Session, application: Application, question: str, upload: Upload, act: Act
) -> AttachedFile:
    """Hang a file on the question that asks for it. The same file again changes nothing."""
    application = writable(session, application, act, section_of(application, question))
    asking = asked_for_files(application, question)
    attached_before = [
        a for a in queries.files_of(session, application.id) if a.question == question
    ]
    document = keep(
        session,
        upload,
        act,
        organisation_id=application.organisation_id,
        accept=asking.accept,
    )
    for attached in attached_before:
        if attached.document.sha256 == document.sha256:
            return attached
    if len(attached_before) >= asking.most:
        raise DomainError(
            _(
                "You can upload up to %(most)s files here. To add another, remove one first.",
                most=asking.most,
            )
        )
    attached = AttachedFile(
        application_id=application.id,
        question=question,
        document_id=document.id,
        doubts=doubts_in(question, upload),
    )
    attached.document = document
    session.add(attached)
    record(session, application, "attach", act, file=document.name, sha256=document.sha256)
    return attached


def remove_file(session: Session, application: Application, attached_id: int, act: Act) -> str:
    """Take a file off a draft. Returns the key of its question."""
    attached = queries.file_of(session, application, attached_id)
    section = section_of(application, attached.question)
    application = writable(session, application, act, section)
    _take_off(session, application, attached, act)
    return attached.question


def remove_rows(
    session: Session, application: Application, table: Table, indices: Collection[str], act: Act
) -> None:
    """Take the files of rows off that were removed from a table."""
    application = writable(session, application, act, section_of(application, table.key))
    cells = {table.cell(index, column).key for index in indices for column in table.file_columns}
    for attached in queries.files_of(session, application.id):
        if attached.question in cells:
            _take_off(session, application, attached, act)


def _take_off(session: Session, application: Application, attached: AttachedFile, act: Act) -> None:
    attached.removed_at = act.at
    record(session, application, "remove", act, file=attached.document.name)


def require_open(call: Call, act: Act) -> None:
    """DomainError that says why nothing can be submitted or changed at this moment."""
    if call.takes_applications(act.at):
        return
    if act.at < call.opens_at:
        raise DomainError(
            _(
                "The call opens on %(moment)s.",
                moment=plain_moment(call.opens_at, call.time_zone),
            )
        )
    raise DomainError(
        _(
            "The deadline was %(deadline)s. We received this at %(arrived)s, so it cannot be "
            "accepted. Answers saved before the deadline are kept, and you can still read them.",
            deadline=plain_moment(call.deadline_at, call.time_zone),
            arrived=plain_moment(act.at, call.time_zone),
        )
    )


def require_invited(call: Call, organisation: Organisation, notes: Sequence[Application]) -> None:
    """DomainError where full proposals are taken by invitation, and this organisation has none."""
    if call.is_second_stage and not notes:
        raise DomainError(
            _(
                "Full proposals are by invitation only, and %(name)s has not been invited.",
                name=organisation.name,
            )
        )


def section_of(application: Application, question: str) -> str:
    """The key of the section in which a question is asked; empty if it is not."""
    sections = application.call.questionnaire.sections
    return next((section.key for section in sections if section.place_of(question)), "")


def writable(
    session: Session, application: Application, act: Act, section: str = ""
) -> Application:
    """The application, locked, if this person may change it at this moment: a draft, or a section
    that the fund has asked to clarify.
    """
    application = queries.locked(session, application.id)
    _require_writable(session, application, act, section)
    return application


def _require_writable(session: Session, application: Application, act: Act, section: str) -> None:
    if not act.actor.may(Permission.APPLICATION_WRITE, application.scope):
        raise Forbidden(_("Your role does not allow this."))
    if application.is_draft:
        require_open(application.call, act)
        return
    clarification = queries.asked_clarification(session, application)
    if clarification is None or section not in clarification.sections:
        raise Conflict(
            _("This application has been submitted or withdrawn, so it can no longer be changed.")
        )
    if not clarification.is_open(act.at):
        raise DomainError(_("The time for the clarification is over."))


def _row_of_section(
    session: Session, application: Application, section: Section, act: Act
) -> Answers:
    """The answers of a section, begun now if nobody has written any. The application is locked."""
    row = session.scalar(_ROW, {"id": application.id, "section": section.key})
    if row is None:
        row = Answers(
            application_id=application.id,
            section=section.key,
            given={},
            attested=[],
            written={},
            version=0,
            saved_at=act.at,
        )
        session.add(row)
    return row


_ROW = (
    select(Answers)
    .where(Answers.application_id == bindparam("id"), Answers.section == bindparam("section"))
    .execution_options(populate_existing=True)
)


def _attested_digests(doubts: Sequence[Finding], row: Answers, *, ticked: bool) -> list[str]:
    """Digests of the doubtful words that the writer has looked at again."""
    digests = [finding.digest for finding in doubts]
    return digests if ticked else [digest for digest in row.attested if digest in digests]


def _refresh_facts(application: Application, section: Section, typed: Typed) -> None:
    """Keep the facts that lists show in step with the answers of a section that tells them."""
    form = application.call.questionnaire
    facts = {
        name for name, key in form.facts.items() if any(q.key == key for q in section.questions)
    }
    if not facts:
        return
    values = section.read(typed).values
    if "title" in facts:
        application.title = str(form.fact("title", values) or "")[:200]
    if "country" in facts:
        application.country = form.fact("country", values)
    if "requested" in facts:
        requested = requested_in(form, values)
        application.requested_minor = requested.minor if requested else None

"""Writing a letter of reference on the link of the e-mail, or declining.

The person has no account: the link proves that they read the address. It works until the letter may
no longer come, and for this letter alone.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.applications.models import AttachedFile
from grants.applying.references.letters import LETTER, tell_writers, write_to
from grants.applying.references.models import LONGEST, LetterRequest
from grants.applying.references.queries import (
    application_closed,
    ends_at,
    letter_question,
    locked_request,
)
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.lengths import within
from grants.core.people import credentials
from grants.core.texts.formats import plain_moment
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload

ACCEPTED = (".pdf", ".docx", ".odt", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Opened:
    """A request whose link was followed, and why no letter can be written; empty: it can."""

    request: LetterRequest
    closed: str


def opened(session: Session, token: str, act: Act) -> Opened:
    """The request that a link belongs to, or Missing."""
    link = credentials.link_with(session, token, LETTER)
    request = session.get(LetterRequest, link.facts["request"]) if link else None
    if link is None or request is None or request.email.lower() != link.email.lower():
        raise Missing(_("This link is not valid. Use the link in the latest e-mail."))
    return Opened(request, _reason_closed(request, act))


def answer(
    session: Session, token: str, letter: str, upload: Upload | None, act: Act
) -> LetterRequest:
    """Enter the letter: its text, a file, or both. Of two clicks the second is refused."""
    request = _lock_opened(session, token, act)
    letter = within(letter.strip(), LONGEST)
    if not letter and upload is None:
        raise DomainError(_("Write the letter, or choose a file."))
    request.letter = letter or None
    request.file = _attached_file(session, request, upload, act) if upload else None
    request.answered_at = act.at
    record(session, request, "receive_letter", act)
    write_to(session, request, "thanks", {})
    tell_writers(session, request, "received")
    return request


def decline(session: Session, token: str, act: Act) -> LetterRequest:
    """Write no letter. The applicant is told, and can ask another person."""
    request = _lock_opened(session, token, act)
    request.declined_at = act.at
    record(session, request, "decline_letter", act)
    tell_writers(session, request, "declined")
    return request


def _lock_opened(session: Session, token: str, act: Act) -> LetterRequest:
    """The request of a link, locked, if a letter can still be written."""
    request = locked_request(session, opened(session, token, act).request.id)
    if closed := _reason_closed(request, act):
        raise Conflict(closed)
    return request


def _reason_closed(request: LetterRequest, act: Act) -> str:
    """Why no letter can be written; empty: it can."""
    application = request.application
    zone = application.call.time_zone
    if request.answered_at:
        moment = plain_moment(request.answered_at, zone)
        return _("We received this letter on %(moment)s. Thank you.", moment=moment)
    if request.declined_at:
        return _("You have declined to write this letter. Thank you.")
    if request.taken_back_at:
        return _("The applicant is no longer asking you for this letter.")
    if closed := application_closed(application, act.at):
        return closed
    end = ends_at(application, letter_question(application, request.question))
    if act.at >= end:
        moment = plain_moment(end, zone)
        return _("The letter could be sent until %(moment)s.", moment=moment)
    return ""


def _attached_file(
    session: Session, request: LetterRequest, upload: Upload, act: Act
) -> AttachedFile:
    """The file, through the virus check, beside the files of the application; no applicant sees it
    among them. Its name often holds the writer's: the trail, which stays, does not say it.
    """
    document = keep(session, upload, act, accept=ACCEPTED)
    attached = AttachedFile(
        application_id=request.application_id,
        question=request.question,
        document_id=document.id,
        doubts=[],
        is_letter=True,
    )
    attached.document = document
    session.add(attached)
    record(session, request.application, "attach", act, sha256=document.sha256)
    return attached

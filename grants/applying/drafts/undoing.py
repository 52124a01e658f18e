"""Taking back, for a moment, what was done to a draft."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, AttachedFile
from grants.applying.applications.queries import files_of
from grants.applying.drafts.service import asked_for_files, section_of, writable
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.undoing import require_soon
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _


def restore_file(session: Session, application: Application, attached_id: int, act: Act) -> str:
    """Put a file back that was removed from a draft a moment ago. Returns the key of its
    question.
    """
    attached = session.get(AttachedFile, attached_id, with_for_update={"of": AttachedFile})
    if attached is None or attached.application_id != application.id:
        raise Missing(_("File not found."))
    section = section_of(application, attached.question)
    application = writable(session, application, act, section)
    if attached.removed_at is not None:
        require_soon(attached.removed_at, act)
        asking = asked_for_files(application, attached.question)
        beside = [
            file for file in files_of(session, application.id) if file.question == attached.question
        ]
        if len(beside) >= asking.most:
            raise DomainError(
                _(
                    "You can upload up to %(most)s files here. To add another, remove one first.",
                    most=asking.most,
                )
            )
        attached.removed_at = None
        record(session, application, "restore_file", act, file=attached.document.name)
    return attached.question

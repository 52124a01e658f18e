"""Saying no: the step, and the letter of regret with its reason."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.links import absolute
from grants.deciding.board.service import lock_for
from grants.deciding.letters.models import LetterKind
from grants.deciding.letters.service import attached, send_outcome
from grants.deciding.letters.writing import keep_as_sent


def refuse(session: Session, application: Application, action: str, letter: str, act: Act) -> None:
    """Take the step that ends an application. The applicant gets the letter: the reason, the score,
    and the feedback that is written for it.
    """
    lock_for(session, application, action, act)
    keep_as_sent(session, application, LetterKind.REGRET, act)
    advance(session, application, APPLICATION, action, act)
    send_outcome(
        session,
        application.organisation_id,
        letter,
        f"application:{application.id}:{letter}",
        attachments=attached("regret-letter", application.reference, application.language),
        application=application,
        url=absolute(f"/applying/{application.reference}"),
    )

"""An e-mail comes back, is sent by post instead, or its address works again."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.kernel.language import gettext as _
from grants.platform.messages.models import Message
from grants.platform.undelivered.models import UndeliveredEmail
from grants.platform.undelivered.reading import Report


def note_undelivered(session: Session, report: Report, act: Act) -> UndeliveredEmail | None:
    """An e-mail of ours came back: its address, why, and when. Repeatable; None if the e-mail is
    no longer there.
    """
    message = session.get(Message, report.message_id, with_for_update=True)
    if message is None:
        return None
    earlier = session.scalar(
        select(UndeliveredEmail).where(UndeliveredEmail.message_id == message.id)
    )
    if earlier is not None:
        return earlier
    row = UndeliveredEmail(
        message=message,
        email=message.recipient,
        status=report.status,
        words=report.words,
        permanent=report.permanent,
        came_back_at=act.at,
    )
    session.add(row)
    record(session, row, "come_back", act, status=report.status)
    return row


def lift(session: Session, email: str, act: Act) -> None:
    """E-mails reach an address again: who may say so was asked before. Conflict if none came back
    since.
    """
    rows = session.scalars(
        select(UndeliveredEmail)
        .where(
            func.lower(UndeliveredEmail.email) == email.strip().lower(),
            UndeliveredEmail.lifted_at.is_(None),
        )
        .order_by(UndeliveredEmail.id)
        .with_for_update()
    ).all()
    if not rows:
        raise Conflict(_("No e-mail to this address was returned."))
    for row in rows:
        row.lifted_at, row.lifted_by_id = act.at, act.actor.person_id
        record(session, row, "lift_undelivered", act)


def lift_own(session: Session, act: Act) -> None:
    """A person who has signed in says that e-mails reach them again."""
    if act.actor.person_id is None:
        raise Forbidden(_("Sign in first."))
    lift(session, act.actor.email, act)


def mark_posted(session: Session, row: UndeliveredEmail, act: Act) -> None:
    """The papers of an e-mail that came back went out by post: who may say so was asked before."""
    if row.posted_at is not None:
        raise Conflict(_("This has already been sent by post."))
    row.posted_at, row.posted_by_id = act.at, act.actor.person_id
    record(session, row, "post_undelivered", act)

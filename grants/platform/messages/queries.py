"""E-mails that should have been sent by now."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from grants.core.database.moments import NOW
from grants.platform.messages.models import Message

PATIENCE = timedelta(minutes=15)
"""An e-mail that has waited longer is delayed: the first tries have failed."""
MOST = 200


def message_on_page(session: Session, page: str) -> Message | None:
    """The e-mail that is read at this address in other languages; None once it has been erased."""
    message = session.scalar(select(Message).where(Message.page == page))
    return message if message and message.others else None


def _is_delayed() -> ColumnElement[bool]:
    return Message.sent_at.is_(None) & (Message.queued_at < NOW - PATIENCE)


def count_delayed() -> Select[int]:
    """How many e-mails have not been sent although the worker has tried."""
    return select(func.count()).where(_is_delayed())


def delayed_messages(session: Session) -> Sequence[Message]:
    """The e-mails that have not been sent although the worker has tried, the oldest first."""
    query = select(Message).where(_is_delayed()).order_by(Message.queued_at, Message.id)
    return session.scalars(query.limit(MOST)).all()

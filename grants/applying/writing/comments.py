"""Comments of colleagues on the sections of their application. Nobody of the fund sees them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, SectionComment
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission

LONGEST = 2000
"""Characters of a comment."""


def comment(
    session: Session, application: Application, section: str, text: str, act: Act
) -> SectionComment:
    """Leave a comment for colleagues. DomainError if it is empty or too long."""
    _require_colleague(application, act)
    key = application.call.questionnaire.section(section).key
    words = text.strip()
    if not words:
        raise DomainError(_("Write a comment first."))
    if len(words) > LONGEST:
        raise DomainError(_("A comment can have up to %(most)s characters.", most=LONGEST))
    written = SectionComment(
        application_id=application.id,
        section=key,
        text=words,
        written_at=act.at,
        written_by_id=act.actor.person_id,
    )
    session.add(written)
    session.flush()
    record(session, application, "comment", act, section=key)
    return written


def resolve(session: Session, application: Application, number: int, act: Act) -> SectionComment:
    """Say that a comment is dealt with; a second time changes nothing."""
    _require_colleague(application, act)
    section_comment = session.get(SectionComment, number)
    if section_comment is None or section_comment.application_id != application.id:
        raise Missing(_("Comment not found."))
    if section_comment.resolved_at is None:
        section_comment.resolved_at, section_comment.resolved_by_id = act.at, act.actor.person_id
        session.flush()
        record(session, application, "resolve_comment", act, section=section_comment.section)
    return section_comment


def comments_on(
    session: Session, application: Application, section: str
) -> Sequence[SectionComment]:
    """The comments on a section: what is open first, each part in the order it was written."""
    return session.scalars(
        select(SectionComment)
        .where(SectionComment.application_id == application.id, SectionComment.section == section)
        .order_by(SectionComment.resolved_at.is_not(None), SectionComment.id)
    ).all()


def open_comments(session: Session, application: Application) -> Mapping[str, int]:
    """How many comments are open, by section."""
    rows = session.execute(
        select(SectionComment.section, func.count())
        .where(
            SectionComment.application_id == application.id, SectionComment.resolved_at.is_(None)
        )
        .group_by(SectionComment.section)
    )
    return {row[0]: row[1] for row in rows}


def _require_colleague(application: Application, act: Act) -> None:
    if not act.actor.may(Permission.APPLICATION_WRITE, application.scope):
        raise Forbidden(_("Your role does not allow this."))

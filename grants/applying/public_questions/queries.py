"""Finding questions: the published ones for everyone, the rest for the fund's people."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.call_pages.inquiring import Published
from grants.applying.calls.models import Call
from grants.applying.public_questions.models import PublicQuestion
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer

WAITING = PublicQuestion.answer.is_(None) & PublicQuestion.set_aside_at.is_(None)


def published(session: Session, call: Call) -> Sequence[Published]:
    """The questions of a call that have been answered, the latest answer first."""
    rows = session.scalars(
        select(PublicQuestion)
        .where(PublicQuestion.call_id == call.id, PublicQuestion.answer.is_not(None))
        .order_by(PublicQuestion.answered_at.desc(), PublicQuestion.id.desc())
    )
    return [
        Published(row.wording, row.answer, row.answered_at)
        for row in rows
        if row.answer and row.answered_at
    ]


def questions_of(session: Session, call: Call) -> Sequence[PublicQuestion]:
    """All questions of a call for the secretariat, those that wait first."""
    return session.scalars(
        select(PublicQuestion)
        .where(PublicQuestion.call_id == call.id)
        .order_by(WAITING.desc(), PublicQuestion.id.desc())
    ).all()


def question_for_staff(session: Session, call: Call, number: int) -> PublicQuestion:
    """One question of a call, or Missing."""
    question = session.scalar(
        select(PublicQuestion)
        .where(PublicQuestion.id == number, PublicQuestion.call_id == call.id)
        .options(joinedload(PublicQuestion.call))
    )
    if question is None:
        raise Missing(_("Question not found."))
    return question


def to_answer(viewer: Viewer) -> Select[int]:
    """How many questions wait for an answer in the funds whose calls this person edits."""
    query = (
        select(func.count()).select_from(PublicQuestion).join(PublicQuestion.call).where(WAITING)
    )
    return query.where(in_funds_with(viewer, Permission.CALL_EDIT, Call.fund_id))


def calls_with_questions(session: Session, viewer: Viewer) -> Sequence[tuple[Call, int]]:
    """The calls with questions that wait, each with their number."""
    query = (
        select(Call, func.count())
        .join(PublicQuestion, PublicQuestion.call_id == Call.id)
        .where(WAITING)
    )
    query = query.where(in_funds_with(viewer, Permission.CALL_EDIT, Call.fund_id))
    rows = session.execute(query.group_by(Call.id).order_by(Call.deadline_at))
    return [(row[0], row[1]) for row in rows]

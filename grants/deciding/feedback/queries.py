"""What is written for the letters of applicants, what was sent, and what reviewers suggest."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED
from grants.applying.applications.workflow import (
    BEFORE_A_LETTER,
    LETTER_NEXT,
    ApplicationState,
)
from grants.core.kernel.language import in_language
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.letters.models import LetterKind, OutcomeLetter
from grants.deciding.reviews.queries import submitted_of_each
from grants.deciding.screening.queries import in_states

S = ApplicationState


def letters_of(session: Session, application: Application) -> Sequence[OutcomeLetter]:
    """The letters an application got and the draft of the next one, the newest first."""
    return session.scalars(
        select(OutcomeLetter)
        .where(OutcomeLetter.application_id == application.id)
        .options(joinedload(OutcomeLetter.written_by))
        .order_by(OutcomeLetter.id.desc())
    ).all()


def sent_with(session: Session, application: Application, kind: LetterKind) -> OutcomeLetter | None:
    """What the newest letter of a kind said; None before it is sent."""
    return session.scalar(
        select(OutcomeLetter)
        .where(OutcomeLetter.application_id == application.id, OutcomeLetter.kind == kind)
        .order_by(OutcomeLetter.id.desc())
        .limit(1)
    )


def feedback_by_criterion(
    application: Application, letter: OutcomeLetter | None
) -> list[tuple[str, str]]:
    """Each criterion about which a letter says something, in the reader's language, and what."""
    texts = letter.feedback if letter else {}
    return [
        (in_language(criterion["label"]), texts[criterion["key"]])
        for criterion in application.call.criteria
        if texts.get(criterion["key"])
    ]


def suggested(session: Session, ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    """What reviewers wrote for the applicants, by application and criterion, without names."""
    suggestions: dict[int, dict[str, str]] = {}
    for application_id, reviews in submitted_of_each(session, ids).items():
        texts: dict[str, list[str]] = {}
        for review in reviews:
            for key, mark in review.scores.items():
                if feedback := mark.get("feedback"):
                    texts.setdefault(key, []).append(feedback)
        suggestions[application_id] = {key: "\n\n".join(parts) for key, parts in texts.items()}
    return suggestions


def to_write(viewer: Viewer) -> Select[Application]:
    """Applications whose applicants get a letter next, for which nothing is written: those that are
    not recommended, and those on the reserve list that were not told so yet.
    """
    return (
        in_states(viewer, Permission.REVIEW_ASSIGN, *LETTER_NEXT)
        .where(_IS_UNWRITTEN)
        .options(*LISTED)
    )


_LETTERS = exists().where(OutcomeLetter.application_id == Application.id)
_IS_UNWRITTEN = and_(
    ~_LETTERS.where(OutcomeLetter.sent_at.is_(None)),
    or_(
        Application.is_not_recommended,
        ~_LETTERS.where(OutcomeLetter.kind == LetterKind.RESERVE),
    ),
)


def to_write_count(viewer: Viewer) -> Select[int]:
    """How many letters wait for this person's words."""
    return counting(to_write(viewer))


def writable(viewer: Viewer) -> Select[Application]:
    """Every application for whose letter this person may write."""
    return in_states(viewer, Permission.REVIEW_ASSIGN, *BEFORE_A_LETTER).options(*LISTED)

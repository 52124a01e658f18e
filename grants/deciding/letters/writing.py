"""Writing what a letter says besides the decision, and keeping it as it is sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import BEFORE_A_LETTER, ON_THE_WAY
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.letters.models import LetterKind, OutcomeLetter


@dataclass(frozen=True, slots=True)
class Words:
    """What the applicant is told: a paragraph, and feedback by the key of a criterion."""

    paragraph: str = ""
    feedback: Mapping[str, str] = field(default_factory=dict)


def draft_of(session: Session, application: Application) -> OutcomeLetter | None:
    """What is written for the next letter of an application."""
    return drafts_of(session, [application.id]).get(application.id)


def drafts_of(session: Session, ids: Collection[int]) -> Mapping[int, OutcomeLetter]:
    """What is written for the next letter of each of several applications, by their ids."""
    drafts = session.scalars(
        select(OutcomeLetter).where(
            OutcomeLetter.application_id.in_(ids), OutcomeLetter.sent_at.is_(None)
        )
    )
    return {draft.application_id: draft for draft in drafts}


def write(session: Session, application: Application, words: Words, act: Act) -> OutcomeLetter:
    """Write what the next letter of an application says. It replaces what was written before;
    Conflict once no letter of regret or on the reserve list can follow.
    """
    locked(session, application.id)
    act.demand(Permission.REVIEW_ASSIGN, application.scope)
    keep_apart(act.actor, application.organisation_id)
    require_letter_to_come(application)
    letter = draft_of(session, application)
    if letter is None:
        letter = OutcomeLetter(application_id=application.id, application=application)
        session.add(letter)
    keys = {criterion["key"] for criterion in application.call.criteria}
    letter.paragraph = words.paragraph.strip()
    letter.feedback = {
        key: text.strip() for key, text in words.feedback.items() if key in keys and text.strip()
    }
    letter.written_by_id = act.actor.person_id
    session.flush()
    record(session, letter, "write_feedback", act, application=application.reference)
    return letter


def require_letter_to_come(application: Application) -> None:
    """Conflict before the reviews, and once no letter of regret or on the reserve list can come."""
    if application.state in ON_THE_WAY:
        raise Conflict(_("The letter is written once the application has been reviewed."))
    if application.state not in BEFORE_A_LETTER:
        raise Conflict(_("The letter has been sent, or none will be: it can no longer be changed."))


def keep_as_sent(session: Session, application: Application, kind: LetterKind, act: Act) -> None:
    """Keep what is written as what this letter said: the letter is sent in the same act."""
    letter = draft_of(session, application)
    if letter is None:
        letter = OutcomeLetter(application_id=application.id, paragraph="", feedback={})
        session.add(letter)
    letter.kind, letter.sent_at = kind, act.at
    session.flush()


def say_with(
    session: Session, application: Application, kind: LetterKind, paragraph: str, act: Act
) -> None:
    """Add a paragraph to a letter that is sent in the same act; nothing without words."""
    if text := paragraph.strip():
        session.add(
            OutcomeLetter(
                application_id=application.id,
                kind=kind,
                paragraph=text,
                feedback={},
                written_by_id=act.actor.person_id,
                sent_at=act.at,
            )
        )
        session.flush()

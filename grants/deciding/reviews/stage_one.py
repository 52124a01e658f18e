"""What became of the concept note, beside the full proposal that it was invited to send."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import APPLICATION
from grants.core.kernel.language import in_language
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import (
    ScoreSummary,
    submitted_of_each,
    submitted_reviews,
    summary_of,
    visible_reviews,
)
from grants.deciding.reviews.scoring import average
from grants.deciding.screening.queries import found_on


@dataclass(frozen=True, slots=True)
class StageOne:
    """A concept note as it was screened and scored. Nobody who scored it is named."""

    reference: str
    title: str
    state: str
    tone: str
    summary: ScoreSummary | None
    remarks: Sequence[tuple[str, Sequence[str]]]
    """Each criterion with what its reviewers wrote for the applicant."""
    screening: Sequence[tuple[str, bool | None, str]] = ()
    """Only for the people of the fund."""
    is_readable: bool = False
    """May its reader open the whole note?"""


def stage_one_for_fund(
    session: Session, application: Application, reader: Viewer
) -> StageOne | None:
    """For the people of the fund; None where there is no note, or it may not be opened."""
    query = select(Application).where(Application.id == application.note_id, open_to(reader))
    whole = joinedload(Application.call, innerjoin=True), joinedload(Application.organisation)
    note = session.scalar(query.options(*whole)) if application.note_id else None
    if note is None:
        return None
    stage = _stage_one_of(note, visible_reviews(session, note, reader))
    return replace(stage, screening=found_on(session, note), is_readable=True)


def stage_one_for_reviewers(session: Session, application: Application) -> StageOne | None:
    """For the reviewers of the full proposal; None where either stage is reviewed blind."""
    note = application.note
    if note is None or application.call.blind or note.call.blind:
        return None
    return _stage_one_of(note, submitted_reviews(session, note))


def _stage_one_of(note: Application, reviews: Sequence[Review]) -> StageOne:
    name = APPLICATION.names[note.state]
    return StageOne(
        note.reference,
        note.title or note.reference,
        str(name.staff),
        name.tone,
        summary_of(note.call, reviews),
        _remarks_in(note, reviews),
    )


def _remarks_in(note: Application, reviews: Sequence[Review]) -> list[tuple[str, Sequence[str]]]:
    remarks = [
        (
            in_language(criterion["label"]),
            [text for r in reviews if (text := r.scores[criterion["key"]].get("feedback"))],
        )
        for criterion in note.call.criteria
    ]
    return [(label, texts) for label, texts in remarks if texts]


def scores_of_notes(
    session: Session, applications: Collection[Application]
) -> Mapping[int, Decimal]:
    """The weighted score of the concept note of each of several full proposals, by their ids."""
    notes = {a.note_id: a.id for a in applications if a.note_id is not None}
    reviews = submitted_of_each(session, notes) if notes else {}
    return {
        notes[number]: average([review.total for review in of_note if review.total is not None])
        for number, of_note in reviews.items()
        if of_note
    }

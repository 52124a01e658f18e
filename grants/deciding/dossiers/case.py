"""What the Board is shown of one application: the page and the PDF are made of this one value."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from grants.applying.applications.models import Application, Submission
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.models import Call
from grants.applying.submissions.dossier import Dossier, dossier_for_fund
from grants.core.kernel.money import Money
from grants.deciding.board.models import Recommendation
from grants.deciding.board.queries import recommendation_for
from grants.deciding.reviews.adjusting import Standings, standings
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import submitted_of_each, summary_of
from grants.deciding.reviews.scoring import spread
from grants.integrity.diligence.grantees import TONES, Integrity, integrity_of_each


@dataclass(frozen=True, slots=True)
class CriterionScored:
    """A criterion, its weight, and the average mark out of 5."""

    label: str
    weight: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the secretariat recommends: USD, why, and why it goes beyond a limit or departs from the
    ranking.
    """

    amount: Money
    rationale: str
    override: str
    departure: str = ""

    @classmethod
    def of(cls, recommendation: Recommendation | None) -> "Proposed | None":
        if recommendation is None:
            return None
        return cls(
            recommendation.amount,
            recommendation.rationale,
            recommendation.override,
            recommendation.departure,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One application before the Board. Reviewers stay unnamed: their marks are averages."""

    reference: str
    state: str
    """Its status, in words."""
    rank: int | None
    ranked: int
    """How many applications of the call are ranked."""
    score: Decimal | None
    """Weighted, of 100."""
    pass_mark: int
    spread: Decimal | None
    """Points between the highest and the lowest review."""
    criteria: tuple[CriterionScored, ...]
    remarks: tuple[str, ...]
    """What reviewers wrote for the Board."""
    integrity: str
    integrity_tone: str
    """How the state of due diligence is shown: neutral, waiting, good, bad."""
    proposed: Proposed | None
    dossier: Dossier


def case_of(session: Session, application: Application) -> Case:
    """The application as it stands now. The caller has found that this person may open it."""
    (only,) = cases_of(session, application.call, [application])
    return only


def cases_of(session: Session, call: Call, applications: Sequence[Application]) -> tuple[Case, ...]:
    """Several applications of a call as they stand now, in as many queries as one."""
    ids = [application.id for application in applications]
    ranks = standings(session, call, ids)
    loaded = [
        session.scalars(select(Recommendation).where(Recommendation.application_id.in_(ids))).all(),
        session.scalars(select(Submission).where(Submission.application_id.in_(ids))).all(),
        session.scalars(
            select(Application)
            .where(Application.id.in_(ids))
            .options(
                selectinload(Application.files),
                selectinload(Application.clarifications),
                selectinload(Application.translations),
            )
        ).all(),
    ]
    reviews = submitted_of_each(session, ids)
    integrity = integrity_of_each(
        session, [application.organisation for application in applications]
    )
    cases = tuple(
        _case_of(
            session,
            application,
            ranks,
            reviews[application.id],
            integrity[application.organisation_id],
        )
        for application in applications
    )
    loaded.clear()  # until here the session knows them and does not ask again
    return cases


def _case_of(
    session: Session,
    application: Application,
    ranks: Standings,
    reviews: Sequence[Review],
    integrity: Integrity,
) -> Case:
    ranking = ranks.by_id.get(application.id)
    summary = summary_of(application.call, reviews)
    return Case(
        reference=application.reference,
        state=str(APPLICATION.names[application.state].staff),
        rank=ranking.rank if ranking else None,
        ranked=ranks.of,
        score=summary.average if summary else None,
        pass_mark=application.call.pass_mark,
        spread=spread([review.total or Decimal(0) for review in reviews])
        if len(reviews) > 1
        else None,
        criteria=tuple(CriterionScored(*row) for row in summary.criteria) if summary else (),
        remarks=_review_remarks(reviews),
        integrity=str(integrity.label),
        integrity_tone=TONES[integrity],
        proposed=Proposed.of(recommendation_for(session, application)),
        dossier=dossier_for_fund(session, application),
    )


def _review_remarks(reviews: Sequence[Review]) -> tuple[str, ...]:
    return tuple(review.comment for review in reviews if review.comment)

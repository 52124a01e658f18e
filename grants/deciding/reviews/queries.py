"""Who reviews what, who may open an application for review, and what the reviews say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED, open_to
from grants.applying.applications.workflow import TO_BE_REVIEWED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.counting import counting
from grants.deciding.reviews.models import Review, ReviewPanel
from grants.deciding.reviews.scoring import average
from grants.deciding.reviews.workflow import BARRED, OPENED, SCORING, STANDING, WAITING, ReviewState
from grants.deciding.screening.queries import in_states


def reviews_of(session: Session, application: Application) -> Sequence[Review]:
    """Every assignment of an application, the oldest first; the recused and released too."""
    return session.scalars(
        select(Review)
        .where(Review.application_id == application.id)
        .options(joinedload(Review.reviewer))
        .order_by(Review.id)
    ).all()


def may_open(session: Session, application: Application, viewer: Viewer) -> bool:
    """May this person see more of an application than its title and country?

    The gate for every route: page, file, dossier, PDF. A reviewer of the application only after
    declaring no conflict, and not after stepping aside; that holds for staff who were ever
    assigned to it as well. Others of the fund with the permission, unless a room bars them; the
    applicants themselves.
    """
    if application.organisation_id in viewer.organisation_ids:
        return True
    states = set(
        session.scalars(
            select(Review.state).where(
                Review.application_id == application.id, Review.reviewer_id == viewer.person_id
            )
        )
    )
    if states & set(OPENED):
        withdrawn = application.is_withdrawn
        return viewer.may(Permission.REVIEW_WRITE, application.scope) and not withdrawn
    if application.submitted_at is None:
        return False
    if not viewer.may(Permission.APPLICATION_SEE, application.scope):
        return False
    this_one = select(Application.id).where(Application.id == application.id, open_to(viewer))
    return session.scalar(this_one) is not None


def barred(viewer: Viewer) -> ColumnElement[bool]:
    """Applications that `may_open` closes to a person asked to review them: the same gate
    for the lists, pages and files of the applications room. In a blind call these stay shut until
    the own review is in: they name the applicant.
    """
    return _BARS.where(Review.reviewer_id == viewer.person_id)


_OTHER, _CALL = aliased(Review), aliased(Call)
_HAS_OPENED = exists().where(
    _OTHER.application_id == Review.application_id,
    _OTHER.reviewer_id == Review.reviewer_id,
    _OTHER.state.in_(OPENED),
)
_IS_BLIND = and_(
    Application.is_under_review,
    exists().where(_CALL.id == Application.call_id, _CALL.blind).correlate(Application),
)
_BARS = exists().where(
    Review.application_id == Application.id,
    or_(Review.state.in_(BARRED) & ~_HAS_OPENED, Review.state.in_(SCORING) & _IS_BLIND),
)
"""The reviews that bar: worded once, since every list and many counts ask for them."""


def reach(session: Session, viewer: Viewer) -> list[tuple[int, ReviewState]]:
    """What `barred` rests on, for files made before: the state of each review of this person."""
    reviews = select(Review.id, Review.state).where(Review.reviewer_id == viewer.person_id)
    return [(number, state) for number, state in session.execute(reviews.order_by(Review.id))]


def own_reviews(viewer: Viewer) -> Select[Review]:
    """The reviews of this person as a reviewer, whatever their state."""
    query = (
        select(Review)
        .join(Review.application)
        .where(Review.reviewer_id == viewer.person_id)
        .options(joinedload(Review.application).joinedload(Application.call).defer(Call.form))
    )
    return query.where(in_funds_with(viewer, Permission.REVIEW_WRITE, Review.fund_id))


def own_review(session: Session, reference: str, viewer: Viewer) -> Review:
    """The viewer's standing review of an application; Missing for everyone else."""
    review = session.scalar(
        own_reviews(viewer)
        .where(Application.reference == reference, Review.state != ReviewState.RELEASED)
        .order_by(Review.id.desc())
        .limit(1)
    )
    if review is None:
        raise Missing(_("You have not been asked to review %(reference)s.", reference=reference))
    return review


def review_by_id(session: Session, application: Application, review_id: int) -> Review:
    """One assignment of an application, for those who assign."""
    review = session.get(Review, review_id)
    if review is None or review.application_id != application.id:
        raise Missing(_("Assignment not found."))
    return review


def submitted_reviews(session: Session, application: Application) -> list[Review]:
    """The reviews that count, the oldest first."""
    reviews = reviews_of(session, application)
    return [review for review in reviews if review.state == ReviewState.SUBMITTED]


def submitted_of_each(session: Session, ids: Collection[int]) -> Mapping[int, list[Review]]:
    """The reviews that count of each of several applications, by their ids, the oldest first."""
    reviews: dict[int, list[Review]] = {number: [] for number in ids}
    query = select(Review).where(
        Review.application_id.in_(ids), Review.state == ReviewState.SUBMITTED
    )
    for review in session.scalars(query.order_by(Review.id)):
        reviews[review.application_id].append(review)
    return reviews


def visible_reviews(session: Session, application: Application, viewer: Viewer) -> list[Review]:
    """The submitted reviews this person may read: staff and trustees all, a reviewer after their
    own is in.
    """
    reviews = reviews_of(session, application)
    submitted = [review for review in reviews if review.state == ReviewState.SUBMITTED]
    if any(review.reviewer_id == viewer.person_id for review in submitted):
        return submitted if viewer.may(Permission.REVIEW_WRITE, application.scope) else []
    if any(review.reviewer_id == viewer.person_id for review in reviews):
        return []
    return submitted if viewer.may(Permission.REVIEW_SEE, application.scope) else []


def names_reviewers(viewer: Viewer, scope: Scope) -> bool:
    """Does this person read who reviewed what? Those who read the fund's applications at large do:
    the secretariat, its approving officers and auditors. Trustees, reviewers and applicants do not.
    """
    return viewer.may(Permission.APPLICATION_SEE, scope)


def names_in(reviews: Sequence[Review], viewer: Viewer) -> list[str]:
    """The reviewers of one application as this person may read them: by name, or numbered.
    `reviews`: all that are submitted, the oldest first, so that a number means the same everywhere.
    """
    return [
        review.reviewer.name if names_reviewers(viewer, review.scope) else numbered(place)
        for place, review in enumerate(reviews, 1)
    ]


def numbered(place: int) -> str:
    """What a reviewer is called who is not named."""
    return _("Reviewer %(number)s", number=place)


def open_places(session: Session, application: Application) -> int:
    """Reviewers an application still lacks."""
    reviewing = session.scalar(
        select(func.count())
        .select_from(Review)
        .where(Review.application_id == application.id, Review.state.in_(STANDING))
    )
    needed = application.call.reviewers + more_reviews(session, [application.id]).get(
        application.id, 0
    )
    return max(needed - (reviewing or 0), 0)


def more_reviews(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    """Reviews that are asked for beyond the call's number, by application; none for most."""
    rows = session.execute(
        select(ReviewPanel.application_id, ReviewPanel.more).where(
            ReviewPanel.application_id.in_(ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def panel_note(session: Session, application: Application) -> ReviewPanel | None:
    """The note of the panel's chair on an application, once there is one."""
    panel = session.get(ReviewPanel, application.id)
    return panel if panel and panel.noted_at else None


def places_to_fill(session: Session, application: Application) -> int:
    """Reviewers an application still lacks, and none once it is not to be reviewed any more."""
    if application.state in TO_BE_REVIEWED:
        return open_places(session, application)
    return 0


def assignment_queue(viewer: Viewer) -> Select[Application]:
    """Applications that lack reviewers: eligible ones, and those that a reviewer left."""
    return (
        in_states(
            viewer,
            Permission.REVIEW_ASSIGN,
            *TO_BE_REVIEWED,
        )
        .join(Call, Call.id == Application.call_id)
        .where(_LACKS_REVIEWERS)
        .options(*LISTED)
    )


_REVIEWERS = (
    select(func.count())
    .select_from(Review)
    .where(Review.application_id == Application.id, Review.state.in_(STANDING))
    .correlate(Application)
    .scalar_subquery()
)
_FURTHER = select(ReviewPanel.more).where(ReviewPanel.application_id == Application.id)
_LACKS_REVIEWERS = or_(
    Application.is_eligible,
    Call.reviewers + func.coalesce(_FURTHER.correlate(Application).scalar_subquery(), 0)
    > _REVIEWERS,
)


def to_assign(viewer: Viewer) -> Select[int]:
    """How many applications wait for this person to assign reviewers."""
    return counting(assignment_queue(viewer))


def waiting_for(viewer: Viewer) -> Select[Review]:
    """The reviews in which something is asked of this person: the way through the score sheets."""
    return own_reviews(viewer).where(Review.state.in_(WAITING), Application.is_under_review)


def to_declare(viewer: Viewer) -> Select[int]:
    """How many reviews wait for this person's declaration."""
    return _own_in(viewer, ReviewState.ASSIGNED)


def to_score(viewer: Viewer) -> Select[int]:
    """How many reviews wait for this person's marks."""
    return _own_in(viewer, *SCORING)


def _own_in(viewer: Viewer, *states: ReviewState) -> Select[int]:
    reviews = own_reviews(viewer).where(Review.state.in_(states), Application.is_under_review)
    return counting(reviews)


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """What the applicant learns of the reviews: figures, no names and no words of a reviewer."""

    average: Decimal
    """Out of 100."""
    pass_mark: int
    reviews: int
    criteria: list[tuple[str, Decimal, Decimal]]
    """Criterion in the reader's language, its weight, the average mark out of 5."""


def score_summary(session: Session, application: Application) -> ScoreSummary | None:
    """The reviews in figures, for the letter; None for an application that was not reviewed."""
    return summary_of(application.call, submitted_reviews(session, application))


def summary_of(call: Call, reviews: Sequence[Review]) -> ScoreSummary | None:
    """Submitted reviews of an application in figures; None if there are none."""
    if not reviews:
        return None
    return ScoreSummary(
        average([review.total for review in reviews if review.total is not None]),
        call.pass_mark,
        len(reviews),
        [
            (
                in_language(criterion["label"]),
                Decimal(str(criterion["weight"])),
                average([Decimal(r.scores[criterion["key"]]["score"]) for r in reviews]),
            )
            for criterion in call.criteria
        ],
    )

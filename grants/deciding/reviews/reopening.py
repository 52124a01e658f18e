"""Reopening a review that was submitted: it is scored again, and what was submitted is kept."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import APPLICATION, TO_BE_SCORED_AGAIN
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import keep_apart
from grants.deciding.blind_review.blinding import Blind
from grants.deciding.reviews.models import FormerReview, Review
from grants.deciding.reviews.workflow import REVIEW, SCORING, ReviewState
from grants.platform.messages.service import Recipient, send


def reopen(session: Session, review: Review, version: int, act: Act) -> None:
    """Ask a reviewer to score an application again, with the reason. The reviewer is informed.

    What was submitted is kept, and counts nowhere until it is submitted again; the application is
    under review until then. Conflict once a recommendation rests on the reviews, or when the review
    is no longer at the version that was `seen`.
    """
    application = locked(session, review.application_id)
    session.refresh(review, with_for_update={"of": Review})
    act.demand(Permission.REVIEW_ASSIGN, application.scope)
    keep_apart(act.actor, application.organisation_id)
    REVIEW.require("reopen", review.state)
    review.seen_at(version)
    require_reopenable(session, review)
    former = _former_review(review, act)
    facts = {"reviewer": review.reviewer.name, "total": str(former.total)}
    advance(session, review, REVIEW, "reopen", act, **facts)
    advance(session, application, APPLICATION, "reopen_review", act, **facts)
    review.total = review.submitted_at = None
    session.add(former)
    session.flush()
    send(
        session,
        Recipient.of(review.reviewer),
        "deciding/reviews/reopened",
        event=f"review:{review.id}:reopened:{former.id}",
        application=application,
        blind=Blind.of(session, application),
        reason=act.reason,
        url=absolute(f"/reviews/{application.reference}"),
    )


def require_reopenable(session: Session, review: Review) -> None:
    """Conflict once a recommendation rests on it; DomainError if the reviewer has left."""
    application = review.application
    if application.state not in TO_BE_SCORED_AGAIN:
        raise Conflict(
            _(
                "The review can no longer be reopened: the application is “%(state)s”.",
                state=APPLICATION.names[application.state].staff,
            )
        )
    reviewer = viewer_of(session, review.reviewer_id)
    if reviewer is None or not reviewer.may(Permission.REVIEW_WRITE, review.scope):
        raise DomainError(
            _("%(name)s is no longer a reviewer of this fund.", name=review.reviewer.name)
        )


def is_reopenable(review: Review) -> bool:
    """Is the review submitted, and does no recommendation rest on it? For the link to its page."""
    submitted = review.state is ReviewState.SUBMITTED
    return submitted and review.application.state in TO_BE_SCORED_AGAIN


def _former_review(review: Review, act: Act) -> FormerReview:
    assert review.total is not None
    assert review.submitted_at is not None
    return FormerReview(
        review_id=review.id,
        scores=review.scores,
        comment=review.comment,
        total=review.total,
        submitted_at=review.submitted_at,
        reopened_at=act.at,
        reopened_by_id=act.actor.person_id,
        reason=(act.reason or "").strip(),
    )


def former_reviews(session: Session, application: Application) -> Mapping[int, list[FormerReview]]:
    """What was submitted and then reopened, by review, the oldest first."""
    query = (
        select(FormerReview)
        .join(FormerReview.review)
        .where(Review.application_id == application.id)
        .options(joinedload(FormerReview.review).joinedload(Review.reviewer))
        .order_by(FormerReview.id)
    )
    formers: dict[int, list[FormerReview]] = {}
    for former in session.scalars(query):
        formers.setdefault(former.review_id, []).append(former)
    return formers


def reopened_for(session: Session, review: Review) -> FormerReview | None:
    """What a reviewer submitted before the review was reopened; None while it is not open."""
    if review.state not in SCORING:
        return None
    formers: Sequence[FormerReview] = former_reviews(session, review.application).get(review.id, [])
    return formers[-1] if formers else None

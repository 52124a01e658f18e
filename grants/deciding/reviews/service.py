"""Reviewing: assign, declare or step aside, score, submit."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked, locked_all
from grants.applying.applications.workflow import APPLICATION
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import keep_apart
from grants.deciding.blind_review.blinding import Blind, blinds_of
from grants.deciding.reviews.candidates import Candidate, candidates, candidates_of, places_of
from grants.deciding.reviews.drafting import (
    Draft,
    require_complete,
    require_latest,
    require_mark,
)
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.moderating import are_divergent, ask_for_another
from grants.deciding.reviews.queries import more_reviews, submitted_reviews
from grants.deciding.reviews.scoring import weighted_total
from grants.deciding.reviews.workflow import REVIEW
from grants.platform.messages.service import Letter, Recipient, send, send_all


def assign(
    session: Session, application: Application, reviewers: Sequence[Person], act: Act
) -> list[Review]:
    """Ask reviewers: as many as the call wants, or as many as have stepped aside since.

    Each is informed by e-mail and sees title and country until declaring to have no conflict.
    DomainError for a person who may not be asked, or for another number of people.
    """
    return assign_all(session, [(application, reviewers)], act)


Asked = tuple[Application, Sequence[Person]]
"""An application, and whom to ask to review it."""


def assign_all(session: Session, assignments: Sequence[Asked], act: Act) -> list[Review]:
    """Ask reviewers for several applications, under the rules of `assign`."""
    applications = [application for application, _reviewers in assignments]
    locked_all(session, [application.id for application in applications])
    for application in applications:
        _may_assign(application, act)
    places, fit = places_of(session, applications), candidates_of(session, applications)
    for application, reviewers in assignments:
        _require_fit(reviewers, places[application.id], fit[application.id])
    reviews = [
        review
        for application, reviewers in assignments
        for review in _enter_reviews(session, application, reviewers, act)
    ]
    blinds = blinds_of(session, applications)
    send_all(
        session, [_invitation_letter(review, blinds[review.application_id]) for review in reviews]
    )
    return reviews


def _enter_reviews(
    session: Session, application: Application, reviewers: Sequence[Person], act: Act
) -> list[Review]:
    if application.is_eligible:
        advance(session, application, APPLICATION, "assign_reviewers", act)
    return [_enter_one(session, application, person, act) for person in reviewers]


def _may_assign(application: Application, act: Act) -> None:
    if not act.actor.may(Permission.REVIEW_ASSIGN, application.scope):
        raise Forbidden(_("Your role does not allow this."))
    keep_apart(act.actor, application.organisation_id)
    if not application.is_under_review:
        APPLICATION.require("assign_reviewers", application.state)


def _require_fit(reviewers: Sequence[Person], places: int, candidates: Sequence[Candidate]) -> None:
    if not places:
        raise Conflict(_("This application already has all its reviewers."))
    if len({person.id for person in reviewers}) != places or len(reviewers) != places:
        raise DomainError(
            ngettext(
                "Choose exactly %(num)s reviewer.", "Choose exactly %(num)s reviewers.", places
            )
        )
    fit = {candidate.person.id for candidate in candidates}
    for person in reviewers:
        if person.id not in fit:
            raise DomainError(_("%(name)s may not review this application.", name=person.name))


def _enter_one(session: Session, application: Application, person: Person, act: Act) -> Review:
    review = Review(
        application_id=application.id,
        application=application,
        reviewer_id=person.id,
        reviewer=person,
        fund_id=application.fund_id,
        scores={},
        comment="",
        assigned_at=act.at,
    )
    begin(session, review, REVIEW, act, application=application.reference, reviewer=person.name)
    return review


def _invitation_letter(review: Review, blind: Blind) -> Letter:
    application = review.application
    url = absolute(f"/reviews/{application.reference}")
    return Letter(
        Recipient.of(review.reviewer),
        "deciding/reviews/assigned",
        f"review:{review.id}:assigned",
        {"application": application, "blind": blind, "url": url},
    )


def declare_no_conflict(session: Session, review: Review, act: Act) -> None:
    """The reviewer declares to have no conflict of interest: the application opens for them."""
    _lock_review(session, review)
    _require_own(review, act)
    _require_under_review(review)
    keep_apart(act.actor, review.application.organisation_id)
    review.declared_at = act.at
    advance(session, review, REVIEW, "declare_no_conflict", act)


def recuse(session: Session, review: Review, act: Act) -> None:
    """The reviewer steps aside, with the reason; the application shuts for them for good, and
    those who assign reviewers are informed that it lacks a reviewer.
    """
    _lock_review(session, review)
    _require_own(review, act)
    advance(session, review, REVIEW, "recuse", act)
    application = review.application
    for person in people_of_fund(session, Permission.REVIEW_ASSIGN, application.fund_id):
        send(
            session,
            Recipient.of(person),
            "deciding/reviews/recused",
            event=f"review:{review.id}:recused",
            application=application,
            reviewer=review.reviewer.name,
            reason=act.reason,
            url=absolute(f"/reviews/assign/{application.reference}"),
        )


def release(session: Session, review: Review, act: Act) -> None:
    """Take an assignment back, so that another reviewer can be asked. The reviewer is informed."""
    _lock_review(session, review)
    keep_apart(act.actor, review.application.organisation_id)
    advance(session, review, REVIEW, "release", act)
    send(
        session,
        Recipient.of(review.reviewer),
        "deciding/reviews/released",
        event=f"review:{review.id}:released",
        application=review.application,
        blind=Blind.of(session, review.application),
        reason=act.reason,
    )


def substitute(session: Session, review: Review, successor: Person, act: Act) -> bool:
    """Take an assignment back and ask a successor instead; False if they may not review it."""
    release(session, review, act)
    if successor.id not in {
        candidate.person.id for candidate in candidates(session, review.application)
    }:
        return False
    entered = _enter_one(session, review.application, successor, act)
    send_all(session, [_invitation_letter(entered, Blind.of(session, review.application))])
    return True


def keep_draft(session: Session, review: Review, draft: Draft, act: Act) -> None:
    """Keep whatever is written; nothing has to be there yet. Only while it is being scored.

    DomainError for a page that was opened before another one of the same review was saved: what
    was written there would be lost.
    """
    _lock_review(session, review)
    _require_own(review, act)
    REVIEW.require("submit", review.state)
    _require_under_review(review)
    require_latest(review, draft)
    keys = {criterion["key"] for criterion in review.application.call.criteria}
    scores = dict(review.scores)
    for key, mark in draft.marks.items():
        if key in keys:
            require_mark(mark)
            scores[key] = {"score": mark.score, "reason": mark.reason.strip()}
            if feedback := mark.feedback.strip():
                scores[key]["feedback"] = feedback
    review.scores = scores
    review.comment = draft.comment.strip()
    review.saved_at, review.sheet = act.at, draft.sheet
    session.flush()


def submit(session: Session, review: Review, draft: Draft, act: Act) -> None:
    """Submit a review: every criterion with its mark and its reason. It is locked from then on,
    its total computed exactly. The last one the call asks for completes the application's review.
    """
    keep_draft(session, review, draft, act)
    criteria = review.application.call.criteria
    require_complete(review, criteria)
    marks = {criterion["key"]: review.scores[criterion["key"]]["score"] for criterion in criteria}
    review.total = weighted_total(criteria, marks)
    review.submitted_at = act.at
    advance(session, review, REVIEW, "submit", act, total=str(review.total))
    _complete_application(session, review.application, act)


def _complete_application(session: Session, application: Application, act: Act) -> None:
    submitted = submitted_reviews(session, application)
    more = more_reviews(session, [application.id]).get(application.id, 0)
    if len(submitted) < application.call.reviewers + more:
        return
    if not more and are_divergent(application.call, submitted):
        ask_for_another(session, application, submitted, act)
    else:
        advance(session, application, APPLICATION, "complete_review", act, reviews=len(submitted))


def _lock_review(session: Session, review: Review) -> None:
    """Acts on one application's reviews wait for each other: the last of two sees the other's."""
    locked(session, review.application_id)
    session.refresh(review, with_for_update={"of": Review})


def _require_own(review: Review, act: Act) -> None:
    if act.actor.person_id != review.reviewer_id:
        raise Forbidden(_("Only the reviewer who was invited can do this."))


def _require_under_review(review: Review) -> None:
    if not review.application.is_under_review:
        raise Conflict(
            _(
                "This application is no longer under review. Its status is now “%(state)s”.",
                state=APPLICATION.names[review.application.state].staff,
            )
        )

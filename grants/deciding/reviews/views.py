"""Pages of reviewers: their list, the declaration, the score sheet beside the application."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.queries import file_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.blind_review.blinding import (
    Blind,
    blinds_of,
    dossier_for_reviewers,
    file_for_reviewers,
)
from grants.deciding.reviews import queries, service
from grants.deciding.reviews.forms import (
    ConfirmForm,
    ScoreForm,
    declare_form,
    score_form,
)
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.reopening import reopened_for
from grants.deciding.reviews.stage_one import stage_one_for_reviewers
from grants.deciding.reviews.workflow import REVIEW, SCORING, ReviewState
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import address_of, place_in
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import send_document

pages = Blueprint("reviews", __name__, url_prefix="/reviews")


@pages.get("")
@in_menu(_l("My reviews"), 42, key="v")
@needs(Permission.REVIEW_WRITE)
def index() -> ResponseReturnValue:
    """What this reviewer was asked to review, and how far each review is."""
    newest = queries.own_reviews(viewer()).order_by(Review.id.desc()).limit(200)
    reviews = session().scalars(newest).all()
    return render_template(
        "deciding/reviews/index.html",
        waiting=[review for review in reviews if review.is_waiting],
        done=[review for review in reviews if not review.is_waiting],
        blinds=blinds_of(session(), [review.application for review in reviews]),
        names=REVIEW.names,
        states=ReviewState,
        scoring=SCORING,
    )


def _find_own_review(reference: str) -> Review:
    return queries.own_review(session(), reference, viewer())


def _find_opened_review(reference: str) -> Review:
    """A review whose application is open to its reviewer; Missing before the declaration, after
    stepping aside, and once the application is withdrawn.
    """
    review = _find_own_review(reference)
    if not queries.may_open(session(), review.application, viewer()):
        raise Missing(_("You do not have access to this application."))
    return review


@pages.route("/<reference>", methods=["GET", "POST"])
@needs(Permission.REVIEW_WRITE)
def show(reference: str) -> ResponseReturnValue:
    """The state of the review: to declare, to score, submitted, or closed."""
    review = _find_own_review(reference)
    if review.state == ReviewState.ASSIGNED:
        return _declare_page(review)
    if not queries.may_open(session(), review.application, viewer()):
        return render_template("deciding/reviews/closed.html", review=review, names=REVIEW.names)
    if review.state == ReviewState.SUBMITTED:
        return _submitted_page(review)
    return _score_page(review)


def _redirect_to(review: Review) -> ResponseReturnValue:
    return redirect(url_for("reviews.show", reference=review.application.reference))


def _declare_page(review: Review) -> ResponseReturnValue:
    """Title and country, and the declaration."""
    form = declare_form(review)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.declare_no_conflict(opened, review, this_act())
        if outcome:
            return _redirect_to(review)
    return render_template(
        "deciding/reviews/declare.html",
        review=review,
        blind=_blind_of(review),
        form=form,
        **_place_in_queue(review),
    )


def _blind_of(review: Review) -> Blind:
    return Blind.of(session(), review.application)


def _place_in_queue(review: Review) -> dict[str, object]:
    """The one before and the one after it, of those that wait for this reviewer."""
    place = place_in(queries.waiting_for(viewer()), Application, review.application)
    return {"place": place, "neighbour": address_of}


StepPages(
    pages,
    REVIEW,
    _find_own_review,
    lambda review: url_for("reviews.show", reference=review.application.reference),
    lambda review: (review.application.reference,),
).step(
    "recuse",
    "/<reference>/step-aside",
    title=_l("Recuse yourself from this review"),
    lead=_l(
        "You will permanently lose access to the application. The staff who assign reviewers will "
        "see your reason; the applicant will not."
    ),
    button=_l("Recuse yourself"),
    tone="warning",
    done=_l("Thank you for declaring it. Another reviewer will be assigned."),
    after=lambda _review: url_for("reviews.index"),
)


def _score_page(review: Review) -> ResponseReturnValue:
    """The score sheet beside the application. Whatever is posted is kept before it is judged."""
    form = score_form(review)
    if request.method == "POST":
        valid = form.validate()
        if not _is_kept(review, form):
            form.version.data = str(review.version)
        elif "later" in request.form:
            flash(_("Saved."), "success")
            return redirect(url_for("reviews.index"))
        elif form.is_complete() and valid:
            return redirect(url_for("reviews.submit", reference=review.application.reference))
    return render_template(
        "deciding/reviews/score.html",
        review=review,
        form=form,
        former=reopened_for(session(), review),
        blind=_blind_of(review),
        stage=stage_one_for_reviewers(session(), review.application),
        dossier=dossier_for_reviewers(session(), review.application),
        **_place_in_queue(review),
    )


def _is_kept(review: Review, form: ScoreForm) -> bool:
    with attempt(form) as (opened, outcome):
        service.keep_draft(opened, review, form.draft(), this_act())
    return bool(outcome)


@pages.post("/<reference>/keep")
@needs(Permission.REVIEW_WRITE)
def keep(reference: str) -> ResponseReturnValue:
    """Save a review while a person writes it."""
    review = _find_opened_review(reference)
    form = score_form(review)
    form.validate()
    with transaction() as opened:
        service.keep_draft(opened, review, form.draft(), this_act())
    return jsonify(saved_at=clock.now().isoformat(), version=review.version)


@pages.route("/<reference>/submit", methods=["GET", "POST"])
@needs(Permission.REVIEW_WRITE)
def submit(reference: str) -> ResponseReturnValue:
    """The whole review once more, then submit it: it is locked from then on."""
    review = _find_opened_review(reference)
    if review.state not in SCORING:
        return _redirect_to(review)
    sheet, form = score_form(review, posted=False), ConfirmForm(data={"version": review.version})
    if not sheet.is_complete():
        return _redirect_to(review)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            review.seen_at(counted(form.version.data))
            service.submit(opened, review, sheet.draft(), this_act())
        if outcome:
            flash(_("Your review has been submitted. Thank you."), "success")
            return _redirect_to(review)
    return render_template("deciding/reviews/submit.html", review=review, sheet=sheet, form=form)


def _submitted_page(review: Review) -> ResponseReturnValue:
    """One's own review and, now, the others'."""
    reviews = queries.visible_reviews(session(), review.application, viewer())
    pairs = zip(queries.names_in(reviews, viewer()), reviews, strict=True)
    return render_template(
        "deciding/reviews/submitted.html",
        review=review,
        others=[(name, other) for name, other in pairs if other.id != review.id],
        still_out=review.application.is_under_review,
        dossier=dossier_for_reviewers(session(), review.application),
        blind=_blind_of(review),
    )


@pages.get("/<reference>/files/<int:attached_id>")
@needs(Permission.REVIEW_WRITE)
def file(reference: str, attached_id: int) -> Response:
    """A file of the application, once it is open to this reviewer. In a blind call, only those that
    do not tell who applies.
    """
    application = _find_opened_review(reference).application
    attached = file_of(session(), application, attached_id, letters=True)
    name = file_for_reviewers(application, attached.question, attached.document.name)
    if name is None:
        raise Missing(_("File not found."))
    return send_document(attached.document, application.scope, name)

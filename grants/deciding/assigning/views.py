"""Pages for those who ask reviewers: which applications lack reviewers, whom to ask, taking an
assignment back.
"""

from collections.abc import Sequence
from dataclasses import astuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import BEFORE_REVIEW, SCORED
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.secretariat.listed import OF_APPLICATIONS_AND_CALLS
from grants.core.countries.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.deciding.assigning.many import ASSIGN
from grants.deciding.assigning.many import queue as to_be_assigned
from grants.deciding.reviews import queries, service
from grants.deciding.reviews.candidates import candidates
from grants.deciding.reviews.forms import ModerationForm, ReopenForm, assign_form
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.moderating import moderate, require_reviews
from grants.deciding.reviews.panel import Panellist, over_time, panel_of, under_review, with_reviews
from grants.deciding.reviews.reopening import is_reopenable, reopen, require_reopenable
from grants.deciding.reviews.workflow import REVIEW, WAITING
from grants.deciding.screening.beside import beside_form, queue_form
from grants.deciding.screening.queries import application_of
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.tables.bulk import acts
from grants.platform.tables.columns import age
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.lists import Column, Listing, Order, numbered_page
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("assigning", __name__, url_prefix="/reviews/assign")

QUEUE = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(
            _l("Project"),
            lambda a: a.title,
            worth="title",
            link=lambda a: url_for("assigning.assign", reference=a.reference),
        ),
        Column(_l("Country"), lambda a: country_name(a.country or "")),
        Column(_l("Call"), lambda a: a.call.reference, kind="code"),
        age(lambda a: a.submitted_at),
    ),
    orders={"oldest": Order(Application.id)},
    facts=OF_APPLICATIONS_AND_CALLS,
)


def _application_for(reference: str) -> Application:
    return application_of(session(), reference, viewer(), Permission.REVIEW_ASSIGN)


@pages.get("")
@needs(Permission.REVIEW_ASSIGN)
def queue() -> ResponseReturnValue:
    """Applications that lack reviewers, the longest waiting first."""
    form = queue_form(queries.assignment_queue(at_work()))
    listed = QUEUE.of(session(), to_be_assigned(), "to-assign")
    return listed.file or render_template(
        "deciding/assigning/queue.html", listed=listed, form=form, acts=acts(ASSIGN)
    )


@pages.get("/calls/<reference>")
@needs(Permission.REVIEW_ASSIGN)
def panel(reference: str) -> ResponseReturnValue:
    """The reviewers of a call and its reviews: progress, spread, and who scores apart."""
    call = call_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.REVIEW_ASSIGN, call.scope):
        raise Missing(_("Call for proposals not found."))
    reviewers = panel_of(session(), call, viewer())
    ending = request.args.get("format", "")
    if ending in FORMATS:
        return _panel_file(call, reviewers, ending)
    page_ids, previous, following = numbered_page(under_review(session(), call, viewer()))
    return render_template(
        "deciding/assigning/panel.html",
        call=call,
        panel=reviewers,
        shown=with_reviews(session(), page_ids),
        previous=previous,
        following=following,
        names=REVIEW.names,
    )


def _panel_file(call: Call, reviewers: Sequence[Panellist], ending: str) -> ResponseReturnValue:
    heads = [
        _("Reviewer"),
        _("Assigned"),
        pgettext("review", "Opened"),
        _("Submitted"),
        _("Recused"),
        _("Average score"),
        _("Compared with the others"),
    ]
    return download(f"reviewers-{call.reference}", ending, heads, map(astuple, reviewers))


@pages.get("/over-time")
@needs(Permission.REVIEW_ASSIGN)
def reviewers() -> ResponseReturnValue:
    """How each reviewer has scored compared with the others, from call to call."""
    lines = over_time(session(), viewer())
    ending = request.args.get("format", "")
    if ending in FORMATS:
        heads = [
            _("Reviewer"),
            _("Call"),
            _("Deadline"),
            _("Submitted"),
            _("Average score"),
            _("Compared with the others"),
        ]
        return download("reviewers-over-time", ending, heads, map(astuple, lines))
    return render_template("deciding/assigning/over_time.html", lines=lines)


@pages.route("/several", methods=["GET", "POST"])
@needs(Permission.REVIEW_ASSIGN)
def assign_many() -> ResponseReturnValue:
    """Ask reviewers for several applications at once, as the system proposes or otherwise."""
    back = url_for("assigning.queue", call=request.args.get("call"))
    return ASSIGN.page("deciding/assigning/assign_many.html", back)


@pages.route("/<reference>", methods=["GET", "POST"])
@beside("application", _l("Reviewers"), 20, lambda a: a.state not in BEFORE_REVIEW)
@needs(Permission.REVIEW_ASSIGN)
def assign(reference: str) -> ResponseReturnValue:
    """Who reviews an application, and whom to ask while reviewers are lacking."""
    application = _application_for(reference)
    places = queries.places_to_fill(session(), application)
    fit = candidates(session(), application) if places else []
    form = assign_form(fit, places)
    if places and form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            people = [opened.get_one(Person, person_id) for person_id in form.chosen()]
            service.assign(opened, application, people, this_act())
        if outcome:
            flash(_("The reviewers have been invited by e-mail."), "success")
            return redirect(url_for("assigning.queue"))
    return render_template(
        "deciding/assigning/assign.html",
        application=application,
        form=form,
        places=places,
        more=queries.more_reviews(session(), [application.id]).get(application.id, 0),
        candidates=fit,
        reviews=queries.reviews_of(session(), application),
        names=REVIEW.names,
        waiting=WAITING,
        is_reopenable=is_reopenable,
    )


@pages.route("/<reference>/note", methods=["GET", "POST"])
@beside("application", _l("Note on the reviews"), 25, lambda a: a.state in SCORED)
@needs(Permission.REVIEW_ASSIGN)
def note(reference: str) -> ResponseReturnValue:
    """What the chair of the panel says about the reviews, beside them."""
    application = _application_for(reference)
    earlier = queries.panel_note(session(), application)
    form = ModerationForm(data={"chair": earlier.chair, "note": earlier.note} if earlier else {})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            moderate(opened, application, form.chair.data, form.note.data, this_act())
        if outcome:
            flash(_("The note has been recorded."), "success")
            return redirect(url_for("decisions.show", reference=reference))
    return render_template(
        "deciding/assigning/note.html",
        form=form,
        refused=refusal(lambda: require_reviews(application)),
        **beside_form(application, None),
    )


def _find_review(reference: str, review_id: int) -> Review:
    return queries.review_by_id(session(), _application_for(reference), review_id)


review_pages = StepPages(
    pages,
    REVIEW,
    _find_review,
    lambda review: url_for("assigning.assign", reference=review.application.reference),
    lambda review: (review.application.reference, review.reviewer.name),
)

review_pages.step(
    "release",
    "/<reference>/<int:review_id>/release",
    lead=_l(
        "The review written so far will not be used in the decision. The reviewer will be given "
        "the reason."
    ),
    tone="warning",
    done=lambda review: _("%(name)s has been notified.", name=review.reviewer.name),
)
review_pages.step(
    "reopen",
    "/<reference>/<int:review_id>/reopen",
    ReopenForm,
    lambda opened, review, form, act: reopen(opened, review, counted(form.version.data), act),
    check=lambda session, review, _act: require_reopenable(session, review),
    lead=_l(
        "The reviewer scores the application again. The scores below stay on record, "
        "but count only once the review has been submitted again. Until then, the "
        "application is under review."
    ),
    tone="warning",
    done=lambda review: _("%(name)s has been notified.", name=review.reviewer.name),
    template="deciding/assigning/reopen.html",
)

"""Pages of a session on which one application is spoken of: opinions, votes, the discussion."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.permissions import Permission
from grants.deciding.dossiers.queries import readable_application
from grants.deciding.screening.queries import application_of
from grants.deciding.sessions import queries, service, sitting
from grants.deciding.sessions.forms import DiscussionForm, OpinionForm, VoteForm
from grants.deciding.sessions.models import BALLOT, Leaning, Vote
from grants.deciding.sessions.views import done, meeting_for, pages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session

P = Permission


def _is_recommended(application: Application) -> bool:
    return application.is_recommended


def preselected(choices: Iterable[Term], name: str) -> dict[str, Any]:
    """The choice that a key beside the item names in the address."""
    text = request.args.get(name)
    return {name: text} if text in [choice.value for choice in choices] else {}


@pages.route("/opinions/<reference>", methods=["GET", "POST"])
@beside("dossier", _l("Give your opinion before the session"), 10, _is_recommended)
@needs(P.BOARD_SIT)
def opinion(reference: str) -> ResponseReturnValue:
    """What a trustee says of a recommendation before the session."""
    application = readable_application(session(), reference, viewer())
    earlier = queries.own_opinion(session(), application, viewer())
    settled = not _is_recommended(application) or queries.is_taken_up(session(), application)
    data = (
        {"leaning": earlier.leaning, "remarks": earlier.remarks}
        if earlier
        else preselected(Leaning, "leaning")
    )
    form = OpinionForm(data=data)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.give_opinion(opened, application, form.said(), this_act())
        if outcome:
            flash(_("Your opinion has been recorded. You can change it until the session."))
            return redirect(url_for("dossiers.show", reference=reference))
    return render_template(
        "deciding/sessions/opinion.html",
        application=application,
        form=form,
        known=earlier,
        settled=settled,
    )


@pages.route("/<reference>/votes/<application>", methods=["GET", "POST"])
@needs(P.BOARD_SIT)
def vote(reference: str, application: str) -> ResponseReturnValue:
    """A trustee's vote on one item, changeable until the session is closed."""
    meeting = meeting_for(reference, P.BOARD_SIT)
    record = readable_application(session(), application, viewer())
    item = queries.item_of(session(), meeting, record)
    sitting.require_open(meeting)
    earlier = session().get(Vote, (item.id, viewer().person_id))
    data = (
        {"choice": earlier.choice.value, "reason": earlier.reason}
        if earlier
        else preselected(BALLOT, "choice")
    )
    form = VoteForm(data={**data, "amount": str(item.amount)})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            sitting.cast_vote(opened, item, form.ballot(), this_act())
        if outcome:
            return done(meeting, _("Your vote has been recorded."))
    return render_template(
        "deciding/sessions/vote.html",
        meeting=meeting,
        item=item,
        application=record,
        form=form,
        refused=refusal(lambda: sitting.require_vote(session(), item, this_act())),
    )


@pages.route("/<reference>/discussion/<application>", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def discussion(reference: str, application: str) -> ResponseReturnValue:
    """What the Board said on one item, or why it is put off."""
    meeting = meeting_for(reference, P.AWARD_ADVISE)
    record = application_of(session(), application, viewer(), P.AWARD_ADVISE)
    item = queries.item_of(session(), meeting, record)
    sitting.require_open(meeting)
    form = DiscussionForm(data={"remarks": item.remarks, "put_off": item.put_off})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            sitting.record_discussion(
                opened, item, form.remarks.data or "", form.put_off.data or "", this_act()
            )
        if outcome:
            return done(meeting, _("The discussion has been recorded."))
    return render_template(
        "deciding/sessions/discussion.html",
        meeting=meeting,
        item=item,
        application=record,
        form=form,
    )

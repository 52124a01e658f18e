"""The pages on which the results of a call are checked and published."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.workflow import CALL
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.announcements import announcing
from grants.deciding.awards.forms import PublishForm
from grants.deciding.awards.models import Announcement, Award
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import possible

pages = Blueprint("publishing", __name__)

CALLS = Listing(
    columns=(
        Column(_l("Number"), lambda c: c.reference, kind="code"),
        Column(
            _l("Title"),
            lambda c: c.name,
            worth="title",
            link=lambda c: url_for("publishing.publish", reference=c.reference),
        ),
        Column(
            _l("Status"),
            lambda c: CALL.names[c.state].staff,
            tone=lambda c: CALL.names[c.state].tone,
        ),
        Column(_l("Deadline"), lambda c: clock.day_of(c.deadline_at, c.zone), kind="date"),
    ),
    orders={"oldest": Order(Call.id)},
)


@pages.get("/calls/to-publish")
@needs(Permission.CALL_OPEN)
def index() -> ResponseReturnValue:
    """Calls whose results wait to be published."""
    listed = CALLS.of(session(), announcing.to_publish(at_work()), "results-to-publish")
    return listed.file or render_template("deciding/announcements/to_publish.html", listed=listed)


@pages.route("/calls/<reference>/publish", methods=["GET", "POST"])
@needs(Permission.CALL_OPEN)
def publish(reference: str) -> ResponseReturnValue:
    """What the public will read, and whom it will not name; then publish exactly that."""
    call = possible(call_for_viewer(session(), reference, viewer()), CALL)
    awards = announcing.awards_of_call(session(), call)
    again = call.is_published
    form = PublishForm.of(awards, _unnamed_ids(awards), again=again)
    if form.validate_on_submit() and form.is_as_shown():
        with attempt(form) as (opened, outcome):
            announcing.publish(opened, call, form.chosen(), this_act(form.why()))
        if outcome:
            flash(_("The results have been published."), "success")
            return redirect(url_for("calls.show", reference=reference))
    return render_template(
        "deciding/announcements/publish.html",
        call=call,
        form=form,
        undecided=announcing.undecided(session(), call),
        outcome=announcing.outcome_to_be(session(), call, form.show()),
    )


def _unnamed_ids(awards: Sequence[Award]) -> list[str]:
    return [
        str(award.id)
        for award in awards
        if award.announced is Announcement.UNNAMED or award.organisation.may_be_named is False
    ]

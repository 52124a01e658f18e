"""Pages of the profile: its topics, and one page for each."""

from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.organisations import service
from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.papers.queries import papers_of
from grants.applying.organisations.topic_forms import TOPICS, progress_by_topic
from grants.applying.organisations.views import editable, pages
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.get("/organisations/<code>/profile")
@needs(Permission.ORGANISATION_EDIT)
def profile(code: str) -> ResponseReturnValue:
    """The topics of the profile, and how much of each is answered."""
    organisation = editable(code)
    return render_template(
        "applying/organisations/profile.html",
        organisation=organisation,
        topics=progress_by_topic(profile_of(organisation)),
        papers=papers_of(session(), organisation.id),
    )


@pages.route("/organisations/<code>/profile/<topic>", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def profile_topic(code: str, topic: str) -> ResponseReturnValue:
    """One topic of the profile."""
    organisation = editable(code)
    if topic not in TOPICS:
        raise Missing(_("Page not found."))
    current = profile_of(organisation)
    form = TOPICS[topic].of(current)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.describe(opened, organisation, replace(current, **form.stated()), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for(".profile", code=code))
    place = list(TOPICS).index(topic) + 1
    return render_template(
        "applying/organisations/topic.html",
        form=form,
        organisation=organisation,
        place=place,
        number=len(TOPICS),
    )

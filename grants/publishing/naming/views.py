"""The page on which the fund decides whether the public reads who has a grant."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.announcements.public_names import general_name, is_named
from grants.deciding.announcements.public_references import public_reference
from grants.deciding.awards.models import Announcement, Award
from grants.granting.agreements.queries import grant_for_viewer
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.publishing.naming import service
from grants.publishing.naming.forms import NamingForm

pages = Blueprint("naming", __name__)


@pages.route("/grants/<reference>/public-name", methods=["GET", "POST"])
@needs(Permission.GRANTEE_NAME)
def decide(reference: str) -> ResponseReturnValue:
    """Publish the name of the organisation that has a grant, or withhold it."""
    award = grant_for_viewer(session(), reference, viewer())
    form = NamingForm(data={"announced": award.announced.value if award.announced else ""})
    if form.validate_on_submit():
        act = (
            service.publish_name
            if form.announced.data == Announcement.NAMED
            else service.withhold_name
        )
        with attempt(form) as (opened, outcome):
            act(opened, award, this_act())
        if outcome:
            flash(_("Saved. The public pages and files are up to date."), "success")
            return redirect(url_for("agreements.show", reference=reference))
    return render_template(
        "publishing/naming/decide.html", award=award, form=form, **_public_facts(award)
    )


def _public_facts(award: Award) -> dict[str, object]:
    """What the public reads now, and why."""
    return {
        "now": award.organisation.name if is_named(award) else general_name(award),
        "number": public_reference(award),
        "refuses": award.organisation.may_be_named is False,
        "agrees": award.organisation.may_be_named,
    }

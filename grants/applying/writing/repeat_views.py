"""The page on which one of several partners, places or posts is taken out of an application."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.drafts.repeats import is_removable, remove_repetition
from grants.applying.drafts.work import Work
from grants.applying.writing.pages import is_writable, own, pages, to
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route("/applying/<reference>/sections/<key>/remove", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def remove_section(reference: str, key: str) -> ResponseReturnValue:
    """Take one time of a repeated section out, once it is clear what goes with it."""
    application = own(reference)
    section = application.call.questionnaire.part(key)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            remove_repetition(opened, application, key, this_act())
        if outcome:
            flash(_("Removed. Its answers are kept in the earlier versions."), "success")
            return to("standing", application)
    elif not is_writable(application) or not is_removable(Work.of(session(), application), section):
        return to("standing", application)
    return render_template(
        "applying/writing/remove.html", application=application, section=section, form=form
    )

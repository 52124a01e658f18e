"""Pages of people who write an application together: earlier versions, copies, “it is ready”."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.applications.forms import BringBackForm, CopyForm
from grants.applying.applications.queries import earlier_applications
from grants.applying.drafts.prefilled import copy_profile
from grants.applying.drafts.versions import versions_of
from grants.applying.drafts.work import Work
from grants.applying.writing import team
from grants.applying.writing.begin_views import copied_from_profile
from grants.applying.writing.pages import is_writable, own, pages, to
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.core.texts.marks import joined_names
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction


@pages.route("/applying/<reference>/versions/<key>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def versions(reference: str, key: str) -> ResponseReturnValue:
    """Every saved version of the answers of a section; one can be brought back."""
    application = own(reference)
    section = Work.of(session(), application).form.section(key)
    form = BringBackForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            team.bring_back(opened, application, counted(form.number.data), this_act())
        if outcome:
            flash(_("The earlier version has been restored."), "success")
            return to("section", application, key=key)
    return render_template(
        "applying/writing/versions.html",
        application=application,
        section=section,
        versions=versions_of(session(), application, section),
        writable=is_writable(application),
        form=form,
    )


@pages.route("/applying/<reference>/copy", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def copy(reference: str) -> ResponseReturnValue:
    """Take over the answers of an earlier application where nothing is written yet."""
    application = own(reference)
    earlier = {row.reference: row for row in earlier_applications(session(), application)}
    form = CopyForm.offering(list(earlier.values()))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            copied = team.copy_answers(opened, application, earlier[form.source.data], this_act())
        if outcome:
            flash(
                ngettext(
                    "%(num)s answer has been copied. Check that each is still true.",
                    "%(num)s answers have been copied. Check that each is still true.",
                    copied,
                ),
                "success",
            )
            return to("standing", application)
    return render_template(
        "applying/writing/copy.html", application=application, earlier=earlier, form=form
    )


@pages.post("/applying/<reference>/profile")
@needs(Permission.APPLICATION_WRITE)
def copy_from_profile(reference: str) -> ResponseReturnValue:
    """Take over what the profile says and holds, where nothing is written yet."""
    application = own(reference)
    with transaction() as opened:
        number = copy_profile(opened, application, this_act())
    flash(copied_from_profile(number), "success")
    return to("standing", application)


@pages.route("/applying/<reference>/reopen", methods=["GET", "POST"])
@needs(Permission.APPLICATION_SUBMIT)
def reopen(reference: str) -> ResponseReturnValue:
    """Take a submitted application back to change it, while the call is open."""
    application = own(reference)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            draft = team.reopen(opened, application, this_act())
        if outcome:
            flash(
                _("You can now change the application. Submit it again before the deadline."),
                "success",
            )
            return to("standing", draft)
    elif not team.is_reopenable(application, this_act().at):
        return to("standing", application)
    return render_template("applying/writing/reopen.html", application=application, form=form)


@pages.post("/applying/<reference>/ready")
@needs(Permission.APPLICATION_WRITE)
def ready(reference: str) -> ResponseReturnValue:
    """Tell the administrators that it can be checked and submitted."""
    application = own(reference)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            administrators = team.tell_ready(opened, application, this_act())
        if outcome:
            flash(
                _(
                    "We have written to %(names)s.",
                    names=joined_names(p.name for p in administrators),
                ),
                "success",
            )
        else:
            flash(" ".join(map(str, form.form_errors)), "warning")
    return to("standing", application)

"""Pages of the sign-off: an editor asks for it, a signatory reads everything and signs."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.drafts.work import Work
from grants.applying.submissions import signing_off
from grants.applying.submissions.dossier import dossier_to_read
from grants.applying.submissions.service import problems_of
from grants.applying.writing.pages import is_writable, own, pages, to
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import joined_names
from grants.platform.forms.fields import CheckboxField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


class SignForm(Form):
    """The word of the signatory."""

    agreed = CheckboxField(
        _l("I have read this application, and sign it off for the organisation."), required=True
    )


@pages.get("/applying/to-sign")
@needs(Permission.APPLICATION_SIGN)
def to_sign() -> ResponseReturnValue:
    """The applications that wait for this person's sign-off."""
    applications = session().scalars(signing_off.to_sign(viewer())).all()
    return render_template("applying/writing/to_sign.html", applications=applications)


@pages.route("/applying/<reference>/sign", methods=["GET", "POST"])
@needs(Permission.APPLICATION_SIGN)
def sign(reference: str) -> ResponseReturnValue:
    """The whole application, to be read and signed off."""
    application = own(reference)
    if not application.call.signatory_signs:
        raise Missing(_("Page not found."))
    if not is_writable(application):
        return to("standing", application)
    work = Work.of(session(), application)
    text = signing_off.text_of(application, work)
    form = SignForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            digest = request.form.get("seen", "")
            signing_off.sign_off(opened, application, digest, this_act())
        if outcome:
            flash(_("You have signed off the application. It can be submitted now."), "success")
            return to("check", application)
    return render_template(
        "applying/writing/sign.html",
        application=application,
        dossier=dossier_to_read(session(), application),
        signing=signing_off.signing_of(session(), application, work),
        unfinished=len(problems_of(work)),
        text=text,
        form=form,
    )


@pages.post("/applying/<reference>/ask-sign-off")
@needs(Permission.APPLICATION_WRITE)
def ask_sign_off(reference: str) -> ResponseReturnValue:
    """Ask the signatories by e-mail; it stands in their to-do list too."""
    application = own(reference)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            signatories = signing_off.ask_sign_off(opened, application, this_act())
        if outcome:
            names = joined_names(person.name for person in signatories)
            flash(_("We have written to %(names)s.", names=names), "success")
        else:
            flash(" ".join(map(str, form.form_errors)), "warning")
    return to("check", application)

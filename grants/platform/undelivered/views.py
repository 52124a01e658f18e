"""A person whom our e-mails did not reach says that they arrive again."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.platform.forms.forms import Form
from grants.platform.undelivered.service import lift_own
from grants.platform.web.access import own_act, signed_in
from grants.platform.web.acts import attempt

pages = Blueprint("undelivered", __name__)


@pages.post("/account/emails-arrive")
@signed_in
def lift() -> ResponseReturnValue:
    """My address works again."""
    form = Form()
    with attempt(form) as (opened, outcome):
        lift_own(opened, own_act())
    if outcome:
        flash(_("Thank you. We will send you e-mails again."), "success")
    return redirect(url_for("portal.start"))

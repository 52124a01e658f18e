"""Signing a person in by e-mail address and passphrase: on the page for it, or in place."""

from flask import request
from flask_wtf import FlaskForm

from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.platform.web.access import remember_sign_in
from grants.platform.web.acts import attempt


def enter(form: FlaskForm, email: str, passphrase: str) -> bool:
    """Sign a person in; the form says why not. Each failure is counted."""
    address = request.remote_addr or ""
    with attempt(form) as (opened, outcome):
        person = credentials.check_passphrase(opened, email, passphrase, address)
        if person:
            remember_sign_in(person)
        else:
            credentials.note_failure(opened, email, address)
    if outcome and not person:
        form.form_errors.append(_("The e-mail address or passphrase is not correct."))
    return bool(outcome and person)

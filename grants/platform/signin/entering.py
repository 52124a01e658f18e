"""Signing a person in by e-mail address and passphrase: on the page for it, or in place."""

from flask_wtf import FlaskForm

from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import check_passphrase
from grants.core.people.guessing import count_try, forget_tries
from grants.core.people.models import Person
from grants.platform.web.access import network_here, remember_sign_in
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction


def enter(form: FlaskForm, email: str, passphrase: str) -> bool:
    """Sign a person in; the form says why not. Each failure is counted."""
    person = known_by(form, email, passphrase)
    if person:
        with transaction():
            remember_sign_in(person)
    elif not form.form_errors:
        form.form_errors.append(_("The e-mail address or passphrase is not correct."))
    return person is not None


def known_by(form: FlaskForm, email: str, passphrase: str) -> Person | None:
    """The person with this passphrase; the form says so if they have to wait.

    Counted before it is checked: tries sent at the same moment do not pass the count together.
    """
    with attempt(form) as (opened, counted):
        count_try(opened, email, network_here())
    person = check_passphrase(session(), email, passphrase) if counted else None
    if person:
        with transaction() as opened:
            forget_tries(opened, email, network_here())
    return person

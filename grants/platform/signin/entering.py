"""Signing a person in by e-mail address and passphrase, then by a second factor: on the pages for
it, or in place.
"""

from flask import url_for
from flask_wtf import FlaskForm

from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import check_passphrase
from grants.core.people.guessing import code_account, count_code_try, count_try, forget_tries
from grants.core.people.models import Person
from grants.core.proofs.queries import codes_left
from grants.core.proofs.service import use_code
from grants.platform.signin.telling import RECOVERED, tell_owner
from grants.platform.web.access import arriving, network_here, remember_proof, remember_sign_in
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.journal import note


def way_on(target: str) -> str:
    """Where a person goes whose passphrase or link was right: to the second factor that is missing,
    or to the page they wanted.
    """
    browser = arriving()
    if browser is None or browser.complete:
        return target
    return url_for("signin.code" if browser.has_factor else "factors.index", next=target)


def enter(form: FlaskForm, email: str, passphrase: str) -> bool:
    """Sign a person in; the form says why not. Each failure is counted."""
    person = known_by(form, email, passphrase)
    if person:
        with transaction():
            remember_sign_in(person)
    elif not form.form_errors:
        form.form_errors.append(_("The e-mail address or passphrase is not correct."))
    return person is not None


def note_way_in(way: str, *, right: bool, counted: bool = True) -> None:
    """How a try to sign in went, for the log; the browser that got in is a row of its own."""
    outcome = "accepted" if right else "refused" if counted else "held back"
    note("sign-in", way=way, outcome=outcome)


def known_by(form: FlaskForm, email: str, passphrase: str) -> Person | None:
    """The person with this passphrase; the form says so if they have to wait.

    Counted before it is checked: tries sent at the same moment do not pass the count together.
    """
    with attempt(form) as (opened, counted):
        count_try(opened, email, network_here())
    person = check_passphrase(session(), email, passphrase) if counted else None
    note_way_in("passphrase", right=person is not None, counted=bool(counted))
    if person:
        with transaction() as opened:
            forget_tries(opened, email, network_here())
    return person


def prove(form: FlaskForm, typed: str) -> bool:
    """Take a code of a second factor of the person in this browser; the form says why not."""
    browser = arriving()
    assert browser is not None
    key = browser.viewer.person_id or 0
    with attempt(form) as (opened, counted):
        count_code_try(opened, key, network_here())
    right = bool(counted) and _prove_code(form, key, typed)
    note_way_in("code", right=right, counted=bool(counted))
    return right


def _prove_code(form: FlaskForm, person_id: int, typed: str) -> bool:
    with transaction() as opened:
        person = opened.get_one(Person, person_id)
        before = codes_left(opened, person.id)
        right = use_code(opened, person, typed)
        if right:
            forget_tries(opened, code_account(person.id), network_here())
            remember_proof(person)
        codes = codes_left(opened, person.id)
        if codes < before:
            tell_owner(opened, person, RECOVERED, f"recovered:{person.id}:{codes}", left=codes)
    if not right:
        form.form_errors.append(
            _("This code is not correct, or it has already been used. Enter a new one.")
        )
    return right

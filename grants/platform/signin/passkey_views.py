"""Passkeys: added to an account, and used to sign in or to show again who sits here.

The browser asks the device (passkeys.js) and puts its answer into a hidden field of a form.
"""

import base64
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.proofs import passkeys
from grants.core.proofs.models import FactorKind
from grants.core.proofs.passkeys import CredentialRequest, Site
from grants.core.proofs.queries import factors_of
from grants.platform.signin import factor_views
from grants.platform.signin.entering import note_way_in, prove, way_on
from grants.platform.signin.forms import CodeHere, NewPasskeyForm, PasskeyForm
from grants.platform.signin.telling import ADDED, tell_owner
from grants.platform.signin.views import pages
from grants.platform.web.access import (
    arriving,
    entering,
    own_act,
    public,
    remember_proof,
    remember_sign_in,
)
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_first
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session

CHALLENGE = "challenge"
LIFE = 300
"""Seconds in which a device has to answer."""


def site() -> Site:
    """This installation, as browsers know it."""
    address = urlsplit(absolute("/"))
    return Site(address.hostname or "", f"{address.scheme}://{address.netloc}")


def _ask_device(question: CredentialRequest) -> ResponseReturnValue:
    """The challenge is kept in the signed cookie of this browser, for one answer."""
    text = base64.b64encode(question.challenge).decode()
    cookie[CHALLENGE] = [text, int(clock.now().timestamp())]
    return question.options, 200, {"Content-Type": "application/json"}


def challenge() -> bytes:
    """What was asked of this browser; nothing that a device can have signed if it is too old."""
    text, moment = cookie.pop(CHALLENGE, ("", 0))
    fresh = clock.now().timestamp() - moment < LIFE
    return base64.b64decode(text) if fresh else b""


@pages.get("/sign-in/passkey/options")
@public
def passkey_options() -> ResponseReturnValue:
    """What a device is asked for: any passkey of this site, or one of the person who is known."""
    browser = arriving()
    person_id = browser.viewer.person_id if browser else None
    return _ask_device(passkeys.ask_for_proof(session(), site(), person_id))


@pages.post("/sign-in/passkey")
@public
def passkey() -> ResponseReturnValue:
    """Sign in with a passkey, or finish a sign-in, or show again who sits here."""
    target, form = own_page(request.args.get("next")), PasskeyForm()
    if form.validate_on_submit() and enter_by_passkey(form, form.passkey.data or ""):
        return redirect(target)
    flash("".join(str(error) for error in form.form_errors), "error")
    return redirect(way_on(target) if arriving() else url_for("signin.sign_in", next=target))


def has_passkey() -> bool:
    """Has the person in this browser a passkey to be asked for?"""
    browser = arriving()
    key = browser.viewer.person_id if browser else None
    return bool(key and factors_of(session(), key, FactorKind.PASSKEY))


def prove_here(form: CodeHere) -> bool:
    """By a code, or by the passkey that the page asked the device for."""
    if form.sign_in_passkey.data:
        return enter_by_passkey(form, form.sign_in_passkey.data)
    return prove(form, form.sign_in_code.data or "")


def enter_by_passkey(form: FlaskForm, answer: str) -> bool:
    """Is it a passkey, and that of the person in this browser if one is known?"""
    browser, sent = arriving(), challenge()
    with attempt(form) as (opened, outcome):
        person = passkeys.use_passkey(opened, site(), sent, answer)
        if person and browser is None:
            remember_sign_in(person, clock.now())
        elif person and browser and browser.viewer.person_id == person.id:
            remember_proof(person)
        else:
            person = None
    note_way_in("passkey", right=bool(outcome and person))
    if person is None:
        form.form_errors.append(
            _("This passkey was not accepted. Try again, or sign in another way.")
        )
    return bool(outcome and person)


@factor_views.pages.get("/passkey/options")
@entering
@asks_first
def new_passkey_options() -> ResponseReturnValue:
    if factor_views.has_to_prove():
        return {}, 403
    return _ask_device(passkeys.ask_for_new(session(), factor_views.owner(), site()))


@factor_views.pages.route("/passkey", methods=["GET", "POST"])
@entering
@asks_first
def add_passkey() -> ResponseReturnValue:
    """Name a device and let it make a passkey."""
    if factor_views.has_to_prove():
        return redirect(way_on(url_for("factors.index")))
    form = NewPasskeyForm(data={"name": _("This device")})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            person: Person = factor_views.owner()
            values = (challenge(), form.passkey.data or "", form.name.data or "")
            factor = passkeys.add_passkey(opened, person, site(), *values, own_act())
            tell_owner(opened, person, ADDED, f"factor:{factor.id}", factor=factor)
            codes = factor_views.first_codes(person)
            remember_proof(person)
        if outcome:
            return factor_views.added(codes)
    return render_template("platform/signin/add_passkey.html", form=form)

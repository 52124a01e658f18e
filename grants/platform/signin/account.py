"""A person's own account: name, language, passphrase, signed-in browsers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.service import describe_self
from grants.platform.signin.forms import AccountForm, NewPassphraseForm, PassphraseForm
from grants.platform.web.access import remember_sign_in, signed_in, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction

pages = Blueprint("account", __name__)


def _self() -> Person:
    return session().get_one(Person, viewer().person_id)


@pages.route("/account", methods=["GET", "POST"])
@signed_in
def show() -> ResponseReturnValue:
    person = _self()
    form = AccountForm(data={"name": person.name, "language": person.language})
    if form.validate_on_submit():
        with attempt(form) as (_opened, outcome):
            describe_self(person, form.name.data, form.language.data)
        if outcome:
            cookie["language"] = person.language
            flash(_("Saved."), "success")
            return redirect(url_for("account.show"))
    browsers = credentials.open_sign_ins(session(), person.id)
    return render_template(
        "platform/signin/account.html", form=form, person=person, browsers=browsers
    )


@pages.route("/account/passphrase", methods=["GET", "POST"])
@signed_in
def passphrase() -> ResponseReturnValue:
    """Change the passphrase; every other browser is signed out."""
    form = NewPassphraseForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            known = credentials.check_passphrase(
                opened, viewer().email, form.present.data, request.remote_addr or ""
            )
            if known is None:
                raise DomainError(_("Your current passphrase is not correct."))
            credentials.choose_passphrase(opened, known, form.passphrase.data)
            remember_sign_in(known)
        if outcome:
            flash(
                _(
                    "Your passphrase has been changed. You have been signed out of all other "
                    "browsers."
                ),
                "success",
            )
            return redirect(url_for("account.show"))
    return render_template("platform/signin/new_passphrase.html", form=form)


@pages.route("/account/first-passphrase", methods=["GET", "POST"])
@signed_in
def first_passphrase() -> ResponseReturnValue:
    """Who came in by a link chooses a passphrase for the next time, or does it later."""
    if _self().password_hash:
        return redirect(url_for("account.passphrase"))
    form = PassphraseForm()
    if form.validate_on_submit():
        with attempt(form, at=form.passphrase) as (opened, outcome):
            person = _self()
            credentials.choose_passphrase(opened, person, form.passphrase.data or "")
            remember_sign_in(person)
        if outcome:
            flash(_("Your passphrase is set."), "success")
            return redirect(url_for("portal.start"))
    return render_template("platform/signin/first_passphrase.html", form=form, email=viewer().email)


@pages.post("/account/browsers/<int:sign_in_id>/end")
@signed_in
def end_browser(sign_in_id: int) -> ResponseReturnValue:
    with transaction() as opened:
        credentials.end_sign_in(opened, viewer().person_id or 0, sign_in_id)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.show"))

"""A person's own account: name, language, passphrase, signed-in browsers."""

from datetime import timedelta
from typing import Literal

from babel.units import format_unit
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.service import describe_self, set_up_desk
from grants.platform.signin.browsers import name_of
from grants.platform.signin.entering import known_by
from grants.platform.signin.forms import (
    AccountForm,
    NewPassphraseForm,
    PassphraseForm,
    StaffAccountForm,
)
from grants.platform.web.access import arriving, remember_sign_in, signed_in, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction
from grants.platform.web.lasting import lasting_of

pages = Blueprint("account", __name__)


def _own_person() -> Person:
    return session().get_one(Person, viewer().person_id)


def _set_passphrase(form: PassphraseForm, person: Person) -> bool:
    """Set the passphrase that was typed; this browser alone stays signed in."""
    with attempt(form, at=form.passphrase) as (opened, outcome):
        credentials.choose_passphrase(opened, person, form.passphrase.data or "")
        browser = arriving()
        remember_sign_in(person, browser.proved_at if browser else None)
    return bool(outcome)


def _account_form(person: Person) -> AccountForm:
    values = {"name": person.name, "language": person.language}
    if not viewer().works_for_a_fund:
        return AccountForm(data=values)
    rows = "roomy" if person.roomy else "compact"
    return StaffAccountForm(data={**values, "rows": rows, "shortcuts": person.shortcuts})


@pages.route("/account", methods=["GET", "POST"])
@signed_in
def show() -> ResponseReturnValue:
    person = _own_person()
    form = _account_form(person)
    if form.validate_on_submit():
        with attempt(form) as (_opened, outcome):
            describe_self(person, form.name.data, form.language.data)
            if isinstance(form, StaffAccountForm):
                roomy = form.rows.data == "roomy"
                set_up_desk(person, roomy=roomy, shortcuts=bool(form.shortcuts.data))
        if outcome:
            cookie["language"] = person.language
            flash(_("Saved."), "success")
            return redirect(url_for("account.show"))
    browser = arriving()
    assert browser is not None
    limits = lasting_of(browser)
    return render_template(
        "platform/signin/account.html",
        form=form,
        person=person,
        browsers=credentials.open_sign_ins(session(), person.id, limits.longest),
        here=browser.sign_in_id,
        name_of=name_of,
        idle=_length_text(limits.idle, "minute"),
        longest=_length_text(limits.longest, "hour"),
    )


def _length_text(time: timedelta, unit: Literal["minute", "hour"]) -> str:
    """A length of time in the reader's language: "60 minutes"; Unicode has only a short one in
    Chinese.
    """
    count = time // timedelta(**{f"{unit}s": 1})
    language = current_language()
    length: Literal["short", "long"] = "short" if language.code == "zh" else "long"
    return str(format_unit(count, f"duration-{unit}", length, locale=language.locale))


@pages.route("/account/passphrase", methods=["GET", "POST"])
@signed_in
def passphrase() -> ResponseReturnValue:
    """Change the passphrase; every other browser is signed out."""
    form = NewPassphraseForm()
    if form.validate_on_submit():
        person = known_by(form, viewer().email, form.present.data or "")
        if person:
            if _set_passphrase(form, person):
                flash(
                    _(
                        "Your passphrase has been changed. You have been signed out of all other "
                        "browsers."
                    ),
                    "success",
                )
                return redirect(url_for("account.show"))
        elif not form.form_errors:
            form.complain("present", _("Your current passphrase is not correct."))
    return render_template("platform/signin/new_passphrase.html", form=form)


@pages.route("/account/first-passphrase", methods=["GET", "POST"])
@signed_in
def first_passphrase() -> ResponseReturnValue:
    """Who came in by a link chooses a passphrase for the next time, or does it later."""
    if _own_person().password_hash:
        return redirect(url_for("account.passphrase"))
    form, onward = PassphraseForm(), own_page(request.args.get("next"))
    if form.validate_on_submit() and _set_passphrase(form, _own_person()):
        flash(_("Your passphrase has been set."), "success")
        return redirect(onward)
    return render_template(
        "platform/signin/first_passphrase.html", form=form, email=viewer().email, onward=onward
    )


@pages.post("/account/browsers/end")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    browser = arriving()
    assert browser is not None
    with transaction() as opened:
        for other in credentials.open_sign_ins(opened, viewer().person_id or 0):
            if other.id != browser.sign_in_id:
                credentials.end_sign_in(opened, other.person_id, other.id)
    flash(_("You have been signed out of all other browsers."), "success")
    return redirect(url_for("account.show"))


@pages.post("/account/browsers/<int:sign_in_id>/end")
@signed_in
def end_browser(sign_in_id: int) -> ResponseReturnValue:
    with transaction() as opened:
        credentials.end_sign_in(opened, viewer().person_id or 0, sign_in_id)
    flash(_("That browser has been signed out."), "success")
    return redirect(url_for("account.show"))

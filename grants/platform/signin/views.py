"""Pages for signing in, out, and for choosing a passphrase."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.queries import person_by_email
from grants.platform.messages.service import Recipient, send
from grants.platform.signin.forms import LinkForm, PassphraseForm, SignInForm
from grants.platform.web.access import forget_sign_in, public, remember_sign_in, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction

pages = Blueprint("signin", __name__)


def _own(target: str | None) -> str:
    """The page a person wanted, if it is one of ours; else their start page."""
    parts = urlsplit(target or "")
    ours = target and not parts.scheme and not parts.netloc and target.startswith("/")
    return str(target) if ours and not str(target).startswith("//") else url_for("portal.start")


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    target = _own(request.args.get("next"))
    if viewer().person_id:
        return redirect(target)
    if form.validate_on_submit():
        address = request.remote_addr or ""
        email, passphrase = form.email.data or "", form.passphrase.data or ""
        with attempt(form) as (opened, outcome):
            person = credentials.check_passphrase(opened, email, passphrase, address)
            if person:
                remember_sign_in(person)
            else:
                credentials.note_failure(opened, email, address)
        if outcome and person:
            return redirect(target)
        if outcome:
            form.refuse(_("The e-mail address or passphrase is not correct."))
    return render_template("platform/signin/sign_in.html", form=form)


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    with transaction():
        forget_sign_in()
    flash(_("You have signed out."), "success")
    return redirect(url_for("portal.home"))


@pages.route("/sign-in/link", methods=["GET", "POST"])
@public
def ask_link() -> ResponseReturnValue:
    """Send a link for a new passphrase; the answer is the same for an unknown address."""
    form = LinkForm()
    if form.validate_on_submit():
        with transaction() as opened:
            person = person_by_email(opened, form.email.data or "")
            if person:
                token = credentials.make_link(opened, "passphrase", person.email)
                send(
                    opened,
                    Recipient.of(person),
                    "platform/signin/passphrase_link",
                    event=f"link:{credentials.digest(token)[:20]}",
                    url=absolute(url_for("signin.passphrase", token=token)),
                )
        return render_template("platform/signin/link_sent.html")
    return render_template("platform/signin/ask_link.html", form=form)


@pages.route("/sign-in/passphrase/<token>", methods=["GET", "POST"])
@public
def passphrase(token: str) -> ResponseReturnValue:
    """Choose a passphrase over a one-time link; that signs in."""
    link = credentials.open_link(session(), token, "passphrase")
    form = PassphraseForm()
    if form.validate_on_submit():
        with attempt(form, at=form.passphrase) as (opened, outcome):
            credentials.use_link(opened, token, "passphrase")
            person = person_by_email(opened, link.email)
            assert person is not None
            credentials.choose_passphrase(opened, person, form.passphrase.data or "")
            remember_sign_in(person)
        if outcome:
            flash(_("Your passphrase is set and you are signed in."), "success")
            return redirect(url_for("portal.start"))
    return render_template("platform/signin/passphrase.html", form=form, email=link.email)

"""Pages for signing in, out, and for choosing a passphrase."""

from collections.abc import Callable

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.slots import Slot
from grants.core.people import credentials
from grants.core.people.queries import person_by_email
from grants.platform.messages.service import Recipient, send
from grants.platform.signin.entering import enter, note_way_in, prove, way_on
from grants.platform.signin.forms import CodeForm, LinkForm, PassphraseForm, SignInForm
from grants.platform.signin.provider import provider_here
from grants.platform.web.access import (
    AT_PROVIDER,
    arriving,
    entering,
    forget_sign_in,
    public,
    remember_sign_in,
    signed_in_until,
)
from grants.platform.web.acts import attempt
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction

pages = Blueprint("signin", __name__)
LINK = credentials.CHOOSE
INVITATIONS: Slot[Callable[[Session, str], None]] = Slot("signin.views.INVITATIONS")
"""Rooms above send the invitations again that an address has not followed yet."""


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    target = own_page(request.args.get("next"))
    if arriving():
        return redirect(way_on(target))
    if form.validate_on_submit() and enter(form, form.email.data or "", form.passphrase.data or ""):
        return redirect(way_on(target))
    return render_template(
        "platform/signin/sign_in.html",
        form=form,
        demonstration=_has_demonstration(),
        provider=provider_here(),
    )


def _has_demonstration() -> bool:
    """Can a person choose among the people of the demonstration here?"""
    return "demonstration.index" in current_app.view_functions


@pages.route("/sign-in/code", methods=["GET", "POST"])
@entering
def code() -> ResponseReturnValue:
    """The second factor finishes the sign-in."""
    target = own_page(request.args.get("next"))
    browser = arriving()
    if browser and (browser.complete or not browser.has_factor):
        return redirect(way_on(target))
    form = CodeForm()
    if form.validate_on_submit() and prove(form, form.code.data or ""):
        return redirect(target)
    return render_template("platform/signin/code.html", form=form)


@pages.get("/token")
@public
def token() -> ResponseReturnValue:
    """The token of this browser's forms, for a page of ours that was opened before signing in; and
    until when it stays signed in, which asking here makes longer.
    """
    return jsonify(token=generate_csrf(), ends=signed_in_until())


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    at_provider = provider_here() and cookie.get(AT_PROVIDER)
    with transaction():
        forget_sign_in()
    flash(_("You have signed out."), "success")
    after = "signin.signed_out" if at_provider else "portal.home"
    if request.form.get("again") and not at_provider:
        after = "demonstration.index" if _has_demonstration() else "signin.sign_in"
    answer = redirect(url_for(after))
    answer.headers["Clear-Site-Data"] = '"storage"'  # texts that were typed and not yet saved
    return answer


@pages.route("/sign-in/link", methods=["GET", "POST"])
@public
def ask_link() -> ResponseReturnValue:
    """Send a link for a new passphrase; the answer is the same for an unknown address."""
    form = LinkForm()
    if form.validate_on_submit():
        with transaction() as opened:
            person = person_by_email(opened, form.email.data or "")
            if person and not credentials.too_many_links(opened, LINK, person.email):
                token = credentials.make_link(opened, LINK, person.email)
                send(
                    opened,
                    Recipient.of(person),
                    "platform/signin/passphrase_link",
                    event=f"link:{credentials.digest(token)[:20]}",
                    url=absolute(url_for("signin.passphrase", token=token)),
                )
            for send_again in INVITATIONS:
                send_again(opened, form.email.data or "")
        return render_template("platform/signin/link_sent.html")
    return render_template("platform/signin/ask_link.html", form=form)


@pages.route("/sign-in/passphrase/<token>", methods=["GET", "POST"])
@public
def passphrase(token: str) -> ResponseReturnValue:
    """Choose a passphrase over a one-time link; a person who has or needs a second factor is not
    in before it.
    """
    link = credentials.open_link(session(), token, LINK)
    form = PassphraseForm()
    if form.validate_on_submit():
        with attempt(form, at=form.passphrase) as (opened, outcome):
            credentials.use_link(opened, token, LINK)
            person = person_by_email(opened, link.email)
            assert person is not None
            credentials.choose_passphrase(opened, person, form.passphrase.data or "")
            remember_sign_in(person)
        if outcome:
            note_way_in("link", right=True)
            flash(_("Your passphrase has been set."), "success")
            return redirect(way_on(url_for("portal.start")))
    return render_template("platform/signin/passphrase.html", form=form, email=link.email)

"""Signing in with the account of one's organisation, at its OpenID Connect provider.

The provider sends the browser back with a GET, which writes nothing: what it showed waits in the
signed cookie for the button of the next page. Nobody is signed in by another site alone.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR
from grants.core.proofs import accounts
from grants.platform.forms.forms import Form
from grants.platform.signin.entering import note_way_in, way_on
from grants.platform.signin.provider import (
    SKEW,
    ProvenAccount,
    answer_of,
    send_there,
    this_provider,
    way_out,
)
from grants.platform.signin.views import pages
from grants.platform.web.access import (
    AT_PROVIDER,
    arriving,
    public,
    remember_proof,
    remember_sign_in,
    viewer,
)
from grants.platform.web.acts import attempt
from grants.platform.web.arrival import arrived_at, own_page
from grants.platform.web.database import session, transaction

ASKED, SHOWN = "provider_asked", "provider_shown"
"""In the cookie: what was asked of the provider, and whom it showed."""
LIFE = 600
"""Seconds for which either is good."""


def _seconds_now() -> int:
    return int(clock.now().timestamp())


def _cookie_entry(name: str) -> dict[str, Any]:
    """What is in the cookie under this name, unless it is too old."""
    entry: dict[str, Any] = cookie.get(name) or {}
    return entry if _seconds_now() - entry.get("at", 0) < LIFE else {}


@pages.get("/sign-in/organisation")
@public
def to_provider() -> ResponseReturnValue:
    """To the provider; `?again=yes`: to show there who sits here."""
    this_provider()
    target = own_page(request.args.get("next"))
    again = "again" in request.args and viewer() is not VISITOR
    if arriving() and not again:
        return redirect(way_on(target))
    cookie[ASKED] = {"next": target, "again": again, "at": _seconds_now()}
    try:
        return send_there(absolute(url_for("signin.from_provider")), again=again)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("signin.again" if again else "signin.sign_in", next=target))


@pages.get("/sign-in/organisation/back")
@public
def from_provider() -> ResponseReturnValue:
    """The provider sends the browser here with its answer."""
    this_provider()
    intent = _cookie_entry(ASKED)
    try:
        shown = answer_of()
    except DomainError as refusal:
        note_way_in("provider", right=False)
        flash(refusal.message, "error")
        return redirect(url_for("signin.sign_in", next=intent.get("next")))
    cookie[SHOWN] = {"shown": shown.kept(), "at": _seconds_now()}
    return redirect(url_for("signin.by_provider"))


@pages.route("/sign-in/organisation/continue", methods=["GET", "POST"])
@public
def by_provider() -> ResponseReturnValue:
    """The person goes on with the account that the provider showed."""
    provider, intent, proof = this_provider(), _cookie_entry(ASKED), _cookie_entry(SHOWN)
    if not (intent and proof):
        return redirect(url_for("signin.sign_in"))
    shown, form = ProvenAccount.of(proof["shown"]), Form()
    if form.validate_on_submit():
        cookie.pop(ASKED)
        cookie.pop(SHOWN)
        return (
            _prove_again(shown, intent)
            if intent["again"]
            else _sign_in_linked(shown, intent["next"])
        )
    return render_template(
        "platform/signin/by_provider.html", form=form, provider=provider, found=shown.account
    )


def _sign_in_linked(shown: ProvenAccount, target: str) -> ResponseReturnValue:
    """Sign in the person to whom the account is linked; else ask the fund to link it."""
    with transaction() as opened:
        person = accounts.person_of(opened, shown.account.issuer, shown.account.subject)
        note_way_in("provider", right=person is not None)
        if person is None:
            return _not_linked(opened, shown)
        remember_sign_in(person, shown.proved_at)
        cookie[AT_PROVIDER] = True
    return redirect(way_on(target))


def _not_linked(opened: Session, shown: ProvenAccount) -> str:
    waiting = accounts.ask_for_link(opened, shown.account, Act(VISITOR, None, arrived_at()))
    return render_template(
        "platform/signin/not_linked.html", provider=this_provider(), linked=waiting.person_id
    )


def _prove_again(shown: ProvenAccount, intent: dict[str, Any]) -> ResponseReturnValue:
    """The same person, asked by the provider just now and by more than one factor."""
    fresh = (shown.signed_in_at or 0) >= intent["at"] - SKEW.total_seconds()
    browser = arriving()
    with transaction() as opened:
        person = accounts.person_of(opened, shown.account.issuer, shown.account.subject)
        right = (
            fresh and shown.counts and person and browser and person.id == browser.viewer.person_id
        )
        if person and right:
            remember_proof(person)
    note_way_in("provider", right=bool(right))
    if right:
        flash(
            _(
                "You have confirmed your identity. If a page is waiting in another tab,"
                " continue there."
            ),
            "success",
        )
        return redirect(intent["next"])
    flash(
        _(
            "%(provider)s has not confirmed your identity again. Try again.",
            provider=this_provider().name,
        ),
        "error",
    )
    return redirect(url_for("signin.again", next=intent["next"]))


@pages.route("/sign-in/organisation/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_account(token: str) -> ResponseReturnValue:
    """The owner of a mailbox says that the account linked to them is theirs."""
    link = credentials.open_link(session(), token, accounts.CONFIRM)
    account = accounts.account_by_id(session(), link.facts["account"])
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            credentials.use_link(opened, token, accounts.CONFIRM)
            owner = viewer_of(opened, account.person_id or 0)
            assert owner is not None
            accounts.confirm_link(opened, account, Act(owner, None, arrived_at()))
        if outcome:
            flash(_("Confirmed. You can sign in with this account now."), "success")
            return redirect(url_for("signin.sign_in"))
    return render_template(
        "platform/signin/confirm_account.html",
        form=form,
        provider=this_provider(),
        found=account,
    )


@pages.get("/sign-in/organisation/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    """Signed out here; a link signs out at the provider too."""
    provider = this_provider()
    leave = way_out(absolute(url_for("portal.home")))
    return render_template("platform/signin/signed_out.html", provider=provider, leave=leave)

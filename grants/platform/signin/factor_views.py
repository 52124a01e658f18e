"""A person's second factors: set up, named, ended; and recovery codes for a lost one."""

from urllib.parse import urlsplit

import pyotp
import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.proofs import service
from grants.core.proofs.queries import Browser, codes_left, factors_of
from grants.platform.signin.entering import way_on
from grants.platform.signin.forms import AppForm
from grants.platform.signin.telling import ADDED, ENDED, NEW_CODES, tell_owner
from grants.platform.web.access import arriving, entering, own_act, remember_proof, signed_in
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_again, asks_first
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction

pages = Blueprint("factors", __name__, url_prefix="/account/factors")


def _this_browser() -> Browser:
    browser = arriving()
    assert browser is not None
    return browser


def owner() -> Person:
    """The person whose factors these are."""
    return session().get_one(Person, _this_browser().viewer.person_id)


def has_to_prove() -> bool:
    """A passphrase alone changes no second factor that is there already."""
    return _this_browser().has_factor and not _this_browser().complete


@pages.get("")
@entering
def index() -> ResponseReturnValue:
    if has_to_prove():
        return redirect(way_on(url_for("factors.index")))
    person = owner()
    return render_template(
        "platform/signin/factors.html",
        factors=factors_of(session(), person.id),
        codes=codes_left(session(), person.id),
        required=_this_browser().viewer.needs_factor,
        target=own_page(request.args.get("next")),
    )


@pages.route("/app", methods=["GET", "POST"])
@entering
@asks_first
def add_app() -> ResponseReturnValue:
    """Scan a code with an authenticator app, and show that it works."""
    if has_to_prove():
        return redirect(way_on(url_for("factors.index")))
    form = AppForm(data={"secret": service.new_secret(), "name": _("Phone")})
    if not service.is_secret(form.secret.data or ""):
        form.secret.data = service.new_secret()
    if form.validate_on_submit():
        with attempt(form, at=form.code) as (opened, outcome):
            person = owner()
            factor = service.add_app(
                opened, person, form.secret.data, form.code.data, form.name.data, own_act()
            )
            tell_owner(opened, person, ADDED, f"factor:{factor.id}", factor=factor)
            codes = first_codes(person)
            remember_proof(person)
        if outcome:
            return added(codes)
    secret = form.secret.data
    return render_template(
        "platform/signin/add_app.html", form=form, secret=secret, picture=_picture_of(secret)
    )


def first_codes(person: Person) -> list[str]:
    """Recovery codes, unless the person has some already."""
    if codes_left(session(), person.id):
        return []
    return service.make_recovery_codes(session(), person, own_act())


def added(codes: list[str]) -> ResponseReturnValue:
    target = own_page(request.args.get("next"))
    if codes:
        return _codes_page(codes, target)
    flash(_("The second factor has been added."), "success")
    return redirect(url_for("factors.index"))


def _codes_page(codes: list[str], target: str) -> str:
    """The only page that ever shows them."""
    return render_template("platform/signin/recovery_codes.html", codes=codes, target=target)


def _picture_of(secret: str) -> Markup:
    """What an app scans: a secret for this address at this installation."""
    address = pyotp.TOTP(secret).provisioning_uri(
        name=_this_browser().viewer.email, issuer_name=urlsplit(absolute("/")).hostname
    )
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=2)
    return Markup(drawn)  # noqa: S704 - segno draws squares, and nothing of a person is in it


@pages.post("/<int:factor_id>/end")
@signed_in
@asks_again
def end(factor_id: int) -> ResponseReturnValue:
    with transaction() as opened:
        person = owner()
        service.end_factor(opened, person, factor_id, own_act())
        tell_owner(opened, person, ENDED, f"factor:{factor_id}:end")
    flash(_("The second factor has been removed."), "success")
    return redirect(url_for("factors.index"))


@pages.post("/recovery-codes")
@signed_in
@asks_again
def new_codes() -> ResponseReturnValue:
    with transaction() as opened:
        person = owner()
        codes = service.make_recovery_codes(opened, person, own_act())
        tell_owner(opened, person, NEW_CODES, f"codes:{person.id}")
    return _codes_page(codes, url_for("factors.index"))

"""Trying out the demonstration: sign in as each of its people with one button.

Registered in development alone, and only people who carry the demonstration's own secret, which is
printed in this repository, can be entered.
"""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.config import is_local
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE
from grants.core.people.queries import person_by_email, viewer_of
from grants.core.proofs.models import FactorKind
from grants.core.proofs.queries import factors_of
from grants.core.proofs.secrets import decrypted
from grants.platform.web.access import forget_sign_in, public, remember_sign_in
from grants.platform.web.database import session, transaction

pages = Blueprint("demonstration", __name__, url_prefix="/demonstration")


def register(app: Flask) -> None:
    app.register_blueprint(pages)


def _people() -> dict[str, tuple[str, Person]]:
    """(role, person) of each role by e-mail, if the demonstration is planted here. Nobody under
    another name than this machine's own.
    """
    from seeds.company import sign_ins

    if not is_local(request.host_url):
        return {}
    found = {email: (role, person_by_email(session(), email)) for role, email in sign_ins()}
    return {email: (role, who) for email, (role, who) in found.items() if who and _is_ours(who)}


def _is_ours(person: Person) -> bool:
    from seeds.cast import APP_SECRET

    viewer = viewer_of(session(), person.id)
    if viewer and all(held.role in OUTSIDE for held in viewer.standings):
        return person.email.endswith("@example.org")
    apps = factors_of(session(), person.id, FactorKind.APP)
    return any(decrypted(app.secret or "") == APP_SECRET for app in apps)


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """Everyone to be, and what the sign-in page would ask of them."""
    from seeds.cast import APP_SECRET, PASSPHRASE

    people = _people()
    if not people:
        raise Missing(_("There is no demonstration in this installation."))
    return render_template(
        "desk/portal/demonstration.html",
        people=people.values(),
        passphrase=PASSPHRASE,
        secret=APP_SECRET,
    )


@pages.post("/<email>")
@public
def enter(email: str) -> ResponseReturnValue:
    """Sign in as this person."""
    if email not in (people := _people()):
        raise Missing(_("There is no demonstration in this installation."))
    with transaction():
        forget_sign_in()
        remember_sign_in(people[email][1], clock.now())
    return redirect(url_for("portal.start"))

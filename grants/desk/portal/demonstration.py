"""Trying out the demonstration: sign in as each of its people with one button.

Registered in development alone. Nobody can be entered who carries another secret than the
demonstration's own, which is printed in this repository.
"""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.proofs.models import Factor, FactorKind
from grants.core.proofs.secrets import decrypted
from grants.platform.web.access import forget_sign_in, public, remember_sign_in
from grants.platform.web.database import session, transaction
from grants.variables import is_local

pages = Blueprint("demonstration", __name__, url_prefix="/demonstration")


def register(app: Flask) -> None:
    app.register_blueprint(pages)


def _people_by_email() -> dict[str, tuple[str, Person]]:
    """(role, person) of each role by e-mail, if the demonstration is planted here. Nobody under
    another name than this machine's own.
    """
    from seeds.company import sign_ins

    if not is_local(request.host_url):
        return {}
    roles = {email: role for role, email in sign_ins()}
    people = session().scalars(select(Person).where(Person.email.in_(roles))).all()
    return {person.email: (roles[person.email], person) for person in _demonstration_people(people)}


def _demonstration_people(people: Sequence[Person]) -> Iterator[Person]:
    """The people who carry no secret but the printed one: a real person's app is never stood in
    for.
    """
    from seeds.cast import APP_SECRET

    ids = {person.id for person in people}
    apps = select(Factor).where(Factor.person_id.in_(ids), Factor.kind == FactorKind.APP)
    strangers = {
        app.person_id
        for app in session().scalars(apps)
        if decrypted(app.secret or "", app.whose) != APP_SECRET
    }
    yield from (person for person in people if person.id not in strangers)


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """Everyone to be, and what the sign-in page would ask of them."""
    from seeds.cast import APP_SECRET, PASSPHRASE

    people = _people_by_email()
    if not people:
        raise Missing(_("There is no demonstration in this installation."))
    return render_template(
        "desk/portal/demonstration.html",
        people=people.values(),
        passphrase=PASSPHRASE,
        secret=APP_SECRET,
        keeps_mail=not current_app.extensions["settings"].mail_url,
    )


@pages.post("/<email>")
@public
def enter(email: str) -> ResponseReturnValue:
    """Sign in as this person."""
    if email not in (people := _people_by_email()):
        raise Missing(_("There is no demonstration in this installation."))
    with transaction():
        forget_sign_in()
        remember_sign_in(people[email][1], clock.now())
    return redirect(url_for("portal.start"))

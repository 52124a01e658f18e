"""Pages on which the reserve list is confirmed: one place, or the whole list of a call."""

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.board.views import application_for, done
from grants.deciding.decisions.confirming import confirm_reserve
from grants.deciding.decisions.decision_views import pages
from grants.deciding.decisions.many_views import (
    BY_STAGE,
    NAMED,
    REQUESTED,
    of_applications,
    outlook_on,
    page_of,
)
from grants.deciding.decisions.prospects import Prospect, can, not_now, ranked, scores_of
from grants.deciding.feedback.beside import FEEDBACK, Written
from grants.deciding.reserve_list.reserve import places_on_list, unconfirmed
from grants.deciding.screening.beside import beside_form, place_among
from grants.platform.forms.forms import Form
from grants.platform.tables.bulk import Outlook
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P = Permission


@pages.route("/<reference>/confirm-reserve", endpoint="confirm_reserve", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def confirm_one(reference: str) -> ResponseReturnValue:
    """Confirm the place on the reserve list; the applicant gets the letter."""
    application = application_for(reference, P.AWARD_APPROVE)
    place, form = place_among(unconfirmed(viewer()), application), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            confirm_reserve(opened, application, this_act())
        if outcome:
            return done(application, _("The place has been confirmed and the letter sent."), place)
    places = places_on_list(session(), application.call_id)
    return render_template(
        "deciding/decisions/confirm.html",
        form=form,
        number=places.get(application.id),
        count=len(places),
        **beside_form(application, place),
    )


def _reserved_prospects(
    opened: Session, applications: Sequence[Application], person: Viewer
) -> list[Prospect]:
    """The best score first: their places on the reserve list would be confirmed."""
    ids = [application.id for application in applications]
    in_queue = set(
        opened.scalars(
            unconfirmed(person)
            .with_only_columns(Application.id)
            .where(Application.id.in_(ids))
            .order_by(None)
        )
    )
    scores = scores_of(opened, applications)
    return [
        Prospect(
            application,
            scores.get(application.id),
            application.requested or usd(0),
            _why_not_confirmed(application, waits=application.id in in_queue),
        )
        for application in ranked(opened, applications, scores)
    ]


def _why_not_confirmed(application: Application, *, waits: bool) -> str:
    if not can(application, "confirm_reserve"):
        return not_now(application)
    return "" if waits else _("Already confirmed, or to be confirmed by another person.")


def _foresee_confirming(
    opened: Session, applications: Sequence[Application], _form: Any, act: Act
) -> list[Outlook]:
    """The places as they are now: an application that joins the list meanwhile changes them."""
    prospects = _reserved_prospects(opened, applications, act.actor)
    places = {
        key: place
        for call in {application.call_id for application in applications}
        for key, place in places_on_list(opened, call).items()
    }
    written = Written.of(opened, applications)
    return [
        _confirmation_outlook(prospect, places.get(prospect.application.id), written)
        for prospect in prospects
    ]


def _confirmation_outlook(prospect: Prospect, place: int | None, written: Written) -> Outlook:
    application = prospect.application
    basis = f"{place} {written.basis(application)}"
    return outlook_on(prospect, prospect.amount, place, written.cell(application), basis=basis)


PLACE = {"text": _l("Place on the reserve list"), "kind": "number"}
CONFIRM = of_applications(
    P.AWARD_APPROVE,
    unconfirmed,
    "confirm_reserve",
    text=_l("Confirm and send the letters"),
    endpoint="decisions.confirm_many",
    heads=(*NAMED, REQUESTED, PLACE, FEEDBACK),
    form=Form,
    foresee=_foresee_confirming,
    do=lambda opened, application, _form, act: confirm_reserve(opened, application, act),
)
BY_STAGE["confirm"] = (CONFIRM,)


@pages.route("/several/confirm-reserve", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def confirm_many() -> ResponseReturnValue:
    """Confirm the reserve list of a call; each applicant gets a letter with their place on it."""
    return page_of(CONFIRM, "confirm_many", "confirm")

"""What stands beside a form about an application: the parts of its case, each given by its room.

The page extends deciding/acting.html: the form on one side, the parts on the other. A person who
may not open the application gets no part of it; a part that is empty for this person is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Select

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.applying.submissions.dossier import dossier_for_fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.deciding.screening.forms import QueueForm
from grants.deciding.screening.queries import calls_in, found_on
from grants.platform.tables.cases import Place, address_of, place_in
from grants.platform.web.access import viewer
from grants.platform.web.database import session
from grants.platform.web.once import once


@dataclass(frozen=True, slots=True)
class CasePart:
    """One part of a case: `render` gives its HTML, empty where there is nothing to see."""

    key: str
    text: Any
    render: Callable[[Application], str]
    belongs: Callable[[Application], bool] = lambda _application: True
    """Whether the call of this application has such a part at all."""

    def show(self, application: Application) -> Markup:
        """The part for this person."""
        return Markup(self.render(application))  # noqa: S704 - a template's own output


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as this person sees it."""

    key: str
    text: str
    html: Markup


PARTS: Slot[CasePart] = Slot("screening.beside.PARTS")
"""In the order of the tabs; the rooms above give theirs."""


def parts_open(application: Application) -> list[CasePart]:
    """The parts of a case, for a person who sees the fund's applications. The page has found that
    this one is open to them (`application_of`).
    """
    may_see = viewer().may(Permission.APPLICATION_SEE, application.scope)
    return [part for part in PARTS if part.belongs(application)] if may_see else []


def parts_beside(application: Application) -> list[ShownPart]:
    """Every part of its case that holds something for this person."""
    parts = [
        ShownPart(part.key, str(part.text), part.show(application))
        for part in parts_open(application)
    ]
    return [part for part in parts if part.html.strip()]


def of_call(query: Select[Application], call: str | None) -> Select[Application]:
    """The part of a queue that is about this call; without one, the whole."""
    return query.where(Application.call.has(Call.reference == call)) if call else query


def queue_form(queue: Select[Application]) -> QueueForm:
    """The filter of a queue, with the calls of which it holds applications."""
    return form_of_calls(calls_in(session(), queue))


def form_of_calls(calls: Sequence[tuple[str, str]]) -> QueueForm:
    """A form with these calls to choose from: number and title."""
    form = QueueForm.of(lambda: [(reference, f"{reference} · {name}") for reference, name in calls])
    form.validate()
    return form


def place_among(queue: Select[Application], application: Application) -> Place | None:
    """The place of an application in a queue, of the call that the address names."""
    return place_in(of_call(queue, request.args.get("call")), Application, application)


def beside_form(application: Application, place: Place | None) -> dict[str, Any]:
    """What deciding/acting.html needs."""
    return {
        "application": application,
        "place": place,
        "neighbour": address_of,
        "parts": parts_beside(application),
    }


def go_on(place: Place | None, otherwise: str) -> ResponseReturnValue:
    """Where to go after an act: the same page of the next one in the queue if that was asked
    for.
    """
    following = (place.next or place.previous) if place else None
    if "next" in request.form and following:
        return redirect(address_of(following))
    return redirect(otherwise)


def _show_application(application: Application) -> str:
    return render_template(
        "deciding/screening/part_application.html",
        application=application,
        dossier=once(dossier_for_fund, session(), application),
    )


def _show_screening(application: Application) -> str:
    if application.awaits_screening:
        return ""
    findings = found_on(session(), application)
    return render_template("deciding/screening/part_screening.html", found=findings)


APPLICATION = CasePart("application", _l("Application"), _show_application)
SCREENING = CasePart("screening", _l("Screening"), _show_screening)

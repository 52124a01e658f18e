"""What may be done with an application now, and the frame of its case around its answers."""

from dataclasses import replace
from typing import Any

from flask import current_app, request, url_for

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, SCORED
from grants.core.kernel.language import gettext as _
from grants.deciding.decisions.case import HISTORY, awaits_advice, dated_stages_of
from grants.deciding.reviews.beside import REVIEWS
from grants.deciding.screening.beside import APPLICATION as ANSWERS
from grants.deciding.screening.beside import parts_open
from grants.platform.tables.cases import Case, Tab
from grants.platform.tables.next_steps import next_pages
from grants.platform.tables.turns import Turn, linked, turn_of
from grants.platform.web.access import opens
from grants.platform.web.beside import links_beside
from grants.platform.web.steps import buttons


def turn_on(application: Application) -> Turn:
    """The act that the application waits for, and what else may be done or read of it. The queue
    that the case was opened from goes with the addresses.
    """
    filters = {"call": request.args.get("call")}
    steps = buttons(application, APPLICATION, query=filters, reference=application.reference)
    if not application.call.board_advises:
        steps = [step for step in steps if step.action != "record_advice"]
    page = next_pages(APPLICATION, lambda each: {"reference": each.reference})(application)
    beside = linked(links_beside("application", application))
    turn = turn_of(application, APPLICATION, [*steps, *beside], page)
    if turn.main is None and awaits_advice(application):
        return replace(turn, waits=_("Waiting for: %(roles)s", roles=_("Board of Trustees")))
    return turn


def frame_beside(application: Application) -> dict[str, Any]:
    """The frame of the decision around the answers: stages, parts and acts."""
    stages = dated_stages_of(application)
    return {"case": Case(stages, _tabs_of(application)), "turn": turn_on(application)}


def _tabs_of(application: Application) -> list[Tab]:
    """The parts of the case, the answers being open; none for a person who reads only these."""
    if not opens(current_app.view_functions["decisions.show"]):
        return []
    parts = [part for part in parts_open(application) if part not in (REVIEWS, HISTORY)]
    entries = [(part.key, str(part.text)) for part in parts]
    if application.state in SCORED:
        entries.insert(0, ("", _("Decision")))
    return [_tab_of(application, key, text) for key, text in entries]


def _tab_of(application: Application, key: str, text: str) -> Tab:
    if key == ANSWERS.key:
        return Tab(text, request.full_path.rstrip("?"), current=True)
    address = url_for("decisions.show", reference=application.reference, part=key or None)
    return Tab(text, address, current=False)

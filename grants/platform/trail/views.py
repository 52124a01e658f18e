"""The trail as pages: who did what, when and why."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.models import TrailRow
from grants.core.audit.values import with_values
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cells import Link
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.tables import actor_of
from grants.platform.trail import queries
from grants.platform.trail.forms import TrailFilter
from grants.platform.trail.records import KINDS, PAGES, names_of
from grants.platform.trail.words import ACTS
from grants.platform.web.access import at_work, needs, opens, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.steps import all_workflows

pages = Blueprint("trail", __name__, url_prefix="/trail")


def kind_of(row: TrailRow) -> str:
    """What kind of record it is, as people call it."""
    return str(KINDS.get(row.subject, row.subject))


@cache
def _workflows_by_subject() -> Mapping[str, Workflow]:
    return {workflow.subject.replace(" ", "_"): workflow for workflow in all_workflows()}


def _step_of(row: TrailRow) -> Step | None:
    workflow = _workflows_by_subject().get(row.subject)
    steps = workflow.steps if workflow else ()
    return next((step for step in steps if step.action == row.action), None)


def act_of(row: TrailRow) -> str:
    """What was done: in the words of the workflow, or as the trail has it."""
    step = _step_of(row)
    if step is not None and step.label:
        return str(step.label)
    return str(ACTS.get(row.action) or row.action.replace("_", " "))


def state_of(row: TrailRow) -> str:
    """The state that the act led to, as staff call it."""
    workflow = _workflows_by_subject().get(row.subject)
    if row.target is None or workflow is None:
        return row.target or ""
    states = {state.value: name for state, name in workflow.names.items()}
    return str(states[row.target].staff) if row.target in states else row.target


COLUMNS = (
    Column(_l("When"), lambda r: r.at, order="newest"),
    Column(_l("Done by"), actor_of),
    Column(_l("Action"), act_of, link=lambda r: url_for("trail.show", number=r.id)),
    Column(_l("Related record"), kind_of, worth="title"),
    Column(_l("Number"), lambda r: r.subject_id, kind="number", shown=False),
    Column(_l("New status"), state_of),
    Column(_l("Reason"), lambda r: r.reason or ""),
    Column(_l("Type of record"), lambda r: r.subject, shown=False),
    Column(_l("Action code"), lambda r: r.action, shown=False),
    Column(_l("Details"), lambda r: _json_text(r.facts), shown=False),
    Column(_l("Number in the audit trail"), lambda r: r.id, kind="number", shown=False),
)
ORDERS = {
    "newest": Order(TrailRow.at, TrailRow.id, descending=True),
    "oldest": Order(TrailRow.at, TrailRow.id),
}


def _json_text(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else ""


@pages.get("")
@in_menu(_l("Audit trail"), 93, key="t")
@needs(Permission.TRAIL_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every act on records of the funds, the newest first; as a file too."""
    form = TrailFilter()
    filters = form.criteria if form.validate() else queries.Criteria(acts_only=True)
    listing = Listing(COLUMNS, ORDERS)
    listed = listing.of(session(), queries.rows_for(at_work(), filters), "trail")
    if listed.file:
        return listed.file
    names = names_of(session(), listed.subjects)
    listed = listed.redrawn("related-record", lambda row: _record_link(row, names))
    return render_template("platform/trail/index.html", listed=listed, form=form)


def _record_link(row: TrailRow, names: Mapping[tuple[str, int], Mapping[str, str]]) -> Link | str:
    """The record with its name, as a link where this person may open its page."""
    if not row.subject_id:
        return kind_of(row)
    facts = names.get((row.subject, row.subject_id))
    name = facts["name"] if facts else str(row.subject_id)
    address = _address_of(row, facts) if facts and facts["address"] else ""
    text = f"{kind_of(row)} {name}"
    return Link(text, address) if address else text


def _address_of(row: TrailRow, record: Mapping[str, str]) -> str:
    if row.subject not in PAGES:
        return ""
    endpoint, argument, _column = PAGES[row.subject]
    if not opens(current_app.view_functions[endpoint]):
        return ""
    values: dict[str, Any] = {argument: record["address"]}
    return url_for(endpoint, **values)


@pages.get("/<int:number>")
@needs(Permission.TRAIL_SEE)
def show(number: int) -> ResponseReturnValue:
    """One act with all that was kept of it, and its place in the chain."""
    row = queries.row_for_viewer(session(), number, viewer())
    names = names_of(session(), [row])
    facts = with_values(session(), row.facts)
    return render_template(
        "platform/trail/show.html",
        row=row,
        act=act_of(row),
        actor=actor_of(row),
        record=_record_link(row, names),
        state=state_of(row),
        link=queries.link_of(session(), row),
        details=[(name, _plain_text(value)) for name, value in sorted(facts.items())],
    )


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

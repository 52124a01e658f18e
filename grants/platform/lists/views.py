"""Setting up a list: what is chosen arrives from panels on the list itself, and leads back."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from grants.core.choices import service
from grants.core.choices.queries import view_for
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.service import set_up_desk
from grants.platform.forms.typed import counted
from grants.platform.tables.looks import VIEW
from grants.platform.web.access import choose_fund, opens, signed_in, this_act, viewer
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction
from grants.platform.web.face import funds_to_choose

pages = Blueprint("lists", __name__, url_prefix="/lists")

KEY = re.compile(r"[a-z0-9-]{1,60}")
MOST_COLUMNS = 60


@pages.post("/columns")
@signed_in
def columns() -> ResponseReturnValue:
    """Which columns this person sees of a list, and how dense their lists are."""
    back, page = _list_page()
    keys = [] if "usual" in request.form else _columns_typed("column")
    view = view_for(session(), counted(request.form.get("view")), viewer())
    saved = view if view and view.person_id == viewer().person_id and view.name else None
    with transaction() as opened:
        person = opened.get_one(Person, viewer().person_id)
        set_up_desk(person, roomy=request.form.get("rows") == "roomy", shortcuts=person.shortcuts)
        if saved:
            saved.columns = keys
        else:
            service.set_columns(opened, page, keys, this_act())
    return redirect(_with_view(back, saved.id) if saved else back)


@pages.post("/fund")
@signed_in
def fund() -> ResponseReturnValue:
    """In which fund this person works now: what their lists, counts and to-dos are about."""
    number = counted(request.form.get("fund"))
    if number and number not in {choice.number for choice in funds_to_choose()}:
        abort(404)
    choose_fund(number)
    return redirect(own_page(request.form.get("back")))


@pages.post("/views")
@signed_in
def save() -> ResponseReturnValue:
    """Keep the list as it stands under a name."""
    back, page = _list_page()
    try:
        with transaction() as opened:
            view = service.save_view(
                opened,
                page,
                request.form.get("name", ""),
                urlsplit(back).query,
                _columns_typed("shown"),
                _fund_chosen(),
                this_act(),
            )
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(back)
    flash(_("The view “%(name)s” has been saved.", name=view.name), "success")
    return redirect(_with_view(back, view.id))


@pages.post("/views/<int:view_id>/delete")
@signed_in
def delete(view_id: int) -> ResponseReturnValue:
    """Delete a saved view."""
    with transaction() as opened:
        view = service.delete_view(opened, view_id, this_act())
    flash(_("The view “%(name)s” has been deleted.", name=view.name), "success")
    return redirect(own_page(request.form.get("back")))


def _list_page() -> tuple[str, str]:
    """The address of the list to go back to, and its endpoint; 404 unless this person opens it."""
    back = own_page(request.form.get("back"))
    try:
        endpoint, _values = current_app.url_map.bind("localhost").match(urlsplit(back).path)
    except HTTPException:
        abort(404)
    if not viewer().works_for_a_fund or not opens(current_app.view_functions[endpoint]):
        abort(404)
    return back, str(endpoint)


def _columns_typed(name: str) -> list[str]:
    keys = request.form.getlist(name)[:MOST_COLUMNS]
    return [key for key in keys if KEY.fullmatch(key)]


def _fund_chosen() -> Fund | None:
    """The fund whose people are to see the view; none: only this person."""
    code = request.form.get("fund", "")
    return fund_by_code(session(), code) if code else None


def _with_view(back: str, view_id: int) -> str:
    return f"{back}{'&' if '?' in back else '?'}{VIEW}={view_id}"

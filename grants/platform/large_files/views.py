"""Ordering a file that takes long, seeing how far it is, and finding it again."""

from urllib.parse import unquote, urlsplit

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from grants.core.kernel.language import current_language
from grants.platform.forms.forms import Form
from grants.platform.large_files import jobs, service
from grants.platform.large_files.models import LargeFile
from grants.platform.large_files.queries import order_for, orders_of
from grants.platform.tables.large import READY
from grants.platform.web.access import network_here, public, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("large_files", __name__, url_prefix="/files")


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The files that this person ordered within a week."""
    orders = [(order, _file_link(order)) for order in orders_of(session(), viewer())]
    return render_template("platform/large_files/index.html", orders=orders)


@pages.route("/prepare", methods=["GET", "POST"])
@public
def show() -> ResponseReturnValue:
    """Order the file at an address, and see how far it is. The address itself says who may."""
    if not request.args.get("address"):
        return redirect(url_for("large_files.index"))
    address = _asked_for()
    form = Form()
    language = current_language().code
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            current = order_for(opened, viewer(), address, language)
            ordered = service.order(opened, address, language, this_act(), network_here())
            if current is None or current.id != ordered.id:
                jobs.begin(opened, ordered)
        if outcome:
            return redirect(url_for("large_files.show", address=address), 303)
    current = order_for(session(), viewer(), address, language)
    return render_template(
        "platform/large_files/show.html",
        form=form,
        address=address,
        order=current,
        changed="changed" in request.args,
        link=_file_link(current) if current else "",
    )


@pages.post("/cancel")
@signed_in
def cancel() -> ResponseReturnValue:
    """Stop preparing a file. What was written of it is thrown away."""
    address, form = _asked_for(), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, _outcome):
            service.cancel(opened, address, current_language().code, this_act())
    return redirect(url_for("large_files.show", address=address), 303)


def _asked_for() -> str:
    """An address of this service; not found if it is none."""
    address = request.args.get("address", "")
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not address.startswith("/") or "\\" in address:
            abort(404)
        adapter.match(unquote(parts.path), method="GET")
    except (HTTPException, ValueError):
        abort(404)
    return address


def _file_link(order: LargeFile) -> str:
    """Where a file that is made is fetched: at the address that was asked for."""
    mark = "&" if "?" in order.address else "?"
    return f"{order.address}{mark}{READY}=1" if order.key else ""

"""Moving in: upload a history, see its faults cell by cell, confirm what another one uploaded."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.apart import apart
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.moving_in import jobs, service
from grants.desk.moving_in.forms import UploadForm
from grants.desk.moving_in.history import templates
from grants.desk.moving_in.history.files import FILES
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.queries import import_for, imports_for, to_confirm
from grants.desk.moving_in.workflow import AT_WORK, IMPORT
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_again
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import attachment, received, send_document
from grants.platform.web.steps import buttons

pages = Blueprint("moving_in", __name__, url_prefix="/moving-in")
P = Permission

IMPORTS = Listing(
    columns=(
        Column(_l("Number"), lambda i: i.id, link=lambda i: url_for("moving_in.show", number=i.id)),
        Column(_l("File"), lambda i: i.document.name),
        Column(_l("Fund"), lambda i: i.fund.code),
        Column(
            _l("Status"),
            lambda i: IMPORT.names[i.state].staff,
            tone=lambda i: IMPORT.names[i.state].tone,
        ),
        Column(_l("Uploaded by"), lambda i: i.uploaded_by.name),
        Column(_l("Uploaded at"), lambda i: i.uploaded_at),
    ),
    orders={"newest": Order(Import.id, Import.id, descending=True)},
)


def _funds_to_import() -> list[Fund]:
    """The funds into whose books this person may import."""
    person = viewer()
    return [
        fund
        for fund in all_funds(session())
        if person.may(P.HISTORY_IMPORT, Scope(fund_id=fund.id))
    ]


@pages.get("")
@in_menu(_l("Import from spreadsheets"), 95, count=to_confirm)
@needs(P.HISTORY_IMPORT)
def index() -> ResponseReturnValue:
    """What was uploaded, and the state of each."""
    listed = IMPORTS.of(session(), imports_for(at_work()), "imports")
    return listed.file or render_template("desk/moving_in/index.html", listed=listed, files=FILES)


@pages.route("/upload", methods=["GET", "POST"])
@needs(P.HISTORY_IMPORT)
def upload() -> ResponseReturnValue:
    """Submit a history: it is kept and checked, and nothing of it is booked yet."""
    form = UploadForm(funds=_funds_to_import())
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.fund.data)
            handed_in = service.upload(opened, fund, received(form.file.data), this_act())
            jobs.begin(opened, handed_in)
        if outcome:
            return redirect(url_for("moving_in.show", number=handed_in.id))
    return render_template("desk/moving_in/upload.html", form=form)


@pages.get("/<int:number>")
@needs(P.HISTORY_IMPORT)
def show(number: int) -> ResponseReturnValue:
    """The state of an import: its progress, its faults, or what it would bring."""
    handed_in = import_for(session(), viewer(), number)
    return render_template(
        "desk/moving_in/show.html",
        found=handed_in,
        state=IMPORT.names[handed_in.state],
        at_work=handed_in.state in AT_WORK,
        own=handed_in.uploaded_by_id == viewer().person_id,
        steps=buttons(handed_in, IMPORT, number=handed_in.id),
        trail=trail_of(session(), "history_import", handed_in.id),
    )


@pages.post("/<int:number>/confirm")
@needs(P.HISTORY_IMPORT)
@asks_again
def confirm(number: int) -> ResponseReturnValue:
    """Have it taken over."""
    with transaction() as opened:
        handed_in = import_for(opened, viewer(), number)
        service.confirm(opened, handed_in, this_act())
        jobs.begin(opened, handed_in)
    return redirect(url_for("moving_in.show", number=number))


@pages.post("/<int:number>/discard")
@needs(P.HISTORY_IMPORT)
def discard(number: int) -> ResponseReturnValue:
    """Leave it."""
    with transaction() as opened:
        service.discard(opened, import_for(opened, viewer(), number), this_act())
    return redirect(url_for("moving_in.index"))


@pages.get("/<int:number>/file")
@needs(P.HISTORY_IMPORT)
def file(number: int) -> Response:
    """The file as it was uploaded."""
    brought_in = import_for(session(), viewer(), number)
    return send_document(brought_in.document, brought_in.scope)


@pages.get("/template.xlsx")
@needs(P.HISTORY_IMPORT)
def workbook() -> Response:
    """The workbook to fill in."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return attachment(templates.WORKBOOK, kind, apart(_template_workbook))


@pages.get("/template.zip")
@needs(P.HISTORY_IMPORT)
def archive() -> Response:
    """The CSV files to fill in, with examples and notes."""
    return attachment(templates.ARCHIVE, "application/zip", templates.archive())


def _template_workbook() -> bytes:
    from grants.desk.moving_in.history.template_book import as_workbook  # with openpyxl

    return as_workbook()

"""The access log as pages: all of it, and who opened one file."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.access_log import queries
from grants.platform.access_log.forms import LogFilter
from grants.platform.documents.models import Opening
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session

pages = Blueprint("access_log", __name__, url_prefix="/access-log")

WHEN = Column(_l("Opened at"), lambda line: line.opened_at, kind="moment", order="newest")
WHO = (
    Column(_l("Opened by"), lambda line: line.person.name),
    Column(_l("E-mail"), lambda line: line.person.email, shown=False),
)
FILE = Column(
    _l("File"),
    lambda line: line.title,
    link=lambda line: (
        url_for("access_log.document", number=line.document_id) if line.document_id else ""
    ),
)
FROM = Column(_l("From the page"), lambda line: line.address, kind="code", shown=False)
ORDERS = {"newest": Order(Opening.id, descending=True)}


@pages.get("")
@in_menu(_l("Access log"), 94)
@needs(Permission.ACCESS_LOG_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Who opened which file, the latest first; as a file too."""
    form = LogFilter()
    search = form.search if form.validate() else queries.Search()
    listing = Listing((WHEN, *WHO, FILE, FROM), ORDERS)
    listed = listing.of(session(), queries.openings_for(at_work(), search), "access-log")
    return listed.file or render_template(
        "platform/access_log/index.html", listed=listed, form=form
    )


@pages.get("/files/<int:number>")
@needs(Permission.ACCESS_LOG_SEE)
@files_ask_first
def document(number: int) -> ResponseReturnValue:
    """Who opened one uploaded file."""
    name = queries.name_of_file(session(), viewer(), number)
    query = queries.openings_of(viewer(), number)
    listing = Listing((WHEN, *WHO, FROM), ORDERS)
    listed = listing.of(session(), query, f"access-log-{number}")
    return listed.file or render_template(
        "platform/access_log/document.html", listed=listed, name=name
    )

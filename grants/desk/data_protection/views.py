"""Requests for erasure, for the officers who decide on them."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.desk.data_protection import queries
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.data_protection.own_data import counts_about, tables_naming
from grants.desk.data_protection.words import KEPT, LAW
from grants.desk.data_protection.workflow import ERASURE, OPEN
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import needs
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("data_protection", __name__, url_prefix="/data-protection")

ONE = "/requests/<int:number>"

REQUESTS = Listing(
    columns=(
        Column(
            _l("Person"),
            lambda request: request.person.name,
            link=lambda request: url_for("data_protection.show", number=request.id),
        ),
        Column(_l("Requested at"), lambda request: request.asked_at, kind="date", order="newest"),
        Column(_l("Status"), lambda request: ERASURE.names[request.state].staff),
        Column(_l("Decided"), lambda request: request.decided_at, kind="date"),
    ),
    orders={"newest": Order(ErasureRequest.id, descending=True)},
)


@pages.get("/requests")
@in_menu(_l("Data protection"), 94, count=queries.to_decide_count)
@needs(Permission.ERASURE_DECIDE)
def index() -> ResponseReturnValue:
    """Who asked that their data be erased, the newest first."""
    listed = REQUESTS.of(session(), queries.requests(), "erasure-requests")
    return listed.file or render_template("desk/data_protection/index.html", listed=listed)


@pages.get(ONE)
@needs(Permission.ERASURE_DECIDE)
def show(number: int) -> ResponseReturnValue:
    """One request: what is kept about the person, what would stay, and what may be done."""
    request = queries.request_of(session(), number)
    is_open = request.state in OPEN
    stays = tables_naming(session(), request.person) if is_open else request.stays
    return render_template(
        "desk/data_protection/show.html",
        request=request,
        state=ERASURE.names[request.state],
        is_open=is_open,
        kinds=[
            (KEPT[name].title, n) for name, n in counts_about(session(), request.person).items()
        ],
        stays=[LAW[name] for name in stays],
        steps=buttons(request, ERASURE, number=number),
        trail=trail_of(session(), ErasureRequest.__tablename__, request.id),
        acts=ACTS,
    )


ACTS = {
    "create": _l("Erasure requested"),
    "erase": _l("Erased"),
    "propose": _l("Erasure proposed"),
    "confirm": _l("Erased"),
    "refuse": _p("request", "Refused"),
    "withdraw": _p("request", "Withdrawn"),
}

request_pages = StepPages(
    pages,
    ERASURE,
    lambda number: queries.request_of(session(), number),
    lambda request: url_for("data_protection.show", number=request.id),
    lambda request: (request.person.name,),
)
LEAD = _l(
    "Names and addresses are replaced, and the person can no longer sign in. The "
    "ledger and the audit trail are kept. This cannot be undone. The person is "
    "notified of your reason."
)
request_pages.step(
    "erase",
    f"{ONE}/erase",
    lead=LEAD,
    tone="warning",
    done=_l("Erased. The person has been notified."),
)
request_pages.step(
    "propose", f"{ONE}/propose", lead=LEAD, done=_l("Proposed. Another person must now confirm.")
)
request_pages.step(
    "confirm",
    f"{ONE}/confirm",
    lead=LEAD,
    tone="warning",
    done=_l("Erased. The person has been notified."),
)
request_pages.step(
    "refuse",
    f"{ONE}/refuse",
    lead=_l("Nothing is erased. The person is notified of your reason by e-mail."),
    tone="warning",
    done=_l("Refused. The person has been notified."),
)

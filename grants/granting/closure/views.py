"""The page on which a grant is closed."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.queries import grant_for_viewer, progress_of
from grants.granting.agreements.views import caption_of, page_of, seen_version
from grants.granting.closure import service
from grants.granting.closure.forms import CloseForm
from grants.granting.closure.queries import finished
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.database import session

pages = Blueprint("closure", __name__)


FINISHED = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda a: a.reference,
            link=lambda a: url_for("closure.close", reference=a.reference),
        ),
        Column(_l("Organisation"), lambda a: a.organisation.name),
        Column(_l("Project"), lambda a: a.title),
        Column(_l("Amount"), lambda a: a.amount, kind="money"),
        Column(_l("Ends"), lambda a: a.ends_on, kind="date", order="end"),
    ),
    orders={"end": Order(Award.ends_on, Award.id)},
)


@pages.get("/grants/to-close")
@needs(Permission.REPORT_ACCEPT)
def index() -> ResponseReturnValue:
    """Grants that are finished and wait only to be closed."""
    listed = FINISHED.of(session(), finished(at_work()), "grants-to-close")
    return listed.file or render_template("granting/closure/index.html", listed=listed)


def _find_grant(reference: str) -> Award:
    return grant_for_viewer(session(), reference, viewer())


StepPages(pages, AWARD, _find_grant, page_of, caption_of, _l("The grant")).step(
    "close",
    "/grants/<reference>/close",
    CloseForm,
    lambda opened, award, form, act: service.close_grant(
        opened, award, act, version=seen_version(form)
    ),
    done=_l("The grant has been closed."),
    template="granting/closure/close.html",
    facts=lambda award: {
        "open": service.to_close(session(), award),
        "standing": progress_of(session(), award),
    },
)

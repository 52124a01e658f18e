"""Pages on which a hold on an organisation is placed, reviewed and lifted."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.integrity.holds import service
from grants.integrity.holds.forms import HoldForm, LiftForm, ReviewForm
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.holds.queries import hold_for_viewer, standing_holds
from grants.integrity.holds.workflow import HOLD
from grants.integrity.risk.organisation_pages import pages_of_organisations
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("holds", __name__, url_prefix="/due-diligence")

P = Permission

STANDING = Listing(
    columns=(
        Column(
            _l("Organisation"),
            lambda hold: hold.organisation.name,
            link=lambda hold: url_for("diligence.organisation", code=hold.organisation.code),
        ),
        Column(_l("Fund"), lambda hold: hold.fund.code, kind="code"),
        Column(_l("What is on hold"), lambda hold: hold.coverage.label),
        Column(_l("Reason"), lambda hold: hold.reason),
        Column(_l("Placed on"), lambda hold: hold.placed_at, kind="date"),
        Column(_l("Review by"), lambda hold: hold.review_on, kind="date"),
    ),
    orders={"due": Order(OrganisationHold.review_on, OrganisationHold.id)},
)


@pages.get("/holds")
@needs(P.DUE_DILIGENCE_SEE)
def index() -> ResponseReturnValue:
    """The holds that stand, those to be reviewed first."""
    listed = STANDING.of(session(), standing_holds(at_work()), "holds")
    return listed.file or render_template("integrity/holds/index.html", listed=listed)


def _place_hold(opened: Session, organisation: Organisation, form: HoldForm, act: Act) -> None:
    """Hold payments or applications of an organisation in a fund."""
    service.place_hold(opened, organisation, fund_by_code(opened, form.code), form.terms(), act)


pages_of_organisations(pages).act(
    "place",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/holds/new",
    lambda _organisation: HoldForm(funds=funds_for_viewer(P.DUE_DILIGENCE_RECOMMEND)),
    _place_hold,
    title=_l("Place a hold"),
    lead=_l(
        "The fund pays nothing, or accepts no applications, until another person lifts the hold."
    ),
    button=_l("Place the hold"),
    done=_l("The hold has been placed."),
)

hold_pages = StepPages(
    pages,
    HOLD,
    lambda number: hold_for_viewer(session(), number, viewer()),
    lambda hold: url_for("diligence.organisation", code=hold.organisation.code),
    lambda hold: (hold.organisation.name,),
)


def _review_hold(opened: Session, hold: OrganisationHold, form: ReviewForm, act: Act) -> None:
    service.review(opened, hold, form.review_on.data, act)


hold_pages.step(
    "review",
    "/holds/<int:number>/review",
    ReviewForm,
    _review_hold,
    done=_l("The hold has been kept."),
    template="integrity/holds/step.html",
)
hold_pages.step(
    "lift",
    "/holds/<int:number>/lift",
    LiftForm,
    done=_l("The hold has been lifted."),
    template="integrity/holds/step.html",
)

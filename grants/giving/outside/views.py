"""Pages of contributions outside the fund: the public one, the register, and its steps."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.giving.outside import service
from grants.giving.outside.forms import ConfirmForm, HandOnForm, IntentionForm, OutsideFilter
from grants.giving.outside.models import OutsideContribution
from grants.giving.outside.queries import (
    contribution_of_paper,
    outside_by_reference,
    outside_for_viewer,
    totals_by_purpose,
)
from grants.giving.outside.workflow import OUTSIDE_CONTRIBUTION, OutsideState
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, public, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.funds import funds_for_viewer
from grants.platform.web.steps import buttons, possible

pages = Blueprint("outside", __name__)
P = Permission

REGISTER = Listing(
    columns=(
        Column(
            _l("Reference"),
            lambda c: c.reference,
            link=lambda c: url_for("outside.show", reference=c.reference),
        ),
        Column(_l("Donor"), lambda c: c.donor_name, worth="name"),
        Column(_l("Type of donor"), lambda c: c.donor_kind.label, shown=False),
        Column(_l("Purpose"), lambda c: c.purpose.label, worth="title"),
        Column(_l("Amount"), lambda c: c.amount, kind="money"),
        Column(_l("Amount, USD"), lambda c: c.worth, kind="money"),
        Column(_l("Announced on"), lambda c: c.announced_on, kind="date"),
        Column(_l("Passed on to"), lambda c: c.office, shown=False),
        Column(_l("Fund"), lambda c: c.fund.code, shown=False),
        Column(
            _l("Status"),
            lambda c: OUTSIDE_CONTRIBUTION.names[c.state].staff,
            tone=lambda c: OUTSIDE_CONTRIBUTION.names[c.state].tone,
        ),
    ),
    orders={"newest": Order(OutsideContribution.id, descending=True)},
)
ACTS = {
    "create": _l("Announced"),
    "hand_on": _l("Passed on to the office"),
    "confirm": _l("Confirmed by the office"),
    "withdraw": _l("Withdrawn"),
}


@pages.route("/give/<code>/other-purposes", methods=["GET", "POST"])
@public
def tell(code: str) -> ResponseReturnValue:
    """A donor tells of money that is not for the fund."""
    fund = _fund_with_office(code)
    form = IntentionForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.announce(opened, fund, form.intention(), this_act())
        if outcome:
            return redirect(url_for("outside.sent", code=code))
    return render_template("giving/outside/tell.html", form=form, fund=fund)


@pages.get("/give/<code>/other-purposes/sent")
@public
def sent(code: str) -> ResponseReturnValue:
    """What happens next with it."""
    return render_template("giving/outside/sent.html", fund=_fund_with_office(code))


def _fund_with_office(code: str) -> Fund:
    """A fund that has named the office to hand on to."""
    fund = fund_by_code(session(), code)
    if not fund.outside_email:
        raise Missing(_("This fund does not pass on contributions for other purposes."))
    return fund


@pages.get("/outside")
@needs(P.OUTREACH_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """The register; as a file too."""
    form = OutsideFilter(all_funds(session()))
    form.validate()
    state = OutsideState(form.state.data) if form.state.data else None
    query = outside_for_viewer(at_work(), form.fund.data or "", state)
    listed = REGISTER.of(session(), query, "outside")
    return listed.file or render_template(
        "giving/outside/index.html",
        listed=listed,
        form=form,
        funds=_own_funds(),
        figures=_figures_of_year(),
    )


def _own_funds() -> list[Fund]:
    """The funds that hand contributions on, and for which this person records them."""
    return [fund for fund in funds_for_viewer(P.OUTREACH_RECORD) if fund.outside_email]


def _figures_of_year() -> list[dict[str, object]]:
    """What the offices were told this year, for each purpose."""
    today = clock.today()
    return [
        {
            "label": f"{fund.code}{spaced(':')}{row.purpose.label}",
            "value": row.amount,
            "note": _("reported this year"),
        }
        for fund in _own_funds()
        for row in totals_by_purpose(session(), fund, today.replace(month=1, day=1), today)
    ]


def _find_contribution(reference: str) -> OutsideContribution:
    return possible(outside_by_reference(session(), reference, viewer()), OUTSIDE_CONTRIBUTION)


@pages.get("/outside/<reference>")
@needs(P.OUTREACH_SEE)
def show(reference: str) -> ResponseReturnValue:
    contribution = _find_contribution(reference)
    return render_template(
        "giving/outside/show.html",
        contribution=contribution,
        state=OUTSIDE_CONTRIBUTION.names[contribution.state],
        steps=buttons(contribution, OUTSIDE_CONTRIBUTION, reference=reference),
        trail=trail_of(session(), OutsideContribution.__tablename__, contribution.id),
        acts=ACTS,
    )


@pages.get("/outside/<reference>/paper")
@needs(P.OUTREACH_SEE)
def paper(reference: str) -> ResponseReturnValue:
    """What the donor wrote."""
    contribution = _find_contribution(reference)
    if contribution.document is None:
        raise Missing(_("Document not found."))
    return send_document(contribution.document, contribution.scope)


@pages.get("/outside/paper/<token>")
@public
def office_paper(token: str) -> ResponseReturnValue:
    """The office opens what the donor wrote, before the link ends."""
    contribution = contribution_of_paper(session(), token)
    return render_template(
        "giving/outside/paper.html",
        contribution=contribution,
        document=contribution.document,
        token=token,
    )


@pages.get("/outside/paper/<token>/file")
@public
def office_file(token: str) -> ResponseReturnValue:
    """The file itself; the access log says when it was opened."""
    contribution = contribution_of_paper(session(), token)
    assert contribution.document is not None
    return send_document(contribution.document, contribution.scope)


outside_pages = StepPages(
    pages,
    OUTSIDE_CONTRIBUTION,
    _find_contribution,
    lambda contribution: url_for("outside.show", reference=contribution.reference),
    lambda contribution: (contribution.reference, contribution.donor_name),
)


def _hand_on(
    opened: Session, contribution: OutsideContribution, form: HandOnForm, act: Act
) -> None:
    document = keep(opened, received(form.file.data), act) if form.file.data else None
    service.hand_on(opened, contribution, document, act)


outside_pages.step(
    "hand_on",
    "/outside/<reference>/hand-on",
    HandOnForm,
    _hand_on,
    lead=lambda contribution: _(
        "We send what the donor told us to %(office)s, and tell the donor.",
        office=contribution.fund.outside_email or "–",
    ),
    done=_l("Passed on. The office and the donor have been notified."),
)
outside_pages.step(
    "confirm",
    "/outside/<reference>/confirm",
    ConfirmForm,
    lambda opened, contribution, form, act: service.confirm(
        opened, contribution, form.on.data, form.reference.data or "", act
    ),
    done=_l("The confirmation has been recorded."),
)
outside_pages.step(
    "withdraw",
    "/outside/<reference>/withdraw",
    tone="warning",
    done=_l("Withdrawn. It is not reported."),
)

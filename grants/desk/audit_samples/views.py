"""The auditor's pages: payments drawn at random, each with its papers."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.audit_samples import queries, service
from grants.desk.audit_samples.forms import DrawForm
from grants.desk.audit_samples.models import AuditSample
from grants.granting.payments.models import Instalment
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("audit_samples", __name__, url_prefix="/audit-samples")

USUAL_SIZE = 25

SAMPLES = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda sample: sample.id,
            link=lambda sample: url_for("audit_samples.show", number=sample.id),
        ),
        Column(_l("Fund"), lambda sample: sample.fund.code),
        Column(_p("from a day", "Paid from"), lambda sample: sample.paid_from, kind="date"),
        Column(_l("Paid until"), lambda sample: sample.paid_until, kind="date"),
        Column(_l("Payments"), lambda sample: len(sample.instalments), kind="number"),
        Column(_l("Drawn by"), lambda sample: sample.drawn_by.name),
        Column(_l("Drawn at"), lambda sample: sample.drawn_at, kind="moment", order="newest"),
    ),
    orders={"newest": Order(AuditSample.id, descending=True)},
)


@pages.get("/")
@in_menu(_l("Audit samples"), 95)
@needs(Permission.AUDIT_SAMPLE)
def index() -> ResponseReturnValue:
    """The samples that were drawn, the newest first."""
    listed = SAMPLES.of(session(), queries.samples(at_work()), "audit-samples")
    return listed.file or render_template("desk/audit_samples/index.html", listed=listed)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.AUDIT_SAMPLE)
def draw() -> ResponseReturnValue:
    """Draw payments of a period at random."""
    today = clock.today()
    form = DrawForm(
        funds=_audited_funds(),
        data={"paid_from": date(today.year, 1, 1), "paid_until": today, "size": USUAL_SIZE},
    )
    if form.validate_on_submit():
        fund = fund_by_code(session(), form.fund.data)
        with attempt(form) as (opened, outcome):
            sample = service.draw_sample(
                opened, fund, form.paid_from.data, form.paid_until.data, form.size.data, this_act()
            )
        if outcome:
            flash(_("The sample has been drawn."), "success")
            return redirect(url_for(".show", number=sample.id))
    return render_template(
        "layout/step.html",
        form=form,
        to=url_for(".index"),
        caption=[],
        title=_("Draw payments at random"),
        lead=_(
            "Each payment to a grantee in the period is equally likely to be drawn. "
            "The record shows who drew which payments."
        ),
        button=_("Draw the sample"),
    )


@pages.get("/<int:number>")
@needs(Permission.AUDIT_SAMPLE)
def show(number: int) -> ResponseReturnValue:
    """The payments of a sample, with the way to the papers of each."""
    sample = queries.sample_for_viewer(session(), number, viewer())
    payments = queries.payments_of(session(), sample)
    if request.args.get("format") in FORMATS:
        heads = [
            *(_("Grant"), _("Organisation"), _("Country"), _("Instalment")),
            *(_("Amount, USD"), _("Paid on"), _("Bank reference")),
        ]
        name = f"audit-sample-{sample.id}"
        return download(name, request.args["format"], heads, map(_row_of, payments))
    return render_template("desk/audit_samples/show.html", sample=sample, payments=payments)


def _row_of(payment: Instalment) -> list[object]:
    award = payment.award
    return [
        *(award.reference, award.organisation.name, award.country, payment.number),
        *(payment.amount, payment.paid_on, payment.bank_reference),
    ]


def _audited_funds() -> list[Fund]:
    return [
        fund
        for fund in all_funds(session())
        if viewer().may(Permission.AUDIT_SAMPLE, Scope(fund.id))
    ]

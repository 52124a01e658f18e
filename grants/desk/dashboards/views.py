"""A fund in figures, for its people."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.earmarks import earmark_note
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.dashboards.coming import coming_figures
from grants.desk.dashboards.figures import FundStanding, standing_and_gap
from grants.desk.dashboards.outlook_views import (
    coming_rows,
    finding_of,
    forecast_for,
    sees_outlook,
    stage_heads,
)
from grants.desk.dashboards.risks import Concerns, Risk, concerns_of, risks_of
from grants.desk.tasks.waiting import lines_of, waiting_for_person
from grants.fundraising.funding_gap.gap import Gap
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("dashboard", __name__, url_prefix="/dashboard")

P = Permission


@pages.get("")
@in_menu(_l("Dashboard"), 8, key="d")
@needs(P.DASHBOARD_SEE)
def index() -> ResponseReturnValue:
    """The dashboard of the fund that the person has chosen, or of the first that they work for."""
    return to_first_fund(P.DASHBOARD_SEE, "dashboard.show")


@pages.get("/<code>")
@needs(P.DASHBOARD_SEE)
def show(code: str) -> ResponseReturnValue:
    """A fund in figures: pledged, committed, received, allocated, disbursed, available."""
    funds = funds_for_viewer(P.DASHBOARD_SEE)
    chosen = fund_for_viewer(code, P.DASHBOARD_SEE)
    figures, gap, concerns = while_nothing_happens(
        ("dashboard", chosen.id), lambda: _of_fund(chosen)
    )
    flow, years = _charts_of(figures)
    person = viewer().within(chosen.id)
    waiting = waiting_for_person(person)
    risks = risks_of(session(), chosen, concerns, person)
    return render_template(
        "desk/dashboards/dashboard.html",
        fund=chosen,
        funds=funds,
        figures=figures,
        earmarks=earmark_note(figures.available, figures.earmarked),
        gap=gap,
        flow=flow,
        years=years,
        flow_svg=charts.bars(flow),
        years_svg=charts.columns(years) if figures.years else "",
        late=lines_of([line for line in waiting if line.task.urgent and not line.task.risk]),
        waiting=lines_of([line for line in waiting if not line.task.urgent]),
        risky=[*lines_of([line for line in waiting if line.task.risk]), *_risk_lines(risks)],
        leads=_links_of(chosen),
        **_outlook_of(chosen, gap.on_hand),
        may_issue=viewer().may(P.STATEMENT_ISSUE, Scope(chosen.id)),
        this_year={"from": f"{clock.today():%Y}-01-01", "to": clock.today().isoformat()},
    )


def _of_fund(fund: Fund) -> tuple[FundStanding, Gap, Concerns]:
    """What is the same for all who see the fund's dashboard."""
    figures, gap = standing_and_gap(session(), fund)
    return figures, gap, concerns_of(session(), fund, clock.today())


def _outlook_of(fund: Fund, cash_now: Money) -> dict[str, Any]:
    """The cash and the payments to come, for a person who may see them."""
    if not sees_outlook(fund):
        return {}
    forecast = forecast_for(fund, cash_now)
    return {
        "cash_finding": finding_of(forecast),
        "spans": coming_rows(fund, coming_figures(session(), fund, clock.today())),
        "stages": stage_heads(),
    }


def _risk_lines(risks: Sequence[Risk]) -> list[dict[str, str]]:
    return [{"text": risk.text, "href": url_for(risk.endpoint, **risk.values)} for risk in risks]  # type: ignore[arg-type]


def _links_of(fund: Fund) -> dict[str, str]:
    """The pages that make up the figures: those that this person may open, else the public one."""
    published = url_for("money.years", code=fund.code)
    lists = {
        "available": (P.LEDGER_SEE, url_for("periods.overview", code=fund.code)),
        "received": (P.CONTRIBUTION_SEE, url_for("contributions.index", fund=fund.code)),
    }
    return {
        key: href if viewer().may(may, Scope(fund.id)) else published
        for key, (may, href) in lists.items()
    }


def _charts_of(figures: FundStanding) -> tuple[charts.Picture, charts.Picture]:
    flow = charts.picture(
        _("From pledge to beneficiary"),
        _("Amounts pledged, committed, received, allocated and disbursed, in US dollars."),
        {_("USD"): Meaning.RECEIVED},
        {
            _("Pledged"): (figures.pledged,),
            _("Committed"): (figures.committed,),
            _("Received"): (figures.received,),
            _("Allocated"): (figures.allocated,),
            _("Disbursed"): (figures.disbursed,),
        },
        (Meaning.PLEDGED, Meaning.SIGNED, Meaning.RECEIVED, Meaning.AWARDED, Meaning.PAID),
    )
    years = charts.picture(
        _("Received and disbursed by year"),
        _("Amounts paid by donors and received by grantees in each year, in US dollars."),
        {_("Received"): Meaning.RECEIVED, _("Disbursed"): Meaning.PAID},
        {str(row.year): (row.received, row.disbursed) for row in figures.years},
    )
    return flow, years

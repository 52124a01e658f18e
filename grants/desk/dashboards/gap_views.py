"""What a fund lacks: a page for the public, and by window for the fund's people."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.books.ledger.earmarks import note_on
from grants.books.ledger.hundred import hundred_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.desk.dashboards.figures import appeal, need_figures, need_sentence
from grants.fundraising.funding_gap.gap import Gap, gap_of, set_aside
from grants.fundraising.funding_gap.planned_uses import Past, past_years
from grants.giving.totals.figures import received_by_year
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.exports import FORMATS, download
from grants.platform.web.access import needs, public, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund
from grants.platform.web.unchanged import same_for_visitors, while_nothing_happens

pages = Blueprint("gap", __name__)
P = Permission


@pages.get("/funds/<code>/need")
@public
@same_for_visitors()
def show(code: str) -> ResponseReturnValue:
    """Need against funds by year, and the years before; nobody is named. As a file too."""
    fund = fund_by_code(session(), code)
    gap = gap_of(session(), fund)
    if (ending := request.args.get("format", "")) in FORMATS:
        return _by_year(fund, gap, ending)
    picture, target = _chart_of(gap), appeal(session(), fund)
    return render_template(
        "desk/dashboards/need.html",
        fund=fund,
        gap=gap,
        picture=picture,
        svg=charts.columns(picture),
        appeal=target,
        need=need_sentence(gap, target),
        past=_years_before(session(), fund),
        earmarks=_earmark_note(fund, gap),
        detail=_detail_url(fund),
        needs=_need_rows(fund, gap),
        hundred=hundred_of(session(), fund, fund.today()),
    )


def _earmark_note(fund: Fund, gap: Gap) -> str:
    return note_on(session(), fund, gap.on_hand)


def _need_rows(fund: Fund, gap: Gap) -> list[dict[str, Any]]:
    return need_figures(gap, set_aside(session(), fund), lambda amount: amount)


def _detail_url(fund: Fund) -> str:
    """The address of the page by window, for a person who may open it."""
    if not viewer().may(P.DASHBOARD_SEE, Scope(fund.id)):
        return ""
    return url_for("gap.windows", code=fund.code)


def _raises_funds(person: Viewer) -> bool:
    return person.may(P.PLEDGE_SEE)


@pages.get("/need")
@in_menu(_l("Funding gap"), 32, who=_raises_funds, key="f")
@needs(P.DASHBOARD_SEE)
def index() -> ResponseReturnValue:
    """The need of the first fund that the person works for."""
    return to_first_fund(P.DASHBOARD_SEE, "gap.windows")


@pages.get("/dashboard/<code>/need")
@needs(P.DASHBOARD_SEE)
def windows(code: str) -> ResponseReturnValue:
    """The need by window of the fund's cycle. As a file too."""
    funds = funds_for_viewer(P.DASHBOARD_SEE)
    fund = fund_for_viewer(code, P.DASHBOARD_SEE)
    gap = while_nothing_happens(("need", fund.id), lambda: gap_of(session(), fund))
    if (ending := request.args.get("format", "")) in FORMATS:
        heads = [_("Funding window"), _("Awards to pay, USD"), _("Requested, USD"), _("Need, USD")]
        rows = ([w.window, w.awards, w.requested, w.need] for w in gap.windows)
        return download(f"need-by-window-{fund.code}", ending, heads, rows)
    return render_template(
        "desk/dashboards/windows.html",
        fund=fund,
        funds=funds,
        gap=gap,
        needs=_need_rows(fund, gap),
        earmarks=_earmark_note(fund, gap),
    )


def _by_year(fund: Fund, gap: Gap, ending: str) -> ResponseReturnValue:
    heads = [
        *(_("Year"), _("Awards to pay, USD"), _("Requested, USD"), _("Need, USD")),
        *(_("Cash available, USD"), _("Due under signed agreements, USD"), _("Funds, USD")),
        *(_("Balance carried forward, USD"), _("Pledged, not signed, USD")),
    ]
    rows = (
        [
            *(year.year, year.awards, year.requested, year.need),
            *(year.on_hand, year.receivable, year.funds, carried, year.pledged),
        ]
        for year, carried in zip(gap.years, gap.carried, strict=True)
    )
    return download(f"need-{fund.code}", ending, heads, rows)


def _chart_of(gap: Gap) -> charts.Picture:
    return charts.picture(
        _("Need and funds by year"),
        _("What grants require and what the fund has for them in each year, in US dollars."),
        {_("Need"): Meaning.NEEDED, _("Funds"): Meaning.RECEIVED},
        {str(year.year): (year.need, year.funds) for year in gap.years},
    )


def _years_before(session: Session, fund: Fund) -> Sequence[tuple[Past, Money]]:
    """The years before with what donors paid in each, the newest first."""
    came = dict(received_by_year(session, fund))
    past_by_year = {past.year: past for past in past_years(session, fund)}
    years = sorted({*past_by_year, *came}, reverse=True)
    return [
        (past_by_year.get(year) or Past.nothing(year), came.get(year, usd(0))) for year in years
    ]

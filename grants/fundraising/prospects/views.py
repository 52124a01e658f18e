"""For fundraisers: the pipeline by quarter, and whom to ask next."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.countries.countries import by_country_name
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.formats import month, quarter_of_year
from grants.core.texts.marks import spaced
from grants.fundraising.prospects.quarters import Quarter, pipeline_of
from grants.fundraising.prospects.suggestions import Region, Suggestion, regions_of, suggestions
from grants.giving.outside.queries import totals_by_purpose
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.tables.cells import Link
from grants.platform.tables.exports import FORMATS, download
from grants.platform.web.access import needs
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund

pages = Blueprint("prospects", __name__, url_prefix="/prospects")
P = Permission


@pages.get("")
@needs(P.OUTREACH_SEE)
def index() -> ResponseReturnValue:
    """The pipeline of the first fund that the person works for."""
    return to_first_fund(P.OUTREACH_SEE, "prospects.pipeline")


@pages.get("/<code>")
@needs(P.OUTREACH_SEE)
@files_ask_first
def pipeline(code: str) -> ResponseReturnValue:
    """Contacted, pledged, signed, received and still to come, by quarter. As a file too."""
    fund = fund_for_viewer(code, P.OUTREACH_SEE)
    quarters = pipeline_of(session(), fund)
    if (ending := request.args.get("format", "")) in FORMATS:
        return _pipeline_file(fund, quarters, ending)
    picture = _quarters_chart(quarters)
    return render_template(
        "fundraising/prospects/pipeline.html",
        fund=fund,
        funds=funds_for_viewer(P.OUTREACH_SEE),
        picture=picture,
        svg=charts.columns(picture),
        quarters=[(quarter_of_year(quarter.first), quarter) for quarter in quarters],
        outside=totals_by_purpose(session(), fund, quarters[0].first, clock.today()),
    )


def _quarters_chart(quarters: Sequence[Quarter]) -> charts.Picture:
    return charts.picture(
        _("Pledged, signed, received and to come, by quarter"),
        _(
            "Each amount is shown in the quarter in which it was pledged, signed or "
            "received, or is due."
        ),
        {
            _("Pledged"): Meaning.PLEDGED,
            _("Signed"): Meaning.SIGNED,
            _("Received"): Meaning.RECEIVED,
            _("To come"): Meaning.EXPECTED,
        },
        {
            quarter_of_year(quarter.first): (
                *(quarter.pledged, quarter.signed, quarter.received, quarter.to_come),
            )
            for quarter in quarters
        },
    )


def _pipeline_file(fund: Fund, quarters: Sequence[Quarter], ending: str) -> ResponseReturnValue:
    heads = [
        *(_("First day"), _("Donors contacted"), _("Pledged, USD"), _("Signed, USD")),
        *(_("Received, USD"), _("To come, USD")),
    ]
    rows = (
        [
            *(quarter.first, quarter.contacted, quarter.pledged, quarter.signed),
            *(quarter.received, quarter.to_come),
        ]
        for quarter in quarters
    )
    return download(f"pipeline-{fund.code}", ending, heads, rows)


@pages.get("/<code>/next")
@needs(P.OUTREACH_SEE)
@files_ask_first
def ask_next(code: str) -> ResponseReturnValue:
    """Whom to ask next, why, and when an answer may be expected. As a file too."""
    fund = fund_for_viewer(code, P.OUTREACH_SEE)
    listed = suggestions(session(), fund)
    if (ending := request.args.get("format", "")) in FORMATS:
        return _suggestions_file(fund, listed, ending)
    return render_template(
        "fundraising/prospects/next.html",
        fund=fund,
        funds=funds_for_viewer(P.OUTREACH_SEE),
        rows=[_suggestion_row(suggestion) for suggestion in listed[:SHOWN]],
        more=len(listed) > SHOWN,
        regions=[_region_row(region) for region in regions_of(session(), fund)],
    )


SHOWN = 100
"""Suggestions on the page; the file has all of them."""


def _suggestion_row(suggestion: Suggestion) -> list[Any]:
    return [
        Link(suggestion.donor.name, url_for("outreach.donor", code=suggestion.donor.code)),
        _reason_in_words(suggestion),
        suggestion.amount,
        suggestion.last_year and str(suggestion.last_year),
        month(suggestion.month) if suggestion.month else None,
        suggestion.contacted_on,
    ]


def _reason_in_words(suggestion: Suggestion) -> str:
    if suggestion.givers:
        return _("%(reason)s (%(num)s)", reason=suggestion.reason.label, num=suggestion.givers)
    return str(suggestion.reason.label)


def _region_row(region: Region) -> list[Any]:
    names = spaced(",").join(name for _code, name in by_country_name(region.others))
    return [region.group.label, region.givers, len(region.others), names]


def _suggestions_file(fund: Fund, listed: Sequence[Suggestion], ending: str) -> ResponseReturnValue:
    heads = [
        *(_("Code"), _("Donor"), _("Type of donor"), _("Reason"), _("Last given, USD")),
        *(_("Year"), _("Expected month"), _("Last contacted on")),
    ]
    rows = (
        [
            *(entry.donor.code, entry.donor.name, entry.donor.kind, _reason_in_words(entry)),
            *(entry.amount, entry.last_year, entry.month, entry.contacted_on),
        ]
        for entry in listed
    )
    return download(f"ask-next-{fund.code}", ending, heads, rows)

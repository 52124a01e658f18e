"""The public pages of results: one for each year of a fund."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grants.core.countries.countries import country_name
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import taxonomies
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import figure
from grants.granting.results.queries import InCountry, results_of, years_with_results
from grants.platform.charts.maps import Place, world_map
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors

pages = Blueprint("results", __name__)


@pages.get("/funds/<code>/results")
@public
def newest(code: str) -> ResponseReturnValue:
    """The newest year with something to report."""
    fund = fund_by_code(session(), code)
    years = years_with_results(session(), fund)
    if not years:
        return render_template("granting/results/year.html", fund=fund, years=[], found=None)
    return redirect(url_for(".year", code=fund.code, year=years[0]))


@pages.get("/funds/<code>/results/<int:year>", endpoint="year")
@public
@same_for_visitors()
def of_year(code: str, year: int) -> ResponseReturnValue:
    """Grants and people reached in a year; no small count of people, nor can it be worked out."""
    fund = fund_by_code(session(), code)
    years = years_with_results(session(), fund)
    if year not in years:
        raise Missing(_("There are no results for this year."))
    results = results_of(session(), fund, year)
    return render_template(
        "granting/results/year.html",
        fund=fund,
        years=years,
        found=results,
        map=world_map(
            (Place(row.country, row.grants, row.paid) for row in results.countries if row.country),
            _("Grants paid in %(year)s, by country", year=year),
        ),
        spending=[_row_of(line, returns=bool(results.returned)) for line in results.countries],
        terms=lambda name: getattr(taxonomies, name).choices(),
    )


def _row_of(line: InCountry, *, returns: bool) -> list[Any]:
    """A country in the list, to which its bubble leads; with what came back, if anything did."""
    figures = [line.grants, figure(line.paid), *([figure(line.returned)] if returns else [])]
    if not line.country:
        return [_("Several countries"), *figures]
    name = Markup('<span id="in-{}">{}</span>').format(line.country, country_name(line.country))
    return [name, *figures]

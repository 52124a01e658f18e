"""The public pages of results: one for each year of a fund."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel import taxonomies
from grants.core.kernel.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.granting.results.queries import results_of, years_with_results
from grants.platform.web.access import public
from grants.platform.web.database import session

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
def of_year(code: str, year: int) -> ResponseReturnValue:
    """Grants and people reached in a year; no small count of people, nor can it be worked out."""
    fund = fund_by_code(session(), code)
    years = years_with_results(session(), fund)
    if year not in years:
        raise Missing(_("There are no results for this year."))
    return render_template(
        "granting/results/year.html",
        fund=fund,
        years=years,
        found=results_of(session(), fund, year),
        country=country_name,
        terms=lambda name: getattr(taxonomies, name).choices(),
    )

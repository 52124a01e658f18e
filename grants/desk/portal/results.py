"""What a fund's money did, year by year, for donors and for everybody."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.desk.portal.views import pages
from grants.granting.reporting.results import results_of, years_with_results
from grants.platform.web.access import public
from grants.platform.web.database import session


@pages.get("/funds/<code>/results")
@public
def results(code: str) -> ResponseReturnValue:
    """The newest year there is something to tell of."""
    fund = fund_by_code(session(), code)
    years = years_with_results(session(), fund)
    if not years:
        return render_template("desk/portal/results.html", fund=fund, years=[], found=None)
    return redirect(url_for(".results_in", code=fund.code, year=years[0]))


@pages.get("/funds/<code>/results/<int:year>")
@public
def results_in(code: str, year: int) -> ResponseReturnValue:
    """Grants and people reached in a year; no small count of people, nor can it be worked out."""
    fund = fund_by_code(session(), code)
    years = years_with_results(session(), fund)
    if year not in years:
        raise Missing(_("There is nothing to tell of this year."))
    return render_template(
        "desk/portal/results.html",
        fund=fund,
        years=years,
        found=results_of(session(), fund, year),
        country=country_name,
    )

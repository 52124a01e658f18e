"""The public pages of results: one for each year of a fund."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import taxonomies
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.texts.formats import figure
from grants.granting.results import coded, queries, service
from grants.granting.results.editions import editions_of, people_reached, year_in
from grants.granting.results.forms import PublishForm
from grants.granting.results.published import PeopleReached
from grants.granting.results.queries import InCountry, results_of, years_with_results
from grants.granting.results.service import NextEdition, next_edition
from grants.platform.charts.maps import Place, world_map
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, public
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
    editions = editions_of(session(), fund)
    return render_template(
        "granting/results/year.html",
        fund=fund,
        years=years,
        found=results,
        edition=editions[-1] if editions else None,
        map=world_map(
            (Place(row.country, row.grants, row.paid) for row in results.countries if row.country),
            _("Grants paid in %(year)s, by country", year=year),
        ),
        spending=[_row_of(line, returns=bool(results.returned)) for line in results.countries],
        terms=lambda name: getattr(taxonomies, name).choices(),
    )


@pages.get("/funds/<code>/results/all")
@public
@same_for_visitors()
def ever(code: str) -> ResponseReturnValue:
    """People reached since the fund began, and every published count as a file in codes."""
    fund = fund_by_code(session(), code)
    rows = list(coded.rows(session(), fund))
    if request.args.get("format") in FORMATS:
        heads = list(coded.columns())
        lines = ((fund.code, *row) for row in rows)
        return download(f"{fund.code}-results", request.args["format"], heads, lines)
    return render_template(
        "granting/results/ever.html",
        fund=fund,
        years=queries.years_with_results(session(), fund),
        reached=people_reached(session(), fund),
        windows=coded.of_grants(rows, "window"),
        countries=coded.of_grants(rows, "country"),
        roles=coded.countries_by_role(rows),
        meanings=[[name, meaning] for name, meaning in coded.columns().items()],
        terms=lambda name: getattr(taxonomies, name).choices(),
    )


FUNDS = Listing(
    columns=(
        Column(
            _l("Fund"),
            lambda fund: fund.title,
            link=lambda fund: url_for("results.publish", code=fund.code),
        ),
        Column(
            _l("Reports waiting"),
            lambda fund: queries.waiting_count(session(), fund),
            kind="number",
        ),
    ),
    orders={"code": Order(Fund.code, Fund.id)},
)


@pages.get("/results/to-publish")
@in_menu(_p("project", "Results"), 61, count=queries.to_publish_count)
@needs(Permission.RESULTS_PUBLISH)
def to_publish() -> ResponseReturnValue:
    """How many accepted reports wait for the next edition of each fund's results."""
    listed = FUNDS.of(session(), queries.to_publish(at_work()), "funds-to-publish")
    return listed.file or render_template("granting/results/to_publish.html", listed=listed)


def _next_edition(code: str) -> NextEdition:
    return next_edition(session(), fund_by_code(session(), code))


StepPages(
    pages,
    None,
    _next_edition,
    lambda edition: url_for("results.newest", code=edition.fund.code),
    lambda edition: (edition.fund.title,),
    _l("Results of the fund"),
).act(
    "publish",
    Permission.RESULTS_PUBLISH,
    "/funds/<code>/results/publish",
    lambda edition: PublishForm(data={"seen": edition.fingerprint}),
    lambda opened, edition, form, act: service.publish_edition(
        opened, edition.fund, act, seen=form.seen.data
    ),
    check=lambda _session, edition, _act: service.require_publishable(edition),
    title=lambda edition: _("Publish edition %(number)s of the results", number=edition.number),
    lead=_l(
        "Everyone will be able to read these counts, and they cannot be withdrawn. "
        "The more reports an edition has, the fewer groups are merged."
    ),
    button=_l("Publish"),
    done=_l("The results have been published."),
    template="granting/results/publish.html",
    facts=lambda edition: {
        "edition": edition,
        "years": list(_changes(edition)),
        "terms": lambda name: getattr(taxonomies, name).choices(),
    },
)


def _changes(edition: NextEdition) -> Iterable[tuple[int, PeopleReached, int, int]]:
    """Each year of the edition as everyone will read it, and in how many groups people were told
    apart before and are then.
    """
    smallest = edition.fund.smallest_count
    for year in edition.years:
        before = year_in(edition.earlier, year, smallest)
        after = year_in([*edition.earlier, edition.counts], year, smallest)
        yield year, after, _groups_in(before), _groups_in(after)


def _groups_in(reached: PeopleReached) -> int:
    return sum(len(table.groups) for table in reached.tables)


def _row_of(line: InCountry, *, returns: bool) -> list[Any]:
    """A country in the list, to which its bubble leads; with what came back, if anything did."""
    figures = [line.grants, figure(line.paid), *([figure(line.returned)] if returns else [])]
    if not line.country:
        return [_("Several countries"), *figures]
    name = Markup('<span id="in-{}">{}</span>').format(line.country, country_name(line.country))
    return [name, *figures]

"""The public pages of grants: the list of a fund, and one grant."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Window
from grants.deciding.announcements.public_names import count_unpublished
from grants.deciding.awards.models import Award
from grants.granting.results.editions import people_by_grant
from grants.platform.charts.maps import Place, world_map
from grants.platform.tables.cells import Link, Tag
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors
from grants.publishing.facts.corrections import corrections_of
from grants.publishing.facts.grants import (
    InCountry,
    PublishedGrant,
    by_country,
    calls_of_grants,
    described_grants,
    grants_of,
    movements_of,
    public_award,
    public_awards,
    totals_of,
)
from grants.publishing.pages.forms import STATUSES, filter_of

pages = Blueprint("published_grants", __name__)

SHOWN = 60
"""Grants on a page."""
LAST_PAGE = 10_000


@pages.get("/funds/<code>/grants")
@public
@same_for_visitors("q", "country", "call", "window", "status", "page")
def index(code: str) -> ResponseReturnValue:
    """Every grant of a fund, the newest first; without the names that are withheld."""
    fund = fund_by_code(session(), code)
    countries = by_country(session(), fund)
    form = filter_of(
        [row.country for row in countries if row.country], calls_of_grants(session(), fund)
    )
    form.validate()
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    query = public_awards(fund, form.chosen).order_by(Award.id.desc())
    awards = session().scalars(query.limit(SHOWN + 1).offset(SHOWN * (number - 1))).all()
    listed = by_country(session(), fund, form.chosen)
    return render_template(
        "publishing/pages/grants.html",
        fund=fund,
        form=form,
        totals=totals_of(session(), fund, form.chosen),
        unpublished=count_unpublished(session(), fund),
        rows=[_row_of(fund, grant) for grant in grants_of(session(), awards[:SHOWN])],
        map=world_map(_places_of(listed), _("Grants by country")),
        countries=[_country_row(row) for row in listed],
        previous=_page_address(number - 1) if number > 1 else "",
        following=_page_address(number + 1) if len(awards) > SHOWN else "",
    )


def _page_address(number: int) -> str:
    """This list with its filters, another page of it."""
    chosen = {key: text for key, text in request.args.items() if key != "page"}
    view = dict(request.view_args or {})
    return url_for(".index", **{**chosen, **view, "page": number})


def _places_of(rows: list[InCountry]) -> list[Place]:
    return [Place(row.country, row.grants, row.paid) for row in rows if row.country]


def _country_row(row: InCountry) -> list[Any]:
    return [_country_cell(row.country), row.grants, row.awarded, row.paid, row.returned]


def _country_cell(country: str | None) -> Any:
    """The country, to which its bubble leads, with the way to its grants."""
    if country is None:
        return _("Several countries, or withheld")
    return Markup('<a class="govuk-link" id="in-{}" href="?country={}">{}</a>').format(
        country, country, country_name(country)
    )


def _row_of(fund: Fund, grant: PublishedGrant) -> list[Any]:
    name, tone = STATUSES[grant.status]
    return [
        Link(grant.called, url_for(".show", code=fund.code, reference=grant.reference)),
        grant.title,
        place_of(grant),
        grant.starts_on,
        grant.ends_on,
        grant.awarded,
        grant.paid,
        Tag(str(name), tone),
    ]


def place_of(grant: PublishedGrant) -> str:
    """The country in words, or the region alone."""
    if grant.country:
        return country_name(grant.country)
    return str(grant.region.label) if grant.region else _("Several countries")


@pages.get("/funds/<code>/grants/<reference>")
@public
@same_for_visitors()
def show(code: str, reference: str) -> ResponseReturnValue:
    """One grant as the public may know it."""
    fund = fund_by_code(session(), code)
    award = public_award(session(), fund, reference)
    (grant,) = described_grants(session(), [award])
    reached = people_by_grant(session(), fund, "countries").get(grant.country or "")
    return render_template(
        "publishing/pages/grant.html",
        fund=fund,
        grant=grant,
        place=place_of(grant),
        window=Window.of(grant.window) if grant.window else None,
        status=STATUSES[grant.status],
        movements=movements_of(session(), fund, award).get(award.account, []),
        corrections=corrections_of(session(), fund, award),
        reached=reached if grant.country else None,
        country=country_name(grant.country) if grant.country else "",
    )

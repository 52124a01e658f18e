"""What machines ask for: robots.txt, the sitemap, and a feed of each fund."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.granting.results.editions import editions_of
from grants.granting.results.queries import years_with_results
from grants.platform.guides.places import GUIDES
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import while_nothing_happens
from grants.publishing.facts.calls import calls_after, results_published_at
from grants.publishing.facts.grants import published_grants

pages = Blueprint("addresses", __name__)
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ATOM = "http://www.w3.org/2005/Atom"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""What a feed without entries says of its newest."""
ROBOTS = "/robots.txt"
NEWEST = 30
"""Entries of a feed."""
MOST = 50_000
"""Addresses that a sitemap may have."""
OF_FUND = (
    "portal.fund",
    "portal.donors",
    "gap.show",
    "published_grants.index",
    "money.years",
    "about.show",
    "open_data.index",
    "frames.index",
)
"""The public pages of a fund that are always there."""


@pages.get(ROBOTS)
@public
def robots() -> ResponseReturnValue:
    """Everything public may be read by machines; what is not public sends them away itself."""
    lines = (
        "User-agent: *",
        "Disallow: /sign-in",
        f"Sitemap: {url_for('.sitemap', _external=True)}",
    )
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@pages.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """The address of every public page."""
    key = ("sitemap", request.url_root)
    places = while_nothing_happens(key, lambda: list(_public_addresses())[:MOST])
    make = _maker_of(SITEMAP)
    whole = make("urlset", *(make("url", make("loc", place)) for place in places))
    return _as_xml(whole, "application/xml")


def _public_addresses() -> Iterator[str]:
    yield url_for("portal.home", _external=True)
    yield url_for("calls.index", _external=True)
    yield url_for("api.document", _external=True)
    yield url_for("guides.index", _external=True)
    for name in GUIDES:
        yield url_for("guides.show", name=name, _external=True)
    for fund in all_funds(session()):
        for endpoint in OF_FUND:
            yield url_for(endpoint, code=fund.code, _external=True)
        years = years_with_results(session(), fund)
        if years:
            yield url_for("results.ever", code=fund.code, _external=True)
        for year in years:
            yield url_for("results.year", code=fund.code, year=year, _external=True)
        for grant in published_grants(session(), fund):
            place = {"code": fund.code, "reference": grant.reference}
            yield url_for("published_grants.show", _external=True, **place)
        for call in calls_after(session(), fund):
            yield url_for("calls.show", reference=call.call.reference, _external=True)


@pages.get("/funds/<code>/feed.atom")
@public
def feed(code: str) -> ResponseReturnValue:
    """Calls that were opened, their results, and editions of the results, the newest first."""
    fund = fund_by_code(session(), code)
    news = sorted(_news_of(fund), key=lambda item: item[0], reverse=True)[:NEWEST]
    here = url_for(".feed", code=fund.code, _external=True)
    make = _maker_of(ATOM)
    whole = make(
        "feed",
        make("id", here),
        make("title", fund.title),
        make("link", {"rel": "self", "href": here}),
        make("author", make("name", fund.title)),
        make("updated", _atom_moment(news[0][0] if news else BEGINNING)),
        *(_entry_of(make, *item) for item in news),
    )
    return _as_xml(whole, "application/atom+xml")


def _news_of(fund: Fund) -> Iterator[tuple[datetime, str, str]]:
    calls = calls_after(session(), fund)
    published = results_published_at(session(), [item.number for item in calls])
    for item in calls:
        address = url_for("calls.show", reference=item.call.reference, _external=True)
        title = in_language(item.call.title)
        if item.status != "coming":
            yield item.call.opens_at, _("Call for proposals: %(title)s", title=title), address
        if moment := published.get(item.number):
            yield moment, _("Results of the call: %(title)s", title=title), f"{address}#results"
    results = url_for("results.newest", code=fund.code, _external=True)
    for edition in editions_of(session(), fund):
        words = _("Edition %(number)s of the results", number=edition.number)
        yield edition.published_at, words, f"{results}?edition={edition.number}"


def _entry_of(make: Any, at: datetime, title: str, address: str) -> Any:
    return make(
        "entry",
        make("id", address),
        make("title", title),
        make("link", {"href": address}),
        make("updated", _atom_moment(at)),
    )


def _atom_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _maker_of(namespace: str) -> Any:
    """What makes the elements of a form of XML."""
    from lxml.builder import ElementMaker  # loaded with the first file that needs it

    return ElementMaker(namespace=namespace, nsmap={None: namespace})


def _as_xml(whole: Any, media: str) -> Response:
    from lxml import etree

    answer = make_response(etree.tostring(whole, encoding="UTF-8", xml_declaration=True))
    answer.content_type = f"{media}; charset=utf-8"
    answer.add_etag()
    answer.make_conditional(request)
    return answer

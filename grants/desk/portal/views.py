"""The public page of a fund, and each person's start page."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.queries import calls_to_apply_for
from grants.books.ledger.earmarks import note_on
from grants.books.ledger.hundred import hundred_of
from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock, taxonomies
from grants.core.kernel.apart import apart
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import total
from grants.core.texts.formats import whole_money, whole_units
from grants.desk.dashboards.figures import appeal, asking_of, need_sentence
from grants.desk.fund_setup.pictures import icon_of
from grants.fundraising.funding_gap.gap import gap_of
from grants.giving.outreach.queries import running_campaigns
from grants.giving.outreach.results import with_progress
from grants.giving.totals.figures import PublicDonor, public_donors
from grants.granting.results.editions import people_reached
from grants.granting.results.queries import newest_year_paid, paid_by_country
from grants.platform.charts.maps import Place, world_map
from grants.platform.layout.share_pictures import shared_picture
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.face import face
from grants.platform.web.unchanged import (
    same_for_visitors,
)

pages = Blueprint("portal", __name__)

CALLS = 12
"""Open calls on a public page, the nearest deadlines; the list of calls has all of them."""
COUNTRIES = 5
"""Of the countries that grants went to; the page of the year has all of them."""
DONORS = 50
"""Of the donors on the page of a fund, and on each page of all of them."""
LAST_PAGE = 10_000
"""Beyond it nobody is asked for; no fund has so many donors."""


@pages.context_processor
def spoken() -> dict[str, Any]:
    """What these pages' templates say besides: the words of the taxonomies."""
    return {"terms": lambda name: getattr(taxonomies, name).choices()}


@pages.get("/")
@public
@same_for_visitors()
def home() -> ResponseReturnValue:
    """What the funds are for, and how to give or to apply."""
    funds = all_funds(session())
    return render_template(
        "desk/portal/home.html",
        funds=[(fund, appeal(session(), fund)) for fund in funds],
        calls=calls_to_apply_for(session(), clock.now(), most=CALLS),
        reached=sum(people_reached(session(), fund).total or 0 for fund in funds),
    )


@pages.get("/preview.png", defaults={"code": ""})
@pages.get("/funds/<code>/preview.png")
@public
def preview(code: str) -> ResponseReturnValue:
    """The picture that other sites show beside a link to a page of this fund, or of all funds."""
    public_fund = fund_by_code(session(), code) if code else None
    speaker = face()
    asking = asking_of(session(), public_fund) if public_fund else None
    return shared_picture(speaker.code, speaker.title, asking)


@pages.get("/funds/<code>/<any(mark, icon):kind>.png")
@public
def mark(code: str, kind: str) -> ResponseReturnValue:
    """The mark of a fund, or the small square that browsers show on a tab."""
    picture = fund_by_code(session(), code).mark
    if picture is None:
        raise Missing(_("This picture no longer exists."))
    answer = make_response(apart(icon_of, picture.content) if kind == "icon" else picture.content)
    answer.content_type = "image/png"
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@pages.get("/funds/<code>")
@public
@same_for_visitors()
def fund(code: str) -> ResponseReturnValue:
    """The public page of a fund: what it does, has and needs, who gives, whom it helps."""
    public_fund = fund_by_code(session(), code)
    donors, more = _donors_on_page(public_fund)
    gap = gap_of(session(), public_fund)
    target = appeal(session(), public_fund)
    return render_template(
        "desk/portal/fund.html",
        fund=public_fund,
        appeal=target,
        need=need_sentence(gap, target),
        campaigns=with_progress(session(), running_campaigns(session(), public_fund)),
        earmarks=note_on(session(), public_fund, gap.on_hand, written=whole_money),
        calls=calls_to_apply_for(session(), clock.now(), public_fund, most=CALLS),
        donors=donors,
        every_donor=url_for("portal.donors", code=public_fund.code) if more else "",
        reached=people_reached(session(), public_fund),
        where=grants_by_country(public_fund),
        hundred=hundred_of(session(), public_fund, public_fund.today()),
    )


@pages.get("/funds/<code>/donors")
@public
@same_for_visitors("page")
def donors(code: str) -> ResponseReturnValue:
    """The donors of a fund who want to be named, the largest receipts first, page by page; the
    others in one line at the end.
    """
    public_fund = fund_by_code(session(), code)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    page_donors, more = _donors_on_page(public_fund, number - 1)
    if number > 1 and not any(donor.name for donor in page_donors):
        return redirect(url_for(".donors", code=code))
    return render_template(
        "desk/portal/donors.html",
        fund=public_fund,
        donors=[donor for donor in page_donors if donor.name] if more else page_donors,
        previous=url_for(".donors", code=code, page=number - 1) if number > 1 else "",
        following=url_for(".donors", code=code, page=number + 1) if more else "",
    )


def _donors_on_page(fund: Fund, page: int = 0) -> tuple[list[PublicDonor], bool]:
    """A page of the donors, and those without a name; and whether there are more."""
    listed = public_donors(session(), fund, DONORS + 1, DONORS * page)
    if len([donor for donor in listed if donor.name]) <= DONORS:
        return listed, False
    return listed[:DONORS] + listed[DONORS + 1 :], True


def grants_by_country(fund: Fund) -> dict[str, Any] | None:
    """Where the grants of the newest year went; None before the first payment."""
    year = newest_year_paid(session(), fund)
    if year is None:
        return None
    countries = paid_by_country(session(), fund, year)
    with_country = [row for row in countries if row.country and row.paid.minor > 0]
    every = url_for("results.year", code=fund.code, year=year)
    return {
        "year": year,
        "countries": len(with_country),
        "grants": sum(row.grants for row in countries),
        "paid": total(row.paid for row in countries),
        "returned": total(row.returned for row in countries),
        "first": [
            (country_name(str(row.country)), whole_units(row.paid))
            for row in with_country[:COUNTRIES]
        ],
        "href": every,
        "map": world_map(
            (Place(str(row.country), row.grants, row.paid) for row in with_country),
            _("Grants paid in %(year)s, by country", year=year),
            every,
        ),
    }


@pages.get("/accessibility")
@public
@same_for_visitors()
def accessibility() -> ResponseReturnValue:
    """What was done so that everyone can use these pages, and what is not done yet."""
    return render_template("desk/portal/accessibility.html")


@pages.get("/privacy")
@public
@same_for_visitors()
def privacy() -> ResponseReturnValue:
    """What is kept about people, why, and for how long."""
    return render_template("desk/portal/privacy.html")

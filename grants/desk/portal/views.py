"""The public page of a fund, and each person's start page."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.queries import applications_of
from grants.applying.applications.workflow import APPLICATION
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
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import total
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import whole_money, whole_units
from grants.deciding.awards.workflow import AWARD
from grants.desk.fund_setup.checklist import unfinished
from grants.desk.fund_setup.pictures import icon_of
from grants.desk.portal import donor_tasks
from grants.desk.portal.auditing import auditing_of
from grants.desk.portal.blind_titles import titled
from grants.desk.portal.case_kinds import casework_of
from grants.desk.portal.cases import CaseRow
from grants.desk.portal.donor_earmarks import earmarks_of_donors
from grants.desk.portal.donor_glance import pledge_rows
from grants.desk.portal.figures import appeal, asking_of, need_sentence
from grants.desk.portal.portfolio_views import only_reads
from grants.desk.portal.queue import heading_of, queue_of
from grants.desk.portal.support import support_of
from grants.desk.portal.todo import Waiting, cases_behind, waiting_for
from grants.fundraising.funding_gap.gap import gap_of
from grants.giving.donors.signatories import unconfirmed_for
from grants.giving.outreach.queries import running_campaigns
from grants.giving.outreach.results import with_progress
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledges_of_viewer
from grants.giving.totals.figures import PublicDonor, public_donors
from grants.granting.agreements.owing import owed_by_grantee
from grants.granting.agreements.queries import own_grants, progress_by_grant
from grants.granting.agreements.step_lines import owed_lines
from grants.granting.results.editions import people_reached
from grants.granting.results.queries import newest_year_paid, paid_by_country
from grants.operations.backups.noting import overdue_backup
from grants.platform.charts import charts
from grants.platform.charts.maps import Place, world_map
from grants.platform.charts.meanings import Meaning
from grants.platform.layout.chrome import in_menu
from grants.platform.layout.share_pictures import shared_picture
from grants.platform.tables.cells import Lines, Link, Tag
from grants.platform.undelivered.queries import undeliverable_addresses
from grants.platform.web.access import at_work, public, signed_in, viewer
from grants.platform.web.database import session
from grants.platform.web.face import face
from grants.platform.web.unchanged import (
    same_for_visitors,
    while_nothing_happens,
    while_nothing_is_written,
)

pages = Blueprint("portal", __name__)

P = Permission
SHOWN = 5
"""Of a person's own records; their list has all of them."""
CALLS = 12
"""Open calls on a public page, the nearest deadlines; the list of calls has all of them."""
COUNTRIES = 5
"""Of the countries that grants went to; the page of the year has all of them."""
DONORS = 50
"""Of the donors on the page of a fund, and on each page of all of them."""
LAST_PAGE = 10_000
"""Beyond it nobody is asked for; no fund has so many donors."""
PLEDGES_READ = 30
"""A donor's newest pledges, in which the start page looks for what waits."""
PLEDGES_SHOWN = 12
"""Pledges on the start page of a donor; its own list has all of them."""


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


@pages.get("/start")
@in_menu(_l("Home"), 5, alone=True, key="h")
@signed_in
def start() -> ResponseReturnValue:
    """What waits for the person who has signed in, and what is theirs."""
    person = viewer()
    donors = person.organisations_with(P.PLEDGE_READ)
    applies = bool(person.organisations_with(P.APPLICATION_READ))
    pledges = pledges_of_viewer(session(), person, PLEDGES_READ) if donors else []
    tasks = _donor_tasks(pledges, person) if pledges else []
    worker = at_work()
    waiting = waiting_for_person(worker)
    todo = lines_of(waiting)
    queue = queue_of(waiting, _cases_for_person(worker, waiting), worker)
    late = sum(line["tone"] == "late" for line in tasks)
    return render_template(
        "desk/portal/start.html",
        person=person,
        own=tasks,
        rest=donor_tasks.rest(pledges),
        unconfirmed=_unconfirmed_names(person),
        unreached=_is_unreached(person),
        support=_support_facts(donors),
        backup=overdue_backup() if person.may(P.FUND_OPEN) else None,
        todo=todo,
        queue=queue,
        kinds=todo if person.works_for_a_fund else (),
        heading=heading_of(queue.overdue + late, queue.rest + len(tasks) - late),
        coming=_coming_steps(person) if applies and all_wait_for_others(waiting) else [],
        unfinished=_unfinished_funds(person) if person.may(P.FUND_DESCRIBE) else (),
        applications=_application_rows(person) if applies else [],
        pledges=pledge_rows(pledges[:PLEDGES_SHOWN], _pledge_page),
        grants=_grant_rows(person) if applies else [],
        reading=_reading_links(person),
        auditing=auditing_of(session(), person) if person.may(P.AUDIT_SAMPLE) else None,
        applies=bool(person.organisations_with(P.APPLICATION_WRITE)),
        gives=bool(donors),
        **casework_of(person),
    )


def _is_unreached(person: Viewer) -> bool:
    """Do e-mails to a person outside the fund come back? Colleagues are told by administrators."""
    if person.works_for_a_fund:
        return False
    return bool(undeliverable_addresses(session(), person.email))


def _unconfirmed_names(person: Viewer) -> list[str]:
    """The States for which the person is to sign, if there is a donor for which they do not yet."""
    signs = person.organisations_with(P.PLEDGE_AGREE)
    waits = person.organisations_with(P.PLEDGE_READ) - signs
    return unconfirmed_for(session(), person.email) if waits else []


def _donor_tasks(pledges: Sequence[Pledge], person: Viewer) -> list[dict[str, Any]]:
    return donor_tasks.lines(session(), pledges, clock.today(), _pledge_page, person)


def _reading_links(person: Viewer) -> list[tuple[str, str]]:
    """Where trustees, observers and auditors read about a fund, whatever waits for them."""
    lines: list[tuple[str, str]] = []
    if person.may(P.AUDIT_SAMPLE):
        lines += [
            (_("Samples of payments, drawn at random"), url_for("audit_samples.index")),
            (_("Trail of all acts"), url_for("trail.index")),
        ]
    if lines or only_reads(person):
        lines += [
            (
                _("Portfolio: awards, sessions of the Board, public papers"),
                url_for("portfolio_of_fund.index"),
            ),
            (_("Dashboard: the fund in figures"), url_for("dashboard.index")),
        ]
    return lines


def _unfinished_funds(person: Viewer) -> list[tuple[Fund, int]]:
    """Funds that cannot work yet, and how much is missing."""
    return [(fund, len(missing)) for fund, missing in unfinished(session(), person)]


def _support_facts(donors: frozenset[int]) -> dict[str, Any] | None:
    """What a donor's money came to, with its chart; None before the first payment."""
    if not donors:
        return None
    support = support_of(session(), donors, while_nothing_happens)
    if support is None:
        return None
    chart = charts.picture(
        _("Your contributions by year"),
        _("What you paid in each year, in US dollars at the rate of each day."),
        {_("Received"): Meaning.RECEIVED},
        {str(year): (came,) for year, came in support.years},
    )
    return {
        "facts": support,
        "title": chart.title,
        "svg": charts.bars(chart),
        "earmarks": earmarks_of_donors(session(), donors) if support.earmarked else [],
    }


def _application_rows(person: Viewer) -> list[list[object]]:
    """Number, project and state of the newest."""
    return [
        [
            Link(
                application.reference,
                url_for("applications.standing", reference=application.reference),
            ),
            application.title,
            _state_tag(APPLICATION.names[application.state]),
        ]
        for application in applications_of(session(), person, SHOWN)
    ]


def _coming_steps(person: Viewer) -> list[dict[str, Any]]:
    """What the grants of one's organisations will ask for, for a day on which nothing waits."""
    awards, today = own_grants(session(), person), clock.today()
    owed = owed_by_grantee(awards, progress_by_grant(session(), awards), today)
    return owed_lines(owed[:SHOWN], today)


def _grant_rows(person: Viewer) -> list[list[object]]:
    """Number, project, award and state of the newest; of several organisations, whose each is."""
    grants = own_grants(session(), person, SHOWN)
    several = len({grant.organisation_id for grant in grants}) > 1
    return [
        [
            Link(grant.reference, url_for("agreements.show", reference=grant.reference)),
            Lines((grant.title, grant.organisation.name)) if several else grant.title,
            grant.amount,
            _state_tag(AWARD.names[grant.state]),
        ]
        for grant in grants
    ]


def _state_tag(name: Any) -> Tag:
    return Tag(name.public, name.tone)


def _pledge_page(reference: str) -> str:
    return url_for("own_pledges.show", reference=reference)


def waiting_for_person(person: Viewer) -> list[Waiting]:
    """Everything that waits for a person, counted again once anything was written."""
    return while_nothing_is_written(("waiting", person), lambda: waiting_for(session(), person))


def _cases_for_person(person: Viewer, waiting: Sequence[Waiting]) -> Sequence[CaseRow]:
    """The records behind it, read again once anything was written."""
    return while_nothing_is_written(
        ("cases", person),
        lambda: titled(session(), waiting, cases_behind(session(), person, waiting)),
    )


def all_wait_for_others(waiting: Sequence[Waiting]) -> bool:
    """Has the person nothing to do themselves today?"""
    return all(entry.task.others for entry in waiting)


def lines_of(waiting: Sequence[Waiting]) -> list[dict[str, Any]]:
    """What waits, as pages draw it."""
    return [
        {
            "text": line.text,
            "count": line.count,
            "href": url_for(line.task.endpoint, **dict[str, Any](line.task.values)),
            "tone": "late" if line.task.urgent else "",
        }
        for line in waiting
    ]


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

"""The portfolio of a fund: for trustees, and for Member States that observe."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import RegionalGroup, Window
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.formats import figure
from grants.deciding.announcements.public_names import count_unpublished
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.queries import for_viewer
from grants.deciding.sessions.workflow import BOARD_SESSION
from grants.desk.dashboards.portfolio import (
    AwardsAlike,
    HeldSession,
    Sum,
    held_sessions,
    portfolio_of,
    sessions_to_come,
    sum_of,
    summed_by,
)
from grants.granting.results.queries import years_with_results
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cells import Link
from grants.platform.tables.exports import FORMATS, download
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("portfolio_of_fund", __name__)

P = Permission


def only_reads(person: Viewer) -> bool:
    """Does this person read about funds without working on their payments?"""
    return person.may(P.DASHBOARD_SEE) and not person.may(P.DISBURSEMENT_SEE)


@pages.get("/portfolio")
@in_menu(_l("Portfolio"), 9, who=only_reads)
@needs(P.DASHBOARD_SEE)
def index() -> ResponseReturnValue:
    """The portfolio of the fund that the person has chosen, or of the first that they see."""
    return to_first_fund(P.DASHBOARD_SEE, ".show")


@pages.get("/dashboard/<code>/portfolio")
@needs(P.DASHBOARD_SEE)
def show(code: str) -> ResponseReturnValue:
    """Awards by region, country, window and status; sessions of the Board; public papers."""
    fund = fund_for_viewer(code, P.DASHBOARD_SEE)
    lines = while_nothing_happens(("portfolio", fund.id), lambda: portfolio_of(session(), fund))
    if (ending := request.args.get("format", "")) in FORMATS:
        return _as_file(fund, lines, ending)
    return render_template(
        "desk/dashboards/portfolio.html",
        fund=fund,
        funds=funds_for_viewer(P.DASHBOARD_SEE),
        everything=sum_of(lines),
        unpublished=count_unpublished(session(), fund),
        running=summed_by(lines, "state").get(AwardState.AGREED.value, sum_of(())),
        groups=_groups_of(fund, lines),
        to_come=[_session_row(meeting) for meeting in _open_sessions(fund)],
        held=[_held_row(fund, meeting) for meeting in held_sessions(session(), fund)],
        years=years_with_results(session(), fund),
        this_year={"from": f"{clock.today():%Y}-01-01", "to": clock.today().isoformat()},
    )


def _sees_awards(fund: Fund) -> bool:
    return viewer().may(P.AWARD_SEE, Scope(fund.id))


def _groups_of(fund: Fund, lines: list[AwardsAlike]) -> list[dict[str, Any]]:
    """The tables of the page. By country only for who may see the awards themselves: a country may
    be kept out of the public results of a call.
    """
    facts = [
        ("state", _("Awards by status"), _("Status"), _name_of_state),
        ("window", _("Awards by window"), _("Funding window"), _name_of_window),
        ("region", _("Awards by regional group"), _("Regional group"), _name_of_region),
    ]
    if _sees_awards(fund):
        facts.append(("country", _("Awards by country"), _("Country"), _name_of_country))
    return [
        {
            "title": title,
            "head": head,
            "rows": [
                [_name_link(fund, fact, code, name(code)), *_cells_of(together)]
                for code, together in summed_by(lines, fact).items()
            ],
            "foot": [_("Total"), *_cells_of(sum_of(lines))],
        }
        for fact, title, head, name in facts
    ]


def _cells_of(together: Sum) -> list[Any]:
    return [together.awards, figure(together.awarded), figure(together.paid)]


def _name_link(fund: Fund, fact: str, code: str, name: str) -> Any:
    """A name that leads to the awards it stands for, where the list of awards can show them."""
    if fact not in ("state", "country") or not code or not _sees_awards(fund):
        return name
    if fact == "country":
        return Link(name, url_for("awards.index", country=code, state=""))
    return Link(name, url_for("awards.index", state=code))


def _name_of_state(code: str) -> str:
    return str(AWARD.names[AwardState(code)].staff)


def _name_of_window(code: str) -> str:
    return str(Window(code).label) if code in set(Window) else _("Before this system")


def _name_of_region(code: str) -> str:
    return str(RegionalGroup(code).label) if code else _("Several countries")


def _name_of_country(code: str) -> str:
    return country_name(code) if code else _("Several countries")


def _open_sessions(fund: Fund) -> list[BoardSession]:
    """Sessions to come, for who reads what is on their agenda."""
    if not viewer().may(P.REVIEW_SEE, Scope(fund.id)):
        return []
    own = set(session().scalars(for_viewer(viewer()).with_only_columns(BoardSession.id)))
    return [meeting for meeting in sessions_to_come(session(), fund) if meeting.id in own]


def _session_row(meeting: BoardSession) -> list[Any]:
    address = url_for("sessions.show", reference=meeting.reference)
    name = BOARD_SESSION.names[meeting.state].staff
    return [Link(meeting.reference, address), meeting.held_on, meeting.place or None, name]


def _held_row(fund: Fund, meeting: HeldSession) -> list[Any]:
    name: Any = meeting.reference
    if viewer().may(P.REVIEW_SEE, Scope(fund.id)):
        name = Link(meeting.reference, url_for("sessions.show", reference=meeting.reference))
    return [name, meeting.held_on, meeting.considered, meeting.endorsed]


def _as_file(fund: Fund, lines: list[AwardsAlike], ending: str) -> ResponseReturnValue:
    heads = [_("Regional group"), _("Funding window"), _("Status"), _("Awards")]
    heads += [_("Awarded, USD"), _("Paid, USD")]
    by: dict[tuple[str, str, str], list[AwardsAlike]] = {}
    for line in lines:
        region = next(iter(summed_by([line], "region")))
        by.setdefault((region, line.window, line.state.value), []).append(line)
    rows = (
        [
            *(_name_of_region(region), _name_of_window(window), _name_of_state(state)),
            *sum_of(alike),
        ]
        for (region, window, state), alike in sorted(by.items())
    )
    return download(f"portfolio-{fund.code}", ending, heads, rows)

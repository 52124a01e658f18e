"""What is to come in a fund: its cash month by month, and the payments that officers handle."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.queries import balances
from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import figure, month, number, whole_money
from grants.core.texts.marks import spaced
from grants.deciding.awards.examined import Unknown, unknown_of_each
from grants.desk.dashboards.coming import (
    Cells,
    Stage,
    When,
    coming_figures,
    coming_instalments,
)
from grants.desk.dashboards.forecast import Forecast, due_in, forecast_of
from grants.desk.dashboards.risks import grantees
from grants.fundraising.funding_gap.gap import cash_for_grants
from grants.giving.pledges.models import Pledge
from grants.giving.totals.to_come import Expected
from grants.granting.payments.checks import Check, checklists
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import name_of
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.tables.cells import Inline, Lines, Link
from grants.platform.tables.exports import FORMATS, download
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("outlook", __name__, url_prefix="/dashboard")

P = Permission


def _fund_of_payments(code: str) -> Fund:
    """A fund whose payments this person may see, or Missing."""
    fund = fund_by_code(session(), code)
    if not sees_outlook(fund):
        raise Missing(_("Fund not found."))
    return fund


def sees_outlook(fund: Fund) -> bool:
    """May this person see what the fund is to receive and to pay, and when?"""
    needed = (P.DISBURSEMENT_SEE, P.PLEDGE_SEE, P.LEDGER_SEE)
    return all(viewer().may(permission, Scope(fund.id)) for permission in needed)


def forecast_for(fund: Fund, opening: Money | None = None) -> Forecast:
    """The forecast of a fund, worked out once for all who see it; `opening` is its cash for grants
    now, where it is known.
    """
    return while_nothing_happens(
        ("forecast", fund.id, clock.today()), lambda: _forecast_now(fund, opening)
    )


def _forecast_now(fund: Fund, opening: Money | None) -> Forecast:
    if opening is None:
        opening = cash_for_grants(balances(session(), fund))
    return forecast_of(session(), fund, opening, clock.today())


@pages.get("/<code>/cash")
@needs(P.DISBURSEMENT_SEE)
def cash(code: str) -> ResponseReturnValue:
    """The cash of the next twelve months, and what comes and goes in each. As a file too."""
    fund = _fund_of_payments(code)
    forecast = forecast_for(fund)
    if (ending := request.args.get("format", "")) in FORMATS:
        return _as_file(fund, forecast, ending)
    picture = balance_chart(forecast)
    return render_template(
        "desk/dashboards/cash.html",
        fund=fund,
        forecast=forecast,
        finding=finding_of(forecast),
        picture=picture,
        svg=charts.bars(picture),
        rows=rows_of(fund, forecast),
    )


def finding_of(forecast: Forecast) -> str:
    """What the forecast says, in a sentence."""
    if (lacks := forecast.short) is not None:
        return _(
            "The money will not be enough in %(month)s: the shortfall at the end of "
            "the month will be %(amount)s.",
            month=month(lacks.first),
            amount=whole_money(-lacks.balance),
        )
    return _(
        "All grants due in the next 12 months can be paid. %(amount)s will remain.",
        amount=whole_money(forecast.months[-1].balance),
    )


def balance_chart(forecast: Forecast) -> charts.Picture:
    """The balance at the end of each month."""
    return charts.picture(
        _("Cash at the end of each month"),
        _(
            "Cash for grants, plus what donors owe under signed agreements and less "
            "what is to be paid to grantees, in US dollars."
        ),
        {_("Balance"): Meaning.HELD},
        {month(line.first): (line.balance,) for line in forecast.months},
    )


def rows_of(fund: Fund, forecast: Forecast) -> list[list[Any]]:
    """The months and what is due after them, each with a link to the payments that make it up."""
    lines = [(month(line.first), line) for line in forecast.months]
    return [
        [
            Link(name, url_for("outlook.month_due", code=fund.code, month=f"{line.first:%Y-%m}")),
            *map(figure, (line.receivable, line.pledged, line.payable, line.balance)),
        ]
        for name, line in [*lines, (_("Later"), forecast.later)]
    ]


def _as_file(fund: Fund, forecast: Forecast, ending: str) -> ResponseReturnValue:
    heads = [
        *(_("Month"), _("Due under signed agreements, USD"), _("Pledged, not signed, USD")),
        *(_("Grants to pay, USD"), _("Balance, USD")),
    ]
    rows = (
        [f"{line.first:%Y-%m}", line.receivable, line.pledged, line.payable, line.balance]
        for line in forecast.months
    )
    return download(f"cash-{fund.code}", ending, heads, rows)


@pages.get("/<code>/cash/<month>")
@needs(P.DISBURSEMENT_SEE)
def month_due(code: str, month: str) -> ResponseReturnValue:
    """Every payment that makes up a month of the forecast."""
    fund = _fund_of_payments(code)
    forecast = forecast_for(fund)
    lines = {f"{line.first:%Y-%m}": line for line in (*forecast.months, forecast.later)}
    line = lines.get(month)
    if line is None:
        raise Missing(_("The forecast does not cover this month."))
    due = due_in(session(), fund, line.first, clock.today())
    return render_template(
        "desk/dashboards/month.html",
        fund=fund,
        line=line,
        is_later=line is forecast.later,
        before=forecast.months[-1].first,
        instalments=[
            [
                _instalment_link(part),
                part.award.organisation.name,
                part.due_on,
                figure(part.net),
                figure(cost),
            ]
            for part, cost in due.instalments
        ],
        payable=figure(total(cost for _part, cost in due.instalments)),
        receivable=[_pledge_row(*pair) for pair in due.receivable],
        pledged=[_pledge_row(*pair) for pair in due.pledged],
    )


def _instalment_link(part: Instalment) -> Link:
    address = url_for("payments.show", reference=part.award.reference, number=part.number)
    return Link(f"{part.award.reference} / {part.number}", address)


def _pledge_row(pledge: Pledge, due: Expected) -> list[Any]:
    return [
        Link(pledge.reference, url_for("pledges.show", reference=pledge.reference)),
        pledge.donor.name if pledge.donor else None,
        None if due.due_on == date.min else due.due_on,
        figure(usd(due.cents)),
    ]


@pages.get("/<code>/payments", defaults={"when": When.NOW.value})
@pages.get("/<code>/payments/<when>")
@needs(P.DISBURSEMENT_SEE)
def payments(code: str, when: str) -> ResponseReturnValue:
    """The payments to certify, to approve and to make: now, or in a span of the next 90 days."""
    fund = _fund_of_payments(code)
    if when not in set(When):
        raise Missing(_("Page not found."))
    today, span = clock.today(), When(when)
    figures = coming_figures(session(), fund, today)
    listed = coming_instalments(session(), fund, span, today)
    checks = checklists(session(), listed, today) if listed else {}
    return render_template(
        "desk/dashboards/payments.html",
        fund=fund,
        span=span,
        spans=coming_rows(fund, figures, span),
        stages=stage_heads(),
        count=sum(count for (due, _stage), (count, _sum) in figures.items() if due is span),
        rows=[_coming_row(part, checks[part.id], today) for part in listed],
    )


def coming_rows(fund: Fund, figures: Cells, here: When | None = None) -> list[list[Any]]:
    """How much comes when, at each stage; the name of a span leads to its payments."""
    return [
        [
            span.label
            if span is here
            else Link(span.label, url_for("outlook.payments", code=fund.code, when=span.value)),
            *(_cell_of(figures, span, stage) for stage in Stage),
        ]
        for span in When
    ]


def stage_heads() -> list[dict[str, str]]:
    """The columns of the table of what comes when."""
    return [{"text": stage.label, "kind": "number"} for stage in Stage]


def _cell_of(figures: Cells, span: When, stage: Stage) -> Any:
    if (span, stage) not in figures:
        return None
    count, amount = figures[span, stage]
    return Inline((number(count), whole_money(amount)))


def _coming_row(part: Instalment, checks: Sequence[Check], today: date) -> list[Any]:
    """An instalment, and what is still missing before it can be paid."""
    return [
        _instalment_link(part),
        part.award.organisation.name,
        part.due_on,
        part.net,
        name_of(part.state, part.due_on, today).staff,
        spaced(";").join(_missing_words(checks)) or None,
    ]


def _missing_words(checks: Sequence[Check]) -> list[str]:
    """What is not as it should be; that the day has not come is no fault."""
    return [
        spaced(":").join((check.topic, check.note))
        for check in checks
        if not (check.met or check.by_reason)
    ]


@pages.get("/<code>/not-known")
@needs(P.DUE_DILIGENCE_SEE)
def unknown(code: str) -> ResponseReturnValue:
    """The grantees of whom something is not known, and where it is done."""
    fund = fund_for_viewer(code, P.DUE_DILIGENCE_SEE)
    what = request.args.get("what", "")
    organisations = session().scalars(grantees(fund)).all()
    of_each = unknown_of_each(session(), [organisation.id for organisation in organisations], fund)
    return render_template(
        "desk/dashboards/unknown.html",
        fund=fund,
        choices=[(kind.value, kind.label) for kind in Unknown],
        what=what,
        rows=[
            _unknown_row(fund, organisation, of_each[organisation.id])
            for organisation in organisations
            if of_each[organisation.id] and (not what or what in of_each[organisation.id])
        ],
    )


def _unknown_row(fund: Fund, organisation: Organisation, facts: Sequence[Unknown]) -> list[Any]:
    """An organisation, and what is not known of it; with a link for a person who can do it."""
    cells = [
        Link(fact.label, url_for(fact.page, code=organisation.code), fact.act)
        if viewer().may(fact.permission, Scope(fund.id))
        else fact.label
        for fact in facts
    ]
    address = url_for("organisations.show", code=organisation.code)
    return [Link(organisation.name, address), _country_of(organisation), Lines(tuple(cells))]


def _country_of(organisation: Organisation) -> str | None:
    return country_name(organisation.country) if organisation.country else None

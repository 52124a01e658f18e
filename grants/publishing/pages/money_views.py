"""Source and use of funds by year, for everyone."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.books.ledger.cash import Source, SourceAndUse, Use
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import figure
from grants.platform.charts import charts
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors
from grants.publishing.facts.money import year_of, years_of_books

pages = Blueprint("money", __name__)
MOST_YEARS = 6
"""Years side by side; the programming interface has all."""


@pages.get("/funds/<code>/source-and-use")
@public
@same_for_visitors()
def years(code: str) -> ResponseReturnValue:
    """What came in and what went out by year, and what the balance is set apart for."""
    fund = fund_by_code(session(), code)
    by_year = {year: year_of(session(), fund, year) for year in _newest_years(fund)}
    rows = {str(year): (of.source.total, of.use.total) for year, of in reversed(by_year.items())}
    picture = charts.picture(
        _("Source and use of funds by year"),
        _("What came in and what was used in each year, in US dollars."),
        (_("Source"), _("Use")),
        rows,
    )
    books = balances(session(), fund)
    return render_template(
        "publishing/pages/source_and_use.html",
        fund=fund,
        years=[{"text": str(year), "kind": "money"} for year in by_year],
        lines=_lines_of_years(list(by_year.values())),
        ends=_line(_("Balance at the end"), [of.closing_balance for of in by_year.values()]),
        chart=charts.columns(picture) if by_year else None,
        cash=books.cash,
        set_apart=[
            _line(_("Promised to organisations with a signed agreement"), [books.commitments]),
            _line(_("Reserved for approved grants"), [books.reserved]),
            _line(_("From senders who are not identified yet"), [books.suspense]),
            _line(_("Operating reserve"), [books.reserve]),
            _line(_("Free for new grants, such as those of open calls"), [books.available]),
        ],
    )


def _newest_years(fund: Fund) -> list[int]:
    return years_of_books(session(), fund)[:MOST_YEARS]


def _line(name: str, amounts: Sequence[Money]) -> list[Any]:
    return [name, *map(figure, amounts)]


def _lines_of_years(by_year: Sequence[SourceAndUse]) -> list[Any]:
    """From the balance at the beginning to what changing currency gained or lost."""
    exchanged = [of.exchange_differences_on_cash for of in by_year]
    return [
        _line(_("Balance at the beginning"), [of.opening_balance for of in by_year]),
        *_lines_of([of.source for of in by_year], _source_names()),
        *_lines_of([of.use for of in by_year], _use_names()),
        _line(_("Gained or lost by changing currency"), exchanged),
    ]


def _source_names() -> Mapping[str, str]:
    return {
        "contributions": _("Contributions"),
        "interest": _("Interest"),
        "refunds_from_grantees": _("Returned by organisations"),
        "unidentified_receipts": _("From senders who are not identified yet"),
        "total": _("Source, total"),
    }


def _use_names() -> Mapping[str, str]:
    return {
        "transfers_to_grantees": _("Paid to organisations"),
        "programme_support_cost": _("Programme support costs"),
        "direct_costs": _("Direct costs"),
        "administration_fees": _("Administration fees"),
        "bank_charges": _("Bank charges"),
        "refunds_to_donors": _("Refunded to donors"),
        "total": _("Use, total"),
    }


def _lines_of(parts: Sequence[Source | Use], names: Mapping[str, str]) -> list[Any]:
    """A line for each name, with the amount of each year; the total in bold."""
    lines: list[Any] = [
        _line(name, [getattr(part, key) for part in parts]) for key, name in names.items()
    ]
    return [*lines[:-1], {"cells": lines[-1], "class": "is-total"}]

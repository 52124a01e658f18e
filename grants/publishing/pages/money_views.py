"""Source and use of funds by year, for everyone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grants.books.certificates.models import Certificate, Copy
from grants.books.certificates.queries import (
    copy_in,
    published_certificate,
    published_certificates,
)
from grants.books.certificates.service import bytes_of
from grants.books.ledger.cash import Source, SourceAndUse, Use
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import figure, plain_day
from grants.core.texts.marks import spaced, spoken
from grants.papers.statements.catalogue import row_of
from grants.papers.statements.issuing import kept_name
from grants.papers.typesetting.paper import Span
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment
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
        _("What was received and what was used in each year, in US dollars."),
        {_("Source"): Meaning.RECEIVED, _("Use"): Meaning.PAID},
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
        certified=[
            _certified_row(certificate, by_year)
            for certificate in published_certificates(session(), fund)
        ],
        cash=books.cash,
        set_apart=[
            _line(_("Promised to organisations with a signed agreement"), [books.commitments]),
            _line(_("Reserved for approved grants"), [books.reserved]),
            _line(_("From senders who are not identified yet"), [books.suspense]),
            _line(_("Operating reserve"), [books.reserve]),
            _line(_("Free for new grants, such as those of open calls"), [books.available]),
        ],
    )


@pages.get("/funds/<code>/certified/<serial>/<language>.pdf")
@public
def certified(code: str, serial: str, language: str) -> ResponseReturnValue:
    """A certified statement of the fund, byte for byte as it was certified."""
    certificate = published_certificate(session(), fund_by_code(session(), code), serial)
    copy = copy_in(session(), certificate, language)
    if copy is None:
        raise Missing(_("This document was not certified in that language."))
    return attachment(kept_name(certificate), "application/pdf", bytes_of(copy))


def _certified_row(certificate: Certificate, by_year: Mapping[int, SourceAndUse]) -> list[Any]:
    """What was certified, when, and its files; and whether the ledger says otherwise since."""
    span, number = Span.of(certificate.period), certificate.serial
    changed = span is not None and _has_changed(certificate, span, by_year)
    return [
        _period_of(span) if span else plain_day(certificate.certified_on),
        row_of(certificate.document).label,
        plain_day(certificate.certified_on),
        _("%(number)s: the ledger has changed since", number=number) if changed else number,
        Markup("<span>{}</span>").format(
            Markup(" · ").join(_file_link(copy) for copy in certificate.copies)
        ),
    ]


def _file_link(copy: Copy) -> Markup:
    of, code = copy.certificate, copy.language
    address = url_for(".certified", code=of.fund.code, serial=of.serial, language=code)
    return Markup(
        '<a class="govuk-link" href="{}" hreflang="{}"><bdi lang="{}">{}</bdi>{}</a>'
    ).format(address, code, code, LANGUAGES[code].name, spoken(f"{of.serial}{spaced(',')}PDF"))


def _period_of(span: Span) -> str:
    if _is_a_year(span):
        return str(span.since.year)
    return f"{plain_day(span.since)} – {plain_day(span.until)}"


def _is_a_year(span: Span) -> bool:
    first = span.since
    return span == Span(first.replace(month=1, day=1), first.replace(month=12, day=31))


def _has_changed(certificate: Certificate, span: Span, by_year: Mapping[int, SourceAndUse]) -> bool:
    """Do the totals of a certified year differ from those of the ledger today?"""
    today = by_year.get(span.since.year) if _is_a_year(span) else None
    if today is None or certificate.document != "fund-statement":
        return False
    facts = json.loads(certificate.copies[0].facts)
    totals = facts["source"]["total"], facts["use"]["total"], facts["closing_balance"]
    return totals != tuple(map(str, (today.source.total, today.use.total, today.closing_balance)))


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
        _line(_("Exchange gain or loss"), exchanged),
    ]


def _source_names() -> Mapping[str, str]:
    return {
        "contributions": _("Contributions"),
        "interest": _("Interest"),
        "refunds_from_grantees": _("Returned by organisations"),
        "unidentified_receipts": _("From senders who are not identified yet"),
        "total": _("Total source"),
    }


def _use_names() -> Mapping[str, str]:
    return {
        "transfers_to_grantees": _("Paid to organisations"),
        "programme_support_cost": _("Programme support costs"),
        "direct_costs": _("Direct costs"),
        "administration_fees": _("Administration fees"),
        "bank_charges": _("Bank charges"),
        "refunds_to_donors": _("Refunded to donors"),
        "total": _("Total use"),
    }


def _lines_of(parts: Sequence[Source | Use], names: Mapping[str, str]) -> list[Any]:
    """A line for each name, with the amount of each year; the total in bold."""
    lines: list[Any] = [
        _line(name, [getattr(part, key) for part in parts]) for key, name in names.items()
    ]
    return [*lines[:-1], {"cells": lines[-1], "class": "is-total"}]

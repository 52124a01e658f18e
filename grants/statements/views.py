"""Documents to download, and the pages on which a statement's period is chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.funds.queries import all_funds
from grants.kernel import clock
from grants.kernel.errors import InvalidInput, Missing
from grants.kernel.language import OFFERED, current_language, use_language
from grants.kernel.language import gettext as _
from grants.kernel.language import lazy_gettext as _l
from grants.people.models import Organisation
from grants.people.permissions import Permission
from grants.people.viewer import VISITOR, Scope, Viewer
from grants.statements.catalogue import Row, row_of
from grants.statements.forms import PeriodForm, period_query
from grants.statements.issuing import data as facts
from grants.statements.issuing import render, workbook
from grants.statements.paper import Span
from grants.web.access import public, signed_in, viewer
from grants.web.chrome import in_menu
from grants.web.database import session
from grants.web.exports import FORMATS
from grants.web.handout import attachment

pages = Blueprint("statements", __name__)

P = Permission
XLSX = FORMATS["xlsx"][1]


@pages.get("/documents/<document>/<path:reference>.pdf")
@public
def download(document: str, reference: str) -> ResponseReturnValue:
    """A document of the catalogue, for whoever may see its record.

    ?from and ?to name the period of a statement, ?lang the document's language (else the reader's).
    """
    return _handed_out(document, reference, "application/pdf")


@pages.get("/documents/<document>/<path:reference>.json")
@public
def data(document: str, reference: str) -> ResponseReturnValue:
    """The same facts for a machine."""
    return _handed_out(document, reference, "application/json")


@pages.get("/documents/<document>/<path:reference>.xlsx")
@public
def spreadsheet(document: str, reference: str) -> ResponseReturnValue:
    """The same figures as a workbook, of documents that are tables."""
    return _handed_out(document, reference, XLSX)


def _handed_out(document: str, reference: str, media_type: str) -> ResponseReturnValue:
    row = row_of(document)
    if viewer() is VISITOR and not row.public:
        return redirect(url_for("signin.sign_in", next=request.full_path))
    reference = row.narrowed(session(), viewer(), reference)
    row.readable(session(), viewer(), reference)
    with use_language(request.args.get("lang") or current_language().code):
        asked = (session(), document, reference, span_asked())
        if media_type == "application/pdf":
            name, content = render(*asked)
        elif media_type == XLSX:
            name, content = workbook(*asked)
        else:
            name, told = facts(*asked)
            content = told.encode()
    return attachment(name, media_type, content)


def span_asked() -> Span | None:
    """The period in the address. InvalidInput if it is not two days."""
    told = [request.args.get(name) for name in ("from", "to")]
    if not any(told):
        return None
    try:
        since, until = (date.fromisoformat(text or "") for text in told)
    except ValueError as error:
        raise InvalidInput(_("Name the period by two days, like 2026-01-01.")) from error
    return Span(since, until)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a statement can be had of."""

    document: str
    reference: str
    name: str

    @property
    def label(self) -> str:
        return row_of(self.document).label


def _subjects(who: Viewer) -> Iterator[Subject]:
    """The funds this person issues statements of, and the donors this person acts for."""
    for fund in all_funds(session()):
        if who.may(P.STATEMENT_ISSUE, Scope(fund.id)):
            for document in ("fund-statement", "financial-statements", "aged-receivables"):
                yield Subject(document, fund.code, fund.title)
    own = who.organisations_with(P.PLEDGE_MAKE)
    donors = select(Organisation).where(Organisation.id.in_(own)).order_by(Organisation.name)
    for donor in session().scalars(donors):
        yield Subject("donor-statement", donor.code, donor.name)


def has_statements(who: Viewer) -> bool:
    """Is there any statement over time that this person may have?"""
    return who.may(P.STATEMENT_ISSUE) or bool(who.organisations_with(P.PLEDGE_MAKE))


@pages.get("/statements")
@in_menu(_l("Statements"), 85, who=has_statements)
@signed_in
def index() -> ResponseReturnValue:
    """What statements there are for the person, the usual years one press away."""
    year = clock.today().year
    years = [
        (text, period_query(date(first, 1, 1), min(date(last, 12, 31), clock.today())))
        for text, first, last in (
            (_("%(year)s so far", year=year), year, year),
            (str(year - 1), year - 1, year - 1),
            (_("%(year)s to today", year=year - 3), year - 3, year),
        )
    ]
    return render_template("statements/index.html", subjects=list(_subjects(viewer())), years=years)


@pages.route("/statements/<document>/<path:reference>", methods=["GET", "POST"])
@signed_in
def period(document: str, reference: str) -> ResponseReturnValue:
    """Choose the days and the language of a statement over time."""
    row: Row = row_of(document)
    if not row.data:
        raise Missing(_("This document does not tell of a period."))
    row.readable(session(), viewer(), reference)
    today = clock.today()
    form = PeriodForm(
        data={
            "since": today.replace(month=1, day=1),
            "until": today,
            "language": current_language().code if current_language().code in OFFERED else "en",
        }
    )
    if form.validate_on_submit():
        where: dict[str, Any] = {"document": document, "reference": reference, **form.query}
        return redirect(url_for("statements.download", **where), 303)
    return render_template("statements/period.html", row=row, reference=reference, form=form)

"""Pages of certified documents: the list, one of them, and certifying."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.books.certificates.models import Certificate
from grants.books.certificates.queries import (
    certificate_for_viewer,
    certificates_for_viewer,
    copy_in,
)
from grants.books.certificates.service import bytes_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError, Missing
from grants.core.kernel.language import LANGUAGES, english, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.formats import plain_day
from grants.papers.certification.certifying import certify
from grants.papers.certification.due import donors_of, due
from grants.papers.certification.forms import (
    AT_ONCE,
    CertificatesFilter,
    CertifyForm,
    SpanForm,
    YearForm,
)
from grants.papers.statements.catalogue import Row, paper_of, row_of
from grants.papers.statements.forms import period_query
from grants.papers.statements.issuing import certificate_of, facts_of, kept_name
from grants.papers.statements.views import has_statements, span_asked
from grants.papers.typesetting.paper import Span
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order, numbered_page
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment, note_opening
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("certification", __name__)

P = Permission


def _label_of(certificate: Certificate) -> str:
    return str(row_of(certificate.document).label)


def _period_text(code: str) -> str:
    """A calendar year by its number, another period by its days."""
    span = Span.of(code)
    if span is None:
        return ""
    since, until = span.since, span.until
    if (since, until) == (date(since.year, 1, 1), date(since.year, 12, 31)):
        return str(since.year)
    return f"{plain_day(since, 'medium')} – {plain_day(until, 'medium')}"


CERTIFICATES = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda c: c.serial,
            kind="code",
            link=lambda c: url_for("certification.show", serial=c.serial),
        ),
        Column(_l("Document"), _label_of),
        Column(
            _l("Prepared for"), lambda c: c.organisation.name if c.organisation else c.reference
        ),
        Column(_l("Period"), lambda c: _period_text(c.period)),
        Column(_l("Certified on"), lambda c: c.certified_on, kind="date"),
        Column(_l("Certified by"), lambda c: c.certified_by),
        Column(
            _l("Status"),
            lambda c: _("Superseded") if c.superseded_by else _("In force"),
            tone=lambda c: "neutral" if c.superseded_by else "good",
        ),
        Column(_l("Reference"), lambda c: c.reference, shown=False),
        Column(
            _l("SHA-256"),
            lambda c: ", ".join(f"{copy.language}: {copy.sha256}" for copy in c.copies),
            shown=False,
        ),
    ),
    orders={"newest": Order(Certificate.id, descending=True)},
)


def _is_a_donor(person: Viewer) -> bool:
    """The fund's people come here from the page of the statements."""
    return has_statements(person) and not person.works_for_a_fund


@pages.get("/certified")
@in_menu(_l("Certified documents"), 86, who=_is_a_donor)
@signed_in
def index() -> ResponseReturnValue:
    """Every certified document this person may see, superseded ones too; as a file too."""
    form = CertificatesFilter()
    form.validate()
    listed = CERTIFICATES.of(session(), _certificates_by(form), "certified")
    return listed.file or render_template(
        "papers/certification/index.html", listed=listed, form=form, years=_years_to_certify()
    )


def _certificates_by(form: CertificatesFilter) -> Select[Certificate]:
    query = certificates_for_viewer(at_work())
    if form.document.data:
        query = query.where(Certificate.document == form.document.data)
    if form.standing.data:
        query = query.where(Certificate.superseded_by.has() == (form.standing.data == "then"))
    return query


def _years_to_certify() -> list[tuple[Fund, int]]:
    """The funds whose statements this person certifies, with the last year that is over."""
    year = clock.today().year - 1
    return [
        (fund, year)
        for fund in all_funds(session())
        if viewer().may(P.STATEMENT_CERTIFY, Scope(fund.id))
    ]


@pages.get("/certified/<serial>")
@signed_in
def show(serial: str) -> ResponseReturnValue:
    """One certified document: who, when, its files with their hashes, what replaced it."""
    certificate = certificate_for_viewer(session(), serial, viewer())
    span = Span.of(certificate.period)
    return render_template(
        "papers/certification/show.html",
        certificate=certificate,
        row=row_of(certificate.document),
        span=span,
        languages=LANGUAGES,
        changed=certificate.superseded_by is None and _has_changed(certificate, span),
        may_certify=viewer().may(P.STATEMENT_CERTIFY, certificate.scope),
        certify_at=_certify_at(certificate.document, certificate.reference, span),
    )


def _has_changed(certificate: Certificate, span: Span | None) -> bool:
    """Would the document say something else today than when it was certified?"""
    copy = certificate.copies[0]
    with use_language(copy.language):
        try:
            paper = paper_of(session(), certificate.document, certificate.reference, span)
        except FundError:
            return True
        return facts_of(paper) != copy.facts


@pages.get("/certified/<serial>/<language>.pdf")
@signed_in
def download(serial: str, language: str) -> ResponseReturnValue:
    """The file as it was certified, byte for byte."""
    certificate = certificate_for_viewer(session(), serial, viewer())
    copy = copy_in(session(), certificate, language)
    if copy is None:
        raise Missing(_("This document was not certified in that language."))
    kind = english(row_of(certificate.document).label)
    note_opening(f"{kind} {certificate.reference}", certificate.scope)
    return attachment(kept_name(certificate), "application/pdf", bytes_of(copy))


def _certify_at(document: str, reference: str, span: Span | None) -> str:
    query: dict[str, Any] = period_query(span.since, span.until) if span else {}
    return url_for("certification.certify_one", document=document, reference=reference, **query)


@pages.route("/certify/<document>/<path:reference>", methods=["GET", "POST"])
@needs(P.STATEMENT_CERTIFY)
def certify_one(document: str, reference: str) -> ResponseReturnValue:
    """Name the period, look at the figures, certify them."""
    row = _certified_kind(document, reference)
    span = span_asked()
    if row.periodic and span is None:
        return _ask_span(row, reference)
    form = CertifyForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            certificate = certify(
                opened, document, reference, span, this_act(), tell_reader=form.tell.data
            )
        if outcome:
            flash(_("Certified as %(number)s.", number=certificate.serial), "success")
            return redirect(url_for("certification.show", serial=certificate.serial), 303)
    return render_template(
        "papers/certification/certify.html",
        form=form,
        row=row,
        reference=reference,
        span=span,
        paper=paper_of(session(), document, reference, span),
        standing=certificate_of(session(), document, reference, span),
        query=period_query(span.since, span.until) if span else {},
    )


def _certified_kind(document: str, reference: str) -> Row:
    row = row_of(document)
    if not row.certified:
        raise Missing(_("This type of document cannot be certified."))
    row.readable(session(), viewer(), reference)
    return row


def _ask_span(row: Row, reference: str) -> ResponseReturnValue:
    year = clock.today().year - 1
    form = SpanForm(data={"since": date(year, 1, 1), "until": date(year, 12, 31)})
    if form.validate_on_submit():
        return redirect(_certify_at(row.name, reference, form.span), 303)
    return render_template(
        "papers/certification/span.html", form=form, row=row, reference=reference
    )


@pages.route("/certify/year/<code>/<int:year>", methods=["GET", "POST"])
@needs(P.STATEMENT_CERTIFY)
def certify_year(code: str, year: int) -> ResponseReturnValue:
    """The statements that a fund owes for a year: which are certified, and certifying the rest."""
    fund = fund_by_code(session(), code)
    if not viewer().may(P.STATEMENT_CERTIFY, Scope(fund.id)) or not 1945 <= year <= 9000:
        raise Missing(_("Fund not found."))
    span = Span(date(year, 1, 1), date(year, 12, 31))
    donors = while_nothing_happens(
        ("donors of a year", fund.id, year), lambda: donors_of(session(), fund, span)
    )
    owed = due(session(), fund, span, donors)
    form = YearForm([item for item in owed if item.certificate is None])
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            for item in form.chosen:
                certify(
                    opened,
                    item.row.name,
                    item.reference,
                    span,
                    this_act(),
                    tell_reader=form.tell.data,
                )
        if outcome:
            count = len(form.chosen)
            flash(
                _n("%(num)s document certified.", "%(num)s documents certified.", count), "success"
            )
            return redirect(request.path, 303)
    page, previous, following = numbered_page(owed)
    return render_template(
        "papers/certification/year.html",
        fund=fund,
        year=year,
        owed=owed,
        shown=page,
        previous=previous,
        following=following,
        form=form,
        at_once=AT_ONCE,
        query=period_query(span.since, span.until),
    )

"""Documents to download, and the pages on which a statement's period is chosen."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from grants.applying.applications.queries import application_for_staff, submission_of
from grants.core.funds.queries import fund_by_code, fund_of_reference
from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput, Missing
from grants.core.kernel.language import current_language, english, offered, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import VISITOR, Scope, Viewer
from grants.core.texts.marks import spaced
from grants.deciding.screening.queries import application_of
from grants.granting.clauses.wording import read
from grants.papers.statements.builders.grants import grant, outcome
from grants.papers.statements.catalogue import Row, row_of
from grants.papers.statements.downloads import pdf_answer
from grants.papers.statements.forms import PeriodForm, YearForm, period_query
from grants.papers.statements.issuing import (
    Offered,
    file_name,
    in_word,
    kept,
    offer,
    preview_of,
    render,
    workbook,
)
from grants.papers.statements.issuing import data as facts
from grants.papers.statements.offers import Offer, Usual, subjects, usual_periods, years_given
from grants.papers.statements.packing import digest_of_pack, pack
from grants.papers.statements.year_pack import years_of
from grants.papers.typesetting.paper import Span
from grants.platform.forms.typed import iso_day
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cells import Download, Inline
from grants.platform.tables.exports import FORMATS
from grants.platform.tables.large import as_of_order, handed_out, making
from grants.platform.web.access import needs, public, signed_in, viewer
from grants.platform.web.again import asks_first
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment, note_opening
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("statements", __name__)

P = Permission
PDF = "application/pdf"
JSON = "application/json"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = FORMATS["xlsx"][1]
ZIP = "application/zip"


@pages.get("/documents/<document>/<path:reference>.pdf")
@public
def download(document: str, reference: str) -> ResponseReturnValue:
    """A document of the catalogue, for a person who may see its record.

    ?from and ?to name the period of a statement, ?lang the document's language (else the reader's).
    """
    return _handed_out(document, reference, PDF)


@pages.get("/documents/<document>/<path:reference>.json")
@public
def data(document: str, reference: str) -> ResponseReturnValue:
    """The facts of a document as JSON, for a machine."""
    return _handed_out(document, reference, JSON)


@pages.get("/documents/<document>/<path:reference>.xlsx")
@public
def spreadsheet(document: str, reference: str) -> ResponseReturnValue:
    """The figures of a document as a workbook, of documents that are tables."""
    return _handed_out(document, reference, XLSX)


@pages.get("/documents/<document>/<path:reference>.docx")
@public
def form_in_word(document: str, reference: str) -> ResponseReturnValue:
    """A form as a file that can be filled in."""
    return _handed_out(document, reference, DOCX)


def _handed_out(document: str, reference: str, media_type: str) -> ResponseReturnValue:
    row = row_of(document)
    if viewer() is VISITOR and not row.public:
        return redirect(url_for("signin.sign_in", next=request.full_path))
    title = f"{english(row.label)} {reference}"
    reference = row.narrowed(session(), viewer(), reference)
    row.readable(session(), viewer(), reference)
    if not row.public and making() is None:
        note_opening(title, Scope(fund_of_reference(session(), reference)))
    language = request.args.get("lang") or current_language().code
    span = span_asked()
    source_key = (document, reference, span)
    for_machines = row.public and media_type == JSON

    def made() -> Response:
        with use_language(language):
            name, content = (
                _for_machines(*source_key) if for_machines else _content_of(media_type, *source_key)
            )
        return attachment(name, media_type, content)

    long = span is not None and not for_machines and row.takes_long(session(), reference)
    if long and not _is_kept(media_type, language, *source_key):
        return as_of_order(made, *source_key, language, media_type)
    if media_type != PDF:
        return made()
    with use_language(language):
        offered = offer(session(), *source_key)
    return _pdf_response(offered)


def _for_machines(*source_key: Any) -> tuple[str, bytes]:
    """Public data: written once for all who ask, until something happens."""
    key = "data", *source_key, current_language().code
    return while_nothing_happens(key, lambda: _content_of(JSON, *source_key))


def _is_kept(
    media_type: str, language: str, document: str, reference: str, span: Span | None
) -> bool:
    """Was it certified, so that nothing is reckoned? The figures of a workbook always are."""
    with use_language(language):
        return media_type != XLSX and kept(session(), document, reference, span) is not None


def _content_of(
    media_type: str, document: str, reference: str, span: Span | None
) -> tuple[str, bytes]:
    """Name and bytes of a document's file of any kind."""
    if media_type == PDF:
        return render(session(), document, reference, span)
    if media_type == XLSX:
        return workbook(session(), document, reference, span)
    if media_type == DOCX:
        return in_word(session(), document, reference)
    name, text = facts(session(), document, reference, span)
    return name, text.encode()


def _pdf_response(offered: Offered) -> ResponseReturnValue:
    """A short one is printed beside this process, a long one by the worker; both are kept. Pages
    about it are in the language of the reader, not in that of the document.
    """

    def printed() -> Response:
        return attachment(offered.name, PDF, offered.content())

    source = offered.source
    if source is None or (making() and not source.is_long):
        return printed()
    return handed_out(source.key, printed) if source.is_long else pdf_answer(offered.name, source)


@pages.get("/applications/<reference>/package.zip")
@needs(P.APPLICATION_SEE)
@asks_first
def package(reference: str) -> ResponseReturnValue:
    """A submitted application with its files and a list of all of it, made by the worker."""
    application = application_for_staff(session(), reference, viewer())
    submission = submission_of(session(), application.id)
    assert submission is not None, "staff see what was submitted"
    key = digest_of_pack(session(), submission, current_language().code)
    name = f"{application.reference}.zip"
    if making() is None:
        note_opening(name, application.scope)

    def packed() -> Response:
        return send_file(pack(session(), submission), ZIP, as_attachment=True, download_name=name)

    return handed_out(key, packed)


@pages.get("/applications/<reference>/letter.pdf")
@needs(P.REVIEW_ASSIGN)
def letter_to_be(reference: str) -> ResponseReturnValue:
    """The letter that the secretariat is writing to an applicant, as it would go out now."""
    application = application_of(session(), reference, viewer(), P.REVIEW_ASSIGN)
    with use_language(application.language):
        paper = outcome.letter_to_be(session(), application, clock.now())
        source = preview_of(paper)
    return pdf_answer(file_name(paper), source)


@pages.post("/documents/clauses/<code>/<language>.pdf")
@needs(P.AGREEMENT_SIGN)
def clauses_to_be(code: str, language: str) -> ResponseReturnValue:
    """An agreement with the clauses that the fund is writing, before they are kept."""
    fund = fund_by_code(session(), code)
    if language not in fund.languages or not viewer().may(P.AGREEMENT_SIGN, Scope(fund.id)):
        raise Missing(_("Fund not found."))
    wording = read(request.form.get("text", ""))
    with use_language(language):
        paper = grant.agreement_to_be(fund, wording)
        source = preview_of(paper)
    return pdf_answer(file_name(paper), source)


def span_asked() -> Span | None:
    """The period in the address. InvalidInput if it is not two days."""
    lines = [request.args.get(name) for name in ("from", "to")]
    if not any(lines):
        return None
    try:
        since, until = (iso_day(text) for text in lines)
    except InvalidInput as error:
        raise InvalidInput(_("Enter two dates for the period, such as 2026-01-01.")) from error
    return Span(since, until)


def has_statements(who: Viewer) -> bool:
    """Is there any statement over time that this person may have?"""
    return who.may(P.STATEMENT_ISSUE) or bool(who.organisations_with(P.PLEDGE_READ))


@pages.get("/statements")
@in_menu(_l("Statements"), 85, who=has_statements, also=("certification", "printing"), key="e")
@signed_in
def index() -> ResponseReturnValue:
    """What statements there are for the person, the usual periods one press away."""
    periods = usual_periods(clock.today())
    return render_template(
        "papers/statements/index.html",
        subjects=list(subjects(session(), viewer(), clock.today())),
        periods=periods,
        files_of=lambda offer: [_files_for(offer, period) for period in periods],
        years_of=lambda donor: years_of(session(), donor),
    )


def _files_for(offer: Offer, period: Usual) -> Inline:
    """The files of a statement for a period; none if it does not cover it."""
    where: dict[str, Any] = {
        "document": offer.row.name,
        "reference": offer.reference,
        **period_query(period.span.since, period.span.until),
    }
    kinds = {"PDF": "statements.download"}
    if offer.row.sheets:
        kinds["XLSX"] = "statements.spreadsheet"
    about = f"{offer.label}{spaced(',')}{period.name}"
    covered = kinds.items() if offer.covers(period) else ()
    return Inline(tuple(Download(kind, url_for(page, **where), about) for kind, page in covered))


@pages.route("/statements/<document>/<path:reference>", methods=["GET", "POST"])
@signed_in
def period(document: str, reference: str) -> ResponseReturnValue:
    """Choose the days and the language of a statement over time."""
    row: Row = row_of(document)
    if not row.data:
        raise Missing(_("This document does not cover a period."))
    row.readable(session(), viewer(), reference)
    if row.calendar_year:
        return _choose_year(row, reference)
    today = clock.today()
    form = PeriodForm(
        data={
            "since": today.replace(month=1, day=1),
            "until": today,
            "language": _document_language(),
        }
    )
    if form.validate_on_submit():
        where: dict[str, Any] = {"document": document, "reference": reference, **form.query}
        return redirect(url_for("statements.download", **where), 303)
    return render_template("papers/statements/period.html", row=row, reference=reference, form=form)


def _choose_year(row: Row, reference: str) -> ResponseReturnValue:
    """Choose one of the years in which the donor's money came."""
    years = years_given(session(), row.narrowed(session(), viewer(), reference), clock.today())
    donor = reference.partition("/")[0]
    choices = [
        (f"{donor}/{code} {year}", f"{year} · {title}" if len(years) > 1 else str(year))
        for (code, title), years_of_fund in years.items()
        for year in years_of_fund
    ]
    form = YearForm(choices, data={"language": _document_language()})
    if choices and form.validate_on_submit():
        chosen = form.asked[0]
        where: dict[str, Any] = {"document": row.name, "reference": chosen, **form.query}
        return redirect(url_for("statements.download", **where), 303)
    return render_template(
        "papers/statements/year.html", row=row, reference=reference, form=form, years=choices
    )


def _document_language() -> str:
    """The reader's language, where documents are printed in it."""
    return current_language().code if current_language().code in offered() else "en"

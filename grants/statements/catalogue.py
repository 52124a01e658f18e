"""Every document there is: how it is called, what builds it, who may read it."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from grants.kernel.countries import country_name
from grants.kernel.db import Database
from grants.kernel.errors import DomainError, Missing
from grants.kernel.formats import NONE, bare_amount
from grants.kernel.language import current_language
from grants.kernel.language import gettext as _
from grants.kernel.language import lazy_gettext as _l
from grants.kernel.money import Money
from grants.kernel.templates import environment
from grants.people.permissions import Permission
from grants.people.viewer import Viewer
from grants.statements import readers
from grants.statements.builders import applying, donor, fund, giving, grant, outcome
from grants.statements.paper import Paper, Span, as_json

P = Permission


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of document. Its template is templates/statements/<name>.html.

    `readable` raises Missing unless the viewer may see the record of that reference.
    """

    name: str
    label: str
    build: Callable[[Session, str, Span | None], Paper]
    readable: Callable[[Session, Viewer, str], None]
    public: bool = False
    """Anybody may read it, signed in or not, as far as `readable` lets them."""
    periodic: bool = False
    """It tells of a period, which has to be named."""
    data: bool = False
    """Its facts lie in the PDF as a JSON file too, for whoever recomputes them."""


def _of_record(
    build: Callable[[Session, str], Paper],
) -> Callable[[Session, str, Span | None], Paper]:
    return lambda session, reference, _span: build(session, reference)


def _of_period(
    build: Callable[[Session, str, Span], Paper],
) -> Callable[[Session, str, Span | None], Paper]:
    def built(session: Session, reference: str, span: Span | None) -> Paper:
        if span is None:
            raise DomainError(_("Name the period: its first and its last day."))
        return build(session, reference, span)

    return built


CATALOGUE: Mapping[str, Row] = {
    row.name: row
    for row in (
        Row(
            "acknowledgement",
            _l("Acknowledgement of a pledge"),
            _of_record(giving.acknowledgement),
            readers.of_pledge,
        ),
        Row("receipt", _l("Official receipt"), _of_record(giving.receipt), readers.of_receipt),
        Row(
            "donor-statement",
            _l("Statement of contributions"),
            _of_period(donor.donor_statement),
            readers.of_donor,
            periodic=True,
            data=True,
        ),
        Row(
            "fund-statement",
            _l("Statement of source and use of funds"),
            _of_period(fund.fund_statement),
            readers.of_fund,
            periodic=True,
            data=True,
        ),
        Row(
            "submission",
            _l("Application as submitted"),
            _of_record(applying.submission),
            readers.of_application,
        ),
        Row(
            "blank-form",
            _l("Application form"),
            _of_record(applying.blank_form),
            readers.of_call,
            public=True,
        ),
        Row(
            "award-letter", _l("Award of a grant"), _of_record(grant.award_letter), readers.of_award
        ),
        Row(
            "regret-letter",
            _l("Outcome of an application"),
            _of_record(outcome.regret_letter),
            readers.of_decision,
        ),
        Row("agreement", _l("Grant agreement"), _of_record(grant.agreement), readers.of_award),
        Row(
            "grant-statement",
            _l("Grant statement"),
            grant.grant_statement,
            readers.of_award,
            data=True,
        ),
    )
}


def row_of(document: str) -> Row:
    """The kind of document of this name, or Missing."""
    row = CATALOGUE.get(document)
    if row is None:
        raise Missing(_("There is no document called %(name)s.", name=document))
    return row


def paper_of(session: Session, document: str, reference: str, span: Span | None = None) -> Paper:
    """What a document says, in the current language, before it is laid out."""
    return row_of(document).build(session, reference, span)


def render(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, bytes]:
    """File name and PDF of a document, in the current language.

    Whoever calls has found that the reader may see it (`Row.readable`).
    """
    paper = paper_of(session, document, reference, span)
    return file_name(paper), printed(paper)


def render_by_name(database: Database, document: str, reference: str) -> tuple[str, bytes]:
    """The same for the post office, which holds no session: enclosures of e-mails."""
    with database.session() as session:
        return render(session, document, reference)


def printed(paper: Paper) -> bytes:
    """The PDF of a document."""
    from grants.statements import pdf  # loading Pango takes a third of a second

    enclosures = [_enclosure(paper)] if row_of(paper.document).data else []
    direction = current_language().direction
    return pdf.printed(laid_out(paper), direction=direction, enclosures=enclosures)


def laid_out(paper: Paper) -> str:
    """The document as HTML for print."""
    template = environment().get_template(f"statements/{paper.document}.html")
    return template.render(
        paper=paper,
        facts=paper.facts,
        way=way,
        bare=bare,
        column_share=column_share,
        country_name=country_name,
    )


def bare(amount: Money | None) -> str:
    """A figure in a cell of class "n", which is written from left to right in every language."""
    return NONE if amount is None else bare_amount(amount)


def way(text: str) -> str:
    """The direction of words that somebody else wrote: that of their first letter."""
    for sign in text or "":
        kind = unicodedata.bidirectional(sign)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def column_share(heads: Sequence[tuple[str, str]], place: int) -> int:
    """Percent of the page for a column of an applicant's table: words get twice what figures do."""
    shares = [2 if kind == "text" else 1 for _text, kind in heads]
    return 100 * shares[place] // sum(shares)


def data_of(paper: Paper) -> str:
    """The facts as JSON text, which is what `--json` prints."""
    return json.dumps(as_json(paper.facts), ensure_ascii=False, indent=2)


def file_name(paper: Paper, ending: str = "pdf") -> str:
    """Safe in every file system: receipt-UNVTF-R-2026-0001.pdf."""
    signs = [sign if sign.isalnum() else "-" for sign in paper.reference]
    return f"{paper.document}-{''.join(signs)}.{ending}"


def _enclosure(paper: Paper) -> Any:
    from grants.statements.pdf import Enclosure

    return Enclosure(
        name=file_name(paper, "json"),
        content=data_of(paper).encode(),
        description=paper.title,
        at=datetime.combine(paper.on, time(), UTC),
    )

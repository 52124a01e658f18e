"""Handing a document out: its PDF, its data, its workbook; the certified one where there is one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import partial
from io import BytesIO

from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate, Copy
from grants.books.certificates.queries import certificate_in_force, copy_in
from grants.books.certificates.service import bytes_of
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import current_language, use_language
from grants.core.kernel.language import gettext as _
from grants.papers.statements.catalogue import paper_of, row_of
from grants.papers.typesetting.enclosed import Enclosure, Picture
from grants.papers.typesetting.layout import as_html
from grants.papers.typesetting.paper import Certified, Paper, Span, as_json
from grants.papers.typesetting.source import PrintSource
from grants.platform.documents import origin
from grants.platform.documents.origin import Origin
from grants.platform.documents.scanned import ScannedCode
from grants.platform.tables.exports import write_book


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that can be handed out: its file name, and its PDF when it is asked for."""

    name: str
    content: Callable[[], bytes]
    source: PrintSource | None = None
    """What it is printed from; None: it is kept as it was certified."""


def offer(session: Session, document: str, reference: str, span: Span | None = None) -> Offered:
    """A document in the current language: the certified one where there is one, byte for byte as
    it was kept; otherwise not printed yet.

    A person who calls has found that the reader may see it (`Row.readable`).
    """
    if copy := kept(session, document, reference, span):
        return Offered(kept_name(copy.certificate), partial(bytes_of, copy))
    paper = paper_of(session, document, reference, span)
    source = print_source_of(paper)
    return Offered(file_name(paper), source.printed, source)


def render(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, bytes]:
    """File name and PDF of a document."""
    offered = offer(session, document, reference, span)
    return offered.name, offered.content()


def data(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, str]:
    """File name and JSON text of the same facts."""
    if copy := kept(session, document, reference, span):
        return kept_name(copy.certificate, "json"), _with_status(copy.facts, _stamp_of(copy))
    paper = paper_of(session, document, reference, span)
    return file_name(paper, "json"), data_of(paper)


def workbook(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, bytes]:
    """File name and XLSX of the same facts. DomainError while they are not those certified."""
    row, copy = row_of(document), kept(session, document, reference, span)
    if row.sheets is None:
        raise Missing(_("This document is not available as a workbook."))
    paper = paper_of(session, document, reference, span)
    if copy and copy.facts != facts_of(paper):
        raise DomainError(
            _("Figures have changed since it was certified. Have the new ones certified first.")
        )
    file = BytesIO()
    write_book(file, row.sheets(paper.facts))
    name = kept_name(copy.certificate, "xlsx") if copy else file_name(paper, "xlsx")
    return name, file.getvalue()


def in_word(session: Session, document: str, reference: str) -> tuple[str, bytes]:
    """File name and DOCX of a form that is filled in."""
    row = row_of(document)
    if row.word is None:
        raise Missing(_("This document is not available as a DOCX file."))
    paper = paper_of(session, document, reference, None)
    return file_name(paper, "docx"), row.word(paper.facts)


def kept(session: Session, document: str, reference: str, span: Span | None = None) -> Copy | None:
    """The certified copy that holds now, in the current language."""
    certificate = certificate_of(session, document, reference, span)
    return copy_in(session, certificate, current_language().code) if certificate else None


def certificate_of(
    session: Session, document: str, reference: str, span: Span | None = None
) -> Certificate | None:
    """The certificate that holds now for a document."""
    row = row_of(document)
    if not row.certified:
        return None
    name = row.canonical(session, reference, span)
    return certificate_in_force(session, document, name, span.code if span else "")


def render_by_name(database: Database, document: str, reference: str) -> tuple[str, bytes]:
    """A PDF for the post office, which holds no session: enclosures of e-mails."""
    with database.session() as session:
        return render(session, document, reference)


def printed(paper: Paper) -> bytes:
    """The PDF of a document, under the seal of this installation."""
    return print_source_of(paper).printed()


def print_source_of(paper: Paper) -> PrintSource:
    """What the PDF of a document is printed from."""
    row = row_of(paper.document)
    if row.comes_back:
        paper = replace(paper, issuer=replace(paper.issuer, mark=None, signature=None))
    provisional = paper.unsigned or (row.certified and not paper.certified)
    with use_language(paper.language or current_language().code) as language:
        scanned = _scanned_code_of(paper) if row.signed and not row.comes_back else None
        html = as_html(paper, _origin_of(paper), scanned, provisional=provisional)
        enclosures = (_enclosure_of(paper),) if row.data else ()
    drawn = (picture for picture in (paper.code, paper.slip, scanned) if picture)
    pictures = (*paper.issuer.pictures, *drawn)
    return PrintSource(html, language.direction, enclosures, pictures, signed=row.signed)


def preview_of(paper: Paper) -> PrintSource:
    """Of a letter that is not sent yet: it carries no signature of the installation."""
    return replace(print_source_of(paper), signed=False)


def facts_of(paper: Paper) -> str:
    """The facts of a document as JSON text, and nothing else."""
    return json.dumps(as_json(paper.facts), ensure_ascii=False, indent=2)


def data_of(paper: Paper) -> str:
    """The facts as JSON text, which is what `--json` prints; and whether they are certified."""
    facts = facts_of(paper)
    return _with_status(facts, paper.certified) if row_of(paper.document).certified else facts


def file_name(paper: Paper, ending: str = "pdf") -> str:
    """Safe in every file system: receipt-UNVTF-R-2026-0001.pdf."""
    signs = [sign if sign.isalnum() else "-" for sign in paper.reference]
    return f"{paper.document}-{''.join(signs)}.{ending}"


def kept_name(certificate: Certificate, ending: str = "pdf") -> str:
    """The file name of a certified document: by its number."""
    return f"{certificate.document}-{certificate.serial}.{ending}"


def _stamp_of(copy: Copy) -> Certified:
    of = copy.certificate
    return Certified(of.serial, of.certified_by, of.certified_on)


def _with_status(facts: str, certified: Certified | None) -> str:
    values = json.loads(facts)
    values["status"] = "certified" if certified else "provisional"
    if certified:
        values["certificate"] = certified.serial
    return json.dumps(values, ensure_ascii=False, indent=2)


def _origin_of(paper: Paper) -> Origin | None:
    if paper.asked is None:
        return None
    request, language = paper.asked, current_language().code
    facts = origin.digest(facts_of(paper))
    return Origin(paper.document, request.reference, request.period, language, facts)


def _scanned_code_of(paper: Paper) -> Picture | None:
    """What a telephone scans on the printed document to ask whether it is ours."""
    origin = _origin_of(paper)
    serial = paper.certified.serial if paper.certified else ""
    return Picture.drawn(ScannedCode.of(origin, serial).drawn()) if origin else None


def _enclosure_of(paper: Paper) -> Enclosure:
    return Enclosure(
        name=file_name(paper, "json"),
        content=data_of(paper).encode(),
        description=paper.title,
        at=datetime.combine(paper.on, time(), UTC),
    )

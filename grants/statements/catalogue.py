"""Every document there is: how it is called, what builds it, who may read it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum

from sqlalchemy.orm import Session

from grants.certificates.models import Certificate, Copy
from grants.certificates.queries import copy_in, standing
from grants.certificates.service import bytes_of
from grants.kernel.db import Database
from grants.kernel.errors import DomainError, Missing
from grants.kernel.language import current_language
from grants.kernel.language import gettext as _
from grants.kernel.language import lazy_gettext as _l
from grants.people.viewer import Viewer
from grants.statements import origin, readers
from grants.statements.builders import (
    applying,
    donor,
    financial,
    fund,
    giving,
    grant,
    outcome,
    whose,
)
from grants.statements.layout import laid_out
from grants.statements.matter import Matter
from grants.statements.origin import Origin
from grants.statements.paper import Asked, Certified, Enclosure, Paper, Span, as_json


class About(StrEnum):
    """What the reference of a document names."""

    RECORD = "record"
    FUND = "fund"
    DONOR = "donor"


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
    about: About = About.RECORD
    """Of a fund, or of a donor, it is offered on the pages of statements."""
    periodic: bool = False
    """It tells of a period, which has to be named."""
    data: bool = False
    """Its facts lie in the PDF as a JSON file too, for whoever recomputes them."""
    certified: bool = False
    """It is provisional until the certifying officer certifies it, and kept from then on."""
    together: Callable[[Session, Sequence[str], Span], Mapping[str, Paper]] | None = None
    """Builds many of one period in as few questions to the database as one takes."""
    canonical: Callable[[Session, str, Span | None], str] = lambda _session, reference, _span: (
        reference
    )
    """The one reference under which it is certified, of several that lead to it."""
    narrowed: Callable[[Session, Viewer, str], str] = lambda _session, _viewer, reference: reference
    """As much of it as a viewer may have, who may not have all."""


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
            certified=True,
            about=About.DONOR,
            together=donor.donor_statements,
            canonical=whose.canonical,
            narrowed=readers.narrowed_donor,
        ),
        Row(
            "fund-statement",
            _l("Statement of source and use of funds"),
            _of_period(fund.fund_statement),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
        ),
        Row(
            "financial-statements",
            _l("Statements of financial performance and position"),
            _of_period(financial.financial_statements),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
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
    """What a document says today, in the current language, before it is laid out."""
    paper = row_of(document).build(session, reference, span)
    return replace(paper, asked=Asked(reference, span))


def papers_of(
    session: Session, document: str, references: Sequence[str], span: Span
) -> Mapping[str, Paper]:
    """What many documents of a kind say: read together where that is possible."""
    together = row_of(document).together
    if together is None:
        return {reference: paper_of(session, document, reference, span) for reference in references}
    return {
        reference: replace(paper, asked=Asked(reference, span))
        for reference, paper in together(session, references, span).items()
    }


def render(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, bytes]:
    """File name and PDF of a document, in the current language: the certified one where there is
    one, byte for byte as it was kept.

    Whoever calls has found that the reader may see it (`Row.readable`).
    """
    if copy := kept(session, document, reference, span):
        return kept_name(copy.certificate), bytes_of(copy)
    paper = paper_of(session, document, reference, span)
    return file_name(paper), printed(paper)


def data(
    session: Session, document: str, reference: str, span: Span | None = None
) -> tuple[str, str]:
    """File name and JSON text of the same facts."""
    if copy := kept(session, document, reference, span):
        return kept_name(copy.certificate, "json"), _with_status(copy.facts, _stamp(copy))
    paper = paper_of(session, document, reference, span)
    return file_name(paper, "json"), data_of(paper)


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
    return standing(session, document, name, span.code if span else "")


def render_by_name(database: Database, document: str, reference: str) -> tuple[str, bytes]:
    """The same for the post office, which holds no session: enclosures of e-mails."""
    with database.session() as session:
        return render(session, document, reference)


def printed(paper: Paper) -> bytes:
    """The PDF of a document, under the seal of this installation."""
    return matter_of(paper).printed()


def matter_of(paper: Paper) -> Matter:
    """What the PDF of a document is printed from."""
    row = row_of(paper.document)
    html = laid_out(paper, _origin(paper), provisional=row.certified and not paper.certified)
    enclosures = (_enclosure(paper),) if row.data else ()
    return Matter(html, current_language().direction, enclosures)


def facts_of(paper: Paper) -> str:
    """The facts of a document as JSON text, nothing but them."""
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


def _stamp(copy: Copy) -> Certified:
    of = copy.certificate
    return Certified(of.serial, of.certified_by, of.certified_on)


def _with_status(facts: str, certified: Certified | None) -> str:
    told = json.loads(facts)
    told["status"] = "certified" if certified else "provisional"
    if certified:
        told["certificate"] = certified.serial
    return json.dumps(told, ensure_ascii=False, indent=2)


def _origin(paper: Paper) -> Origin | None:
    if paper.asked is None:
        return None
    asked, language = paper.asked, current_language().code
    facts = origin.digest(facts_of(paper))
    return Origin(paper.document, asked.reference, asked.period, language, facts)


def _enclosure(paper: Paper) -> Enclosure:
    return Enclosure(
        name=file_name(paper, "json"),
        content=data_of(paper).encode(),
        description=paper.title,
        at=datetime.combine(paper.on, time(), UTC),
    )

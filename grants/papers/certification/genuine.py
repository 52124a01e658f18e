"""Is a PDF one of ours, unaltered? Decided from its bytes alone; nothing else in it is read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from grants.books.certificates.queries import copy_of_bytes
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import use_language
from grants.core.kernel.taxonomies import Term
from grants.core.texts.formats import plain_day
from grants.papers.statements.catalogue import CATALOGUE, paper_of
from grants.papers.statements.issuing import certificate_of, facts_of
from grants.papers.typesetting.paper import Span
from grants.platform.documents.origin import Origin, digest, origin_of
from grants.platform.documents.scanned import ScannedCode
from grants.platform.pdf_signing.reading import read_signature
from grants.platform.pdf_signing.signing import known
from grants.platform.pdf_signing.verdict import Reading, SignatureVerdict


class Verdict(Term):
    """What can be said of a PDF."""

    CERTIFIED = "certified", _l("Genuine and certified.")
    SUPERSEDED = (
        "superseded",
        _l("Genuine, and certified at the time. A later certificate replaced it."),
    )
    UNCHANGED = "unchanged", _l("Genuine and unaltered. The figures are still current.")
    CHANGED = "changed", _l("Genuine and unaltered, but its figures have changed since.")
    ALTERED = "altered", _l("Not genuine: we signed this document, but it has been altered since.")
    ADDED_TO = (
        "added_to",
        _l(
            "We issued and signed this document, but something was added to the file "
            "afterwards, for instance the signature of another person."
        ),
    )
    EXPIRED = (
        "expired",
        _l("Unaltered, but it was signed when the certificate of our key was not valid."),
    )
    OTHER_KEY = (
        "other_key",
        _l("Not genuine: this file carries an electronic signature, but not ours."),
    )
    PAPER_CERTIFIED = "paper_certified", _l("We issued and certified this document.")
    PAPER_SUPERSEDED = (
        "paper_superseded",
        _l("We issued and certified this document. A later certificate replaced it."),
    )
    PAPER_CURRENT = (
        "paper_current",
        _l("We issued this document, and its figures are still current."),
    )
    PAPER_CHANGED = "paper_changed", _l("We issued this document. Its figures have changed since.")
    PAPER_ISSUED = "paper_issued", _l("We issued this document.")
    NO_CODE = "no_code", _l("This code is not ours, or a part of it is missing.")
    UNKNOWN = "unknown", _l("This is not a document issued by this fund, or it has been altered.")


FILES = {Verdict.CERTIFIED, Verdict.SUPERSEDED, Verdict.UNCHANGED, Verdict.CHANGED}
"""Every byte of such a file is ours."""
PAPERS = {
    Verdict.PAPER_CERTIFIED,
    Verdict.PAPER_SUPERSEDED,
    Verdict.PAPER_CURRENT,
    Verdict.PAPER_CHANGED,
    Verdict.PAPER_ISSUED,
}
"""There is such a document of ours; its words on paper are for the reader to compare."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict, the certificate that holds for the document now (its number and day), and what
    the file itself says: which document it is, who signed it and when.
    """

    verdict: Verdict
    certificate: str = ""
    certified_on: date | None = None
    document: str = ""
    """Name in the catalogue."""
    reference: str = ""
    period: str = ""
    signature: Reading | None = None

    @property
    def ours(self) -> bool:
        """Genuine: we issued it."""
        return self.verdict in FILES | PAPERS

    @property
    def on_paper(self) -> bool:
        """Was it asked by the code on a paper?"""
        return self.verdict in PAPERS

    @property
    def label(self) -> str:
        """The kind of document."""
        row = CATALOGUE.get(self.document)
        return str(row.label) if row else self.document

    @property
    def signed_at(self) -> datetime | None:
        """By the clock of a time-stamping authority, or else by ours."""
        return (self.signature.stamped_at or self.signature.at) if self.signature else None


def examine(session: Session, content: bytes) -> Finding:
    """The verdict on a file. InvalidInput if it is no PDF at all."""
    if not content.startswith(b"%PDF-"):
        raise InvalidInput(_("This file is not a PDF."))
    signature = read_signature(content, known())
    finding = _examine_copy(session, content) or _examine_other(session, content, signature)
    return replace(finding, signature=signature)


def examine_code(session: Session, query: Mapping[str, str]) -> Finding:
    """The verdict on a paper, by the code that was scanned on it."""
    code = ScannedCode.read(query)
    if code is None:
        return Finding(Verdict.NO_CODE)
    origin = code.origin
    with use_language(origin.language):
        finding = _certified_paper(session, code) if code.certificate else _paper(session, origin)
    return _of_origin(finding, origin)


def _certified_paper(session: Session, code: ScannedCode) -> Finding:
    span = Span.of(code.period)
    certificate = certificate_of(session, code.document, code.reference, span)
    if certificate is None or certificate.serial != code.certificate:
        return Finding(Verdict.PAPER_SUPERSEDED, code.certificate)
    return Finding(Verdict.PAPER_CERTIFIED, certificate.serial, certificate.certified_on)


def _paper(session: Session, origin: Origin) -> Finding:
    """Documents that take long to reckon are not reckoned again when a code is scanned."""
    row = CATALOGUE.get(origin.document)
    if row is None or row.takes_long(session, origin.reference):
        return Finding(Verdict.PAPER_ISSUED)
    finding = _as_of_today(session, origin)
    return replace(finding, verdict=_ON_PAPER[finding.verdict])


_ON_PAPER = {
    Verdict.UNCHANGED: Verdict.PAPER_CURRENT,
    Verdict.CHANGED: Verdict.PAPER_CHANGED,
}
DOUBTS = {
    SignatureVerdict.ALTERED: Verdict.ALTERED,
    SignatureVerdict.ADDED_TO: Verdict.ADDED_TO,
    SignatureVerdict.EXPIRED: Verdict.EXPIRED,
    SignatureVerdict.OTHER_KEY: Verdict.OTHER_KEY,
}


def _examine_other(session: Session, content: bytes, signature: Reading | None) -> Finding:
    """What can be said of a file that is no certified copy: what was added later is not read."""
    origin = origin_of(content[: signature.end] if signature and signature.end else content)
    if signature and signature.standing in DOUBTS:
        finding = Finding(DOUBTS[signature.standing])
    elif origin is None:
        finding = Finding(Verdict.UNKNOWN)
    else:
        with use_language(origin.language):
            finding = _as_of_today(session, origin)
    return _of_origin(finding, origin) if origin else finding


def _of_origin(finding: Finding, origin: Origin) -> Finding:
    return replace(
        finding, document=origin.document, reference=origin.reference, period=origin.period
    )


def _examine_copy(session: Session, content: bytes) -> Finding | None:
    copy = copy_of_bytes(session, hashlib.sha256(content).hexdigest())
    if copy is None:
        return None
    certificate = copy.certificate
    verdict = Verdict.SUPERSEDED if certificate.superseded_by else Verdict.CERTIFIED
    return Finding(
        verdict,
        certificate.serial,
        certificate.certified_on,
        certificate.document,
        certificate.reference,
        certificate.period,
    )


def _as_of_today(session: Session, origin: Origin) -> Finding:
    """Do the records still say what an uncertified document of ours says?"""
    span = Span.of(origin.period)
    try:
        paper = paper_of(session, origin.document, origin.reference, span)
        certificate = certificate_of(session, origin.document, origin.reference, span)
    except FundError:
        return Finding(Verdict.CHANGED)  # the record is gone, or says no such thing any more
    same = digest(facts_of(paper)).startswith(origin.facts)
    verdict = Verdict.UNCHANGED if same else Verdict.CHANGED
    if certificate is None:
        return Finding(verdict)
    return Finding(verdict, certificate.serial, certificate.certified_on)


def described(finding: Finding) -> list[tuple[str, str]]:
    """What the file says of itself and of its signature, in words; nothing that is not in it."""
    signature, at = finding.signature, finding.signed_at
    facts = [
        (_("Document"), " ".join(filter(None, (finding.label, finding.reference)))),
        (_("Period"), finding.period.replace("/", " – ")),
        (_("Signed by"), signature.by if signature else ""),
        (_("Signed on"), plain_day(clock.day_of(at)) if at else ""),
        (_("Time stamp"), _("yes") if signature and signature.stamped_at else ""),
    ]
    return [(label, value) for label, value in facts if value]

"""Is a PDF one of ours, unaltered? Decided from its bytes alone; nothing else in it is read."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.certificates.queries import copy_of_bytes
from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import use_language
from grants.core.kernel.taxonomies import Term
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import certificate_of, facts_of
from grants.papers.typesetting.paper import Span
from grants.platform.documents.origin import Origin, digest, origin_of


class Verdict(Term):
    """What can be said of a PDF."""

    CERTIFIED = "certified", _l("Genuine and certified.")
    SUPERSEDED = (
        "superseded",
        _l("Genuine, and certified at the time. A later certificate replaced it."),
    )
    UNCHANGED = "unchanged", _l("Genuine and unaltered. The figures are still current.")
    CHANGED = "changed", _l("Genuine and unaltered, but its figures have changed since.")
    UNKNOWN = "unknown", _l("This is not a document issued by this fund, or it has been altered.")


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict, and the certificate that holds for the document now: its number and day."""

    verdict: Verdict
    certificate: str = ""
    certified_on: date | None = None

    @property
    def ours(self) -> bool:
        return self.verdict is not Verdict.UNKNOWN


def examine(session: Session, content: bytes) -> Finding:
    """The verdict on a file. InvalidInput if it is no PDF at all."""
    if not content.startswith(b"%PDF-"):
        raise InvalidInput(_("This file is not a PDF."))
    if finding := _kept(session, content):
        return finding
    origin = origin_of(content)
    if origin is None:
        return Finding(Verdict.UNKNOWN)
    with use_language(origin.language):
        return _as_of_today(session, origin)


def _kept(session: Session, content: bytes) -> Finding | None:
    copy = copy_of_bytes(session, hashlib.sha256(content).hexdigest())
    if copy is None:
        return None
    certificate = copy.certificate
    verdict = Verdict.SUPERSEDED if certificate.superseded_by else Verdict.CERTIFIED
    return Finding(verdict, certificate.serial, certificate.certified_on)


def _as_of_today(session: Session, origin: Origin) -> Finding:
    """Do the records still say what an uncertified document of ours says?"""
    span = Span.of(origin.period)
    try:
        paper = paper_of(session, origin.document, origin.reference, span)
        certificate = certificate_of(session, origin.document, origin.reference, span)
    except FundError:
        return Finding(Verdict.CHANGED)  # the record is gone, or says no such thing any more
    same = digest(facts_of(paper)) == origin.facts
    verdict = Verdict.UNCHANGED if same else Verdict.CHANGED
    if certificate is None:
        return Finding(verdict)
    return Finding(verdict, certificate.serial, certificate.certified_on)

"""Certifying a document of the catalogue: built, compared, numbered, printed and kept.

No service.py, since it prints: acts know no PDF maker.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate
from grants.books.certificates.service import (
    Matter,
    keep_copy,
    open_certificate,
    require_certifiable,
)
from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import OFFERED, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code, people_of_organisation
from grants.papers.statements.catalogue import paper_of, row_of
from grants.papers.statements.issuing import facts_of, printed
from grants.papers.typesetting.paper import Certified, Paper, Span
from grants.platform.messages.service import tell


def certify(
    session: Session,
    document: str,
    reference: str,
    span: Span | None,
    act: Act,
    *,
    tell_reader: bool = False,
) -> Certificate:
    """The certifying officer certifies a document: it is numbered and kept, in each language.

    Where the same was certified before with other figures, this certificate supersedes it.
    Forbidden, DomainError or Conflict as grants.books.certificates.service says.
    """
    row = row_of(document)
    if not row.certified:
        raise Missing(_("This type of document cannot be certified."))
    name = row.canonical(session, reference, span)
    matter = _matter_of(session, paper_of(session, document, name, span), name, span)
    require_certifiable(session, matter, act)
    papers = _in_each_language(session, matter, span)
    facts = {language: facts_of(paper) for language, paper in papers.items()}
    certificate = open_certificate(session, matter, facts, act)
    stamp = Certified(certificate.serial, certificate.certified_by, certificate.certified_on)
    for language, paper in papers.items():
        with use_language(language):
            content = printed(replace(paper, certified=stamp))
        keep_copy(session, certificate, language, content, facts[language])
    if tell_reader:
        _notify_organisation(session, certificate, act)
    return certificate


def _matter_of(session: Session, paper: Paper, reference: str, span: Span | None) -> Matter:
    if " · " in paper.issuer.code:
        raise DomainError(
            _(
                "This document covers several funds, but each fund certifies its own "
                "documents. Name one of them, as in %(reference)s/%(fund)s.",
                reference=reference,
                fund=paper.issuer.code.split(" · ")[0],
            )
        )
    since, until = (span.since, span.until) if span else _month_to(paper.on)
    return Matter(
        fund=fund_by_code(session, paper.issuer.code),
        document=paper.document,
        reference=reference,
        since=since,
        until=until,
        period=span.code if span else "",
        organisation=organisation_by_code(session, paper.to) if paper.to else None,
    )


def _month_to(day: date) -> tuple[date, date]:
    """A document of one day rests on the books of its month."""
    return day.replace(day=1), day


def _in_each_language(session: Session, matter: Matter, span: Span | None) -> Mapping[str, Paper]:
    papers = {}
    for language in OFFERED:
        with use_language(language):
            papers[language] = paper_of(session, matter.document, matter.reference, span)
    return papers


def _notify_organisation(session: Session, certificate: Certificate, act: Act) -> None:
    """The people of the organisation it is written to, if to any, are informed that it is there."""
    if certificate.organisation_id is None:
        return
    tell(
        session,
        people_of_organisation(session, certificate.organisation_id, Permission.PLEDGE_READ),
        "papers/certification/certified",
        act,
        event=f"certificate:{certificate.id}",
        certificate=certificate,
        label=row_of(certificate.document).label,
        url=absolute(f"certified/{certificate.serial}"),
    )

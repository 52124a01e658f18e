"""Certifying: who may, when, under which number; and keeping what was certified."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate, Copy
from grants.books.certificates.queries import certificate_in_force, has_kept_the_books
from grants.books.ledger.periods import still_open
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.marks import spaced
from grants.platform.documents.reserving import reserve_store
from grants.platform.documents.store import store

NAMED = 6
"""Open months that a refusal names before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be certified: a document of the fund, about a record, over days."""

    fund: Fund
    document: str
    reference: str
    since: date
    until: date
    period: str = ""
    """How the days are named where they are part of what was asked for."""
    organisation: Organisation | None = None


def require_certifiable(session: Session, matter: Matter, act: Act) -> None:
    """Refuse what may not be certified; while this act lasts no one books in the fund or opens one
    of its months.

    Forbidden to a person who may not certify, booked an entry of the period or closed a month of
    it. DomainError before the period is over, and while a month up to its end is open.
    """
    fund, until = matter.fund, matter.until
    act.demand(Permission.STATEMENT_CERTIFY, Scope(fund.id))
    lock(session, fund.id)
    if has_kept_the_books(session, fund.id, matter.since, until, act.actor):
        raise Forbidden(
            _(
                "You posted entries in this period or closed one of its months. Another person "
                "must certify it."
            )
        )
    if until >= clock.today():
        raise DomainError(_("The period has not ended yet. It can be certified once it has ended."))
    months = still_open(session, fund, matter.since, until)
    if months:
        first_months = spaced(",").join(f"{month:%Y-%m}" for month in months[:NAMED])
        raise DomainError(
            _(
                "Months still open in the ledger of %(fund)s (%(count)s): %(months)s."
                " Close every month up to the end of the period first.",
                fund=fund.code,
                count=len(months),
                months=first_months + (" …" if len(months) > NAMED else ""),
            )
        )


def open_certificate(
    session: Session, matter: Matter, facts: Mapping[str, str], act: Act
) -> Certificate:
    """The next certificate of the fund and year. It supersedes the one before.

    Conflict if that one says the same: it is served as it was kept.
    """
    before = certificate_in_force(session, matter.document, matter.reference, matter.period)
    if before and all(copy.facts == facts.get(copy.language) for copy in before.copies):
        raise Conflict(
            _(
                "This has already been certified with the same figures, as %(number)s.",
                number=before.serial,
            )
        )
    today = clock.today()
    certificate = Certificate(
        fund=matter.fund,
        year=today.year,
        number=next_number(session, f"{matter.fund.code}/certificate/{today.year}"),
        document=matter.document,
        reference=matter.reference,
        period=matter.period,
        organisation=matter.organisation,
        certified_on=today,
        certified_at=act.at,
        person_id=act.actor.person_id,
        certified_by=act.actor.name,
        supersedes_id=before.id if before else None,
    )
    session.add(certificate)
    record(
        session,
        certificate,
        "certify",
        act,
        number=certificate.serial,
        document=matter.document,
        reference=matter.reference,
        period=matter.period,
    )
    return certificate


def keep_copy(
    session: Session, certificate: Certificate, language: str, content: bytes, facts: str
) -> Copy:
    """Keep the document for good, in one language, under its certificate."""
    sha256 = hashlib.sha256(content).hexdigest()
    reserve_store(session)
    store().put(sha256, content)
    copy = Copy(
        certificate=certificate, language=language, sha256=sha256, size=len(content), facts=facts
    )
    session.add(copy)
    session.flush()
    return copy


def bytes_of(copy: Copy) -> bytes:
    """The document as it was certified. Missing if the store lost it or it was damaged there."""
    return store().read(copy.sha256)

"""Certificates of audit: submitted by the organisation, accepted or returned by the fund."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.closure import notices
from grants.granting.closure.models import AuditCertificate
from grants.granting.closure.queries import ending_of
from grants.granting.closure.workflow import CERTIFICATE
from grants.platform.documents.models import Document


def submit_certificate(
    session: Session, award: Award, document: Document, act: Act
) -> AuditCertificate:
    """The organisation submits the certificate that the fund asks for. Conflict where none is asked
    for, or one is there.
    """
    act.demand(Permission.REPORT_WRITE, award.scope)
    award = lock_award(session, award.id)
    if not award.is_running or not ending_of(session, award).lacks_certificate:
        raise Conflict(_("No certificate of audit is awaited for this grant."))
    certificate = AuditCertificate(award=award, document=document, submitted_at=act.at)
    begin(session, certificate, CERTIFICATE, act, document=document.id)
    event = f"audit_certificate:{certificate.id}"
    permission = Permission.REPORT_ACCEPT
    notices.tell_fund(session, award, "certificate", permission, act, event=event)
    return certificate


def accept(session: Session, certificate: AuditCertificate, act: Act) -> None:
    """The fund finds the certificate sufficient."""
    _take(session, certificate, "accept", act)


def send_back(session: Session, certificate: AuditCertificate, act: Act) -> None:
    """The organisation has to submit another certificate, for a reason that it reads."""
    _take(session, certificate, "send_back", act)
    event = f"audit_certificate:{certificate.id}:returned"
    notices.tell_grantee(session, certificate.award, "certificate_returned", act, event=event)


def _take(session: Session, certificate: AuditCertificate, action: str, act: Act) -> None:
    award = lock_award(session, certificate.award_id)
    session.refresh(certificate)
    require(session, certificate, CERTIFICATE, action, act)
    keep_apart(act.actor, award.organisation_id)
    advance(session, certificate, CERTIFICATE, action, act)

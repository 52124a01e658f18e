"""A grant agreement on its way back: the organisation returns it signed, the fund checks it."""

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import Scope, Viewer, keep_apart
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.payments.queries import lock_award
from grants.granting.reporting.queries import within
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell


def return_agreement(session: Session, award: Award, document: Document, act: Act) -> None:
    """The organisation submits the agreement with its signature; the fund is told to check it.

    Submitted again, the later file counts. Conflict once the agreement is recorded.
    """
    act.demand(Permission.APPLICATION_SIGN, Scope(organisation_id=award.organisation_id))
    award = lock_award(session, award.id)
    if award.state is not AwardState.APPROVED:
        raise Conflict(_("No agreement on this grant is awaiting your signature."))
    award.returned_document = document
    number = record(session, award, "return_agreement", act, document=document.id)
    tell(
        session,
        people_of_fund(session, Permission.AGREEMENT_SIGN, award.fund_id),
        "granting/agreements/returned",
        act,
        event=f"award:{award.id}:returned:{number}",
        fund=award.fund,
        reference=award.reference,
        organisation=award.organisation.name,
        url=absolute(f"/grants/{award.reference}"),
    )


def send_agreement_back(session: Session, award: Award, act: Act) -> None:
    """What the organisation submitted cannot be recorded, for a reason that it reads."""
    act.demand(Permission.AGREEMENT_SIGN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Give the reason. The organisation will see it."))
    award = lock_award(session, award.id)
    require_returned(award)
    award.returned_document = None
    number = record(session, award, "send_agreement_back", act)
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.APPLICATION_SIGN),
        "granting/agreements/sent_back",
        act,
        event=f"award:{award.id}:sent_back:{number}",
        fund=award.fund,
        reference=award.reference,
        reason=reason,
        url=absolute(f"/grants/{award.reference}"),
    )


def require_returned(award: Award) -> None:
    """Conflict unless the organisation has returned an agreement that waits to be checked."""
    if award.returned_document is None or award.state is not AwardState.APPROVED:
        raise Conflict(_("There is no signed agreement to check."))


def to_return(viewer: Viewer) -> Select[int]:
    """How many grant agreements wait for the signature of this person's organisations."""
    signs = viewer.organisations_with(Permission.APPLICATION_SIGN)
    of_organisations = Award.organisation_id.in_(signs) if signs else false()
    return _count_unsigned(of_organisations, Award.returned_document_id.is_(None))


def to_follow(viewer: Viewer) -> Select[int]:
    """How many agreements of this person's funds organisations have still to sign."""
    ours = within(viewer, Permission.AGREEMENT_SIGN)
    return _count_unsigned(ours, Award.returned_document_id.is_(None))


def to_record(viewer: Viewer) -> Select[int]:
    """How many agreements that organisations have signed this person is to check and record."""
    return _count_unsigned(
        within(viewer, Permission.AGREEMENT_SIGN), Award.returned_document_id.is_not(None)
    )


def _count_unsigned(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(Award)
    return query.where(Award.state == AwardState.APPROVED, *conditions)

"""A signed agreement on its way back: the donor returns it, the fund checks it."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.counting import counting
from grants.core.texts.formats import plain_day
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import of_the_funds
from grants.giving.pledges.service import Agreement, tell_donor
from grants.giving.pledges.signatures.queries import awaits_fund
from grants.giving.pledges.workflow import OFFERED
from grants.platform.documents.models import Document
from grants.platform.messages.service import Recipient, send


def require_signed_after(pledge: Pledge, agreement: Agreement) -> None:
    """DomainError for an agreement dated before its pledge. Earlier records are brought in as they
    are, and are not asked.
    """
    if agreement.signed_on < pledge.pledged_on:
        raise DomainError(
            _(
                "The agreement cannot be dated before the pledge, which was made on %(day)s. Check "
                "the date of the last signature.",
                day=plain_day(pledge.pledged_on),
            )
        )


def may_return(pledge: Pledge, trail: Iterable[TrailRow]) -> bool:
    """Is there an agreement that waits for the donor's signature?"""
    offered = any(row.action == "offer_agreement" for row in trail)
    return offered and pledge.state in OFFERED


def return_agreement(session: Session, pledge: Pledge, document: Document, act: Act) -> None:
    """The donor submits the agreement with its signature; the fund's people check and record it.

    Handed in again, the later file counts. DomainError if no agreement waits for a signature.
    """
    act.demand(Permission.PLEDGE_AGREE, Scope(organisation_id=pledge.donor_id))
    if not may_return(pledge, trail_of(session, "pledge", pledge.id)):
        raise DomainError(_("No agreement on this pledge is awaiting your signature."))
    pledge.returned_document = document
    number = record(session, pledge, "return_agreement", act, document=document.id)
    for person in people_of_fund(session, Permission.PLEDGE_SIGN, pledge.fund_id):
        send(
            session,
            Recipient.of(person),
            "giving/pledges/agreement_returned",
            event=f"{pledge.subject}:returned:{number}",
            pledge=pledge,
            url=absolute(f"/pledges/{pledge.reference}"),
        )


def send_agreement_back(session: Session, pledge: Pledge, act: Act) -> None:
    """What the donor submitted cannot be recorded, for a reason that the donor reads."""
    act.demand(Permission.PLEDGE_SIGN, Scope(pledge.fund_id))
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Give the reason. The donor will see it."))
    require_returned(pledge)
    pledge.returned_document = None
    number = record(session, pledge, "send_agreement_back", act)
    event = f"{pledge.subject}:sent_back:{number}"
    tell_donor(session, pledge, "agreement_sent_back", act, event=event, reason=reason)


def require_returned(pledge: Pledge) -> None:
    """Conflict unless the donor has submitted an agreement that waits to be checked."""
    if pledge.returned_document is None or pledge.state not in OFFERED:
        raise Conflict(_("There is no signed agreement to check."))


def to_check(viewer: Viewer) -> Select[int]:
    """How many agreements their donors signed that wait for this person's fund: to be checked and
    recorded, or to be signed.
    """
    signed = Pledge.returned_document_id.is_not(None) | awaits_fund()
    waiting = signed & Pledge.state.in_(OFFERED)
    return counting(select(Pledge).where(of_the_funds(viewer), waiting))

"""E-mails about refunds that are asked for."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.recovery.models import RefundRequest
from grants.platform.messages.service import Letter, Recipient, send_all


def facts_of(request: RefundRequest) -> dict[str, Any]:
    """What every e-mail about a refund says."""
    return {
        **facts_of_grant(request.award, f"/refund-requests/{request.number}"),
        "amount": request.amount,
        "outstanding": request.not_set_off,
        "abroad": request.outstanding_abroad,
        "transfer": request.reference,
        "due_on": request.due_on,
    }


def tell_grantee(
    session: Session, request: RefundRequest, what: str, act: Act, *, turn: int = 0
) -> None:
    """Tell the organisation; `turn` tells apart reminders and answers of one request."""
    organisation = request.award.organisation_id
    people = people_of_organisation(session, organisation, Permission.REPORT_WRITE)
    of_act = what in {"withdrawn", "answered"}
    facts = {**facts_of(request), "reason": act.reason if of_act else request.reason}
    template, event = f"granting/recovery/{what}", f"refund_request:{request.id}:{what}:{turn}"
    letters = [Letter(Recipient.of(person), template, event, facts) for person in people]
    if not act.actor.system or what == "late":
        send_all(session, letters)

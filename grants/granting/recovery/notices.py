"""E-mails about refunds, to the organisation that is asked for them."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.recovery.models import RefundRequest
from grants.platform.messages.service import Letter, Recipient, send_all


def tell_grantee(
    session: Session, request: RefundRequest, what: str, act: Act, *, turn: int = 0
) -> None:
    """`turn` tells apart reminders of one request."""
    award = request.award
    people = people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)
    facts = {
        **facts_of_grant(award, f"/refund-requests/{request.number}"),
        "amount": request.amount,
        "outstanding": request.not_set_off,
        "abroad": request.outstanding_abroad,
        "transfer": request.reference,
        "due_on": request.due_on,
        "reason": act.reason if what == "withdrawn" else request.reason,
    }
    template, event = f"granting/recovery/{what}", f"refund_request:{request.id}:{what}:{turn}"
    letters = [Letter(Recipient.of(person), template, event, facts) for person in people]
    if not act.actor.system or what == "late":
        send_all(session, letters)

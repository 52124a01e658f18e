"""E-mails about set-offs: to who approves them, and the letter to the organisation."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.granting.payments.models import Instalment
from grants.granting.set_offs.models import SetOff
from grants.platform.messages.service import tell


def tell_approvers(session: Session, set_off: SetOff, instalment: Instalment, act: Act) -> None:
    """Tell the approving officers that a set-off waits, with what would be paid."""
    people = people_of_fund(session, Permission.INSTALMENT_APPROVE, set_off.award.fund_id)
    facts = _facts_of(set_off, act, net=instalment.net - set_off.amount)
    event = f"set_off:{set_off.id}:proposed"
    tell(session, people, "granting/set_offs/proposed", act, event=event, **facts)


def tell_grantee(
    session: Session, set_off: SetOff, instalment: Instalment, what: str, act: Act
) -> None:
    """The organisation learns how much of which refund is deducted from which instalment, and what
    stays to be paid by either side.
    """
    award, request = set_off.award, set_off.request
    people = people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)
    tell(
        session,
        people,
        f"granting/set_offs/{what}",
        act,
        event=f"set_off:{set_off.id}:{what}",
        instalment=instalment.amount,
        left=request.not_set_off,
        due_on=request.due_on,
        **_facts_of(set_off, act, net=instalment.net),
    )


def _facts_of(set_off: SetOff, act: Act, **more: Any) -> dict[str, Any]:
    award = set_off.award
    return {
        "fund": award.fund,
        "reference": set_off.reference,
        "refund": set_off.request.reference,
        "grant": award.reference,
        "title": award.title,
        "organisation": award.organisation.name,
        "number": set_off.instalment_number,
        "amount": set_off.amount,
        "reason": (act.reason or "").strip() or set_off.reason,
        "url": absolute(f"/grants/{award.reference}/set-offs/{set_off.number}"),
        **more,
    }

"""E-mails at the end of a grant."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.platform.messages.service import tell


def tell_closed(session: Session, award: Award, act: Act) -> None:
    """The organisation learns that nothing more is asked of it, and where its papers are."""
    tell_grantee(session, award, "closed", act, event=f"award:{award.id}:closed", page="")


def tell_grantee(
    session: Session, award: Award, what: str, act: Act, *, event: str, page: str = "/closing"
) -> None:
    """Tell those of the organisation who write its reports, with the address of a page."""
    people = people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)
    facts = _facts_of(award, act, page)
    tell(session, people, f"granting/closure/{what}", act, event=event, **facts)


def tell_fund(
    session: Session, award: Award, what: str, permission: Permission, act: Act, *, event: str
) -> None:
    """Tell the fund's people who do the next thing."""
    people = people_of_fund(session, permission, award.fund_id)
    tell(session, people, f"granting/closure/{what}", act, event=event, **_facts_of(award, act))


def _facts_of(award: Award, act: Act, page: str = "/closing") -> dict[str, Any]:
    return {**facts_of_grant(award, page), "reason": act.reason}

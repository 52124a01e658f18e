"""E-mails about findings: to their owners, and to those of the fund who decide."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.granting.findings.models import Finding
from grants.platform.messages.service import Letter, Recipient, send_all


def inform_owner(session: Session, finding: Finding, what: str, act: Act) -> None:
    """Tell the owner; of a grantee's finding all who may answer it."""
    inform(session, finding, answerers_of(session, finding), what, act)


def answerers_of(session: Session, finding: Finding) -> Sequence[Person]:
    """Who may answer a finding."""
    if not finding.by_grantee:
        return [finding.owner]
    grantee = finding.award.organisation_id
    return people_of_organisation(session, grantee, Permission.FINDING_ANSWER)


def closers_of(session: Session, finding: Finding) -> Sequence[Person]:
    """Who checks the answer."""
    return people_of_fund(session, Permission.FINDING_CLOSE, finding.award.fund_id)


def overseers_of(session: Session, finding: Finding) -> Sequence[Person]:
    """To whom it goes when it is late."""
    return people_of_fund(session, Permission.FINDING_OVERSEE, finding.award.fund_id)


def inform(
    session: Session,
    finding: Finding,
    people: Iterable[Person],
    what: str,
    act: Act,
    *,
    once_for: object = None,
) -> None:
    """One e-mail to each; `what` names its text. It is written once for each version of the
    finding, or once for what is named instead.
    """
    letter = f"granting/findings/{what}"
    event = f"finding:{finding.id}:{what}:{once_for or finding.version}"
    facts = {
        "fund": finding.award.fund,
        "finding": finding,
        "reason": act.reason or "",
        "url": absolute(f"/findings/{finding.reference}"),
    }
    send_all(session, [Letter(Recipient.of(person), letter, event, facts) for person in people])

"""E-mails about papers that are to be signed: to whose turn it is, and when one comes back."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import kind_of
from grants.granting.signing.workflow import Side
from grants.platform.messages.service import Letter, Recipient, send_all, tell


def address_of(signing: Signing) -> str:
    """The page of a paper, for e-mails."""
    return absolute(f"/grants/{signing.award.reference}/signing/{signing.id}")


def signers_of(session: Session, signing: Signing, side: Side) -> Sequence[Person]:
    """Who may sign for a side."""
    if side is Side.FUND:
        return people_of_fund(session, Permission.AGREEMENT_SIGN, signing.award.fund_id)
    organisation = signing.award.organisation_id
    return people_of_organisation(session, organisation, Permission.APPLICATION_SIGN)


def facts_of(signing: Signing, **more: Any) -> dict[str, Any]:
    """What every e-mail about a paper says."""
    award = signing.award
    return {
        "fund": award.fund,
        "reference": signing.reference,
        "kind": signing.kind,
        "paper": kind_of(signing.kind).label,
        "title": award.title,
        "organisation": award.organisation.name,
        "sign_by": signing.sign_by,
        "url": address_of(signing),
        **more,
    }


def tell_turn(session: Session, signing: Signing, act: Act) -> None:
    """The side whose turn it is reads that it may sign now."""
    side = signing.turn
    name = "to_sign" if side is Side.GRANTEE else "to_sign_for_fund"
    _tell(session, signing, signers_of(session, signing, side), name, act)


def tell_signed(session: Session, signing: Signing, act: Act) -> None:
    """The side that has signed reads that it is recorded; once both have, each side does."""
    if signing.is_open:
        signers = signers_of(session, signing, signing.turn.other)
        _tell(session, signing, signers, "signed_by_one", act)
        return
    for side in Side:
        _tell(session, signing, signers_of(session, signing, side), "signed_by_both", act)


def tell_clearance(session: Session, signing: Signing, act: Act) -> None:
    """The people who give legal clearance read that a paper waits for it."""
    people = people_of_fund(session, Permission.AGREEMENT_CLEAR, signing.award.fund_id)
    _tell(session, signing, people, "to_clear", act)


def tell_fund(session: Session, signing: Signing, name: str, act: Act) -> None:
    """The people who send papers out read that one came back, and why."""
    _tell(session, signing, signers_of(session, signing, Side.FUND), name, act)


def tell_again(session: Session, signing: Signing, act: Act) -> None:
    """The organisation reads why it is to sign again."""
    _tell(session, signing, signers_of(session, signing, Side.GRANTEE), "sign_again", act)


def tell_withdrawn(session: Session, signing: Signing, act: Act) -> None:
    """The organisation reads that there is nothing to sign any more, and why."""
    _tell(session, signing, signers_of(session, signing, Side.GRANTEE), "withdrawn", act)


def _tell(
    session: Session, signing: Signing, people: Iterable[Person], name: str, act: Act
) -> None:
    event = f"signing:{signing.id}:{name}:{signing.version}"
    facts = facts_of(signing, reason=act.reason or "")
    tell(session, people, f"granting/signing/{name}", act, event=event, **facts)


def send_by_system(
    session: Session, signing: Signing, people: Iterable[Person], name: str, mark: str
) -> None:
    """One e-mail to several people, by the day's work; once for each `mark`."""
    event = f"signing:{signing.id}:{name}:{mark}"
    letters = [
        Letter(Recipient.of(person), f"granting/signing/{name}", event, facts_of(signing))
        for person in people
    ]
    send_all(session, letters)

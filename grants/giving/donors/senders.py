"""Is a person who pledges as a Member State really one? The fund confirms the sender first.

Anybody can type the name of a government. Until a person of the fund has confirmed the sender, the
donor is informed no bank details, nothing is accepted from it, and the public reads nothing of it.
"""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.queries import has_acted
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import NOT_MERGED, donors

RECORDED = ("enter", "welcome", "invite", "add_contact")
"""Acts on a donor after which its sender is another person's to confirm."""
UNCONFIRMED = (Organisation.kind == DonorKind.MEMBER_STATE) & Donor.sender_confirmed_at.is_(None)
"""Donors that call themselves a Member State, and nobody of the fund has confirmed it."""


def is_confirmed(session: Session, organisation: Organisation) -> bool:
    """May what this donor says of itself be relied on? Only a Member State has to be confirmed."""
    if organisation.kind is not DonorKind.MEMBER_STATE:
        return True
    donor = session.get(Donor, organisation.id)
    return donor is None or donor.sender_confirmed_at is not None


def require_confirmed(session: Session, organisation: Organisation) -> None:
    """DomainError while a Member State's sender is not confirmed."""
    if not is_confirmed(session, organisation):
        raise DomainError(not_confirmed(organisation))


def not_confirmed(organisation: Organisation) -> str:
    """Why nothing can be accepted from this donor now, and what to do."""
    return _(
        "%(name)s pledged as a Member State, and the fund has not confirmed the sender. Confirm "
        "the sender first.",
        name=organisation.name,
    )


def confirm_sender(session: Session, donor: Donor, act: Act) -> None:
    """The fund knows that the sender speaks for the Member State; the reason says how.

    Forbidden to a person who entered the donor or a contact of it. DomainError without a reason.
    """
    act.demand(Permission.DONOR_EDIT, None)
    require_to_confirm(session, donor, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Explain how you know. Your explanation will be kept on record."))
    donor.sender_confirmed_at = act.at
    record(session, donor.organisation, "confirm_sender", act)


def require_to_confirm(session: Session, donor: Donor, act: Act) -> None:
    """Conflict unless the sender waits to be confirmed; Forbidden to who entered it."""
    organisation = donor.organisation
    if donor.sender_confirmed_at is not None or organisation.kind is not DonorKind.MEMBER_STATE:
        raise Conflict(_("The sender does not need to be confirmed."))
    if has_acted(session, "organisation", organisation.id, RECORDED, act.actor):
        raise Forbidden(
            _(
                "A different person must do this, because you entered this donor or "
                "one of its contact persons."
            )
        )


def to_confirm() -> Select[int]:
    """How many donors wait until their sender is confirmed."""
    query = select(func.count()).select_from(Donor).join(Donor.organisation)
    return query.where(UNCONFIRMED, NOT_MERGED)


def possibly_the_same(session: Session, donor: Donor, most: int = 10) -> Sequence[Donor]:
    """Other donors that may be this one: the same country's Member State, or a name that shares
    its longer words.
    """
    organisation = donor.organisation
    words = [
        word
        for word in organisation.name.split()
        if len(word) > LONG and word.casefold() not in COMMON
    ]
    alike = [Organisation.name.icontains(word, autoescape=True) for word in words[:6]]
    if organisation.country and organisation.kind is DonorKind.MEMBER_STATE:
        alike.append(
            (Organisation.country == organisation.country)
            & (Organisation.kind == DonorKind.MEMBER_STATE)
        )
    if not alike:
        return []
    query = donors().where(Donor.organisation_id != donor.organisation_id, or_(*alike))
    return session.scalars(query.order_by(Donor.organisation_id).limit(most)).all()


LONG = 3
COMMON = frozenset(
    {
        *("government", "ministry", "foreign", "affairs", "permanent", "mission", "embassy"),
        *("republic", "kingdom", "united", "nations", "state", "states", "federal", "democratic"),
        *("foundation", "stiftung", "international", "company", "limited", "fund", "trust"),
    }
)
"""Words that many names share, so that they make nobody alike."""

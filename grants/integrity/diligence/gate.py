"""The gate that a contribution passes: nothing is accepted from whom due diligence has not cleared.

Rooms that accept something ask here, before they do.
"""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.integrity.diligence.queries import MAY_GIVE, SHUT, Clearance, clearance_of

FINAL = frozenset({Clearance.REFUSED, Clearance.BARRED})
"""Nothing more is taken, not even on what was accepted before."""


def require_cleared(session: Session, donor: Organisation, fund: Fund, act: Act) -> None:
    """DomainError unless the fund may accept a contribution from this donor today.

    What the system takes over from earlier records has happened already: only a refusal stops it.
    """
    clearance = clearance_of(session, donor, fund)
    if clearance in MAY_GIVE or (act.actor.system and clearance not in FINAL):
        return
    raise DomainError(closed(donor, clearance))


def require_payable(
    session: Session, donor: Organisation, fund: Fund, act: Act, *, accepted: bool
) -> None:
    """DomainError unless money on a pledge may be taken. A pledge that was accepted is paid
    though the clearance has run out meanwhile; not if the donor was refused, or may be on the
    sanctions list.
    """
    if not accepted:
        require_cleared(session, donor, fund, act)
        return
    clearance = clearance_of(session, donor, fund)
    if not payable(clearance, accepted=True) and not (act.actor.system and clearance not in FINAL):
        text = _("Record any money received as unidentified.")
        raise DomainError(closed(donor, clearance) + " " + text)


def payable(clearance: Clearance, *, accepted: bool) -> bool:
    """May a donor in this state be asked to pay what it pledged?"""
    return clearance not in SHUT if accepted else clearance in MAY_GIVE


def reason_blocked(session: Session, donor: Organisation, fund: Fund) -> str:
    """Why a contribution of this donor cannot be accepted today, for a page; empty if it can."""
    return closed(donor, clearance_of(session, donor, fund))


def closed(donor: Organisation, clearance: Clearance) -> str:
    """Why nothing can be accepted from a donor now, and what to do."""
    facts = {
        Clearance.NOT_BEGUN: _(
            "Due diligence on %(name)s has not been done yet. It must be completed first.",
            name=donor.name,
        ),
        Clearance.UNDER_WAY: _(
            "Due diligence on %(name)s is in progress. Wait for the decision.", name=donor.name
        ),
        Clearance.EXPIRED: _(
            "The clearance of %(name)s has expired. Due diligence must be completed first.",
            name=donor.name,
        ),
        Clearance.REFUSED: _(
            "%(name)s was refused by due diligence. Nothing can be accepted.", name=donor.name
        ),
        Clearance.HELD: _(
            "%(name)s may be on the sanctions list. Decide on the possible match first.",
            name=donor.name,
        ),
        Clearance.BARRED: _(
            "%(name)s is on the sanctions list. Nothing can be accepted.", name=donor.name
        ),
    }
    return facts.get(clearance, "")

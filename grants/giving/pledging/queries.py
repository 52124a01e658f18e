"""Finding the pledge behind a link or a cookie."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import link_with
from grants.core.people.models import Link
from grants.giving.pledges.models import Pledge

LINK = "pledge"
"""Purpose of the one-time link that confirms a pledge."""


def pledge_of_link(session: Session, token: str) -> tuple[Pledge, Link]:
    """The pledge that a link confirms, whether the link still works or not; Missing if unknown."""
    link = link_with(session, token, LINK)
    if link is None:
        raise Missing(_("This link is not valid. Copy the complete link from the e-mail."))
    return pledge_by_id(session, link.facts["pledge_id"]), link


def pledge_by_id(session: Session, pledge_id: int) -> Pledge:
    return session.scalars(
        select(Pledge).where(Pledge.id == pledge_id).options(joinedload(Pledge.fund))
    ).one()


def unconfirmed_pledge(session: Session, reference: str) -> Pledge:
    """A pledge by the reference that this browser keeps; Missing if there is none."""
    pledge = session.scalar(
        select(Pledge).where(Pledge.reference == reference).options(joinedload(Pledge.fund))
    )
    if pledge is None:
        raise Missing(_("Pledge %(reference)s not found.", reference=reference))
    return pledge


def works(link: Link) -> bool:
    """Neither used nor expired."""
    return link.used_at is None and link.expires_at >= clock.now()

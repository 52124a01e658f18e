"""Whom to thank, what they were told, and the letter behind a link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.database.seals import text_in
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Earmarking
from grants.fundraising.thanks.models import PAGE, ThanksLetter, ThanksRound
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Contact
from grants.giving.outreach.consents import suppressed
from grants.giving.pledges.models import Pledge

RECENT = timedelta(days=730)
"""Who gave within these days is told."""


@dataclass
class Reader:
    """A person at a donor who is told, and what the donor gave for."""

    contact: Contact
    pooled: bool = False
    earmarked: list[int] = field(default_factory=list)


def readers_to_thank(session: Session, fund: Fund) -> list[Reader]:
    """The contacts of each donor whose money came within two years, by e-mail; none who has
    unsubscribed, and each address once.
    """
    gifts = _gifts_of_donors(session, fund)
    contacts = session.scalars(
        select(Contact)
        .where(
            Contact.organisation_id.in_(gifts),
            Contact.left_on.is_(None),
            Contact.email.is_not(None),
            ~suppressed(),
        )
        .order_by(Contact.id)
    )
    readers: dict[str, Reader] = {}
    for contact in contacts:
        address = (contact.email or "").lower()
        pledges = gifts[contact.organisation_id]
        earmarked = [key for key, bound in pledges if bound]
        pooled = len(earmarked) < len(pledges)
        readers.setdefault(address, Reader(contact, pooled, earmarked))
    return list(readers.values())


def _gifts_of_donors(session: Session, fund: Fund) -> dict[int, list[tuple[int, bool]]]:
    """Donor → its pledges on which money came lately, and whether each is earmarked."""
    rows = session.execute(
        select(Pledge.donor_id, Pledge.id, Pledge.earmarking)
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .where(
            Pledge.fund_id == fund.id,
            Pledge.donor_id.is_not(None),
            Deposit.value_on >= clock.today() - RECENT,
            STANDS,
        )
        .distinct()
        .order_by(Pledge.id)
    )
    gifts: dict[int, list[tuple[int, bool]]] = {}
    for donor_id, key, earmarking in rows:
        bound = earmarking is not Earmarking.UNEARMARKED
        gifts.setdefault(donor_id or 0, []).append((key, bound))
    return gifts


def last_round(session: Session, fund: Fund) -> ThanksRound | None:
    """The newest round of a fund."""
    for newest in rounds_of(session, fund):
        return newest
    return None


def rounds_of(session: Session, fund: Fund) -> Sequence[ThanksRound]:
    """The rounds of a fund, the newest first."""
    return session.scalars(
        select(ThanksRound)
        .where(ThanksRound.fund_id == fund.id)
        .order_by(ThanksRound.id.desc())
        .options(joinedload(ThanksRound.begun_by))
    ).all()


def letter_counts(session: Session, fund: Fund) -> dict[int, tuple[int, int]]:
    """Round → its letters, and how many of them have been sent."""
    rows = session.execute(
        select(ThanksLetter.round_id, func.count(), func.count(ThanksLetter.sent_at))
        .join(ThanksRound, ThanksRound.id == ThanksLetter.round_id)
        .where(ThanksRound.fund_id == fund.id)
        .group_by(ThanksLetter.round_id)
    )
    return {key: (letters, sent) for key, letters, sent in rows}


def letter_of_token(session: Session, code: str) -> ThanksLetter:
    """The letter behind a link; Missing if the link is not ours."""
    number = text_in(PAGE, code)
    letter = session.get(ThanksLetter, int(number)) if number else None
    if letter is None:
        raise Missing(_("This link is not valid. Copy the complete link from the e-mail."))
    return letter

"""Whom to thank, what they were told, and the letter behind a link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.database.seals import text_in
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.fundraising.thanks.models import PAGE, ThanksLetter, ThanksRound
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Contact, Donor
from grants.giving.outreach.consents import suppressed
from grants.giving.pledges.models import Pledge
from grants.platform.undelivered.queries import is_undeliverable

APART = timedelta(days=150)
"""Between two rounds: no donor is told more than twice a year."""
RECENT = timedelta(days=730)
"""Who gave within these days is told."""


@dataclass
class Reader:
    """A person at a donor who is told, and what the donor gave for."""

    contact: Contact
    pooled: bool = False
    earmarked: list[int] = field(default_factory=list)
    by_post: bool = False
    """E-mails to all contacts of the donor are returned: the letter is printed."""


def readers_to_thank(session: Session, fund: Fund) -> list[Reader]:
    """The contacts of each donor whose money came within two years, by e-mail; none who has
    unsubscribed, and each address once. Where e-mails reach nobody at a donor, its first contact
    is told by post, if there is a postal address.
    """
    gifts = _gifts_of_donors(session, fund)
    rows = session.execute(
        select(Contact, is_undeliverable(Contact.email).label("returned"))
        .where(
            Contact.organisation_id.in_(gifts),
            Contact.left_on.is_(None),
            is_reachable(),
        )
        .order_by("returned", Contact.id)
    )
    readers: dict[str, Reader] = {}
    reached: set[int] = set()
    for contact, returned in rows:
        if returned and contact.organisation_id in reached:
            continue
        reached.add(contact.organisation_id)
        pledges = gifts[contact.organisation_id]
        earmarked = [key for key, bound in pledges if bound]
        reader = Reader(contact, len(earmarked) < len(pledges), earmarked, returned)
        readers.setdefault((contact.email or "").lower(), reader)
    return list(readers.values())


def is_reachable() -> ColumnElement[bool]:
    """A contact has an address and has not unsubscribed; where e-mails to it are returned, there is
    a postal address of the donor.
    """
    posted = exists().where(
        Organisation.id == Contact.organisation_id,
        Donor.organisation_id == Contact.organisation_id,
        func.coalesce(
            func.nullif(Donor.mailing_address, ""), func.nullif(Organisation.address, "")
        ).is_not(None),
    )
    works = ~is_undeliverable(Contact.email)
    return Contact.email.is_not(None) & ~suppressed() & (works | posted)


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


def letters_waiting(*, by_post: bool) -> Select[ThanksLetter]:
    """The letters that are to go by e-mail, or by post because e-mails to the address are returned;
    none of a round that the next may follow.
    """
    returned = is_undeliverable(ThanksLetter.email)
    return (
        select(ThanksLetter)
        .join(ThanksLetter.round)
        .where(
            ThanksLetter.sent_at.is_(None),
            ThanksRound.begun_at > clock.now() - APART,
            returned if by_post else ~returned,
        )
        .order_by(ThanksLetter.id)
    )


def count_to_post(viewer: Viewer) -> Select[int]:
    """How many letters are to go by post, of the funds for which this person sends letters."""
    of_funds = in_funds_with(viewer, Permission.OUTREACH_SEND, ThanksRound.fund_id)
    waiting = letters_waiting(by_post=True).where(of_funds).order_by(None)
    return select(func.count()).select_from(waiting.subquery())


@dataclass(frozen=True, slots=True)
class LetterToPost:
    """A letter of thanks that is printed, and where letters to the donor go."""

    letter: ThanksLetter
    address: str


def letters_to_post(session: Session, fund: Fund) -> list[LetterToPost]:
    """The letters of a fund that are to go by post, with their addresses."""
    rows = session.execute(
        letters_waiting(by_post=True)
        .where(ThanksRound.fund_id == fund.id)
        .outerjoin(Donor, Donor.organisation_id == ThanksLetter.donor_id)
        .add_columns(Donor.mailing_address)
        .options(joinedload(ThanksLetter.donor), joinedload(ThanksLetter.round))
    )
    return [LetterToPost(letter, address or letter.donor.address or "") for letter, address in rows]


def letter_to_post(session: Session, fund: Fund, number: int) -> ThanksLetter:
    """A letter of a fund that is to go by post, or Missing."""
    query = letters_waiting(by_post=True).where(
        ThanksRound.fund_id == fund.id, ThanksLetter.id == number
    )
    letter = session.scalar(query)
    if letter is None:
        raise Missing(_("There is nothing to send by post here."))
    return letter

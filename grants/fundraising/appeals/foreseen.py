"""How many an appeal would go to and how many are left out, counted by the database: the page
before it is sent reads only the people that it shows. The rules are those of `recipients`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from grants.core.kernel import clock
from grants.core.people.models import Organisation
from grants.fundraising.appeals.models import Appeal, LeftOut, MailingLine, Post
from grants.fundraising.appeals.recipients import (
    NAMED,
    Addressee,
    Facts,
    Reader,
    cards_of,
    in_language_of,
    pledged_since,
)
from grants.giving.contributions.models import Deposit
from grants.giving.donors.models import Contact, Donor, Way
from grants.giving.outreach.consents import suppressed, without_consent
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.queries import audience
from grants.giving.pledges.models import Pledge
from grants.integrity.diligence.queries import SHUT, stands_as
from grants.platform.undelivered.queries import is_undeliverable

Why = LeftOut | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would come of an appeal now; the first ones of both lists."""

    goes: Sequence[Addressee]
    left_out: Sequence[Addressee]
    counts: Mapping[Why, int]
    """How many are left out for each reason; None: how many it goes to."""
    unaddressed: int
    """How many of those it goes to have no postal address."""

    @property
    def going(self) -> int:
        return self.counts.get(None, 0)

    @property
    def reasons(self) -> list[tuple[LeftOut, int]]:
        """The most frequent first."""
        counted = [(why, number) for why, number in self.counts.items() if why is not None]
        return sorted(counted, key=lambda reason: (-reason[1], reason[0].value))


Line = tuple[int, str | None, int, int]
"""Place, why they are left out, donor and contact; without a place: how many, and how many of them
have no address.
"""


def first_and_number(
    session: Session, appeal: Appeal, post: Post, facts: Facts, most: int
) -> list[Line]:
    """The first `most` whom an appeal would go to now, the first who are left out, and how many
    both are.
    """
    every = _with_reasons(_select_readers(appeal.campaign, post, facts), post).cte()
    settled, listed = every.prefix_with("MATERIALIZED").c, []
    # the rows of how many they are have no place, and two numbers where those of people have two
    number, bare = func.count(), func.count().filter(settled.address.is_(None))
    counts = select(
        *(literal(0).label("place"), settled.why),
        *(number.label("donor_id"), bare.label("contact_id")),
    ).group_by(settled.why)
    for part in (settled.why.is_(None), settled.why.is_not(None)):
        some = select(settled.place, settled.why, settled.donor_id, settled.contact_id)
        listed.append(some.where(part).order_by(settled.place).limit(most).subquery())
    rows = session.execute(union_all(counts, *(select(part) for part in listed)))
    return sorted((tuple(row) for row in rows), key=itemgetter(0))


def foreseen(session: Session, appeal: Appeal, lines: Sequence[Line]) -> Foreseen:
    """What they say, with the people behind them."""
    recipients = list(_recipients_of(session, appeal, [line for line in lines if line[0]]))
    counts = [(_reason_of(why), number, bare) for place, why, number, bare in lines if not place]
    return Foreseen(
        [recipient for recipient in recipients if recipient.excluded is None],
        [recipient for recipient in recipients if recipient.excluded is not None],
        {why: number for why, number, _bare in counts},
        sum(bare for why, _number, bare in counts if why is None),
    )


def _reason_of(code: str | None) -> Why:
    return LeftOut.of(code) if code else None


def _select_readers(campaign: Campaign, post: Post, facts: Facts) -> Subquery:
    """Each contact of the donors that a campaign asks, and each donor without one, with what keeps
    them from being written to, except that others come first.
    """
    card = aliased(Donor)
    barred = stands_as(SHUT, clock.today())
    is_contact = (Contact.organisation_id == Organisation.id) & Contact.left_on.is_(None)
    if campaign.roles:
        is_contact &= Contact.role.in_(campaign.roles)
    gave = exists().where(
        Deposit.fund_id == campaign.fund_id,
        Deposit.pledge_id == Pledge.id,
        Pledge.donor_id == Organisation.id,
    )
    has_pledged = Organisation.id.in_(pledged_since(campaign))
    place = func.row_number().over(
        order_by=(func.lower(Organisation.name), Organisation.id, Contact.id)
    )
    email = func.lower(func.nullif(Contact.email, "")) if post is Post.EMAIL else literal(None)
    address = func.coalesce(
        func.nullif(card.mailing_address, ""), func.nullif(Organisation.address, "")
    )
    reasons = [
        (barred, LeftOut.NOT_CLEARED),
        *_reasons_by_post(post, campaign),
        (has_pledged, LeftOut.HAS_PLEDGED),
    ]
    columns = (
        *(Organisation.id.label("donor_id"), Contact.id.label("contact_id")),
        *(place.label("place"), email.label("email"), address.label("address")),
        case(*((condition, why.value) for condition, why in reasons)).label("why"),
        _written_before(campaign, post).label("written"),
        (gave if facts.past else literal(True)).label("gave"),
    )
    return (
        audience(campaign)
        .with_only_columns(*columns)
        .outerjoin(card, card.organisation_id == Organisation.id)
        .outerjoin(Contact, is_contact)
        .order_by(None)
        .subquery()
    )


def _reasons_by_post(
    post: Post, campaign: Campaign
) -> Iterator[tuple[ColumnElement[bool], LeftOut]]:
    """Why a contact, or a donor without one, cannot be written to by this post, as `recipients`
    has it.
    """
    letter = post is Post.LETTER
    if not letter or campaign.roles:
        yield Contact.id.is_(None), LeftOut.NOBODY
    yield suppressed(), LeftOut.UNSUBSCRIBED
    yield Contact.opted_out_at.is_not(None), LeftOut.OPTED_OUT
    yield Contact.id.is_not(None) & without_consent(), LeftOut.NO_CONSENT
    if not letter:
        yield Contact.way.in_((Way.LETTER, Way.NOTE_VERBALE)), LeftOut.WANTS_LETTERS
        yield is_undeliverable(Contact.email), LeftOut.UNDELIVERABLE
        yield func.coalesce(Contact.email, "") == "", LeftOut.NO_EMAIL


def _written_before(campaign: Campaign, post: Post) -> ColumnElement[bool]:
    """Did an earlier mailing of the campaign go to them?"""
    line = MailingLine
    sent = and_(line.campaign_id == campaign.id, line.excluded.is_(None))
    to_donor = exists().where(sent, line.contact_id.is_(None), line.donor_id == Organisation.id)
    to_contact: Any = exists().where(sent, line.contact_id == Contact.id)
    if post is Post.EMAIL:
        to_contact |= exists().where(sent, func.lower(line.email) == func.lower(Contact.email))
    return case((Contact.id.is_(None), to_donor), else_=to_contact)


def _with_reasons(readers: Subquery, post: Post) -> Any:
    """The readers with why each is left out: of several with one address the first is written
    to.
    """
    columns = readers.c
    goes = columns.why.is_(None) & ~columns.written & columns.gave
    first = func.min(case((goes, columns.place))).over(partition_by=columns.email)
    written: Any = columns.written
    if post is Post.EMAIL:
        written |= columns.email.is_not(None) & (first < columns.place)
    why = case(
        (columns.why.is_not(None), columns.why),
        (written, LeftOut.WRITTEN_TO.value),
        (~columns.gave, LeftOut.NEVER_GAVE.value),
    )
    return select(
        columns.place, columns.donor_id, columns.contact_id, columns.address, why.label("why")
    )


def _recipients_of(session: Session, appeal: Appeal, lines: Sequence[Line]) -> Iterator[Addressee]:
    """The people behind these lines."""
    ids = {donor_id for _place, _why, donor_id, _contact in lines}
    cards = cards_of(session, ids)
    donors = {
        donor.id: donor
        for donor in session.scalars(_select_by_ids(Organisation, ids).options(NAMED))
    }
    numbers = {contact_id for *_others, contact_id in lines if contact_id}
    contacts = {
        contact.id: contact for contact in session.scalars(_select_by_ids(Contact, numbers))
    }
    for _place, why, donor_id, contact_id in lines:
        reader = Reader.of(donors[donor_id], cards.get(donor_id), contacts.get(contact_id))
        yield Addressee(reader, in_language_of(appeal, reader), _reason_of(why))


def _select_by_ids(model: Any, ids: set[int]) -> Any:
    return select(model).where(model.id.in_(ids))

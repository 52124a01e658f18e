"""To whom an appeal goes, and what each of them reads; who is left out, and why."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, load_only

from grants.core.countries.countries import country_name
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, use_language
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.core.texts.formats import plain_day, plain_money
from grants.fundraising.appeals.merge import PAST, fields_in, fill, one_line
from grants.fundraising.appeals.models import Appeal, LeftOut, MailingLine, Post
from grants.fundraising.funding_gap.gap import missing
from grants.giving.contributions.models import Deposit
from grants.giving.donors.models import Contact, Donor, Way
from grants.giving.outreach.consents import suppressed, without_consent
from grants.giving.outreach.models import Campaign, CampaignDonor
from grants.giving.outreach.queries import audience
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING
from grants.integrity.diligence.queries import SHUT, clearances
from grants.platform.undelivered.queries import is_undeliverable


@dataclass(frozen=True, slots=True)
class Reader:
    """A person the campaign asks: a donor's contact, or the donor itself where none is known."""

    donor: Organisation
    contact: Contact | None
    address: str | None
    language: str

    @classmethod
    def of(cls, donor: Organisation, card: Donor | None, contact: Contact | None) -> "Reader":
        """With the address of letters to the donor, and the language of the one who reads."""
        address = (card.mailing_address if card else None) or donor.address
        card_or_contact = contact or card
        return cls(donor, contact, address, card_or_contact.language if card_or_contact else "en")

    @property
    def name(self) -> str:
        return self.contact.name if self.contact else self.donor.name


@dataclass(frozen=True, slots=True)
class Worded:
    """What one reader gets: heading and body in `language`; or why nothing is sent."""

    reader: Reader
    language: str
    excluded: LeftOut | None = None
    heading: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A reader before the letter is worded; or why nothing is sent."""

    reader: Reader
    language: str
    excluded: LeftOut | None
    last: Deposit | None = None
    """The donor's last payment to the fund, where the text speaks of one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts in letters other than names, found once for all of them."""

    gap: Money
    past: bool
    """Whether the text speaks of a last contribution."""
    thanks: bool = False
    """Whether the text thanks who has contributed."""


NAMED = load_only(Organisation.name, Organisation.address, Organisation.country)
"""What a letter says of a donor."""
EMPTY_PARAGRAPHS = re.compile(r"\n\s*\n\s*\n")
"""Where a field that stood alone has no value for this reader."""
FIRST, AT_ONCE = 100, 2_000
"""Donors whose facts are read together: the first time, and then."""


def worded(session: Session, appeal: Appeal, post: Post) -> list[Worded]:
    """Every letter of the appeal as it would go out now, and everyone who is left out."""
    facts = facts_of(session, appeal)
    return [
        word(appeal, recipient, facts) for recipient in addressees_of(session, appeal, post, facts)
    ]


def addressees_of(
    session: Session, appeal: Appeal, post: Post, facts: Facts
) -> Iterator[Addressee]:
    """Everyone whom the appeal would go to now, and everyone who is left out, in the order of the
    donors' names; nothing is worded. They are read some at a time, as far as they are asked for.
    """
    campaign = appeal.campaign
    written: set[str] = set()
    for donors in _some_at_a_time(session, campaign):
        ids = [donor.id for donor in donors]
        everyone = list(_readers_of(session, campaign, donors))
        facts_of_donors = _DonorFacts(
            _barred_donors(session, ids),
            set(session.scalars(pledged_since(campaign).where(Pledge.donor_id.in_(ids)))),
            written | _written_to(session, campaign, everyone),
            _last_payments(session, campaign.fund_id, ids) if facts.past or facts.thanks else {},
            _contacts_who(session, ids, suppressed()),
            _contacts_who(session, ids, is_undeliverable(Contact.email)),
            _contacts_who(session, ids, without_consent()),
        )
        for reader in everyone:
            why = _why_not(reader, post, campaign, facts, facts_of_donors)
            if why is None:
                marks = _marks_of(reader, post)
                written |= marks
                facts_of_donors.written.update(marks)
            language = in_language_of(appeal, reader)
            yield Addressee(reader, language, why, facts_of_donors.last.get(reader.donor.id))


def in_language_of(appeal: Appeal, reader: Reader) -> str:
    """The reader's, where the appeal is written in it."""
    return reader.language if appeal.body.get(reader.language) else "en"


@dataclass(frozen=True, slots=True)
class _DonorFacts:
    """What is known of some donors."""

    barred: Collection[int]
    pledged: Collection[int]
    """Those who have pledged since the campaign began."""
    written: set[str]
    last: Mapping[int, Deposit]
    suppressed: Collection[int]
    """Contacts whose address has unsubscribed."""
    undeliverable: Collection[int]
    """Contacts whose e-mails come back."""
    unasked: Collection[int]
    """Contacts of private persons who have not consented."""


def _why_not(
    reader: Reader, post: Post, campaign: Campaign, facts: Facts, facts_of_donors: _DonorFacts
) -> LeftOut | None:
    number = reader.donor.id
    if number in facts_of_donors.barred:
        return LeftOut.NOT_CLEARED
    if why := _excluded_by_post(reader, post, campaign, facts_of_donors):
        return why
    if number in facts_of_donors.pledged:
        return LeftOut.HAS_PLEDGED
    if facts_of_donors.written & _marks_of(reader, post):
        return LeftOut.WRITTEN_TO
    return LeftOut.NEVER_GAVE if facts.past and number not in facts_of_donors.last else None


def _some_at_a_time(session: Session, campaign: Campaign) -> Iterator[Sequence[Organisation]]:
    """The donors that a campaign asks, in the order of their names."""
    name = func.lower(Organisation.name)
    donors = audience(campaign).options(NAMED)
    remaining: ColumnElement[bool] = true()
    size, listed = FIRST, donors.add_columns(name)
    while rows := session.execute(listed.where(remaining).limit(size)).all():
        yield [donor for donor, _name in rows]
        (last, last_name), size = rows[-1], AT_ONCE
        remaining = tuple_(name, Organisation.id) > tuple_(literal(last_name), literal(last.id))


def _readers_of(
    session: Session, campaign: Campaign, donors: Sequence[Organisation]
) -> Iterator[Reader]:
    """The contacts of these donors; the donors without any."""
    ids = [donor.id for donor in donors]
    cards, contacts = cards_of(session, ids), _contacts_of(session, ids)
    for donor in donors:
        current = contacts.get(donor.id, ())
        chosen = [c for c in current if not campaign.roles or c.role in campaign.roles]
        for contact in chosen or (None,):
            yield Reader.of(donor, cards.get(donor.id), contact)


def cards_of(session: Session, ids: Collection[int]) -> Mapping[int, Donor]:
    """What the fund keeps of these donors: their language, and where letters go."""
    donors = session.scalars(
        select(Donor)
        .where(Donor.organisation_id.in_(ids))
        .options(load_only(Donor.language, Donor.mailing_address))
    )
    return {donor.organisation_id: donor for donor in donors}


def _contacts_of(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Contact]]:
    """The contacts who act for each donor now."""
    rows = session.scalars(
        select(Contact)
        .where(Contact.organisation_id.in_(ids), Contact.left_on.is_(None))
        .order_by(Contact.organisation_id, Contact.id)
    )
    return {number: list(group) for number, group in groupby(rows, lambda c: c.organisation_id)}


def _excluded_by_post(
    reader: Reader, post: Post, campaign: Campaign, facts_of_donors: _DonorFacts
) -> LeftOut | None:
    """Why this reader can be sent nothing by this post, whatever the text. A letter may go to a
    donor as such, unless certain contacts are meant.
    """
    contact = reader.contact
    if contact is None:
        return None if post is Post.LETTER and not campaign.roles else LeftOut.NOBODY
    if why := _unwanted_by(contact, facts_of_donors):
        return why
    if post is Post.LETTER:
        return None
    if contact.way in (Way.LETTER, Way.NOTE_VERBALE):
        return LeftOut.WANTS_LETTERS
    if contact.id in facts_of_donors.undeliverable:
        return LeftOut.UNDELIVERABLE
    return None if contact.email else LeftOut.NO_EMAIL


def _unwanted_by(contact: Contact, facts_of_donors: _DonorFacts) -> LeftOut | None:
    """Why this contact is sent no appeal by any post."""
    if contact.id in facts_of_donors.suppressed:
        return LeftOut.UNSUBSCRIBED
    if not contact.takes_appeals:
        return LeftOut.OPTED_OUT
    return LeftOut.NO_CONSENT if contact.id in facts_of_donors.unasked else None


def _contacts_who(
    session: Session, donors: Collection[int], condition: ColumnElement[bool]
) -> set[int]:
    return set(
        session.scalars(
            select(Contact.id)
            .join(Organisation, Organisation.id == Contact.organisation_id)
            .where(Contact.organisation_id.in_(donors), condition)
        )
    )


def _barred_donors(session: Session, ids: Iterable[int]) -> set[int]:
    """Donors from whom the fund takes nothing as they are today. A person who is not examined yet
    may be asked: what they pledge is examined before it is accepted.
    """
    clearance_by_donor = clearances(session, ids)
    return {donor_id for donor_id, clearance in clearance_by_donor.items() if clearance in SHUT}


def pledged_since(campaign: Campaign) -> Select[int | None]:
    """The donor of each pledge to the fund since the campaign began; a donor chosen by a
    person is asked all the same.
    """
    chosen = select(CampaignDonor.donor_id).where(
        CampaignDonor.campaign_id == campaign.id, CampaignDonor.wanted
    )
    return select(Pledge.donor_id).where(
        Pledge.fund_id == campaign.fund_id,
        Pledge.state.in_(STANDING),
        Pledge.pledged_on >= campaign.starts_on,
        Pledge.donor_id.not_in(chosen),
    )


def _marks_of(reader: Reader, post: Post) -> set[str]:
    """The marks by which one sees that a person has been written to: the contact, the e-mail
    address.
    """
    if reader.contact is None:
        return {f"donor {reader.donor.id}"}
    address = reader.contact.email if post is Post.EMAIL else None
    return {f"contact {reader.contact.id}"} | ({address.lower()} if address else set())


def _written_to(session: Session, campaign: Campaign, some: Sequence[Reader]) -> set[str]:
    """Which of these people an earlier mailing of the campaign went to."""
    addresses = {
        reader.contact.email.lower() for reader in some if reader.contact and reader.contact.email
    }
    rows = session.execute(
        select(MailingLine.contact_id, MailingLine.donor_id, MailingLine.email).where(
            MailingLine.campaign_id == campaign.id,
            MailingLine.excluded.is_(None),
            or_(
                MailingLine.contact_id.in_(
                    [reader.contact.id for reader in some if reader.contact]
                ),
                MailingLine.donor_id.in_({reader.donor.id for reader in some}),
                func.lower(MailingLine.email).in_(addresses),
            ),
        )
    ).all()
    marks = {f"contact {row[0]}" if row[0] else f"donor {row[1]}" for row in rows}
    return marks | {row[2].lower() for row in rows if row[2]}


def facts_of(session: Session, appeal: Appeal) -> Facts:
    """What the letters of an appeal speak of. DomainError where a letter would ask for nothing."""
    used = frozenset[str]().union(
        *(fields_in(text) for text in (*appeal.heading.values(), *appeal.body.values()))
    )
    _can_be_shown(used, appeal.campaign, gap := _gap_used(session, appeal, used))
    return Facts(gap, past=bool(used & PAST), thanks="thanks" in used)


def _gap_used(session: Session, appeal: Appeal, used: frozenset[str]) -> Money:
    return missing(session, appeal.campaign.fund) if "funding_gap" in used else usd(0)


def _can_be_shown(used: frozenset[str], campaign: Campaign, gap: Money) -> None:
    """Refuse a text that would ask for nothing: no letter says that USD 0.00 is missing."""
    if "funding_gap" in used and not gap:
        raise DomainError(
            _(
                "The fund has no funding gap today. Remove {funding_gap} from the text of the "
                "appeal."
            )
        )
    if "target" in used and not campaign.target:
        raise DomainError(
            _(
                "The text mentions a target, but the campaign has none. "
                "Set one in the plan of the campaign."
            )
        )


def _last_payments(
    session: Session, fund_id: int, donors: Collection[int]
) -> Mapping[int, Deposit]:
    rows = session.execute(
        select(Pledge.donor_id, Deposit)
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .where(Deposit.fund_id == fund_id, Pledge.donor_id.in_(donors))
        .ext(distinct_on(Pledge.donor_id))
        .order_by(Pledge.donor_id, Deposit.value_on.desc(), Deposit.id.desc())
    )
    return {donor_id: deposit for donor_id, deposit in rows if donor_id}


def word(appeal: Appeal, recipient: Addressee, facts: Facts) -> Worded:
    """The letter for one reader, in their language where the appeal is written in it."""
    reader, language = recipient.reader, recipient.language
    if recipient.excluded:
        return Worded(reader, language, recipient.excluded)
    with use_language(language) as spoken:
        values = _field_values(appeal.campaign, recipient, facts)
        heading = fill(in_language(appeal.heading), values)
        filled = fill(in_language(appeal.body), values, isolate=spoken.direction == "rtl")
        body = EMPTY_PARAGRAPHS.sub("\n\n", filled).strip()
    return Worded(reader, language, None, one_line(heading)[:200], body)


def _thanks_for(last: Deposit | None) -> str:
    if last is None:
        return ""
    return _(
        "Thank you for your contribution of %(amount)s, which reached us on %(day)s.",
        amount=plain_money(last.received),
        day=plain_day(last.value_on),
    )


def _field_values(campaign: Campaign, recipient: Addressee, facts: Facts) -> Mapping[str, str]:
    """What is in each field, in the current language."""
    reader, last, contact = recipient.reader, recipient.last, recipient.reader.contact
    donor = reader.donor
    return {
        "salutation": contact.salutation if contact else _("Dear Sir or Madam"),
        "contact": contact.with_honorific(contact.name) if contact else donor.name,
        "function": (contact.function if contact else None) or "",
        "donor": donor.name,
        "country": country_name(donor.country) if donor.country else donor.name,
        "thanks": _thanks_for(last),
        "last_contribution": plain_money(last.received if last else None),
        "last_contribution_on": plain_day(last.value_on if last else None),
        "funding_gap": plain_money(facts.gap),
        "target": plain_money(campaign.target),
        "fund": campaign.fund.title,
        "campaign": campaign.title,
        "link": absolute(campaign.path),
        "page": absolute(campaign.page),
    }

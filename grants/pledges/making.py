"""Making a pledge: by a donor's own people, or by the fund for a donor who announced it elsewhere.
A visitor's pledge is made in grants/giving.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.audit.act import Act
from grants.audit.advance import advance, begin, record
from grants.donors.service import Card, note_contact, welcome
from grants.funds.models import Fund
from grants.kernel import clock
from grants.kernel.errors import Conflict, DomainError
from grants.kernel.language import gettext as _
from grants.kernel.links import absolute
from grants.kernel.money import Money, total
from grants.kernel.numbering import check_mark, next_number
from grants.kernel.taxonomies import DonorKind, Earmarking
from grants.messages.service import Recipient, send
from grants.people.models import Organisation, Person
from grants.people.permissions import Permission, Role
from grants.people.queries import people_of_fund
from grants.people.service import appoint, enter_person
from grants.pledges.models import Pledge, PledgeInstalment, Source
from grants.pledges.workflow import PLEDGE

LARGEST = 10**15
"""Minor units. Beyond it somebody mistyped."""


@dataclass(frozen=True, slots=True)
class Due:
    """A payment to be made by a day."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """What is pledged, before it is a record. The payments, if days are named, add up to it.

    The same `key` makes one pledge, however often it is sent. A pledge taken over from elsewhere
    brings its own `reference` and `pledged_on`.
    """

    amount: Money
    payments: tuple[Due, ...] = ()
    earmarking: Earmarking = Earmarking.UNEARMARKED
    earmarked_for: str = ""
    message: str = ""
    public_name: bool = True
    source: Source = Source.ONLINE
    source_note: str = ""
    key: str | None = None
    reference: str | None = None
    pledged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Giver:
    """Who pledges: a State, an organisation or a person, as they name themselves."""

    name: str
    kind: DonorKind
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the fund writes to."""

    name: str
    email: str
    language: str = "en"


def pledge_for(session: Session, fund: Fund, offer: Offer, donor: Organisation, act: Act) -> Pledge:
    """A donor's own people pledge, signed in: it stands at once."""
    if known := sent_before(session, fund, offer, donor):
        return known
    pledge = drawn_up(session, fund, offer)
    pledge.donor = donor
    welcome(session, donor, act)
    begin(session, pledge, PLEDGE, act)
    advance(session, pledge, PLEDGE, "confirm", act)
    tell_fund(session, pledge)
    return pledge


def enter(session: Session, fund: Fund, offer: Offer, donor: Organisation, act: Act) -> Pledge:
    """The fund enters a pledge that a donor announced: by note, letter or at a conference."""
    if known := sent_before(session, fund, offer, donor):
        return known
    pledge = drawn_up(session, fund, offer)
    pledge.donor = donor
    welcome(session, donor, act)
    begin(session, pledge, PLEDGE, act)
    advance(session, pledge, PLEDGE, "enter", act)
    return pledge


def invite_contact(session: Session, donor: Organisation, contact: Contact, act: Act) -> Person:
    """Let somebody act for a donor: they may sign in and see the donor's pledges."""
    person = enter_person(session, contact.email, contact.name, contact.language)
    appoint(session, person, Role.DONOR, organisation=donor)
    record(session, donor, "invite", act, person=person.id)
    card = Card(contact.name, email=contact.email, language=contact.language)
    note_contact(session, welcome(session, donor, act), card, act)
    return person


def drawn_up(session: Session, fund: Fund, offer: Offer) -> Pledge:
    _sound(offer)
    day = offer.pledged_on or clock.today()
    earmarking, earmarked_for = _earmarked(offer)
    pledge = Pledge(
        reference=offer.reference or _reference(session, fund, day),
        fund=fund,
        key=offer.key,
        source=offer.source,
        source_note=offer.source_note.strip() or None,
        amount_minor=offer.amount.minor,
        currency=offer.amount.currency,
        earmarking=earmarking,
        earmarked_for=earmarked_for,
        message=offer.message.strip() or None,
        public_name=offer.public_name,
        pledged_on=day,
        made_at=clock.now(),
        promise={},
    )
    pledge.instalments = [
        PledgeInstalment(number=number, due_on=due.due_on, amount_minor=due.amount.minor)
        for number, due in enumerate(_in_order(offer.payments), 1)
    ]
    return pledge


def _earmarked(offer: Offer) -> tuple[Earmarking, str | None]:
    """How far a pledge is bound, and for what; unearmarked money is for nothing in particular."""
    if offer.earmarking is Earmarking.UNEARMARKED:
        return offer.earmarking, None
    return offer.earmarking, offer.earmarked_for.strip() or None


def _reference(session: Session, fund: Fund, day: date) -> str:
    number = next_number(session, f"{fund.code}/pledge/{day.year}")
    body = f"{fund.code}-P-{day.year}-{number:04d}"
    return f"{body}-{check_mark(body)}"


def _in_order(payments: Iterable[Due]) -> list[Due]:
    return sorted(payments, key=lambda due: due.due_on)


def _sound(offer: Offer) -> None:
    if not 0 < offer.amount.minor <= LARGEST:
        raise DomainError(_("The amount of a pledge has to be more than 0, and plausible."))
    if any(due.amount.minor <= 0 for due in offer.payments):
        raise DomainError(_("Each payment has to be more than 0."))
    promised = total((due.amount for due in offer.payments), offer.amount.currency)
    if offer.payments and promised != offer.amount:
        raise DomainError(
            _(
                "The payments add up to %(promised)s %(currency)s, the pledge is "
                "%(amount)s %(currency)s.",
                promised=promised,
                amount=offer.amount,
                currency=offer.amount.currency,
            )
        )


def sent_before(
    session: Session, fund: Fund, offer: Offer, donor: Organisation | None = None
) -> Pledge | None:
    """The pledge this key made already; whoever sends it at the same moment waits here."""
    if offer.key is None:
        return None
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(offer.key, 20))))
    known = session.scalar(select(Pledge).where(Pledge.key == offer.key))
    if known is not None and not (_same(known, fund, offer) and _from(known, donor)):
        raise other_content()
    return known


def _from(pledge: Pledge, donor: Organisation | None) -> bool:
    return donor is None or pledge.donor_id == donor.id


def _same(pledge: Pledge, fund: Fund, offer: Offer) -> bool:
    dues = [(due.due_on, due.amount.minor) for due in _in_order(offer.payments)]
    return (
        pledge.fund_id == fund.id
        and pledge.amount == offer.amount
        and [(part.due_on, part.amount_minor) for part in pledge.instalments] == dues
        and (pledge.earmarking, pledge.earmarked_for) == _earmarked(offer)
        and (pledge.message or "") == offer.message.strip()
        and pledge.public_name == offer.public_name
    )


def other_content() -> Conflict:
    return Conflict(_("This pledge was sent already with other answers. Begin a new one."))


def tell_fund(session: Session, pledge: Pledge) -> None:
    for person in people_of_fund(session, Permission.PLEDGE_ACKNOWLEDGE, pledge.fund_id):
        send(
            session,
            Recipient.of(person),
            "pledges/new_pledge",
            event=f"{pledge.subject}:new",
            pledge=pledge,
            url=absolute(f"/pledges/{pledge.reference}"),
        )

"""Making a pledge: by a donor's own people, or by the fund for a donor who announced it elsewhere.
A visitor's pledge is made in grants/giving.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.database.numbering import check_mark, next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money, require_in_use
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import DonorKind, Earmarking, RegionalGroup, Service, Window
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.texts.marks import spaced
from grants.giving.donors.colleagues import invite
from grants.giving.donors.service import Card, note_contact, welcome
from grants.giving.pledges.gifts import accept_gift, is_express, set_gift_day
from grants.giving.pledges.in_euros import Chosen
from grants.giving.pledges.models import Pledge, Source, exchange_in_words, worded
from grants.giving.pledges.schedule import Due, add_up, in_order, plan, promised_dues
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.messages.service import Recipient, send

ENTERED: Slot[Callable[[Session, Pledge, Act], None]] = Slot("pledges.making.ENTERED")
"""Rooms above do here what follows when staff enter a pledge."""
LARGEST = 10**15
"""Minor units. Beyond it a person mistyped."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What is pledged, before it is a record. The payments, if days are named, add up to it.
    Unless it is unearmarked it may be bound to a window, a region, a theme, or in words.

    The same `key` makes one pledge, however often it is sent. A pledge taken over from elsewhere
    brings its own `reference` and `pledged_on`.
    """

    amount: Money
    payments: tuple[Due, ...] = ()
    earmarking: Earmarking = Earmarking.UNEARMARKED
    earmarked_for: str = ""
    window: Window | None = None
    region: RegionalGroup | None = None
    theme: Service | None = None
    countries: tuple[str, ...] = ()
    """ISO alpha-2 codes of the only countries it may be spent in."""
    until: date | None = None
    """The last day on which a grant agreement may take from it."""
    message: str = ""
    public_name: bool = True
    chosen: Chosen | None = None
    """What a giver chose, where the fund takes its worth in euro."""
    gift: bool = False
    """Made on the page of gifts: it may be paid at once."""
    source: Source = Source.ONLINE
    source_note: str = ""
    key: str | None = None
    reference: str | None = None
    pledged_on: date | None = None

    @property
    def exchange(self) -> str:
        """What was chosen and what it is in euro; "" if it is given as chosen."""
        if self.chosen is None:
            return ""
        return exchange_in_words(self.chosen.amount, self.amount, self.chosen.rate_on)

    @property
    def purpose(self) -> str:
        """For what it is bound, in the reader's language and the donor's words; "" if not."""
        words, *terms, countries, until = purpose_of(self)
        return worded(terms, words, countries, until)


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
    takes_appeals: bool = False
    """Did a private person agree to be sent appeals?"""


def pledge_for(session: Session, fund: Fund, offer: Offer, donor: Organisation, act: Act) -> Pledge:
    """A donor's own people pledge while signed in: the pledge is confirmed at once."""
    if earlier := find_duplicate(session, fund, offer, donor):
        return earlier
    pledge = drafted(session, fund, offer)
    pledge.donor = donor
    pledge.express = offer.gift and is_express(session, pledge, donor.kind)
    welcome(session, donor, act, claimed=True)
    begin(session, pledge, PLEDGE, act)
    set_gift_day(session, pledge, act)
    advance(session, pledge, PLEDGE, "confirm", act)
    accept_gift(session, pledge)
    if not pledge.express:
        tell_fund(session, pledge)
    return pledge


def enter(session: Session, fund: Fund, offer: Offer, donor: Organisation, act: Act) -> Pledge:
    """The fund enters a pledge that a donor announced: by note, letter or at a conference."""
    if earlier := find_duplicate(session, fund, offer, donor):
        return earlier
    pledge = drafted(session, fund, offer)
    pledge.donor = donor
    welcome(session, donor, act)
    begin(session, pledge, PLEDGE, act)
    advance(session, pledge, PLEDGE, "enter", act)
    for follow in ENTERED:
        follow(session, pledge, act)
    return pledge


def invite_contact(session: Session, donor: Organisation, contact: Contact, act: Act) -> None:
    """Ask a person of a new donor by e-mail to sign in and see the donor's pledges."""
    card = Card(contact.name, email=contact.email, language=contact.language)
    invite(session, note_contact(session, welcome(session, donor, act), card, act), act)


def _require_taken(fund: Fund, currency: str) -> None:
    """The fund may have named the currencies in which it takes pledges."""
    if fund.currencies and currency not in fund.currencies:
        listed = spaced(",").join(fund.currencies)
        raise DomainError(
            _("This fund accepts pledges in these currencies: %(listed)s.", listed=listed)
        )


def drafted(session: Session, fund: Fund, offer: Offer) -> Pledge:
    _validate_offer(offer)
    day = offer.pledged_on or clock.today()
    require_in_use(offer.amount.currency, day)
    _require_taken(fund, offer.amount.currency)
    words, window, region, theme, countries, until = purpose_of(offer)
    pledge = Pledge(
        reference=offer.reference or _next_reference(session, fund, day),
        fund=fund,
        fund_id=fund.id,
        key=offer.key,
        source=offer.source,
        source_note=offer.source_note.strip() or None,
        amount_minor=offer.amount.minor,
        currency=offer.amount.currency,
        earmarking=offer.earmarking,
        earmarked_for=words,
        earmarked_window=window,
        earmarked_region=region,
        earmarked_theme=theme,
        earmarked_countries=countries,
        earmarked_until=until,
        message=offer.message.strip() or None,
        public_name=offer.public_name,
        chosen_minor=offer.chosen.amount.minor if offer.chosen else None,
        chosen_currency=offer.chosen.amount.currency if offer.chosen else None,
        chosen_rate_on=offer.chosen.rate_on if offer.chosen else None,
        pledged_on=day,
        made_at=clock.now(),
        promise={},
    )
    plan(pledge, offer.payments)
    return pledge


Bound = tuple[
    str | None, Window | None, RegionalGroup | None, Service | None, list[str], date | None
]


def purpose_of(offer: Offer) -> Bound:
    """What the money is for; unearmarked money is for nothing in particular."""
    if offer.earmarking is Earmarking.UNEARMARKED:
        return None, None, None, None, [], None
    words, countries = offer.earmarked_for.strip() or None, sorted(set(offer.countries))
    return words, offer.window, offer.region, offer.theme, countries, offer.until


def _next_reference(session: Session, fund: Fund, day: date) -> str:
    number = next_number(session, f"{fund.code}/pledge/{day.year}")
    body = f"{fund.code}-P-{day.year}-{number:04d}"
    return f"{body}-{check_mark(body)}"


def _validate_offer(offer: Offer) -> None:
    if not 0 < offer.amount.minor <= LARGEST:
        raise DomainError(_("Enter a pledge amount greater than 0, and check that it is correct."))
    if offer.source is Source.CONFERENCE and not offer.source_note.strip():
        raise DomainError(_("Name the conference at which the pledge was announced."))
    add_up(offer.payments, offer.amount)


def find_duplicate(
    session: Session, fund: Fund, offer: Offer, donor: Organisation | None = None
) -> Pledge | None:
    """The pledge this key made already; a person who sends it at the same moment waits here."""
    if offer.key is None:
        return None
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(offer.key, 20))))
    earlier = session.scalar(select(Pledge).where(Pledge.key == offer.key))
    if earlier is not None and not (
        _is_same_offer(earlier, fund, offer) and _is_from(earlier, donor)
    ):
        raise different_content()
    return earlier


def _is_from(pledge: Pledge, donor: Organisation | None) -> bool:
    return donor is None or pledge.donor_id == donor.id


def _is_same_offer(pledge: Pledge, fund: Fund, offer: Offer) -> bool:
    terms = (
        *(pledge.earmarked_for, pledge.earmarked_window, pledge.earmarked_region),
        *(pledge.earmarked_theme, pledge.earmarked_countries, pledge.earmarked_until),
    )
    return (
        pledge.fund_id == fund.id
        and pledge.amount == offer.amount
        and promised_dues(pledge) == in_order(offer.payments)
        and pledge.earmarking == offer.earmarking
        and terms == purpose_of(offer)
        and (pledge.message or "") == offer.message.strip()
        and pledge.public_name == offer.public_name
    )


def different_content() -> Conflict:
    return Conflict(
        _("This pledge has already been submitted with different answers. Start a new pledge.")
    )


def tell_fund(session: Session, pledge: Pledge) -> None:
    for person in people_of_fund(session, Permission.PLEDGE_ACKNOWLEDGE, pledge.fund_id):
        send(
            session,
            Recipient.of(person),
            "giving/pledges/new_pledge",
            event=f"{pledge.subject}:new",
            pledge=pledge,
            url=absolute(f"/pledges/{pledge.reference}"),
        )

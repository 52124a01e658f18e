"""How a donor comes in: a visitor's pledge, the link that confirms it, and the account it makes."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.credentials import make_link, use_link
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import held_now, viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.giving.donors.roles import GIVING
from grants.giving.donors.service import Card, note_contact, welcome
from grants.giving.outreach.service import join_as_addressed
from grants.giving.pledges.gifts import accept_gift, is_express, page_of, set_gift_day
from grants.giving.pledges.making import (
    Contact,
    Giver,
    Offer,
    different_content,
    drafted,
    find_duplicate,
    pledge_for,
    tell_fund,
)
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import next_payment
from grants.giving.pledges.swiss_bill import slip_attached
from grants.giving.pledges.workflow import PLEDGE
from grants.giving.pledging.queries import LINK
from grants.platform.messages.service import Recipient, send

LINKS_FOR_A_PLEDGE = 4
UNCONFIRMED_FOR_AN_ADDRESS = 5
"""In a day, so that our pages cannot fill a mailbox."""


def propose(
    session: Session, fund: Fund, offer: Offer, giver: Giver, contact: Contact, act: Act
) -> Pledge:
    """A visitor pledges: it counts for nothing until the link in the e-mail is followed, or the
    money of an express gift arrives.

    DomainError if the address has had too many unconfirmed pledges today.
    """
    facts = {
        "name": giver.name.strip(),
        "kind": giver.kind.value,
        "country": giver.country or "",
        "contact": contact.name.strip(),
        "email": contact.email.strip(),
        "language": contact.language,
        **({"appeals": "yes"} if contact.takes_appeals else {}),
    }
    if earlier := find_duplicate(session, fund, offer):
        if earlier.is_unconfirmed and earlier.promise != facts:
            raise different_content()
        return earlier
    _limit_emails(session, contact.email)
    pledge = drafted(session, fund, offer)
    pledge.promise = facts
    pledge.express = offer.gift and is_express(session, pledge, giver.kind)
    begin(session, pledge, PLEDGE, act)
    set_gift_day(session, pledge, act)
    send_link(session, pledge, act)
    return pledge


def send_link(session: Session, pledge: Pledge, act: Act) -> None:
    """E-mail the link that confirms a pledge; a few times at most. With an express gift we thank,
    and say how to pay: the link only opens an account.
    """
    if not pledge.is_unconfirmed:
        raise Conflict(_("This pledge has already been confirmed."))
    sent = [row for row in trail_of(session, "pledge", pledge.id) if row.action == "send_link"]
    if len(sent) >= LINKS_FOR_A_PLEDGE:
        raise DomainError(
            _("The link has been sent several times. Check your junk folder, or start again.")
        )
    promise, slips = pledge.promise, slip_attached(session, pledge) if pledge.express else ()
    token = make_link(session, LINK, promise["email"], {"pledge_id": pledge.id})
    send(
        session,
        Recipient(promise["email"], promise["contact"], promise["language"]),
        "giving/pledging/gift" if pledge.express else "giving/pledging/confirm",
        event=f"{pledge.subject}:link:{len(sent) + 1}",
        attachments=slips,
        pledge=pledge,
        slip=bool(slips),
        url=absolute(f"/pledge/confirm/{token}"),
        **(_ways_to_pay(session, pledge) if pledge.express else {}),
    )
    record(session, pledge, "send_link", act)


def _ways_to_pay(session: Session, pledge: Pledge) -> dict[str, Any]:
    """What the e-mail of an express gift says. The name is used where it is nothing but a name: the
    address may be another person's.
    """
    name = pledge.promise["contact"]
    return {
        "name": name if NAME.fullmatch(name) and len(name) <= LONGEST_NAME else "",
        "account": account_for(session, pledge.fund, pledge.currency, clock.today()),
        "due": next_payment(pledge, Money(0, pledge.currency)),
        "page": absolute(page_of(pledge)),
    }


NAME = re.compile(r"[^\W\d_]+\.?(?:[-'’ ][^\W\d_]+\.?)*")
LONGEST_NAME = 60
"""Characters."""


def confirm(session: Session, token: str) -> tuple[Pledge, Person]:
    """A person who opens the link confirms the pledge: person, donor and role are entered now.

    The donor is an organisation the person acts for already, if it is the same; else a new one:
    typing the name of an organisation gives no access to it.
    """
    link = use_link(session, token, LINK)
    pledge = session.get_one(Pledge, link.facts["pledge_id"], with_for_update=True)
    promise = pledge.promise
    if not promise:
        raise Conflict(_("This pledge has already been confirmed."))
    person = enter_person(session, link.email, promise["contact"], promise["language"])
    giver = Giver(promise["name"], DonorKind.of(promise["kind"]), promise["country"] or None)
    agreed = bool(promise.get("appeals"))
    pledge.donor = _donor_of(session, person, giver, takes_appeals=agreed)
    act = _act_of(session, person)
    advance(session, pledge, PLEDGE, "confirm", act)
    pledge.promise = {}
    accept_gift(session, pledge)
    join_as_addressed(session, pledge, act)
    if not pledge.express:
        tell_fund(session, pledge)
    return pledge, person


def pledge_as_new_donor(
    session: Session, fund: Fund, offer: Offer, giver: Giver, act: Act
) -> Pledge:
    """A person who has signed in, and acts for no donor yet, pledges: the pledge is confirmed at
    once.
    """
    if earlier := find_duplicate(session, fund, offer):
        return earlier
    donor, own_act = become_donor(session, giver, act)
    return pledge_for(session, fund, offer, donor, own_act)


def become_donor(session: Session, giver: Giver, act: Act) -> tuple[Organisation, Act]:
    """A person who has signed in gives for the first time: the donor, and an act with that role."""
    person = session.get_one(Person, act.actor.person_id)
    return _donor_of(session, person, giver), _act_of(session, person)


def _limit_emails(session: Session, email: str) -> None:
    """Refuse to write to one address again and again."""
    waiting = session.scalar(
        select(func.count())
        .select_from(Pledge)
        .where(
            func.lower(Pledge.promise["email"].astext) == email.strip().lower(),
            Pledge.is_unconfirmed,
            Pledge.made_at > clock.now() - timedelta(days=1),
        )
    )
    if (waiting or 0) >= UNCONFIRMED_FOR_AN_ADDRESS:
        raise DomainError(
            _(
                "There are already several unconfirmed pledges for this e-mail address. "
                "Confirm them first."
            )
        )


def _donor_of(
    session: Session, person: Person, giver: Giver, *, takes_appeals: bool = False
) -> Organisation:
    """The organisation the person speaks for already, if it is this one; else a new one."""
    existing = session.scalars(
        select(Organisation)
        .join(Membership)
        .where(
            Membership.person_id == person.id,
            held_now(),
            Membership.role.in_((*GIVING, Role.ORGANISATION_ADMIN)),
            Organisation.kind == giver.kind,
            func.lower(Organisation.name) == " ".join(giver.name.split()).lower(),
        )
        .order_by(Organisation.id)
        .limit(1)
    ).first()
    donor = existing or enter_organisation(
        session, " ".join(giver.name.split()), giver.kind, giver.country
    )
    if donor.id not in _act_of(session, person).actor.organisations_with(Permission.PLEDGE_MAKE):
        appoint(session, person, Role.DONOR, organisation=donor)
    act = _act_of(session, person)
    if existing is None:
        record(session, donor, "enter", act)
    takes_letters = giver.kind is not DonorKind.INDIVIDUAL or takes_appeals
    card = Card(
        person.name, email=person.email, language=person.language, takes_appeals=takes_letters
    )
    note_contact(session, welcome(session, donor, act, claimed=True), card, act)
    return donor


def _act_of(session: Session, person: Person) -> Act:
    """An act by this person with the roles held now."""
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return Act(viewer)

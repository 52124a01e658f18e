"""Express gifts of private persons: paid at once, confirmed by their transfer.

The fund sets up to which amount (`gift_limit_minor`). The name of the giver is compared with the
sanctions list; whatever else due diligence asks is asked of larger gifts alone.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.rates import value_on
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record
from grants.core.database.seals import text_in, token
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Organisation
from grants.core.people.service import enter_organisation
from grants.giving.donors.models import Contact
from grants.giving.donors.service import Card, note_contact, welcome
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import set_due_day
from grants.giving.pledges.workflow import PLEDGE, UNANSWERED
from grants.integrity.diligence.queries import MAY_GIVE, SHUT, Clearance, clearance_of
from grants.integrity.sanctions.matching import watch
from grants.integrity.sanctions.models import SanctionsWatch

PAGE = "the page of a gift"
"""Purpose of the token in the address of a gift's page."""


def is_express(session: Session, pledge: Pledge, kind: DonorKind) -> bool:
    """May it be paid at once: of a private person, for no purpose, and no more than the fund
    allows?
    """
    if kind is not DonorKind.INDIVIDUAL or pledge.earmarking is not Earmarking.UNEARMARKED:
        return False
    try:
        worth = value_on(session, pledge.amount, clock.today()).usd_minor
    except DomainError:  # without a rate nobody can tell
        return False
    return worth <= pledge.fund.gift_limit_minor


def set_gift_day(session: Session, pledge: Pledge, act: Act) -> None:
    """An express gift is due so many days after it was made, as the fund has set them."""
    if pledge.express:
        nothing = Money(0, pledge.currency)
        set_due_day(session, pledge, clock.today(), nothing, act)


def confirm_by_transfer(session: Session, pledge: Pledge, act: Act) -> None:
    """Money came on an express gift that nobody had confirmed: who gives is entered now, and the
    name compared with the sanctions list. The giver gets no access by it.
    """
    session.flush()
    session.refresh(pledge, with_for_update={"of": Pledge})
    if not pledge.awaits_transfer:
        return
    promise = dict(pledge.promise)
    pledge.donor = _giver_of(session, promise, act)
    advance(session, pledge, PLEDGE, "confirm_by_transfer", act)
    pledge.promise = {}


def _giver_of(session: Session, promise: dict[str, str], act: Act) -> Organisation:
    """The person who gave before under this name and e-mail address; else a new one."""
    name = " ".join(promise["name"].split())
    giver = _known_giver(session, name, promise["email"])
    if giver is None:
        giver = enter_organisation(session, name, DonorKind.INDIVIDUAL, promise["country"] or None)
        record(session, giver, "enter", act)
    donor = welcome(session, giver, act, claimed=True)
    card = Card(
        promise["contact"],
        email=promise["email"],
        language=promise["language"],
        takes_appeals=bool(promise.get("appeals")),
    )
    note_contact(session, donor, card, act)
    watch(session, giver, act)
    return giver


def _known_giver(session: Session, name: str, email: str) -> Organisation | None:
    address = email.strip().lower()
    return session.scalars(
        select(Organisation)
        .join(Contact, Contact.organisation_id == Organisation.id)
        .where(
            Organisation.kind == DonorKind.INDIVIDUAL,
            func.lower(Organisation.name) == name.lower(),
            func.lower(Contact.email) == address,
            Contact.left_on.is_(None),
        )
        .order_by(Organisation.id)
        .limit(1)
    ).first()


def accept_gift(session: Session, pledge: Pledge) -> None:
    """The automatic check: an express gift is accepted when the name is on no list. It waits where
    it may be; the page that shows how to pay does not.
    """
    if pledge.express and pledge.state in UNANSWERED and not _in_the_way(session, pledge):
        advance(session, pledge, PLEDGE, "accept_gift", Act.by_system("gifts"))


def _in_the_way(session: Session, pledge: Pledge) -> bool:
    return not is_screened(session, pledge) or clearance_of_giver(session, pledge) in SHUT


def is_screened(session: Session, pledge: Pledge) -> bool:
    """Was the name of the giver compared with a sanctions list?"""
    watched = session.get(SanctionsWatch, pledge.donor_id or 0)
    return watched is not None and watched.list_id is not None


def clearance_of_giver(session: Session, pledge: Pledge) -> Clearance:
    """The clearance of who gives, by the rules of the fund."""
    assert pledge.donor is not None
    return clearance_of(session, pledge.donor, pledge.fund)


def is_examined(session: Session, pledge: Pledge) -> bool:
    """Did due diligence clear the giver, so that any amount may be taken?"""
    return clearance_of_giver(session, pledge) in MAY_GIVE


def cancel_gift(session: Session, pledge: Pledge) -> None:
    """The giver changes their mind before paying: nothing is asked of them any more. The
    address of the gift's page is enough to say so.
    """
    session.refresh(pledge, with_for_update={"of": Pledge})
    if not pledge.awaits_transfer:
        raise Conflict(_("This gift has already been confirmed or cancelled."))
    reason = _("Cancelled on the page of the gift.")
    advance(session, pledge, PLEDGE, "withdraw", Act.by_system("gifts", reason))


def page_of(pledge: Pledge) -> str:
    """The address of a gift's own page, for who gives without an account."""
    return f"/gift/{token_of(pledge)}"


def token_of(pledge: Pledge) -> str:
    return token(PAGE, str(pledge.id))


def gift_of_token(session: Session, given: str) -> Pledge:
    """The gift of a page, or Missing."""
    number = text_in(PAGE, given) or ""
    pledge = session.get(Pledge, int(number)) if number.isdecimal() else None
    if pledge is None or not pledge.express:
        raise Missing(_("Gift not found. Copy the complete link from the e-mail."))
    return pledge

"""Who is written to about a pledge, and the page each of them can open."""

from sqlalchemy.orm import Session

from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.giving.donors.queries import contacts_of
from grants.giving.pledges.gifts import page_of
from grants.giving.pledges.models import Pledge
from grants.platform.messages.service import Recipient


def whom_to_tell(session: Session, pledge: Pledge, *, signing: bool = False) -> list[Recipient]:
    """Everyone who acts for the donor here, and with `signing` who signs for it. A private person
    needs no account: then the contacts of the gift, and before its transfer the address that was
    typed.
    """
    if pledge.donor_id is None:
        promise = pledge.promise
        return [Recipient(promise["email"], promise["contact"], promise["language"])]
    duties = [Permission.PLEDGE_MAKE, *([Permission.PLEDGE_AGREE] if signing else [])]
    people = {
        person.id: person
        for duty in duties
        for person in people_of_organisation(session, pledge.donor_id, duty)
    }
    if people or not pledge.express:
        return [Recipient.of(person) for person in people.values()]
    return [
        Recipient(contact.email, contact.name, contact.language)
        for contact in contacts_of(session, pledge.donor_id)
        if contact.email and contact.left_on is None
    ]


def page_for(pledge: Pledge, recipient: Recipient) -> str:
    """The address of the pledge's page that a recipient can open."""
    if pledge.express and recipient.person_id is None:
        return page_of(pledge)
    return f"/giving/{pledge.reference}"

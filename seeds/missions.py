"""The people of the demonstration's missions: who pledges, signs and reads, and who hands over."""

from datetime import date

from grants.core.people import credentials
from grants.core.people.permissions import Role
from grants.giving.donors import colleagues, signatories
from grants.giving.donors.models import Contact, ContactRole, Donor, Honorific
from grants.giving.donors.service import Card, add_contact
from seeds.cast import DONOR_READER, DONOR_SIGNATORY, SUCCESSOR, address
from seeds.company import Company, days_after, on
from seeds.giving import Known

COLLEAGUES = (
    (DONOR_SIGNATORY, "Ambassador", ContactRole.MISSION, Role.DONOR_SIGNATORY),
    (DONOR_READER, "Budget Division", ContactRole.FINANCE, Role.DONOR_READER),
)
"""Who signs and who reads for the first donor, beside its contacts."""
NOTE = "The note verbale of the permanent mission names the person."


def plant_missions(company: Company, donors: list[Known], since: date) -> None:
    """At the first donor each role is held by somebody; the fund has confirmed the signatory."""
    donor = _donor_of(company, donors[0])
    with on(since):
        for name, function, subject, role in COLLEAGUES:
            style = Honorific.HER_EXCELLENCY if function == "Ambassador" else None
            card = Card(name, function, subject, address(name), honorific=style)
            contact = _invited(company, donor, card, role)
            _join(company, contact)
    with on(days_after(since, 2)):
        for contact in donor.contacts:
            if contact.signing_asked_at is not None:
                by = company.act(Role.FUND_MANAGER, NOTE)
                signatories.confirm_signatory(company.session, contact, by)


def plant_rotation(company: Company, donors: list[Known]) -> None:
    """The secretary of the second donor goes in a month: the successor has joined, and the fund has
    still to confirm the signature. At the third donor a colleague has not joined yet.
    """
    donor, other = (_donor_of(company, known) for known in donors[1:3])
    by = company.act_of(donors[1].contact)
    with on(days_after(company.today, -9)):
        card = Card(SUCCESSOR, "Second Secretary", ContactRole.MISSION, address(SUCCESSOR))
        successor = add_contact(company.session, donor, card, by)
        former = next(one for one in donor.contacts if one.email == donors[1].contact.email)
        last_day = days_after(company.today, 30)
        colleagues.hand_over(company.session, former, successor, by, last_day)
    with on(days_after(company.today, -6)):
        _join(company, successor)
        card = Card("Emi Hayashi", "Attaché", ContactRole.MISSION, address("Emi Hayashi"))
        _invited(company, other, card, Role.DONOR_GIVER)


def _donor_of(company: Company, known: Known) -> Donor:
    return company.session.get_one(Donor, known.organisation.id)


def _invited(company: Company, donor: Donor, card: Card, role: Role) -> Contact:
    by = company.act(Role.PROGRAMME_OFFICER)
    contact = add_contact(company.session, donor, card, by)
    colleagues.invite(company.session, contact, by, role)
    return contact


def _join(company: Company, contact: Contact) -> None:
    """The contact follows the link of the invitation."""
    assert contact.email is not None
    about = {"contact": contact.id}
    token = credentials.make_link(company.session, colleagues.INVITATION, contact.email, about)
    colleagues.join(company.session, token)
    company.enter(contact.name)

"""Organisations that were registered twice, and what the fund's people make of it."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.service import Paper, add_paper
from grants.applying.organisations.profile import KeyPerson, Profile
from grants.applying.organisations.service import describe
from grants.applying.organisations.verification import service as verification
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.workflow import VerificationState
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.service import confirm, propose, refuse, withdraw
from grants.giving.donors.models import ContactRole
from grants.giving.donors.service import Card, add_contact, welcome
from grants.platform.file_checks.checks import Upload
from seeds.cast import address
from seeds.company import GRANTEE, Company, days_after, on
from seeds.grantees import ANSWERS
from seeds.projects import proposal
from seeds.scans import page_saying


class Double(NamedTuple):
    """One organisation under two names, and who registered each."""

    country: str
    number: str
    name: str
    contact: str
    again: str
    other_contact: str


DOUBLES = (
    Double(
        "HN",
        "HN-77-2016",
        "Asociación Puerta Abierta",
        "Teresa Molina",
        "Puerta Abiérta",
        "Julio Zelaya",
    ),
    Double(
        "MD", "MD-1020600", "Casa Speranței", "Ana Rusu", "Casa Sperantei Asociatia", "Ion Munteanu"
    ),
    Double(
        "UA",
        "UA-38211450",
        "Дім надії",
        "Oksana Bondar",
        "Dim nadii",
        "Petro Shevchuk",
    ),
    Double(
        "KE",
        "KE-OP-218",
        "Safe Harbour Mombasa",
        "Grace Wanjiru",
        "Mombasa Safe Harbour",
        "David Otieno",
    ),
)


DOUBLE_DONORS = (
    ("Stiftung Bergwald", "Bergwald Stiftung, Chur"),
    ("Fondation du Lac", "Fondation du Lac (Genève)"),
)


def plant_doubles(company: Company) -> None:
    """One pair waits for the second person, one is merged, one was refused, one withdrawn."""
    for double in DOUBLES:
        _register(company, double, double.name, double.contact, days_after(company.today, -300))
        _register(
            company, double, double.again, double.other_contact, days_after(company.today, -40)
        )
    merged, refused, withdrawn, waiting = (_proposed(company, double) for double in DOUBLES)
    session = company.session
    with on(days_after(company.today, -3)):
        confirm(session, merged, company.act(Role.FUND_MANAGER))
        why = "Two organisations of two cities: their boards have no member in common."
        refuse(session, refused, company.act(Role.FUND_MANAGER, why))
        why = "The director has asked for time to check the certificate."
        withdraw(session, withdrawn, company.act(Role.PROGRAMME_OFFICER, why))
    assert waiting.merged.merged_into_id is None
    _plant_double_donors(company)


def _proposed(company: Company, double: Double) -> OrganisationMerge:
    kept, merged = (_named(company, name) for name in (double.name, double.again))
    with on(days_after(company.today, -5)):
        why = "Same registration certificate; the director has confirmed it by telephone."
        act = company.act(Role.PROGRAMME_OFFICER, why)
        return propose(company.session, kept, merged, ("website",), act)


def _named(company: Company, name: str) -> Organisation:
    return company.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def _register(company: Company, double: Double, name: str, contact: str, day: date) -> None:
    with on(day):
        organisation = enter_organisation(company.session, name, DonorKind.NGO, double.country)
        person = company.enter(contact)
        appoint(company.session, person, Role.ORGANISATION_ADMIN, organisation=organisation)
        profile = Profile(
            name=name,
            country=double.country,
            registration_number=double.number,
            registered_on=date(2016, 5, 17),
            website=""
            if name == double.name
            else f"https://shelter-{double.country.lower()}.example",
            address=f"Post box {len(name) * 31}, {double.country}",
            key_persons=(KeyPerson(contact, "Director"),),
        )
        describe(company.session, organisation, profile, company.act_of(person))
        said = page_saying(f"Registration certificate of {name} (demonstration)")
        paper = Paper(PaperKind.CERTIFICATE, date(2024, 5, 17), days_after(company.today, 20))
        upload = Upload("Registration certificate.pdf", said)
        add_paper(company.session, organisation, paper, upload, company.act_of(person))


def _plant_double_donors(company: Company) -> None:
    """Foundations that two colleagues entered: one pair is merged, another waits."""
    merged, waiting = (_proposed_donors(company, *names) for names in DOUBLE_DONORS)
    with on(days_after(company.today, -2)):
        confirm(company.session, merged, company.act(Role.FUND_MANAGER))
    assert waiting.merged.merged_into_id is None


def _proposed_donors(company: Company, name: str, again: str) -> OrganisationMerge:
    with on(days_after(company.today, -60)):
        kept, merged = (_entered(company, each) for each in (name, again))
    with on(days_after(company.today, -5)):
        why = "One register entry; its board has confirmed it in a letter."
        act = company.act(Role.PROGRAMME_OFFICER, why)
        return propose(company.session, kept, merged, (), act)


def _entered(company: Company, name: str) -> Organisation:
    organisation = enter_organisation(company.session, name, DonorKind.FOUNDATION, "CH")
    by = company.act(Role.PROGRAMME_OFFICER)
    add_contact(company.session, welcome(company.session, organisation, by), _card(name), by)
    return organisation


def _card(name: str) -> Card:
    contact = "Verena Amstutz" if "Bergwald" in name else "Reto Kunz"
    return Card(contact, "Managing director", ContactRole.EXECUTIVE, address(contact))


def plant_verifications(company: Company) -> None:
    """One organisation in each state of verification; the second of each pair is left alone."""
    session = company.session
    with on(days_after(company.today, -4)):
        officer = company.act(Role.PROGRAMME_OFFICER)
        first, second, third, fourth = (_asked(company, double) for double in DOUBLES)
        verification.verify(session, first, ANSWERS, officer)
        verification.verify(session, second, ANSWERS, officer)
    with on(days_after(company.today, -2)):
        why = "The certificate shows another number. Please upload the new one."
        verification.return_(session, third, company.act(Role.PROGRAMME_OFFICER, why))
        why = "A newspaper reports that its director is accused of fraud. We are asking."
        verification.suspend(session, first, company.act(Role.FUND_MANAGER, why))
    assert fourth.state is VerificationState.PENDING
    _others(company)


def _others(company: Company) -> None:
    """One was not accepted; of another the file is open and nothing was asked."""
    session, refused = company.session, DOUBLES[1]._replace(name=DOUBLES[1].again)
    with on(days_after(company.today, -1)):
        person = company.enter(refused.other_contact)
        house = _named(company, refused.again)
        found = verification.ask(session, house, company.act_of(person))
        why = "It works for profit, and the fund can support non-profit organisations only."
        verification.reject(session, found, company.act(Role.PROGRAMME_OFFICER, why))
        waiting = DOUBLES[3]
        by = company.act_of(company.enter(waiting.other_contact))
        verification.open_file(session, _named(company, waiting.again), by)


def _asked(company: Company, double: Double) -> Verification:
    person = company.enter(double.contact)
    house = _named(company, double.name)
    return verification.ask(company.session, house, company.act_of(person))


def plant_papers(company: Company) -> None:
    """The grantee of the demonstration has its papers in the profile; one expires soon."""
    session, today = company.session, company.today
    with on(days_after(today, -200)):
        person = company.enter(proposal(GRANTEE).contact)
        member = select(Organisation).join(Membership).where(Membership.person_id == person.id)
        house = session.scalars(member.order_by(Organisation.id).limit(1)).one()
        profile = replace(
            profile_of(house),
            address="Post box 12, Tegucigalpa",
            key_persons=(KeyPerson(person.name, "Director"),),
        )
        describe(session, house, profile, company.act_of(person))
    known = (
        (-200, "Certificate of registration", Paper(PaperKind.CERTIFICATE, date(2023, 3, 1))),
        (
            -90,
            "Certificate of registration, renewed",
            Paper(PaperKind.CERTIFICATE, days_after(today, -100), days_after(today, 25)),
        ),
        (-90, "Statutes", Paper(PaperKind.STATUTES, date(2019, 6, 3))),
        (-60, "Audited accounts", Paper(PaperKind.ACCOUNTS, days_after(today, -70))),
    )
    for ago, name, paper in known:
        with on(days_after(today, ago)):
            upload = Upload(f"{name}.pdf", page_saying(f"{name} of {house.name} (demonstration)"))
            add_paper(session, house, paper, upload, company.act_of(person))

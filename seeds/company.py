"""Everyone who acts in the demonstration, and the days on which they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import cycle

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import RegionalGroup, Service
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import Tenure, appoint, enter_person
from grants.core.people.viewer import Viewer
from grants.core.proofs.queries import factors_of
from grants.core.proofs.service import enter_app
from grants.deciding.awards.models import Award
from grants.platform.staff.expertise import Knowledge, describe_expertise
from grants.platform.staff.models import Appointment
from grants.platform.staff.service import Invitee, Office, confirm, decline, withdraw
from grants.platform.staff.service import appoint as propose
from seeds.cast import (
    APP_SECRET,
    COLLEAGUE,
    DONOR_READER,
    DONOR_SIGNATORY,
    DONORS,
    PASSPHRASE,
    STAFF,
    address,
)
from seeds.projects import Proposal, proposal


@dataclass
class Company:
    """The fund's people by role, with one passphrase for all of them."""

    session: Session
    fund: Fund
    today: date
    people: dict[Role, list[Person]]
    grants: list[tuple[Award, Proposal]] = field(default_factory=list)
    """Those with a signed agreement, in the order of their signing."""
    ending: list[Award] = field(default_factory=list)
    """Those that are finished and stay open for what can happen at the end."""
    viewers: dict[int, Viewer] = field(default_factory=dict)
    """The fund's people as they act: their roles stay."""

    def act(self, role: Role, reason: str | None = None, *, number: int = 0) -> Act:
        """An act by the person who holds this role."""
        person = self.people[role][number % len(self.people[role])]
        if person.id not in self.viewers:
            self.viewers[person.id] = self.act_of(person).actor
        return Act(self.viewers[person.id], reason)

    def act_of(self, person: Person, reason: str | None = None) -> Act:
        found = viewer_of(self.session, person.id)
        assert found is not None
        return Act(found, reason)

    def enter(self, name: str, language: str = "en") -> Person:
        """A person from outside, who can sign in too."""
        person = enter_person(self.session, address(name), name, language)
        if person.password_hash is None:
            person.password_hash = _hash(self.session)
        return person


def gather(session: Session, fund: Fund, today: date) -> Company:
    """Enter the fund's people with their roles."""
    company = Company(session, fund, today, {})
    for actor in STAFF:
        person = company.enter(actor.name)
        appoint(session, person, actor.role)
        if not factors_of(session, person.id):
            enter_app(session, person, APP_SECRET, "Phone", Act.by_system("demonstration"))
        company.people.setdefault(actor.role, []).append(person)
    return company


def plant_staff(company: Company, fund: Fund) -> None:
    """What the fund knows of its reviewers and trustees, and an appointment that waits."""
    reviewers, trustees = company.people[Role.REVIEWER], company.people[Role.TRUSTEE]
    act = company.act(Role.ADMINISTRATOR)
    known = zip(reviewers, cycle(RegionalGroup), cycle(Service), strict=False)
    for reviewer, region, aid in known:
        knowledge = Knowledge(("en", "fr"), (region,), (aid, Service.LEGAL))
        describe_expertise(company.session, reviewer, knowledge, act)
    for trustee, region in zip(trustees, RegionalGroup, strict=True):
        trustee.memberships[0].regional_group = region
    _propose(
        company, fund, "Noor Rahimi", Role.FINANCE_OFFICER, "Takes over the accounts in January."
    )
    _settle_others(company, fund)


def _propose(company: Company, fund: Fund, name: str, role: Role, why: str) -> Appointment:
    january = Tenure(date(company.today.year + 1, 1, 2))
    invitee, office = Invitee(address(name), name), Office(role, fund, january)
    found = propose(company.session, invitee, office, company.act(Role.FUND_MANAGER, why))
    assert isinstance(found, Appointment)
    return found


def _settle_others(company: Company, fund: Fund) -> None:
    """One appointment was confirmed, one declined, and one the manager took back."""
    role, session = Role.PROGRAMME_OFFICER, company.session
    coming = _propose(company, fund, "Bilal Osei", role, "For the grants in Africa.")
    confirm(session, coming, company.act(Role.ADMINISTRATOR))
    other = _propose(company, fund, "Ilse Brandt", Role.CERTIFYING_OFFICER, "A deputy is needed.")
    decline(session, other, company.act(Role.ADMINISTRATOR, "Works for the fund’s bank until May."))
    third = _propose(company, fund, "Sami Aho", role, "For the grants in Asia.")
    withdraw(session, third, company.act(Role.FUND_MANAGER, "Has taken another post."))


_HASHES: dict[str, str] = {}


def _hash(session: Session) -> str:
    """The hash of the demonstration's passphrase, made once: hashing is slow on purpose."""
    if PASSPHRASE not in _HASHES:
        somebody = enter_person(session, STAFF[0].email, STAFF[0].name)
        credentials.choose_passphrase(session, somebody, PASSPHRASE)
        _HASHES[PASSPHRASE] = somebody.password_hash or ""
    return _HASHES[PASSPHRASE]


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """Let everything inside happen on a day, where the funds are. The story ends now: it knows no
    day to come, and no later hour of today.
    """
    now = clock.now()
    assert day <= clock.day_of(now), f"the story tells of {day}, which has not come yet"
    with clock.at(min(datetime.combine(day, time(hour), clock.zone()), now)):
        yield


GRANTEE = 1
"""The proposal whose organisation signs in as the grantee of the demonstration."""
EDITOR = "Elena Cruz"
"""Who writes for that organisation too."""
SIGNATORY, READER = "Rafael Ortega", "Marisol Vega"
"""Who signs for it, and who only reads."""


def sign_ins() -> list[tuple[str, str]]:
    """(role, e-mail): one of each role, those of a donor and of applicants included."""
    seen: dict[str, str] = {}
    for actor in STAFF:
        seen.setdefault(str(actor.role.label), actor.email)
    seen[str(Role.DONOR.label)] = address(DONORS[0].contact)
    seen[str(Role.DONOR_GIVER.label)] = address(COLLEAGUE)
    seen[str(Role.DONOR_SIGNATORY.label)] = address(DONOR_SIGNATORY)
    seen[str(Role.DONOR_READER.label)] = address(DONOR_READER)
    seen[str(Role.ORGANISATION_ADMIN.label)] = address(proposal(GRANTEE).contact)
    seen[str(Role.ORGANISATION_EDITOR.label)] = address(EDITOR)
    seen[str(Role.ORGANISATION_SIGNATORY.label)] = address(SIGNATORY)
    seen[str(Role.ORGANISATION_READER.label)] = address(READER)
    return list(seen.items())


def days_after(day: date, number: int) -> date:
    return day + timedelta(days=number)

"""A mission over four years with three secretaries: nobody is left outside, and nothing is lost."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.donors.colleagues import end_those_who_left, join
from grants.giving.donors.models import Donor
from grants.giving.donors.service import Card, note_contact
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import acknowledge
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.signing.service import offer, sign
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.giving.donors.test_colleagues import token_in
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.platform.web.client import SignInAs, StrictClient

YEAR = timedelta(days=365)


def added(browser: StrictClient, session: Session, home: str, name: str, may: str) -> Person:
    """A colleague is added and invited on the pages, and follows the link."""
    email = f"{name.split(maxsplit=1)[0].lower()}@mission.example"
    typed = {"name": name, "role": "mission", "email": email, "language": "en", "way": "email"}
    assert browser.submit(f"{home}/contacts/new", {**typed, "may": may}).status_code == 302
    session.expire_all()
    _donor, person = join(session, token_in(session))
    session.commit()
    return person


def contact_id(session: Session, donor: Donor, person: Person) -> int:
    """The number of a person's card."""
    session.expire_all()
    cards = {card.email: card.id for card in donor.contacts}
    return cards[person.email]


@dataclass
class Mission:
    """A State with a pledge, its first secretary, and how the test signs in."""

    session: Session
    donor: Donor
    pledge: Pledge
    signing: AgreementSigning
    manager: Person
    sign_in_as: SignInAs

    @property
    def home(self) -> str:
        return f"/giving/donors/{self.donor.organisation.code}"

    @property
    def own(self) -> str:
        return f"/giving/{self.pledge.reference}"

    def opens(self, person: Person, path: str = "") -> bool:
        """Does this person read the pledge, or another page of the donor?"""
        self.session.expire_all()
        return self.sign_in_as(person).get(path or self.own).status_code == 200

    def hand_over(self, former: Person, successor: Person, last_day: date | None = None) -> None:
        """On the page of the one who leaves."""
        chosen = contact_id(self.session, self.donor, successor)
        typed = {"successor": str(chosen)}
        if last_day:
            parts = {"day": last_day.day, "month": last_day.month, "year": last_day.year}
            typed |= {f"last_day-{part}": str(value) for part, value in parts.items()}
        number = contact_id(self.session, self.donor, former)
        page = f"{self.home}/contacts/{number}/hand-over"
        assert self.sign_in_as(former).submit(page, typed).status_code == 302

    def sign_agreement(self, ambassador: Person) -> None:
        """The fund confirms the signatory; then both sides sign."""
        number = contact_id(self.session, self.donor, ambassador)
        code = self.donor.organisation.code
        page = f"/donors/{code}/contacts/{number}/confirm-signatory"
        answer = self.sign_in_as(self.manager).submit(page, {"reason": "Note verbale"})
        assert answer.status_code == 302
        self.session.expire_all()
        theirs = Signed(ambassador.name, "Ambassador", Way.CODE)
        sign(self.session, self.signing, theirs, act_of(self.session, ambassador))
        ours = Signed("Fund Manager", "Fund Manager", Way.FACTOR)
        sign(self.session, self.signing, ours, act_of(self.session, self.manager))
        self.session.commit()


@pytest.fixture
def ines(session: Session) -> Person:
    """The first secretary."""
    return member(session, a_donor(session), Role.DONOR, "Ines Costa")


@pytest.fixture
def mission(session: Session, fund: Fund, ines: Person, sign_in_as: SignInAs) -> Mission:
    manager = staff(session, Role.FUND_MANAGER)
    by, own = act_of(session, manager), act_of(session, ines)
    donor = session.get_one(Donor, next(iter(own.actor.organisation_ids)))
    note_contact(session, donor, Card(ines.name, email=ines.email), own)
    pledge = a_pledge(session, fund, donor=donor.organisation)
    acknowledge(session, pledge, by)
    signing = offer(session, pledge, "", by)
    session.commit()
    return Mission(session, donor, pledge, signing, manager, sign_in_as)


@pytest.mark.usefixtures("quick_papers")
def test_three_secretaries_in_four_years(session: Session, ines: Person, mission: Mission) -> None:
    start, home = clock.now(), mission.home
    invite = partial(added, session=session, home=home)
    ambassador = invite(mission.sign_in_as(ines), name="Rita Alves", may="donor_signatory")
    assert mission.opens(ambassador)
    mission.sign_agreement(ambassador)
    with clock.at(start + YEAR):
        joao = invite(mission.sign_in_as(ines), name="Joao Silva", may="donor_giver")
        mission.hand_over(ines, joao, clock.today() + timedelta(days=14))
        assert mission.opens(ines), "until the last day"
    with clock.at(start + YEAR + timedelta(days=15)):
        assert end_those_who_left(session, Act.by_system("test")) == 1
        session.commit()
        assert not mission.opens(ines)
        assert mission.opens(joao)
    with clock.at(start + 3 * YEAR):
        ana = invite(mission.sign_in_as(joao), name="Ana Prado", may="donor_reader")
        mission.hand_over(joao, ana)
        assert not mission.opens(joao)
        pages = (f"{mission.own}/agreement", home, f"{home}/contacts/new", "/statements")
        assert all(mission.opens(ana, page) for page in ("", *pages))

"""Pages of donors: who reads and changes them, and that nothing of a donor reaches anybody else."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.giving.donors.facts import profile_of
from grants.giving.donors.models import Contact, ContactRole, Donor, Way
from grants.giving.donors.service import Card, add_contact, describe, welcome
from grants.giving.pledges.service import acknowledge
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide
from grants.platform.messages.models import Message
from tests.factories import a_deposit, a_donor, a_pledge, act_of, an_organisation, member, staff
from tests.integrity.diligence.examined import a_company, approver, recommended
from tests.platform.web.client import SignInAs, StrictClient

LIST_BUDGET = 6
MENU = 5
ADDRESS = "secret-contact@example.org"
SECRETS = (ADDRESS, "+43 1 5550", "SECRET NOTE", "SECRET CONDITION", "X-REG-77")


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _known(session: Session, name: str = "Republic of Arcadia") -> Donor:
    return welcome(session, a_donor(session, name), act_of(session, _boss(session)))


def _boss(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def _own(session: Session, organisation: Organisation, name: str = "Chen Wei") -> Person:
    return member(session, organisation, Role.DONOR, name)


def test_the_list_costs_a_few_queries_however_long_it_is(
    manager: StrictClient, session: Session
) -> None:
    for number in range(70):
        kind = DonorKind.PRIVATE if number % 2 else DonorKind.MEMBER_STATE
        a_company(session, f"Donor {number:02}", kind)
    session.commit()
    page = _text(manager, "/donors")
    assert manager.queries <= LIST_BUDGET + MENU + 1, "one more for those who own a donor"
    assert "70 results" in page
    assert "35 results" in _text(manager, "/donors?clearance=not_begun")
    assert "35 results" in _text(manager, "/donors?kind=member_state&clearance=not_needed")
    assert "1 result" in _text(manager, "/donors?q=donor+07&country=AT")


def test_the_file_has_one_line_for_each_donor(manager: StrictClient, session: Session) -> None:
    _known(session)
    a_company(session, "=HYPERLINK(1)")
    session.commit()
    file = manager.get("/donors?format=csv&order=name")
    rows = file.get_data(as_text=True).splitlines()
    file.close()
    assert len(rows) == 3
    assert any("'=HYPERLINK(1)" in row for row in rows)
    assert any("Western European and other States" in row for row in rows)


def test_a_donor_is_added_and_described(manager: StrictClient, session: Session) -> None:
    new = {"name": "Lantern Foundation", "kind": "foundation", "country": "CH"}
    page = manager.submit("/donors/new", new, follow_redirects=True).get_data(as_text=True)
    assert "Not started" in page
    change = {
        "name": "Lantern Foundation",
        "other_names": "LF\nFundación Linterna\n",
        "country": "CH",
        "language": "ar",
        "address": "Postfach 1",
        "notes": "Met in Geneva",
        "public_name": "y",
    }
    manager.submit("/donors/LANTERN-FOUNDATION/profile", change)
    donor = session.scalars(select(Donor)).one()
    session.refresh(donor)
    assert donor.organisation.other_names == ["LF", "Fundación Linterna"]
    assert (donor.language, donor.notes) == ("ar", "Met in Geneva")


def test_a_contact_is_added_changed_and_ended(manager: StrictClient, session: Session) -> None:
    donor = _known(session)
    session.commit()
    base = f"/donors/{donor.organisation.code}"
    card = {"name": "Amina Okafor", "role": "mission", "language": "en", "way": "email"}
    refused = manager.submit(f"{base}/contacts/new", card)
    assert "another means of contact" in refused.get_data(as_text=True)
    manager.submit(f"{base}/contacts/new", card | {"email": "amina@mission.example"})
    contact = session.scalars(select(Contact)).one()
    assert (contact.role, contact.way) == (ContactRole.MISSION, Way.EMAIL)
    assert contact.opted_out_at is not None  # the box for appeals was not ticked
    change = card | {"email": "amina@mission.example", "takes_appeals": "y"}
    manager.submit(f"{base}/contacts/{contact.id}", change)
    session.refresh(contact)
    assert contact.takes_appeals
    manager.submit(f"{base}/contacts/{contact.id}/end", page=f"{base}/contacts/{contact.id}")
    session.refresh(contact)
    assert contact.left_on is not None
    assert "Has left" in _text(manager, f"{base}?part=contacts")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FUND_MANAGER, 200),
        (Role.FINANCE_OFFICER, 200),
        (Role.AUDITOR, 200),
        (Role.REVIEWER, 403),
        (Role.TRUSTEE, 403),
        (Role.OBSERVER, 403),
    ],
)
def test_who_reads_donors(
    sign_in_as: SignInAs, session: Session, fund: Fund, role: Role, status: int
) -> None:
    donor = _known(session)
    browser = sign_in_as(staff(session, role))
    assert browser.get("/donors").status_code == status
    assert browser.get(f"/donors/{donor.organisation.code}").status_code == status


@pytest.mark.parametrize("page", ["profile", "contacts/new"])
def test_whoever_only_reads_changes_nothing(
    sign_in_as: SignInAs, session: Session, fund: Fund, page: str
) -> None:
    donor = _known(session)
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert browser.get(f"/donors/{donor.organisation.code}/{page}").status_code == 403


def test_the_page_tells_what_a_donor_pledged_and_gave(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    donor = _known(session)
    pledge = a_pledge(session, fund, usd(90_000), donor.organisation)
    a_deposit(session, fund, pledge, usd(40_000))
    session.commit()
    page = _text(manager, f"/donors/{donor.organisation.code}")
    assert pledge.reference in page
    assert "400.00" in page
    assert "500.00" in page


def test_a_donors_own_people_keep_their_profile_and_contacts(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    donor = _known(session)
    browser = sign_in_as(_own(session, donor.organisation))
    base = f"/giving/donors/{donor.organisation.code}"
    assert base in _text(browser, "/giving")
    form = _text(browser, f"{base}/profile")
    assert 'name="notes"' not in form
    assert 'name="name"' not in form
    browser.submit(f"{base}/profile", {"country": "GR", "language": "en", "address": "Main St"})
    session.refresh(donor.organisation)
    assert donor.organisation.address == "Main St"
    card = {
        "name": "Bo",
        "role": "other",
        "language": "en",
        "way": "email",
        "email": "bo@a.example",
    }
    browser.submit(f"{base}/contacts/new", card)
    assert "bo@a.example" in _text(browser, base)


def test_a_donor_does_not_change_its_own_name_by_a_forged_form(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    donor = _known(session)
    browser = sign_in_as(_own(session, donor.organisation))
    forged = {
        "country": "GR",
        "language": "en",
        "name": "Other",
        "notes": "Mine",
        "public_name": "y",
    }
    browser.submit(f"/giving/donors/{donor.organisation.code}/profile", forged)
    session.refresh(donor.organisation)
    session.refresh(donor)
    assert (donor.organisation.name, donor.notes) == ("Republic of Arcadia", None)


@pytest.fixture
def guarded(session: Session, fund: Fund) -> Donor:
    """A donor of whom everything private is known, and that gives."""
    company = a_company(session, "Quiet Holding")
    donor = session.get_one(Donor, company.id)
    boss = act_of(session, _boss(session))
    private = replace(
        profile_of(donor), notes="SECRET NOTE", registration_number="X-REG-77", public_name=False
    )
    describe(session, donor, private, boss)
    add_contact(session, donor, Card("Sam", email=ADDRESS, phone="+43 1 5550"), boss)
    examination = recommended(session, fund, company)
    decide(session, examination, Outcome.CONDITIONS, approver(session, "SECRET CONDITION"))
    pledge = a_pledge(session, fund, usd(90_000), company, public_name=False)
    acknowledge(session, pledge, boss)
    a_deposit(session, fund, pledge, usd(90_000))
    return donor


PUBLIC = ("/", "/funds/UNVTF", "/calls", "/privacy", "/accessibility")


def test_the_public_sees_nothing_of_a_donor_that_stays_unnamed(
    client: StrictClient, session: Session, guarded: Donor
) -> None:
    session.commit()
    for path in PUBLIC:
        page = _text(client, path)
        assert not [secret for secret in (*SECRETS, "Quiet Holding") if secret in page], path


@pytest.mark.parametrize("who", ["another donor", "an applicant"])
def test_nobody_outside_reaches_the_pages_of_another_donor(
    sign_in_as: SignInAs, session: Session, guarded: Donor, who: str
) -> None:
    if who == "another donor":
        person = _own(session, _known(session, "Utopia").organisation, "Eve Stranger")
    else:
        person = member(session, an_organisation(session), name="Luz Reyes")
    browser = sign_in_as(person)
    code, contact = guarded.organisation.code, guarded.contacts[0].id
    for path in (
        f"/donors/{code}",
        f"/donors/{code}/profile",
        f"/donors/{code}/contacts/{contact}",
        "/donors",
        "/due-diligence",
        "/due-diligence/1",
        "/sanctions",
        "/sanctions/matches",
        f"/giving/donors/{code}",
        f"/giving/donors/{code}/profile",
        f"/giving/donors/{code}/contacts/{contact}",
    ):
        answer = browser.get(path)
        assert answer.status_code in (403, 404), path
        assert not [secret for secret in SECRETS if secret in answer.get_data(as_text=True)], path


def test_a_donor_reads_nothing_of_its_due_diligence_nor_the_funds_notes(
    sign_in_as: SignInAs, session: Session, guarded: Donor
) -> None:
    browser = sign_in_as(_own(session, guarded.organisation))
    code = guarded.organisation.code
    pages = [_text(browser, path) for path in ("/giving", f"/giving/donors/{code}")]
    assert ADDRESS in pages[1]
    assert not [page for page in pages if "SECRET NOTE" in page or "SECRET CONDITION" in page]


def test_finance_sees_that_a_donor_is_cleared_but_not_why(
    sign_in_as: SignInAs, session: Session, guarded: Donor
) -> None:
    browser = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    page = _text(browser, f"/donors/{guarded.organisation.code}")
    assert "Cleared with conditions" in page
    for part in ("", "contacts", "diligence"):
        page = _text(browser, f"/donors/{guarded.organisation.code}?part={part}")
        assert "SECRET CONDITION" not in page


def test_no_email_tells_of_contacts_notes_or_due_diligence(
    session: Session, guarded: Donor
) -> None:
    written = session.scalars(select(Message)).all()
    told = "".join(message.subject + message.text + message.html for message in written)
    assert not [secret for secret in SECRETS if secret in told]


def test_the_pledges_page_says_what_stands_in_its_way(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, donor=a_company(session))
    session.commit()
    page = _text(manager, f"/pledges/{pledge.reference}")
    assert "has not been done yet" in page
    assert "/donors/NORDWIND-AG" in page
    refused = manager.submit(f"/pledges/{pledge.reference}/acknowledge")
    assert "has not been done yet" in refused.get_data(as_text=True)

"""Two records of one donor become one: what it gave, its people and what it does not want stay."""

from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.core.audit.binding import bind, breaches
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.desk.merging import service
from grants.desk.merging.duplicates import donor_pairs
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.verify import nothing_is_left_behind
from grants.giving.contributions.queries import newest_receipts
from grants.giving.donors.facts import profile_of
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import Criteria as WantedDonors
from grants.giving.donors.queries import listed_donors
from grants.giving.donors.service import Card, add_contact, describe
from grants.giving.outreach.models import CampaignDonor
from grants.giving.outreach.queries import audience
from grants.giving.pledges.making import Offer, enter
from grants.giving.pledges.models import Pledge
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.desk.merging.test_merging import both
from tests.factories import (
    a_campaign,
    a_cleared_donor,
    a_contact,
    a_deposit,
    a_donor,
    a_signed_pledge,
    act_of,
    member,
    staff,
)
from tests.platform.web.client import SignInAs


class Two:
    """A foundation on record twice; both gave, and each has people."""

    def __init__(self, session: Session, fund: Fund) -> None:
        self.session, self.fund = session, fund
        self.kept, self.merged = (
            a_cleared_donor(session, fund, name, DonorKind.FOUNDATION, "CH")
            for name in ("Stiftung Hafenlicht", "Hafenlicht Stiftung")
        )
        self.ruth = member(session, self.kept, Role.DONOR, "Ruth Amsler")
        self.urs = member(session, self.merged, Role.DONOR_SIGNATORY, "Urs Koller")
        self.proposer = staff(session, Role.PROGRAMME_OFFICER)
        self.second = staff(session, Role.FUND_MANAGER)
        self.pledge = a_signed_pledge(session, fund, usd(75_000_00), donor=self.merged)
        a_deposit(session, fund, self.pledge, usd(50_000_00))

    def propose(self, *taken: str) -> OrganisationMerge:
        act = act_of(self.session, self.proposer, "One entry in the register.")
        return service.propose(self.session, self.kept, self.merged, taken, act)

    def merge(self, *taken: str) -> OrganisationMerge:
        merge = self.propose(*taken)
        service.confirm(self.session, merge, act_of(self.session, self.second))
        return merge


@pytest.fixture
def two(session: Session, fund: Fund) -> Two:
    return Two(session, fund)


def test_pledges_receipts_and_people_are_with_the_donor_that_is_kept(two: Two) -> None:
    session, reference = two.session, two.pledge.reference
    merge = two.merge("name")
    session.flush()
    bind(session)
    session.expire_all()
    assert two.pledge.donor == two.kept
    assert two.pledge.reference == reference
    assert two.kept.name == "Hafenlicht Stiftung"
    assert two.kept.other_names == ["Stiftung Hafenlicht"]
    assert merge.moved["pledge"] == 1
    (receipt,) = newest_receipts(session, [two.kept.id], 5)
    assert receipt.donor_id == two.merged.id, "a receipt stays as it was issued"
    urs = viewer_of(session, two.urs.id)
    assert urs is not None
    assert urs.organisation_ids == {two.kept.id}
    listed = session.scalars(listed_donors(WantedDonors(text="Hafenlicht"))).all()
    assert [donor.organisation_id for donor in listed] == [two.kept.id]
    settle(session)
    bind(session)
    assert list(breaches(session)) == []
    assert list(verify.breaches(session)) == []
    assert list(nothing_is_left_behind(session)) == []


def test_a_second_merge_takes_along_what_the_first_brought(two: Two, fund: Fund) -> None:
    two.merge()
    third = a_cleared_donor(two.session, fund, "Hafenlicht", DonorKind.FOUNDATION, "CH")
    act = act_of(two.session, two.proposer, "Renamed.")
    merge = service.propose(two.session, third, two.kept, (), act)
    service.confirm(two.session, merge, act_of(two.session, two.second))
    settle(two.session)
    assert two.pledge.donor_id == third.id
    assert list(verify.breaches(two.session)) == []


def test_who_is_left_out_of_appeals_stays_left_out(two: Two, fund: Fund) -> None:
    session = two.session
    act = act_of(session, two.proposer)
    cards = [
        add_contact(session, session.get_one(Donor, donor.id), Card("Ruth", email=mail), act)
        for donor, mail in (
            (two.kept, "office@hafenlicht.example"),
            (two.merged, "OFFICE@hafenlicht.example"),
        )
    ]
    cards[1].opted_out_at = act.at
    campaign = a_campaign(session, fund, kinds=[DonorKind.FOUNDATION])
    for donor, wanted in ((two.kept, True), (two.merged, False)):
        session.add(CampaignDonor(campaign_id=campaign.id, donor_id=donor.id, wanted=wanted))
    met = a_contact(session, fund, two.merged)
    two.merge()
    session.flush()
    session.expire_all()
    assert cards[0].opted_out_at is not None
    assert cards[1].left_on is not None
    contacts = session.scalars(select(Contact.organisation_id)).all()
    assert set(contacts) == {two.kept.id}
    assert met.donor_id == two.kept.id
    assert two.kept not in session.scalars(audience(campaign)).all()


def test_a_name_that_either_did_not_want_published_is_not(two: Two) -> None:
    two.merged.public_name = False
    two.merge()
    assert not two.kept.public_name


def test_nothing_is_begun_for_a_donor_that_was_merged(two: Two) -> None:
    two.merge()
    with pytest.raises(Conflict, match="merged"):
        enter(two.session, two.fund, Offer(usd(1_00)), two.merged, act_of(two.session, two.second))
    donor = two.session.get_one(Donor, two.merged.id)
    with pytest.raises(Conflict, match="merged"):
        describe(two.session, donor, profile_of(donor), act_of(two.session, two.second))


def test_who_proposed_does_not_confirm_and_other_roles_do_neither(two: Two) -> None:
    merge = two.propose()
    with pytest.raises(Forbidden):
        service.confirm(two.session, merge, act_of(two.session, two.proposer))
    finance = act_of(two.session, staff(two.session, Role.FINANCE_OFFICER), "Same.")
    with pytest.raises(Forbidden):
        service.propose(two.session, two.kept, two.merged, (), finance)
    assert two.pledge.donor == two.merged


def test_a_state_a_person_and_a_donor_never_cleared_keep_a_merge_back(two: Two, fund: Fund) -> None:
    reason = act_of(two.session, two.proposer, "Same.")
    for other, why in (
        (a_donor(two.session), "never the same donor"),
        (a_donor(two.session, "Hafenlicht", DonorKind.FOUNDATION, "CH"), "has never cleared"),
    ):
        with pytest.raises(DomainError, match=why):
            service.propose(two.session, other, two.merged, (), reason)


def test_a_state_whose_sender_is_not_confirmed_brings_nobody_in(session: Session) -> None:
    real, claimed = a_donor(session), a_donor(session, "Arcadia")
    session.get_one(Donor, claimed.id).sender_confirmed_at = None
    act = act_of(session, staff(session, Role.PROGRAMME_OFFICER), "Same country.")
    with pytest.raises(DomainError, match="Confirm the sender of Arcadia first"):
        service.propose(session, real, claimed, (), act)


def test_the_database_lets_a_pledge_go_to_no_other_donor(two: Two) -> None:
    two.session.flush()
    statement = text("UPDATE pledge SET donor_id = :kept WHERE id = :pledge")
    with pytest.raises(DBAPIError, match="keeps what was promised"):
        two.session.execute(statement, {"kept": two.kept.id, "pledge": two.pledge.id})


def test_duplicates_are_suggested_and_merged_on_the_pages(two: Two, sign_in_as: SignInAs) -> None:
    person = [
        a_donor(two.session, name, DonorKind.INDIVIDUAL, None) for name in ("Ada Roth", "A. Roth")
    ]
    for one in person:
        card = Card(one.name, email="ada@roth.example")
        act = act_of(two.session, two.proposer)
        add_contact(two.session, two.session.get_one(Donor, one.id), card, act)
    suggested = {frozenset((pair.one, pair.other)) for pair in donor_pairs(two.session)}
    assert suggested == {frozenset((two.kept, two.merged)), frozenset(person)}
    codes = two.kept.code, two.merged.code
    first = sign_in_as(two.proposer)
    address = f"/organisations/{codes[0]}/merge/{codes[1]}"
    assert address in first.get("/donors/duplicates").text
    assert two.merged.name in first.get(address).text
    answer = first.submit(address, {"taken": ["name"], "reason": "One entry in the register."})
    assert answer.status_code == 302
    second = sign_in_as(two.second)
    done = second.submit(f"{answer.location}/confirm", {"version": "1"})
    assert done.location == f"/donors/{codes[0]}"
    assert "This record is closed" in second.get(f"/donors/{codes[1]}").text
    mails = two.session.scalars(select(Message).where(Message.event.like("organisation_merge%")))
    assert {mail.recipient for mail in mails} == {two.ruth.email}
    assert two.session.get_one(Organisation, two.merged.id).merged_into_id == two.kept.id


def test_a_merge_and_a_new_pledge_at_once_leave_no_pledge_behind(real_database: Database) -> None:
    with real_database.transaction() as opened:
        two = Two(opened, opened.scalars(select(Fund)).one())
        number, kept_id, merged_id = two.propose().id, two.kept.id, two.merged.id
        confirming, entering = (act_of(opened, two.second) for _time in range(2))

    def confirmed(barrier: Barrier) -> None:
        with real_database.transaction() as opened:
            merge = opened.get_one(OrganisationMerge, number)
            barrier.wait()
            service.confirm(opened, merge, confirming)

    def pledged(barrier: Barrier) -> None:
        with real_database.transaction() as opened:
            donor = opened.get_one(Organisation, merged_id)
            fund = opened.scalars(select(Fund)).one()
            barrier.wait()
            enter(opened, fund, Offer(usd(5_00)), donor, entering)

    merged, entered = both(confirmed, pledged)
    assert merged == "done"
    with real_database.session() as opened:
        owners = opened.scalars(select(Pledge.donor_id)).all()
        assert list(owners) == [kept_id] * (2 if entered == "done" else 1)
        assert list(breaches(opened)) == []

"""A visitor's pledge counts once its e-mail is answered, and opens no door it should not."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.credentials import LINK_LIFE
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.giving.pledging.service import (
    LINKS_FOR_A_PLEDGE,
    UNCONFIRMED_FOR_AN_ADDRESS,
    become_donor,
    confirm,
    propose,
    send_link,
)
from grants.giving.totals.figures import fund_totals
from grants.platform.messages.models import Message
from tests.factories import a_donor, a_person, act_of, member, staff

GIVER = Giver("Utopia", DonorKind.MEMBER_STATE, "PT")
CONTACT = Contact("Ana Prado", "ana@utopia.example", "en")


def _propose(session: Session, fund: Fund, **more: object) -> Pledge:
    told = {"offer": Offer(usd(100_000)), "giver": GIVER, "contact": CONTACT} | more
    return propose(session, fund, act=Act(VISITOR), **told)  # type: ignore[arg-type]


def _letters(session: Session, address: str = CONTACT.email) -> list[Message]:
    found = select(Message).where(Message.recipient == address).order_by(Message.id)
    return list(session.scalars(found))


def _token(session: Session, address: str = CONTACT.email) -> str:
    text = _letters(session, address)[-1].text
    return next(w for w in text.split() if "/pledge/confirm/" in w).rsplit("/", 1)[-1]


def test_until_confirmed_a_pledge_counts_for_nothing(session: Session, fund: Fund) -> None:
    pledge = _propose(session, fund)
    assert (pledge.state, pledge.donor) == (PledgeState.UNCONFIRMED, None)
    assert session.scalar(select(func.count()).select_from(Organisation)) == 0
    assert fund_totals(session, fund).pledged == usd(0)


def test_the_first_e_mail_carries_nothing_a_stranger_typed(session: Session, fund: Fund) -> None:
    _propose(
        session,
        fund,
        offer=Offer(usd(100_000), message="Cheap watches at http://spam.example"),
        giver=Giver("WIN NOW", DonorKind.PRIVATE, "AT"),
        contact=Contact("Click http://spam.example", "ana@utopia.example"),
    )
    (letter,) = _letters(session)
    assert "spam" not in letter.text + letter.html + letter.subject
    assert "WIN" not in letter.text


def test_confirming_makes_person_donor_and_role_and_tells_the_fund(
    session: Session, fund: Fund
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    _propose(session, fund)
    pledge, person = confirm(session, _token(session))
    assert pledge.state is PledgeState.PLEDGED
    assert pledge.donor
    assert (pledge.donor.name, pledge.donor.kind, pledge.donor.country) == (
        "Utopia",
        DonorKind.MEMBER_STATE,
        "PT",
    )
    viewer = viewer_of(session, person.id)
    assert viewer
    assert viewer.organisation_ids == {pledge.donor_id}
    assert pledge.promise == {}
    assert len(_letters(session, manager.email)) == 1


def test_a_link_works_once(session: Session, fund: Fund) -> None:
    _propose(session, fund)
    token = _token(session)
    confirm(session, token)
    with pytest.raises(DomainError, match="used or has expired"):
        confirm(session, token)


def test_of_two_links_for_one_pledge_the_newest_alone_works(session: Session, fund: Fund) -> None:
    pledge = _propose(session, fund)
    first = _token(session)
    send_link(session, pledge, Act(VISITOR))
    second = _token(session)
    assert first != second
    with pytest.raises(DomainError, match="used or has expired"):
        confirm(session, first)
    assert confirm(session, second)[0] is pledge
    with pytest.raises(Conflict, match="already been confirmed"):
        send_link(session, pledge, Act(VISITOR))


def test_a_link_expires(session: Session, fund: Fund) -> None:
    _propose(session, fund)
    with clock.at(clock.now() + LINK_LIFE * 1.01), pytest.raises(DomainError, match="expired"):
        confirm(session, _token(session))


def test_typing_an_organisations_name_does_not_get_anybody_into_it(
    session: Session, fund: Fund
) -> None:
    utopia = a_donor(session, "Utopia")
    member(session, utopia, Role.DONOR, "Real Member")
    _propose(session, fund)
    pledge, _person = confirm(session, _token(session))
    assert pledge.donor_id != utopia.id


@pytest.mark.parametrize("role", [Role.DONOR, Role.ORGANISATION_ADMIN])
def test_whoever_speaks_for_the_organisation_pledges_for_it(
    session: Session, fund: Fund, role: Role
) -> None:
    utopia = a_donor(session, "Utopia")
    person = member(session, utopia, role, "Ana Prado")
    _propose(
        session,
        fund,
        giver=Giver("  UTOPIA ", DonorKind.MEMBER_STATE),
        contact=Contact("Ana", person.email.upper()),
    )
    pledge, confirmed_by = confirm(session, _token(session, person.email.upper()))
    assert (pledge.donor_id, confirmed_by.id) == (utopia.id, person.id)


def test_an_editor_does_not_speak_for_the_organisation(session: Session, fund: Fund) -> None:
    casa = a_donor(session, "Casa", DonorKind.NGO)
    editor = member(session, casa, Role.ORGANISATION_EDITOR, "Ed Itor")
    donor, _act = become_donor(session, Giver("Casa", DonorKind.NGO), act_of(session, editor))
    assert donor.id != casa.id


def test_the_same_name_of_another_kind_is_another_donor(session: Session, fund: Fund) -> None:
    utopia = a_donor(session, "Utopia")
    person = member(session, utopia, Role.DONOR, "Ana Prado")
    giver = Giver("Utopia", DonorKind.PRIVATE)
    donor, _act = become_donor(session, giver, act_of(session, person))
    assert donor.id != utopia.id


def test_somebody_signed_in_becomes_a_donor_and_may_pledge_at_once(
    session: Session, fund: Fund
) -> None:
    from grants.giving.pledges.making import pledge_for

    donor, act = become_donor(session, GIVER, act_of(session, a_person(session)))
    assert pledge_for(session, fund, Offer(usd(5)), donor, act).donor is donor


def test_the_same_pledge_sent_again_sends_no_second_e_mail(session: Session, fund: Fund) -> None:
    offer = Offer(usd(100_000), key="k" * 32)
    assert _propose(session, fund, offer=offer) is _propose(session, fund, offer=offer)
    assert len(_letters(session)) == 1


def test_the_same_key_for_another_address_is_refused(session: Session, fund: Fund) -> None:
    offer = Offer(usd(100_000), key="k" * 32)
    _propose(session, fund, offer=offer)
    with pytest.raises(Conflict):
        _propose(session, fund, offer=offer, contact=Contact("Eve", "eve@evil.example"))


def test_nobodys_mailbox_is_filled_by_pledges(session: Session, fund: Fund) -> None:
    for number in range(UNCONFIRMED_FOR_AN_ADDRESS):
        contact = Contact("Ana", "Ana@Utopia.example" if number % 2 else "ana@utopia.example")
        _propose(session, fund, contact=contact)
    with pytest.raises(DomainError, match="unconfirmed pledges for this e-mail address"):
        _propose(session, fund)


def test_nobodys_mailbox_is_filled_by_links(session: Session, fund: Fund) -> None:
    pledge = _propose(session, fund)
    for _time in range(LINKS_FOR_A_PLEDGE - 1):
        send_link(session, pledge, Act(VISITOR))
    with pytest.raises(DomainError, match="several times"):
        send_link(session, pledge, Act(VISITOR))
    assert len(_letters(session)) == LINKS_FOR_A_PLEDGE


def test_a_confirmed_pledge_sends_no_more_links(session: Session, fund: Fund) -> None:
    pledge = _propose(session, fund)
    confirm(session, _token(session))
    with pytest.raises(Conflict):
        send_link(session, pledge, Act(VISITOR))


def test_a_link_clicked_eight_times_at_once_makes_one_donor(real_database: Database) -> None:
    with real_database.transaction() as session:
        _propose(session, session.get_one(Fund, 1))
        token = _token(session)
    start = Barrier(8)

    def click(_number: int) -> str:
        start.wait(timeout=30)
        try:
            with real_database.transaction() as session:
                confirm(session, token)
        except DomainError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(click, range(8)))
    assert outcomes == ["done"] + ["refused"] * 7
    with real_database.session() as session:
        for kind in (Organisation, Person):
            assert session.scalar(select(func.count()).select_from(kind)) == 1

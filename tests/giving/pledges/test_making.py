"""Pledges come in: with sound payments, a reference that betrays typing errors, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.pledges.making import Offer, enter, pledge_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_by_reference
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.workflow import PledgeState
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import a_donor, a_pledge, act_of, member, staff

HALVES = (Due(date(2027, 3, 1), usd(50_000)), Due(date(2026, 9, 1), usd(50_000)))


def test_a_donors_own_pledge_stands_at_once_and_the_fund_is_told(
    session: Session, fund: Fund
) -> None:
    manager, donor = staff(session, Role.FUND_MANAGER), a_donor(session)
    act = act_of(session, member(session, donor, Role.DONOR))
    pledge = pledge_for(session, fund, Offer(usd(100_000)), donor, act)
    assert pledge.state is PledgeState.PLEDGED
    told = session.scalars(select(Message).where(Message.person_id == manager.id)).one()
    assert pledge.reference in told.subject


def test_somebody_elses_donor_cannot_be_pledged_for(session: Session, fund: Fund) -> None:
    stranger = member(session, a_donor(session, "Utopia"), Role.DONOR, "Ivo Stranger")
    with pytest.raises(Forbidden):
        pledge_for(session, fund, Offer(usd(1)), a_donor(session), act_of(session, stranger))


def test_only_the_funds_people_enter_a_pledge_for_a_donor(session: Session, fund: Fund) -> None:
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    with pytest.raises(Forbidden):
        enter(session, fund, Offer(usd(1)), a_donor(session), finance)


def test_the_trail_tells_who_entered_it(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    rows = trail_of(session, "pledge", pledge.id)
    assert [(row.action, row.actor) for row in rows] == [
        ("create", "Fund Manager"),
        ("enter", "Fund Manager"),
    ]


def test_payments_are_numbered_by_their_day(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, payments=HALVES)
    settle(session)
    assert [(part.number, part.due_on) for part in pledge.instalments] == [
        (1, date(2026, 9, 1)),
        (2, date(2027, 3, 1)),
    ]


def test_payments_add_up_to_the_pledge_or_it_is_refused(session: Session, fund: Fund) -> None:
    with pytest.raises(
        DomainError, match=r"add up to 1000\.00 USD, but the pledge is 1000\.01 USD"
    ):
        a_pledge(session, fund, usd(100_001), payments=HALVES)


def test_the_database_alone_refuses_payments_that_do_not_add_up(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, payments=HALVES)
    settle(session)
    session.execute(
        text("INSERT INTO pledge_instalment SELECT :id, 3, '2026-05-05', 1, 1"), {"id": pledge.id}
    )
    with pytest.raises(DBAPIError, match="add up to"):
        settle(session)


@pytest.mark.parametrize(
    "deed", ["UPDATE pledge_instalment SET due_on = '2030-01-01'", "DELETE FROM pledge_instalment"]
)
def test_the_database_alone_keeps_a_plan_that_was_made(
    session: Session, fund: Fund, deed: str
) -> None:
    a_pledge(session, fund, payments=HALVES)
    with pytest.raises(DBAPIError, match="a new plan is a new revision"):
        session.execute(text(deed))


@pytest.mark.parametrize("minor", [0, -5, 10**16])
def test_an_implausible_amount_is_refused(session: Session, fund: Fund, minor: int) -> None:
    with pytest.raises(DomainError, match="greater than 0"):
        a_pledge(session, fund, usd(minor))


def test_unearmarked_money_is_for_nothing_in_particular(session: Session, fund: Fund) -> None:
    free = a_pledge(session, fund, earmarked_for="shelters")
    bound = a_pledge(session, fund, earmarking=Earmarking.SOFT, earmarked_for="shelters")
    assert (free.earmarked_for, bound.earmarked_for) == (None, "shelters")


def test_a_reference_is_found_however_it_is_typed(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    assert pledge_by_reference(session, f" {pledge.reference.lower()} ") is pledge


def test_a_mistyped_reference_is_told_from_an_unknown_one(session: Session, fund: Fund) -> None:
    reference = a_pledge(session, fund).reference
    swapped = reference.replace("0001", "0010")
    with pytest.raises(Missing, match="is not correct"):
        pledge_by_reference(session, swapped)
    with pytest.raises(Missing, match="not found"):
        pledge_by_reference(session, "UNVTF")


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 1",
        "currency = 'EUR'",
        "reference = 'X'",
        "pledged_on = '2020-01-01'",
        "donor_id = NULL",
    ],
)
def test_what_was_promised_is_never_rewritten(session: Session, fund: Fund, change: str) -> None:
    pledge = a_pledge(session, fund)
    session.flush()
    with pytest.raises(DBAPIError, match="keeps what was promised"):
        session.execute(text(f"UPDATE pledge SET {change} WHERE id = :id"), {"id": pledge.id})


@pytest.mark.parametrize("statement", ["DELETE FROM pledge", "TRUNCATE pledge CASCADE"])
def test_pledges_are_never_deleted(session: Session, fund: Fund, statement: str) -> None:
    a_pledge(session, fund)
    session.flush()
    with pytest.raises(DBAPIError, match="never"):
        session.execute(text(statement))


def test_the_same_key_makes_one_pledge(session: Session, fund: Fund) -> None:
    donor = a_donor(session)
    first = a_pledge(session, fund, donor=donor, key="k" * 32, message="Good luck")
    again = a_pledge(session, fund, donor=donor, key="k" * 32, message=" Good luck ")
    assert again is first
    assert session.scalar(select(func.count()).select_from(Pledge)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"amount": usd(100_001)},
        {"amount": Money(100_000, "EUR")},
        {"payments": HALVES},
        {"message": "Another"},
        {"public_name": False},
        {"earmarking": Earmarking.TIGHT},
    ],
)
def test_the_same_key_with_other_content_is_refused(
    session: Session, fund: Fund, other: dict[str, object]
) -> None:
    donor = a_donor(session)
    a_pledge(session, fund, donor=donor, key="k" * 32)
    with pytest.raises(Conflict, match="different answers"):
        a_pledge(session, fund, donor=donor, key="k" * 32, **other)  # type: ignore[arg-type]


def test_the_same_key_from_another_donor_is_refused(session: Session, fund: Fund) -> None:
    a_pledge(session, fund, donor=a_donor(session), key="k" * 32)
    with pytest.raises(Conflict):
        a_pledge(session, fund, donor=a_donor(session, "Utopia"), key="k" * 32)


def test_a_pledge_sent_sixteen_times_at_once_is_made_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        donor_id = a_donor(session).id
        act = act_of(session, staff(session, Role.FUND_MANAGER))
    start = Barrier(16)

    def send(_number: int) -> str:
        start.wait(timeout=30)
        with real_database.transaction() as session:
            fund = session.get_one(Fund, 1)
            donor = session.get_one(Organisation, donor_id)
            return enter(session, fund, Offer(usd(100), key="k" * 32), donor, act).reference

    with ThreadPoolExecutor(16) as pool:
        references = set(pool.map(send, range(16)))
    assert len(references) == 1
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Pledge)) == 1

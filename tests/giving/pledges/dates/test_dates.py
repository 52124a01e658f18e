"""Days of payment change: money received pays the earliest, a donor asks, the fund answers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, total, usd
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.giving.pledges.dates.queries import plans_of
from grants.giving.pledges.dates.service import accept, ask, refuse, revise
from grants.giving.pledges.dates.workflow import DateState
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import due_dates
from grants.giving.pledges.schedule import Due, covered, dues_of, shortened
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import a_deposit, a_donor, a_pledge, act_of, member, staff

TODAY = clock.today()
LATER = TODAY + timedelta(days=90)
DUES = st.lists(
    st.builds(
        lambda day, minor: Due(date(2026, 1, 1) + timedelta(day), usd(minor)),
        st.integers(0, 900),
        st.integers(1, 10**9),
    ),
    max_size=8,
)


@given(DUES, st.integers(0, 10**10))
def test_what_comes_pays_the_earliest_first_to_the_cent(dues: list[Due], minor: int) -> None:
    found = covered(dues, usd(minor))
    promised = total(due.amount for due in dues)
    left = total(payment.left for payment in found)
    assert left.minor == max(promised.minor - minor, 0)
    assert [payment.number for payment in found] == list(range(1, len(dues) + 1))
    states = [(not payment.paid) + (payment.left == payment.amount) for payment in found]
    assert states == sorted(states), "paid ones, then at most one paid in part, then untouched ones"
    assert states.count(1) <= 1
    assert all(
        payment.part_paid == (state == 1) for payment, state in zip(found, states, strict=True)
    )


@given(DUES, st.data())
def test_what_will_not_come_falls_away_from_the_end(dues: list[Due], data: st.DataObject) -> None:
    promised = total(due.amount for due in dues)
    by = usd(data.draw(st.integers(0, promised.minor)))
    kept = shortened(dues, by)
    assert total(due.amount for due in kept) == promised - by
    assert all(due.amount.minor > 0 for due in kept)
    assert [due.due_on for due in kept] == [due.due_on for due in dues][: len(kept)]
    assert kept[:-1] == dues[: len(kept)][:-1]


@given(DUES, st.data())
def test_what_was_paid_stays_paid_when_less_is_promised(
    dues: list[Due], data: st.DataObject
) -> None:
    promised = total(due.amount for due in dues).minor
    came = data.draw(st.integers(0, promised))
    by = data.draw(st.integers(0, promised - came))
    before, after = covered(dues, usd(came)), covered(shortened(dues, usd(by)), usd(came))
    paid = [payment for payment in before if payment.paid]
    assert [payment for payment in after if payment.paid][: len(paid)] == paid
    assert total(payment.left for payment in after) == usd(promised - came - by)


@pytest.fixture
def arcadia(session: Session) -> Organisation:
    return a_donor(session)


@pytest.fixture
def donor(session: Session, fund: Fund, arcadia: Organisation) -> Person:
    return member(session, arcadia, Role.DONOR)


@pytest.fixture
def pledge(session: Session, fund: Fund, arcadia: Organisation) -> Pledge:
    """900 USD in three payments, the first of which has been received."""
    days = [date(2026, 1, 1), TODAY + timedelta(days=10), TODAY + timedelta(days=40)]
    thirds = tuple(Due(day, usd(30_000)) for day in days)
    found = a_pledge(session, fund, usd(90_000), arcadia, payments=thirds)
    a_deposit(session, fund, found, usd(30_000))
    return found


def test_an_accepted_day_is_a_new_plan_and_the_donor_is_told(
    session: Session, pledge: Pledge, donor: Person
) -> None:
    asked = ask(session, pledge, 2, LATER, act_of(session, donor, "Our budget comes in March."))
    manager = staff(session, Role.FUND_MANAGER)
    accept(session, asked, act_of(session, manager, "Gladly."))
    assert [due.due_on for due in dues_of(pledge)][1:] == [TODAY + timedelta(days=40), LATER]
    assert [plan.revision for plan in plans_of(session, pledge)] == [1, 2]
    assert plans_of(session, pledge)[-1].reason == "Gladly."
    letter = session.query(Message).order_by(Message.id.desc()).first()
    assert letter is not None
    assert "date agreed" in letter.subject
    assert "Gladly." in letter.text
    settle(session)


def test_a_refused_day_leaves_the_plan_and_says_why(
    session: Session, pledge: Pledge, donor: Person
) -> None:
    asked = ask(session, pledge, 2, LATER, act_of(session, donor, "Later suits us."))
    manager = staff(session, Role.FUND_MANAGER)
    with pytest.raises(DomainError, match="reason"):
        refuse(session, asked, act_of(session, manager))
    refuse(session, asked, act_of(session, manager, "The grants stand on it."))
    assert (asked.state, asked.answer) == (DateState.REFUSED, "The grants stand on it.")
    assert pledge.revision == 1
    with pytest.raises(Conflict):
        accept(session, asked, act_of(session, manager))


def test_one_request_at_a_time_and_the_fund_answers_before_it_plans_anew(
    session: Session, pledge: Pledge, donor: Person
) -> None:
    ask(session, pledge, 2, LATER, act_of(session, donor, "Later."))
    with pytest.raises(Conflict, match="already requested another date"):
        ask(session, pledge, 3, LATER, act_of(session, donor, "Later."))
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "Agreed by telephone.")
    with pytest.raises(DomainError, match="Reply to that request first"):
        revise(session, pledge, [Due(LATER, usd(90_000))], manager)


@pytest.mark.parametrize(
    ("number", "day", "said"),
    [
        (1, LATER, "has been received"),
        (9, LATER, "has been received"),
        (2, TODAY, "in the future"),
        (2, TODAY + timedelta(days=10), "another date"),
    ],
)
def test_what_cannot_be_asked(
    session: Session, pledge: Pledge, donor: Person, number: int, day: date, said: str
) -> None:
    with pytest.raises(DomainError, match=said):
        ask(session, pledge, number, day, act_of(session, donor, "Please."))


def test_nobody_asks_for_somebody_else(session: Session, pledge: Pledge) -> None:
    stranger = member(session, a_donor(session, "Northland"), Role.DONOR, "Nils Holm")
    with pytest.raises(Forbidden):
        ask(session, pledge, 2, LATER, act_of(session, stranger, "Please."))


def test_money_that_came_meanwhile_ends_the_question(
    session: Session, fund: Fund, pledge: Pledge, donor: Person
) -> None:
    asked = ask(session, pledge, 2, LATER, act_of(session, donor, "Later."))
    a_deposit(session, fund, pledge, usd(30_000))
    with pytest.raises(DomainError, match="has been received"):
        accept(session, asked, act_of(session, staff(session, Role.FUND_MANAGER)))


def test_another_plan_adds_up_to_what_stands(session: Session, pledge: Pledge) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "Agreed by telephone.")
    with pytest.raises(DomainError, match="add up to"):
        revise(session, pledge, [Due(LATER, usd(80_000))], manager)
    revise(session, pledge, [Due(LATER, usd(50_000)), Due(TODAY, usd(40_000))], manager)
    assert dues_of(pledge) == [Due(TODAY, usd(40_000)), Due(LATER, usd(50_000))]
    assert [payment.left for payment in due_dates(session, [pledge])[pledge.id]] == [
        usd(10_000),
        usd(50_000),
    ]
    settle(session)


def test_a_plan_needs_a_reason_and_the_permission(session: Session, pledge: Pledge) -> None:
    whole = [Due(LATER, usd(90_000))]
    with pytest.raises(DomainError, match="reason"):
        revise(session, pledge, whole, act_of(session, staff(session, Role.FUND_MANAGER)))
    with pytest.raises(Forbidden):
        revise(session, pledge, whole, act_of(session, staff(session, Role.AUDITOR), "Why not."))


def test_payments_of_many_pledges_are_read_in_two_queries(session: Session, fund: Fund) -> None:
    plain, planned = (
        a_pledge(session, fund),
        a_pledge(
            session, fund, Money.parse("5", "EUR"), payments=(Due(LATER, Money.parse("5", "EUR")),)
        ),
    )
    found = due_dates(session, [plain, planned])
    assert found[plain.id] == []
    assert [payment.due_on for payment in found[planned.id]] == [LATER]

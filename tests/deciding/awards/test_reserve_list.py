"""The reserve list: confirmed by an officer, told by letter with the place, promoted in order."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.service import cancel_award
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.decisions.confirming import confirm_reserve
from grants.deciding.reserve_list.noticing import tell_of_money
from grants.deciding.reserve_list.reserve import (
    fundable,
    places_on_list,
    promotion_queue,
    to_confirm,
)
from grants.papers.statements.catalogue import paper_of
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs

MARKS = ((4, 4), (5, 5), (3, 4))


@pytest.fixture
def listed(session: Session, fund: Fund, team: Team) -> list[Application]:
    """Three on the reserve list of a call; the second has the best score."""
    call, made = a_closed_call(session, fund), []
    for number, marks in enumerate(MARKS):
        house = an_organisation(session, f"House {number}")
        member(session, house, name=f"Director {number}")
        one = reviewed(session, a_submitted_application(session, call, house), team, marks)
        keep_in_reserve(session, one, act_of(session, team.manager, "If money comes."))
        made.append(one)
    return made


def letters_to(session: Session, number: int) -> list[str]:
    mails = session.scalars(
        select(Message).where(Message.recipient == f"director.{number}@example.org")
    )
    return [paper["document"] for mail in mails for paper in mail.attachments]


def test_an_officer_confirms_the_list_and_each_applicant_gets_their_place(
    session: Session, listed: list[Application], team: Team
) -> None:
    approver = act_of(session, team.approver)
    assert session.scalar(to_confirm(approver.actor)) == 3
    assert session.scalar(to_confirm(act_of(session, team.manager).actor)) == 0
    assert [places_on_list(session, listed[0].call_id)[one.id] for one in listed] == [2, 1, 3]
    with pytest.raises(DomainError, match="no decision"):
        paper_of(session, "reserve-letter", listed[0].reference)
    for one in listed:
        confirm_reserve(session, one, approver)
    assert session.scalar(to_confirm(approver.actor)) == 0
    assert [letters_to(session, number) for number in range(3)] == [["reserve-letter"]] * 3
    facts = paper_of(session, "reserve-letter", listed[0].reference).facts
    assert (facts.place, facts.of) == (2, 3)


def test_who_placed_it_there_does_not_confirm_it(
    session: Session, listed: list[Application], team: Team
) -> None:
    with pytest.raises(Forbidden):
        confirm_reserve(session, listed[0], act_of(session, team.manager))


def test_a_place_is_confirmed_again_once_the_application_has_left_the_list(
    session: Session, listed: list[Application], team: Team
) -> None:
    confirm_reserve(session, listed[0], act_of(session, team.approver))
    not_recommend(session, listed[0], act_of(session, team.manager, "The project has ended."))
    keep_in_reserve(session, listed[0], act_of(session, team.manager, "It goes on after all."))
    assert session.scalar(to_confirm(act_of(session, team.approver).actor)) == 3


@given(
    asked=st.integers(0, 1_200_000_00),
    psc=st.decimals(0, 20, places=2),
    reserve=st.integers(0, 900_000_00),
    edge=st.sampled_from((None, 0, 1)),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_application_is_promoted_if_the_fund_can_pay_it_to_the_cent(
    session: Session,
    listed: list[Application],
    team: Team,
    fund: Fund,
    asked: int,
    psc: Decimal,
    reserve: int,
    edge: int | None,
) -> None:
    pending = an_organisation(session, "Pending")
    savepoint = session.begin_nested()
    money_for_awards(session, fund)
    other = a_submitted_application(session, listed[0].call, pending)
    recommended(session, reviewed(session, other, team), team)
    fund.psc_percent, fund.operating_reserve_minor = psc, reserve
    going = recommendation_for(session, other).amount_minor  # type: ignore[union-attr]
    available = balances(session, fund).available.minor
    most = floor(Fraction(available) / (1 + Fraction(psc) / 100) - going)
    first, *rest = listed
    first.requested_minor = asked if edge is None else max(most + edge, 0)
    for one in rest:
        one.requested_minor = 10**15
    first.call.envelope_minor = 10**12
    session.flush()
    can = 0 < most >= first.requested_minor
    promoted = session.scalars(promotion_queue(act_of(session, team.manager).actor)).all()
    assert promoted == ([first] if can else [])
    assert fundable(session) == {one.id for one in promoted}
    savepoint.rollback()


def test_the_list_is_confirmed_on_one_page(
    session: Session, listed: list[Application], team: Team, sign_in_as: SignInAs
) -> None:
    session.commit()
    browser = sign_in_as(team.approver)
    assert "Reserve list to confirm" in browser.get("/decisions").text
    path = f"/decisions/several/confirm-reserve?all=1&call={listed[0].call.reference}"
    page = browser.get(path).text
    assert page.count('name="row"') == 3
    one = browser.get(f"/decisions/{listed[0].reference}/confirm-reserve").text
    assert "2 of 3" in one
    address = f"/decisions/{listed[0].reference}"
    assert browser.submit(f"{address}/confirm-reserve").location == address
    assert browser.get(path).text.count('name="row"') == 2
    reader: Person = staff(session, Role.AUDITOR)
    session.commit()
    assert sign_in_as(reader).get(f"{address}/confirm-reserve").status_code == 403


def test_the_secretariat_is_told_once_that_money_has_come(
    session: Session, fund: Fund, listed: list[Application], team: Team
) -> None:
    """Each time there is money for the list: by a deposit, or because an award is cancelled."""

    def told() -> int:
        letters = select(Message).where(Message.recipient == team.manager.email)
        return len([one for one in session.scalars(letters) if "reserve list" in one.subject])

    assert (tell_of_money(session), told()) == (0, 0)
    money_for_awards(session, fund, "25000.00")
    assert (tell_of_money(session), told()) == (3, 1)
    assert (tell_of_money(session), told()) == (0, 1)
    other = a_submitted_application(session, listed[0].call, an_organisation(session, "Other"))
    award = an_award(session, other, team)
    assert (tell_of_money(session), told()) == (0, 1)
    cancel_award(session, award, act_of(session, team.approver, "They withdrew."))
    assert (tell_of_money(session), told()) == (0, 1)  # it is recommended again
    not_recommend(session, other, act_of(session, team.manager, "They withdrew."))
    assert (tell_of_money(session), told()) == (3, 2)
    letters = session.scalars(select(Message).where(Message.recipient == team.manager.email))
    text = letters.all()[-1].text
    assert all(one.reference in text for one in listed)
    assert "20,000.00" in text


def test_nobody_is_told_of_an_application_that_is_shut_to_them(
    session: Session, fund: Fund, listed: list[Application], team: Team
) -> None:
    for one in listed[:2]:
        appoint(session, team.manager, Role.ORGANISATION_EDITOR, organisation=one.organisation)
    money_for_awards(session, fund, "25000.00")
    tell_of_money(session)
    letters = session.scalars(select(Message).where(Message.recipient == team.manager.email))
    text = letters.all()[-1].text
    assert [one.reference in text for one in listed] == [False, False, True]

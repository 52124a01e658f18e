"""A setting that moves money is changed by two persons, for a reason, with its effect at once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.financial import financial_year, operating_reserve_on
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_interest
from grants.books.ledger.spending import reserve_award
from grants.books.settings.models import SettingChange
from grants.books.settings.queries import to_approve, value_of
from grants.books.settings.service import decline, propose_change, put_in_force
from grants.books.settings.verify import settings_are_as_decided
from grants.books.settings.workflow import ChangeState, Setting
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from tests.books.ledger.books import PSC, money, voucher
from tests.books.ledger.test_concurrency import all_at_once, the_fund
from tests.books.periods.test_pages import words
from tests.factories import act_of, staff
from tests.platform.web.client import SignInAs

RESERVE = Setting.OPERATING_RESERVE
WHY = "Decision of the Board of 3 March."


def finance(session: Session, reason: str | None = WHY) -> Act:
    return act_of(session, staff(session, Role.FINANCE_OFFICER), reason)


def officer(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.APPROVING_OFFICER), reason)


@pytest.fixture
def funded(session: Session, fund: Fund) -> Fund:
    book_interest(session, voucher(fund, subject="interest:1"), money("1000"))
    return fund


def changed(session: Session, fund: Fund, setting: Setting, value: Money | Decimal) -> None:
    put_in_force(
        session, propose_change(session, fund, setting, value, finance(session)), officer(session)
    )


def test_a_reserve_in_force_is_not_available_and_no_award_takes_it(
    session: Session, funded: Fund
) -> None:
    change = propose_change(session, funded, RESERVE, usd(30_000), finance(session))
    assert balances(session, funded).available == usd(100_000)
    put_in_force(session, change, officer(session))
    standing = balances(session, funded)
    assert (standing.reserve, standing.available) == (usd(30_000), usd(70_000))
    with pytest.raises(DomainError, match="available"):
        reserve_award(session, voucher(funded, subject="award:1"), money("620"), PSC)


def test_a_reserve_beyond_what_is_available_is_refused_and_a_lower_one_never(
    session: Session, funded: Fund
) -> None:
    changed(session, funded, RESERVE, usd(100_000))
    change = propose_change(session, funded, RESERVE, usd(100_001), finance(session))
    with pytest.raises(DomainError, match="committed or reserved"):
        put_in_force(session, change, officer(session))
    decline(session, change, officer(session, "There is no such money."))
    changed(session, funded, RESERVE, usd(0))
    assert balances(session, funded).available == usd(100_000)


def test_statements_show_the_reserve_that_was_set_on_their_day(
    session: Session, funded: Fund
) -> None:
    for month, dollars in ((3, 100), (6, 400)):
        with clock.at(datetime(2026, month, 2, 9, tzinfo=UTC)):
            changed(session, funded, RESERVE, usd(dollars * 100))
    on = [operating_reserve_on(session, funded, date(2026, month, 1)) for month in (3, 4, 6, 7)]
    assert on == [usd(0), usd(10_000), usd(10_000), usd(40_000)]
    position = financial_year(session, funded, date(2026, 1, 1), date(2026, 4, 30)).position
    assert (position.operating_reserve, position.accumulated_surplus) == (usd(10_000), usd(90_000))


def test_support_cost_and_percentages_of_doubt_are_settings_too(
    session: Session, funded: Fund
) -> None:
    changed(session, funded, Setting.SUPPORT_COST, Decimal("12.50"))
    changed(session, funded, Setting.DOUBTFUL_SECOND_YEAR, Decimal(30))
    session.flush()
    session.refresh(funded)
    assert funded.psc_percent == Decimal("12.5")
    assert funded.doubtful_percents["second_year"] == "30"
    assert value_of(funded, Setting.SUPPORT_COST) == "12.5"


def test_whoever_proposed_neither_approves_nor_declines(session: Session, funded: Fund) -> None:
    both = staff(session, Role.FINANCE_OFFICER, "Both Hats")
    appoint(session, both, Role.APPROVING_OFFICER)
    change = propose_change(session, funded, RESERVE, usd(1), act_of(session, both, WHY))
    for act in (put_in_force, decline):
        with pytest.raises(Forbidden):
            act(session, change, act_of(session, both, WHY))
    assert session.scalar(to_approve(act_of(session, both).actor)) == 0
    assert session.scalar(to_approve(officer(session).actor)) == 1


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        (RESERVE, usd(0), "already"),
        (RESERVE, usd(-1), "0 or more"),
        (RESERVE, Money(1, "EUR"), "0 or more"),
        (RESERVE, Decimal(1), "a different type of value"),
        (Setting.SUPPORT_COST, usd(1), "a different type of value"),
        (Setting.SUPPORT_COST, Decimal("100.01"), "0 to 100"),
        (Setting.SUPPORT_COST, Decimal("0.001"), "two decimals"),
        (Setting.SUPPORT_COST, Decimal("13.00"), "already"),
    ],
)
def test_what_is_no_other_value_is_refused(
    session: Session, funded: Fund, setting: Setting, value: Money | Decimal, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        propose_change(session, funded, setting, value, finance(session))


def test_a_change_needs_its_reason_the_right_role_and_no_other_that_waits(
    session: Session, funded: Fund
) -> None:
    with pytest.raises(DomainError, match="reason"):
        propose_change(session, funded, RESERVE, usd(1), finance(session, " "))
    with pytest.raises(Forbidden):
        propose_change(session, funded, RESERVE, usd(1), officer(session, WHY))
    propose_change(session, funded, RESERVE, usd(1), finance(session))
    with pytest.raises(Conflict, match="awaiting approval"):
        propose_change(session, funded, RESERVE, usd(2), finance(session))


def test_what_was_proposed_cannot_be_changed_and_a_change_by_force_is_reported(
    session: Session, funded: Fund
) -> None:
    changed(session, funded, RESERVE, usd(100))
    session.flush()
    with pytest.raises(DBAPIError, match="stays as it was written"), session.begin_nested():
        session.execute(text("UPDATE setting_change SET after = '9.99'"))
    assert list(settings_are_as_decided(session)) == []
    funded.operating_reserve_minor = 500
    session.flush()
    assert list(settings_are_as_decided(session)) == [
        "Operating reserve of UNVTF is 5.00, but the value last approved is 1.00."
    ]


def test_a_reserve_and_an_award_at_once_do_not_both_take_the_same_money(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund = the_fund(session)
        book_interest(session, voucher(fund, subject="interest:1"), money("113"))
        change_id = propose_change(session, fund, RESERVE, usd(100), finance(session)).id
        officer(session)
    outcomes = all_at_once(
        real_database,
        [
            lambda session: reserve_award(
                session, voucher(the_fund(session), subject="award:1"), money("100"), PSC
            ),
            lambda session: put_in_force(
                session, session.get_one(SettingChange, change_id), officer(session)
            ),
        ],
    )
    assert sorted(outcomes) == ["done", "refused"]
    with real_database.session() as session:
        assert balances(session, the_fund(session)).available.minor >= 0


def test_a_change_goes_its_way_on_pages(
    session: Session, funded: Fund, sign_in_as: SignInAs
) -> None:
    maker, checker = staff(session, Role.FINANCE_OFFICER), staff(session, Role.APPROVING_OFFICER)
    session.commit()
    browser, other = sign_in_as(maker), sign_in_as(checker)
    address = "/settings/UNVTF/operating_reserve"
    reply = browser.submit(address, {"value": "250.00", "reason": WHY})
    change = reply.headers["Location"]
    assert "Approve the change" not in browser.get(change).text
    assert "Setting change to approve" in other.get("/start").text
    assert "Operating reserve" in words(other.get("/settings").text)
    other.submit(f"{change}/approve")
    assert "In force" in words(other.get(change).text)
    shown = words(other.get("/settings/UNVTF").text)
    assert "USD 250.00" in shown
    session.refresh(funded)
    assert balances(session, funded).reserve == usd(25_000)
    browser.submit("/settings/UNVTF/support_cost", {"value": "7", "reason": WHY})
    waiting = [row for row in session.query(SettingChange) if row.state == ChangeState.PROPOSED]
    other.submit(f"/settings/changes/{waiting[0].id}/decline", {"reason": "Not this year."})
    assert "Not this year." in words(browser.get(f"/settings/changes/{waiting[0].id}").text)
    assert browser.get("/settings/UNVTF/nothing").status_code == 404
    assert browser.get("/settings/changes/999").status_code == 404

"""Cash is in bank accounts: which one, what each holds, and what exchanging it gains or loses."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import (
    AccountDetails,
    account_for,
    bank_balance,
    bank_balances,
    close_account,
    describe_account,
    open_account,
)
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_bank_charge, book_interest, receive_deposit
from grants.books.ledger.reversal import reverse
from grants.books.ledger.transfers import settle_conversion, transfer
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Role
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    JANUARY,
    MARCH,
    an_account,
    main_account,
    money,
    postings,
    publish_rates,
    settle,
    voucher,
)
from tests.factories import act_of, staff


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def at(fund: Fund, account: BankAccount, day: date = FEBRUARY) -> Voucher:
    slip = voucher(fund, day)
    return Voucher(fund, day, slip.subject, slip.key, slip.act, bank_account=account)


def places(session: Session, entry: Entry) -> list[str]:
    return [p.bank_account.code for p in postings(session, entry) if p.bank_account]


def held(session: Session, fund: Fund) -> dict[str, tuple[str, str]]:
    return {
        balance.account.code: (str(balance.own), str(balance.usd))
        for balance in bank_balances(session, fund)
    }


def test_every_fund_has_a_main_account_in_dollars(session: Session) -> None:
    fund = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    assert account_for(session, fund, "EUR", JANUARY).code == "SLAVERY-USD"


def test_money_goes_to_the_account_of_its_currency_once_that_is_open(
    session: Session, fund: Fund
) -> None:
    euros = an_account(session, fund, "EUR", opened_on=FEBRUARY)
    before = receive_deposit(session, voucher(fund, JANUARY), money("10", "EUR"))
    after = receive_deposit(session, voucher(fund, FEBRUARY), money("10", "EUR"))
    other = receive_deposit(session, voucher(fund, MARCH, "pledge:2"), money("10"))
    euros.closed_on = MARCH
    late = receive_deposit(session, voucher(fund, MARCH), money("10", "EUR"))
    told = [places(session, entry) for entry in (before, after, other, late)]
    assert told == [["UNVTF-USD"], ["UNVTF-EUR"], ["UNVTF-USD"], ["UNVTF-USD"]]


def test_an_account_holds_its_own_currency_and_a_dollar_account_any(
    session: Session, fund: Fund
) -> None:
    euros = an_account(session, fund, "EUR")
    with pytest.raises(DomainError, match="cannot be used for USD"):
        book_interest(session, at(fund, euros), money("5"))
    receive_deposit(session, at(fund, main_account(session, fund)), money("8", "EUR"))
    book_interest(session, at(fund, euros), money("4", "EUR"))
    settle(session)
    assert held(session, fund) == {"UNVTF-USD": ("10.00", "10.00"), "UNVTF-EUR": ("4.00", "5.00")}
    assert breaches(session) == []


def test_another_funds_account_is_refused_by_the_act_and_by_the_database(
    session: Session, fund: Fund
) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    theirs = main_account(session, other)
    with pytest.raises(DomainError, match="not an account of UNVTF"):
        book_interest(session, at(fund, theirs), money("5"))
    entry = book_interest(session, voucher(fund), money("5"))
    with pytest.raises(DBAPIError, match="cannot hold it"):
        session.execute(
            text(
                "INSERT INTO posting (entry_id, account, subject, currency, amount_minor,"
                " usd_minor, bank_account_id) VALUES (:entry, 'cash', 'x', 'USD', 1, 1, :place)"
            ),
            {"entry": entry.id, "place": theirs.id},
        )


@pytest.mark.parametrize(
    ("account", "place"), [("cash", "NULL"), ("interest", "(SELECT min(id) FROM bank_account)")]
)
def test_the_database_wants_a_bank_account_for_cash_and_for_nothing_else(
    session: Session, fund: Fund, account: str, place: str
) -> None:
    entry = book_interest(session, voucher(fund), money("5"))
    with pytest.raises(DBAPIError, match="cash_is_in_a_bank_account"):
        session.execute(
            text(
                "INSERT INTO posting (entry_id, account, subject, currency, amount_minor,"
                f" usd_minor, bank_account_id) VALUES (:entry, :account, 'x', 'USD', 1, 1, {place})"
            ),
            {"entry": entry.id, "account": account},
        )


def test_the_same_event_told_with_another_account_is_another_event(
    session: Session, fund: Fund
) -> None:
    euros = an_account(session, fund, "EUR")
    first = Voucher(fund, FEBRUARY, "x:1", "x:1", Act(CLERK.actor), bank_account=euros)
    entry = book_interest(session, first, money("5", "EUR"))
    assert book_interest(session, first, money("5", "EUR")) is entry
    moved = Voucher(
        fund, FEBRUARY, "x:1", "x:1", Act(CLERK.actor), bank_account=main_account(session, fund)
    )
    with pytest.raises(Conflict):
        book_interest(session, moved, money("5", "EUR"))


def exchange(session: Session, fund: Fund, sent: str, arrived: str) -> Entry:
    euros = account_for(session, fund, "EUR", MARCH)
    into = main_account(session, fund)
    slip = voucher(fund, MARCH, f"fund:{fund.id}")
    return transfer(session, slip, euros, into, money(sent, "EUR"), money(arrived))


def test_exchanging_part_and_then_the_rest_leaves_nothing_behind(
    session: Session, fund: Fund
) -> None:
    an_account(session, fund, "EUR")
    receive_deposit(session, voucher(fund, JANUARY), money("900", "EUR"))  # USD 1,000.00
    receive_deposit(session, voucher(fund, FEBRUARY), money("100", "EUR"))  # USD 125.00
    exchange(session, fund, "333.33", "350")
    assert held(session, fund)["UNVTF-EUR"] == ("666.67", "750.00")
    exchange(session, fund, "666.67", "700")
    settle(session)
    assert held(session, fund) == {
        "UNVTF-USD": ("1050.00", "1050.00"),
        "UNVTF-EUR": ("0.00", "0.00"),
    }
    assert str(balances(session, fund).exchange_difference) == "-75.00"
    assert breaches(session) == []


def test_what_exchanging_cash_lost_is_a_line_of_its_own_and_the_statement_ties(
    session: Session, fund: Fund
) -> None:
    an_account(session, fund, "EUR")
    receive_deposit(session, voucher(fund, JANUARY), money("900", "EUR"))
    lost = exchange(session, fund, "900", "930")
    statement = source_and_use(session, fund, date(2026, 1, 1), date(2026, 12, 31))
    assert str(statement.exchange_differences_on_cash) == "-70.00"
    assert str(statement.source.total) == "1000.00"
    assert str(statement.closing_balance) == "930.00"
    reverse(session, lost, MARCH, Act(CLERK.actor, reason="The bank took it back."))
    undone = source_and_use(session, fund, date(2026, 1, 1), date(2026, 12, 31))
    assert str(undone.exchange_differences_on_cash) == "0.00"
    assert held(session, fund)["UNVTF-EUR"] == ("900.00", "1000.00")


def test_dollars_buy_euro_and_one_currency_moves_without_difference(
    session: Session, fund: Fund
) -> None:
    euros, dollars = an_account(session, fund, "EUR"), main_account(session, fund)
    second = an_account(session, fund, "EUR", "UNVTF-EUR2")
    receive_deposit(session, voucher(fund, JANUARY), money("1000"))
    slip = voucher(fund, FEBRUARY, "fund:1")
    transfer(session, slip, dollars, euros, money("105"), money("80", "EUR"))  # worth 100.00
    slip = voucher(fund, MARCH, "fund:1")
    transfer(session, slip, euros, second, money("80", "EUR"), money("80", "EUR"))
    settle(session)
    assert held(session, fund) == {
        "UNVTF-USD": ("895.00", "895.00"),
        "UNVTF-EUR": ("0.00", "0.00"),
        "UNVTF-EUR2": ("80.00", "100.00"),
    }
    assert breaches(session) == []


def test_a_transfer_beyond_what_is_there_or_to_itself_is_refused(
    session: Session, fund: Fund
) -> None:
    euros, dollars = an_account(session, fund, "EUR"), main_account(session, fund)
    receive_deposit(session, voucher(fund, FEBRUARY), money("10", "EUR"))
    slip = voucher(fund, MARCH, "fund:1")
    with pytest.raises(DomainError, match=r"is 10\.00 EUR"):
        transfer(session, slip, euros, dollars, money("10.01", "EUR"), money("11"))
    with pytest.raises(DomainError, match="one account to another"):
        transfer(session, slip, euros, euros, money("1", "EUR"), money("1", "EUR"))
    with pytest.raises(DomainError, match="UNVTF-USD is in USD"):
        transfer(session, slip, euros, dollars, money("1", "EUR"), money("1", "EUR"))


def test_a_bank_that_converts_at_its_own_rate_corrects_the_dollars(
    session: Session, fund: Fund
) -> None:
    dollars = main_account(session, fund)
    receive_deposit(session, voucher(fund, FEBRUARY), money("80", "EUR"))
    settle_conversion(session, voucher(fund, FEBRUARY), dollars, money("-1.20"))
    settle(session)
    assert str(bank_balance(session, dollars).own) == "98.80"
    statement = source_and_use(session, fund, FEBRUARY, FEBRUARY)
    assert str(statement.exchange_differences_on_cash) == "-1.20"


def test_the_accounts_add_up_to_the_funds_cash(session: Session, fund: Fund) -> None:
    an_account(session, fund, "EUR")
    receive_deposit(session, voucher(fund, JANUARY), money("900", "EUR"), money("3", "EUR"))
    book_bank_charge(session, voucher(fund, MARCH), money("1.11", "EUR"))
    receive_deposit(session, voucher(fund, MARCH, "pledge:2"), money("777"))
    for day in (JANUARY, FEBRUARY, MARCH):
        accounts = total(balance.usd for balance in bank_balances(session, fund, day))
        assert accounts == balances(session, fund, day).cash


DETAILS = AccountDetails("Euro account", "Bank of Vienna", "AT61 1904 3002 3457 3201", "BKAUATWW")

NAMED = AccountDetails("Euro account", "", "")


def test_an_account_opens_on_the_day_of_the_fund(session: Session, fund: Fund) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    late = replace(act, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert fund.time_zone == "Europe/Vienna"
    account = open_account(session, fund, "UNVTF-EUR", "EUR", NAMED, late)
    assert account.opened_on == date(2026, 3, 2)


def test_whoever_runs_the_fund_opens_describes_and_closes_accounts(
    session: Session, fund: Fund
) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(DomainError, match="Two people"):
        open_account(session, fund, "UNVTF-EUR", "EUR", DETAILS, act)
    account = open_account(session, fund, "unvtf-eur", "EUR", NAMED, act)
    approver = act_of(session, staff(session, Role.APPROVING_OFFICER))
    describe_account(session, account, DETAILS, approver)
    assert (account.code, account.masked) == ("UNVTF-EUR", "AT61…3201")
    with pytest.raises(Conflict, match="already"):
        open_account(session, fund, "UNVTF-EUR", "EUR", NAMED, act)
    with pytest.raises(Conflict, match="UNVTF-EUR"):
        describe_account(session, main_account(session, fund), DETAILS, approver)
    with pytest.raises(Forbidden):
        describe_account(session, account, DETAILS, act)
    close_account(session, account, clock.day_of(act.at), act)
    with pytest.raises(Conflict, match="already closed"):
        close_account(session, account, clock.day_of(act.at), act)
    assert [row.action for row in trail_of(session, "bank_account", account.id)] == [
        "open",
        "describe",
        "close",
    ]


def test_an_account_with_money_in_it_and_the_main_one_stay_open(
    session: Session, fund: Fund
) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    euros = an_account(session, fund, "EUR")
    receive_deposit(session, voucher(fund, FEBRUARY), money("10", "EUR"))
    with pytest.raises(DomainError, match=r"still has a ledger balance of 10\.00 EUR"):
        close_account(session, euros, MARCH, act)
    with pytest.raises(DomainError, match="cannot be closed"):
        close_account(session, main_account(session, fund), MARCH, act)


def test_finance_cannot_open_an_account(session: Session, fund: Fund) -> None:
    act = act_of(session, staff(session, Role.FINANCE_OFFICER))
    with pytest.raises(Forbidden):
        open_account(session, fund, "UNVTF-EUR", "EUR", NAMED, act)


def test_verify_reports_cash_of_a_fund_in_no_account_of_its_own(
    session: Session, fund: Fund
) -> None:
    book_interest(session, voucher(fund), Money(500, "USD"))
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    settle(session)
    session.execute(text("ALTER TABLE posting DISABLE TRIGGER USER"))
    session.execute(
        text("UPDATE posting SET bank_account_id = :theirs WHERE account = 'cash'"),
        {"theirs": main_account(session, other).id},
    )
    session.execute(text("ALTER TABLE posting ENABLE TRIGGER USER"))
    found = breaches(session)
    assert any("without a suitable bank account" in sentence for sentence in found)
    assert any("bank accounts of UNVTF hold 0 US cents" in sentence for sentence in found)

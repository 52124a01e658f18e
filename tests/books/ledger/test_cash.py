"""Source and use of funds: domain rule 10, line by line, and tied to the ledger's cash."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger import cash
from grants.books.ledger.cash import SourceAndUse, source_and_use
from grants.books.ledger.receipts import (
    allocate_suspense,
    book_bank_charge,
    book_interest,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
    refund_to_donor,
)
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import commit_agreement, pay_instalment, refund_by_grantee
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, PSC, money, publish_rates, voucher
from tests.books.ledger.test_reversals import WRONG

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def figures(statement: SourceAndUse) -> dict[str, str]:
    source, use = statement.source, statement.use
    found = {
        "opening": statement.opening_balance,
        "contributions": source.contributions,
        "interest": source.interest,
        "refunds from grantees": source.refunds_from_grantees,
        "unidentified": source.unidentified_receipts,
        "source": source.total,
        "transfers": use.transfers_to_grantees,
        "support": use.programme_support_cost,
        "charges": use.bank_charges,
        "to donors": use.refunds_to_donors,
        "use": use.total,
        "closing": statement.closing_balance,
    }
    return {name: str(amount) for name, amount in found.items() if amount}


@pytest.fixture
def february(session: Session, fund: Fund) -> Fund:
    publish_rates(session)
    receive_deposit(session, voucher(fund, JANUARY), money("1000"))
    recognise_agreement(session, voucher(fund, JANUARY, "pledge:2"), money("900", "EUR"))
    receive_deposit(
        session, voucher(fund, FEBRUARY, "pledge:2"), money("396", "EUR"), money("4", "EUR")
    )
    receive_unidentified(
        session, voucher(fund, FEBRUARY, "receipt:1"), money("78", "EUR"), money("2", "EUR")
    )
    allocate_suspense(session, voucher(fund, FEBRUARY, "pledge:2"), "receipt:1", money("60", "EUR"))
    book_interest(session, voucher(fund, FEBRUARY), money("3.33"))
    book_bank_charge(session, voucher(fund, FEBRUARY), money("0.50"))
    refund_to_donor(session, voucher(fund, FEBRUARY), money("10"))
    commit_agreement(session, voucher(fund, FEBRUARY, "grant:1"), [money("200")], PSC)
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("200"))
    refund_by_grantee(session, voucher(fund, FEBRUARY, "grant:1"), money("50"))
    receive_deposit(session, voucher(fund, MARCH), money("7"))
    return fund


def test_each_line_of_the_period_stands_where_the_rules_put_it(
    session: Session, february: Fund
) -> None:
    assert figures(source_and_use(session, february, FIRST, LAST)) == {
        "opening": "1000.00",
        "contributions": "575.00",
        "interest": "3.33",
        "refunds from grantees": "50.00",
        "unidentified": "25.00",
        "source": "653.33",
        "transfers": "200.00",
        "support": "19.50",
        "charges": "8.00",
        "to donors": "10.00",
        "use": "237.50",
        "closing": "1415.83",
    }


def test_a_reversal_counts_against_the_line_of_what_it_undoes(
    session: Session, february: Fund
) -> None:
    wrong = receive_deposit(session, voucher(february, FEBRUARY), money("99"), money("1"))
    before = figures(source_and_use(session, february, FIRST, LAST))
    assert before["contributions"] == "675.00"
    reverse(session, wrong, FEBRUARY, WRONG)
    after = figures(source_and_use(session, february, FIRST, LAST))
    assert (after["contributions"], after["charges"]) == ("575.00", "8.00")


def test_periods_follow_each_other_without_a_gap(session: Session, february: Fund) -> None:
    year = source_and_use(session, february, date(2026, 1, 1), date(2026, 12, 31))
    months = [
        source_and_use(session, february, date(2026, 1, 1), date(2026, 1, 31)),
        source_and_use(session, february, FIRST, LAST),
        source_and_use(session, february, date(2026, 3, 1), date(2026, 12, 31)),
    ]
    assert [m.opening_balance for m in months[1:]] == [m.closing_balance for m in months[:-1]]
    assert year.closing_balance == months[-1].closing_balance
    sources = [month.source.total for month in months]
    assert year.source.total == sources[0] + sources[1] + sources[2]


def test_a_statement_that_does_not_tie_to_the_ledger_is_not_issued(
    session: Session, february: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = cash._source_of
    monkeypatch.setattr(
        cash, "_source_of", lambda sums: replace(honest(sums), interest=money("3.34"))
    )
    with pytest.raises(DomainError, match="do not reconcile"):
        source_and_use(session, february, FIRST, LAST)


def test_a_period_does_not_end_before_it_begins(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError, match="before it begins"):
        source_and_use(session, fund, LAST, FIRST)

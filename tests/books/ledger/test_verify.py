"""`ledger verify` is silent on sound books, and speaks of each breach."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.periods import close
from grants.books.ledger.receipts import (
    allocate_suspense,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
)
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import commit_agreement, pay_instalment
from grants.core.funds.models import Fund
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    JANUARY,
    MARCH,
    PSC,
    money,
    publish_rates,
    voucher,
)
from tests.books.ledger.test_reversals import WRONG


@pytest.fixture(autouse=True)
def sound_books(session: Session, fund: Fund) -> None:
    """Foreign money, a grant, a reversal, a closed month."""
    publish_rates(session)
    recognise_agreement(session, voucher(fund), money("1000", "JPY"))
    receive_deposit(session, voucher(fund, FEBRUARY), money("333", "JPY"), money("1", "JPY"))
    receive_deposit(session, voucher(fund, subject="pledge:2"), money("500", "EUR"))
    receive_unidentified(session, voucher(fund, subject="receipt:1"), money("50", "KWD"))
    allocate_suspense(
        session, voucher(fund, MARCH, "pledge:3"), "receipt:1", money("20.005", "KWD")
    )
    commit_agreement(session, voucher(fund, subject="grant:1"), [money("100"), money("50")], PSC)
    paid = pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("100"))
    reverse(session, paid, MARCH, WRONG)
    close(session, fund, JANUARY, CLERK)
    assert verify.breaches(session) == []


FORGERIES = {
    "postings that sum": "UPDATE posting SET amount_minor = amount_minor + 1, "
    "usd_minor = usd_minor + 1 WHERE id = (SELECT max(id) FROM posting WHERE currency = 'USD')",
    "does not balance in JPY": "UPDATE posting SET amount_minor = amount_minor + 1 "
    "WHERE id = (SELECT max(id) FROM posting WHERE currency = 'JPY')",
    "does not exactly reverse": "UPDATE entry SET reverses_id = (SELECT min(id) FROM entry) "
    "WHERE reverses_id IS NOT NULL",
    "not valued at the rate": "UPDATE posting SET usd_minor = usd_minor + 100 "
    "WHERE account = 'cash' AND currency = 'EUR'",
    "after the month was closed": "UPDATE entry SET booked_on = '2026-01-31', "
    "recorded_at = clock_timestamp() WHERE id = (SELECT max(id) FROM entry)",
    "a negative balance on Contributions receivable": "UPDATE posting SET amount_minor = -2000 "
    "WHERE account = 'contributions_receivable' AND amount_minor < 0",
    "reserved more than was": "UPDATE posting SET usd_minor = 99999999, amount_minor = 99999999 "
    "WHERE account = 'commitments' AND amount_minor > 0",
    "US cents left on": "UPDATE posting SET amount_minor = -1000 "
    "WHERE account = 'contributions_receivable' AND amount_minor < 0",
    "The spending of": "UPDATE grant_spending SET usd_minor = usd_minor + 1",
    "What is held for": "UPDATE record_held SET usd_minor = usd_minor + 1",
    "in the bank account": "UPDATE bank_turnover SET own_minor = own_minor + 1",
    "The turnover of": "UPDATE turnover SET usd_minor = usd_minor + 1 WHERE account = 'cash'",
    "is not a currency": "UPDATE posting SET currency = 'QQQ' WHERE currency = 'KWD'",
}


@pytest.mark.parametrize("sentence", FORGERIES)
def test_forged_books_are_reported_even_if_the_rules_were_switched_off_meanwhile(
    session: Session, sentence: str
) -> None:
    session.execute(text("SET session_replication_role = replica"))
    assert session.execute(text(FORGERIES[sentence])).rowcount > 0  # type: ignore[attr-defined]
    session.execute(text("SET session_replication_role = DEFAULT"))
    session.expire_all()
    assert [told for told in verify.breaches(session) if sentence in told]


@pytest.mark.parametrize(("trigger", "table"), [*verify.TRIGGERS])
def test_a_rule_that_is_switched_off_is_reported(
    session: Session, trigger: str, table: str
) -> None:
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
    assert verify.breaches(session) == [
        f"The rule {trigger} on {table} is missing or switched off."
    ]


def test_another_room_adds_its_own_check(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        verify, "CHECKS", [*verify.CHECKS, lambda _session: ["Receipt 3 is missing."]]
    )
    assert verify.breaches(session) == ["Receipt 3 is missing."]


def test_of_a_check_that_finds_very_much_the_first_are_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "CHECKS", [lambda _session: iter(["one", "two", "three"])])
    assert verify.breaches(session) == ["one", "two", "three"]
    *told, more = verify.breaches(session, 2)
    assert told == ["one", "two"]
    assert "There are more" in more

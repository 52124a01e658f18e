"""A person says what a line is: received for pledges, a charge, interest, or booked already."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.banking.bank import service
from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.bank.service import Part, accept, accept_together
from grants.banking.bank.undoing import undo
from grants.banking.bank.workflow import LineState
from grants.books.ledger.bank_accounts import bank_balances
from grants.books.ledger.costs import bring_in_opening_balance
from grants.books.ledger.models import Posting
from grants.books.ledger.periods import close
from grants.books.ledger.queries import NotEnough, balances
from grants.books.ledger.receipts import book_interest
from grants.books.ledger.verify import breaches
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.contributions.service import allocate
from grants.giving.pledges.queries import received
from tests.banking.bank.arranging import a_line, euros, finance, imported_lines
from tests.banking.bank.files import EURO_IBAN, BankEntry
from tests.books.ledger.books import CLERK, money, publish_rates, settle, voucher
from tests.factories import a_deposit, a_pledge, a_signed_pledge, act_of, staff

pytestmark = pytest.mark.usefixtures("app")  # then `breaches` asks every room


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def sound(session: Session, fund: Fund) -> None:
    settle(session)
    assert breaches(session) == []


def cash_of(session: Session, deposit: Deposit) -> Posting:
    """The state of a deposit in the books."""
    return session.scalars(
        select(Posting).where(
            Posting.bank_account_id.is_not(None), Posting.entry.has(key=deposit.subject)
        )
    ).one()


def test_a_line_is_recorded_on_a_pledge_with_its_receipt(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, money("1000"))
    line = a_line(session, fund, money("395"), reference="B1", fee="5")
    (deposit,) = accept(session, line, [Part(pledge, line.amount, line.fee)], finance(session))
    assert line.state is LineState.MATCHED
    assert (deposit.bank_reference, str(deposit.received)) == ("B1", "400.00")
    assert deposit.receipt is not None
    assert received(session, pledge) == money("400")
    assert [row.action for row in trail_of(session, "bank_line", line.id)] == ["create", "accept"]
    sound(session, fund)


def test_a_line_is_split_over_several_pledges_and_what_is_left_waits(
    session: Session, fund: Fund
) -> None:
    one, two = a_pledge(session, fund), a_pledge(session, fund)
    line = a_line(session, fund, money("300"), reference="B1")
    parts = [Part(one, money("100")), Part(two, money("150")), Part(None, money("50"))]
    deposits = accept(session, line, parts, finance(session))
    assert [d.bank_reference for d in deposits] == ["B1/1", "B1/2", "B1/3"]
    assert [d.receipt is not None for d in deposits] == [True, True, False]
    assert str(balances(session, fund).suspense) == "50.00"
    allocate(session, deposits[2], one, finance(session, "They wrote."))
    assert received(session, one) == money("150")
    sound(session, fund)


def test_several_lines_are_payments_on_one_pledge(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, money("100"))
    lines = imported_lines(
        session,
        fund,
        [BankEntry(money("60"), reference="B1"), BankEntry(money("40"), reference="B2")],
    )
    deposits = accept_together(session, lines, pledge, finance(session))
    assert [d.receipt.number for d in deposits if d.receipt] == [1, 2]
    assert received(session, pledge) == money("100")
    sound(session, fund)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([], "more than 0"),
        (["100", "-5"], "more than 0"),
        (["100", "190"], "add up to"),
        (["299.99"], "add up to"),
    ],
)
def test_parts_that_are_not_the_line_are_refused(
    session: Session, fund: Fund, parts: list[str], fault: str
) -> None:
    line = a_line(session, fund, money("300"))
    told = [Part(a_pledge(session, fund), money(part)) for part in parts]
    with pytest.raises(DomainError, match=fault):
        accept(session, line, told, finance(session))


def test_money_that_left_is_not_received_and_what_came_is_no_charge(
    session: Session, fund: Fund
) -> None:
    out, into = imported_lines(session, fund, [BankEntry(money("-5")), BankEntry(money("5"))], "10")
    act = finance(session, "The bank’s notice.")
    with pytest.raises(DomainError, match="cannot be recorded as a deposit"):
        accept(session, out, [Part(None, money("5"))], act)
    with pytest.raises(DomainError, match="must be a debit"):
        service.charge(session, into, act)
    with pytest.raises(DomainError, match="must be a credit"):
        service.interest(session, out, act)


def test_charges_and_interest_are_booked_where_they_happened(session: Session, fund: Fund) -> None:
    out, into = imported_lines(session, fund, [BankEntry(money("-5")), BankEntry(money("8"))], "10")
    with pytest.raises(DomainError, match="Enter a reason"):
        service.interest(session, into, finance(session))
    service.charge(session, out, finance(session, "The bank’s notice."))
    service.interest(session, into, finance(session, "The bank’s notice."))
    standing = balances(session, fund)
    assert (str(standing.bank_charges), str(standing.interest)) == ("5.00", "8.00")
    sound(session, fund)


def test_money_that_went_back_to_a_donor_is_a_refund_and_undone_like_one(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000"))
    came, went = imported_lines(
        session, fund, [BankEntry(money("400")), BankEntry(money("-150"), reference="R")]
    )
    accept(session, came, [Part(pledge, money("400"))], finance(session))
    with pytest.raises(DomainError, match="Enter a reason"):
        service.refund(session, went, pledge, finance(session))
    service.refund(session, went, pledge, finance(session, "Sent twice."))
    assert went.state is LineState.MATCHED
    (posting,) = [match.posting for match in went.standing]
    assert (posting.entry.subject, posting.amount) == (pledge.subject, money("-150"))
    assert str(balances(session, fund).cash) == "250.00"
    undo(session, went, finance(session, "It was a charge."))
    told = [row.action for row in trail_of(session, "pledge", pledge.id)][-2:]
    assert told == ["refund", "take_refund_back"]
    assert str(balances(session, fund).cash) == "400.00"
    sound(session, fund)


def test_a_refund_of_euro_from_the_dollar_account_settles_the_banks_rate(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"))
    came = a_line(session, fund, money("500"), reference="B1", original=money("475", "EUR"))
    accept(session, came, [Part(pledge, money("475", "EUR"))], finance(session))
    (went,) = imported_lines(
        session,
        fund,
        [BankEntry(money("-101"), original=money("95", "EUR"), on=date(2026, 4, 2))],
        "500",
        reference="STMT-2",
        days=(date(2026, 4, 1), date(2026, 4, 30)),
    )
    service.refund(session, went, pledge, finance(session, "Not accepted."))
    assert sorted(str(match.posting.amount) for match in went.standing) == ["-1.00", "-95.00"]
    assert str(balances(session, fund).cash) == "399.00"
    sound(session, fund)


def test_a_refund_beyond_what_came_or_of_other_money_is_refused(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000"))
    euro = a_signed_pledge(session, fund, money("1000", "EUR"))
    came, went = imported_lines(
        session, fund, [BankEntry(money("400")), BankEntry(money("-150"), reference="R")]
    )
    act = finance(session, "Sent twice.")
    for line, of, told in (
        (came, pledge, "must be a debit"),
        (went, euro, "but this line is in another currency"),
        (went, pledge, "more than the amount received"),
    ):
        with pytest.raises(DomainError, match=told):
            service.refund(session, line, of, act)
    manager = staff(session, Role.FUND_MANAGER)
    both = act_of(session, staff(session, Role.FINANCE_OFFICER, manager.name), "Back.")
    with pytest.raises(Forbidden, match="A different person"):
        service.refund(session, went, pledge, both)


def test_whoever_recorded_the_promise_may_not_record_its_money(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    line = a_line(session, fund, money("300"))
    with pytest.raises(Forbidden):
        accept(session, line, [Part(pledge, money("300"))], act_of(session, manager))
    both = staff(session, Role.FINANCE_OFFICER, manager.name)
    with pytest.raises(Forbidden, match="A different person"):
        accept(session, line, [Part(pledge, money("300"))], act_of(session, both))
    assert line.state is LineState.UNMATCHED


def test_a_line_is_what_was_recorded_by_hand_and_posts_nothing(
    session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_pledge(session, fund), money("300"))
    line = a_line(session, fund, money("300"))
    service.match(session, line, [cash_of(session, deposit)], finance(session))
    assert line.state is LineState.MATCHED
    assert str(balances(session, fund).cash) == "300.00"
    undo(session, line, finance(session, "It was another."))
    session.refresh(deposit)
    assert deposit.stands
    assert str(balances(session, fund).cash) == "300.00"
    sound(session, fund)


def test_the_same_reference_recorded_by_hand_is_found_and_not_posted_twice(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    known = a_deposit(
        session, fund, pledge, money("300"), bank_reference="B1", value_on=date(2026, 3, 10)
    )
    line = a_line(session, fund, money("300"), reference="B1")
    (found,) = accept(session, line, [Part(pledge, money("300"))], finance(session))
    assert found is known
    assert [match.made for match in line.standing] == [False]
    undo(session, line, finance(session, "No."))
    assert known.stands
    sound(session, fund)


def test_a_posting_is_one_line_and_a_line_is_its_amount(session: Session, fund: Fund) -> None:
    deposit = a_deposit(session, fund, None, money("300"))
    posting = cash_of(session, deposit)
    one, two, other = imported_lines(
        session, fund, [BankEntry(money("300")), BankEntry(money("300")), BankEntry(money("299"))]
    )
    act = finance(session)
    service.match(session, one, [posting], act)
    with pytest.raises(Conflict, match="already matched to another line"):
        service.match(session, two, [posting], act)
    free = cash_of(session, a_deposit(session, fund, None, money("300")))
    with pytest.raises(DomainError, match="selection differs from the line"):
        service.match(session, other, [free], act)
    session.flush()
    with pytest.raises(DBAPIError, match="uq_line_match_posting"):
        session.execute(
            text(
                "INSERT INTO line_match (line_id, posting_id, made, matched_at)"
                " VALUES (:line, :posting, false, now())"
            ),
            {"line": two.id, "posting": posting.id},
        )


def test_a_dollar_account_settles_what_the_banks_own_rate_made_of_euro(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"))
    line = a_line(session, fund, money("1040"), original=money("1000", "EUR"), reference="B1")
    (deposit,) = accept(session, line, [Part(pledge, money("1000", "EUR"))], finance(session))
    assert str(deposit.usd) == "1052.63"
    assert received(session, pledge) == money("1000", "EUR")
    assert str(balances(session, fund).cash) == "1040.00"
    sound(session, fund)
    undo(session, line, finance(session, "It was another donor's."))
    assert str(balances(session, fund).cash) == "0.00"
    assert str(balances(session, fund).exchange_difference) == "0.00"
    sound(session, fund)


def test_what_no_rate_explains_is_refused(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"))
    line = a_line(session, fund, money("1200"), original=money("1000", "EUR"))
    with pytest.raises(DomainError, match="selection differs from the line"):
        accept(session, line, [Part(pledge, money("1000", "EUR"))], finance(session))


def exchanged(session: Session, fund: Fund) -> tuple[BankLine, BankLine]:
    """EUR 400 leave the one account, USD 415 come into the other."""
    euros(session, fund)
    (came, out) = imported_lines(
        session,
        fund,
        [
            BankEntry(money("800", "EUR"), on=date(2026, 2, 5), booked_on=date(2026, 3, 1)),
            BankEntry(money("-400", "EUR")),
        ],
        currency="EUR",
        account=EURO_IBAN,
    )
    accept(session, came, [Part(None, money("800", "EUR"))], finance(session))
    return out, a_line(session, fund, money("415"))


def test_a_transfer_is_a_line_on_either_account_and_is_undone_on_both(
    session: Session, fund: Fund
) -> None:
    out, into = exchanged(session, fund)
    service.transfer(session, out, into, finance(session))
    assert {out.state, into.state} == {LineState.MATCHED}
    assert [str(held.own) for held in bank_balances(session, fund)] == ["415.00", "400.00"]
    assert str(balances(session, fund).exchange_difference) == "-85.00"
    sound(session, fund)
    undo(session, into, finance(session, "Not the same."))
    assert {out.state, into.state} == {LineState.UNMATCHED}
    assert [str(held.own) for held in bank_balances(session, fund)] == ["0.00", "800.00"]
    sound(session, fund)


def test_undoing_reverses_what_was_posted_and_the_line_can_be_told_anew(
    session: Session, fund: Fund
) -> None:
    wrong, right = a_signed_pledge(session, fund), a_signed_pledge(session, fund)
    line = a_line(session, fund, money("300"), reference="B1")
    (first,) = accept(session, line, [Part(wrong, money("300"))], finance(session))
    with pytest.raises(DomainError, match="Enter a reason"):
        undo(session, line, finance(session))
    undo(session, line, finance(session, "Mistyped by the donor."))
    assert first.reversed_on == first.value_on
    assert line.state is LineState.UNMATCHED
    (second,) = accept(session, line, [Part(right, money("300"))], finance(session))
    assert (received(session, wrong), received(session, right)) == (money("0"), money("300"))
    assert second.receipt is not None
    assert second.receipt.number == 2
    sound(session, fund)
    for _turn in range(2):
        undo(session, line, finance(session, "Again."))
        service.interest(session, line, finance(session, "The bank’s notice."))
    sound(session, fund)


def test_undoing_in_a_closed_month_is_booked_today(session: Session, fund: Fund) -> None:
    line = a_line(session, fund, money("300"), reference="B1")
    (deposit,) = accept(session, line, [Part(None, money("300"))], finance(session))
    settle(session)
    close(session, fund, date(2026, 3, 1), CLERK)
    undo(session, line, finance(session, "No."))
    assert deposit.reversed_on is not None
    assert deposit.reversed_on > deposit.value_on
    sound(session, fund)


def test_a_deposit_that_was_reversed_elsewhere_lets_its_line_go(
    session: Session, fund: Fund
) -> None:
    line = a_line(session, fund, money("300"), reference="B1")
    (deposit,) = accept(session, line, [Part(None, money("300"))], finance(session))
    reverse_deposit(session, deposit, finance(session, "Twice."))
    session.expire_all()
    undo(session, line, finance(session, "Reversed before."))
    assert line.state is LineState.UNMATCHED
    sound(session, fund)


def test_a_line_that_is_nothing_of_the_funds_is_set_aside_with_a_reason(
    session: Session, fund: Fund
) -> None:
    line = a_line(session, fund, money("300"))
    with pytest.raises(DomainError, match="Enter a reason"):
        service.set_aside(session, line, finance(session))
    service.set_aside(session, line, finance(session, "The bank's own error."))
    with pytest.raises(Conflict, match="Set aside"):
        service.interest(session, line, finance(session, "The bank’s notice."))
    service.take_up(session, line, finance(session))
    service.interest(session, line, finance(session, "The bank’s notice."))
    sound(session, fund)


def test_what_is_matched_is_not_matched_again(session: Session, fund: Fund) -> None:
    line = a_line(session, fund, money("300"))
    accept(session, line, [Part(None, money("300"))], finance(session))
    for again in (service.interest, service.take_up):
        with pytest.raises(Conflict, match="Matched"):
            again(session, line, finance(session))
    with pytest.raises(Conflict, match="Matched"):
        accept(session, line, [Part(None, money("300"))], finance(session))


def test_an_entry_of_another_account_or_a_reversed_one_is_no_line(
    session: Session, fund: Fund
) -> None:
    euros(session, fund)
    elsewhere = cash_of(session, a_deposit(session, fund, None, money("300", "EUR")))
    wrong = a_deposit(session, fund, None, money("300"))
    gone = cash_of(session, wrong)
    reverse_deposit(session, wrong, finance(session, "Twice."))
    line = a_line(session, fund, money("300"))
    with pytest.raises(DomainError, match="in another account"):
        service.match(session, line, [elsewhere], finance(session))
    with pytest.raises(DomainError, match="reversed"):
        service.match(session, line, [gone], finance(session))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE line_match SET made = NOT made",
        "DELETE FROM line_match",
        "UPDATE line_match SET released_at = now()",
    ],
)
def test_the_database_keeps_what_was_matched(session: Session, fund: Fund, attack: str) -> None:
    line = a_line(session, fund, money("300"))
    accept(session, line, [Part(None, money("300"))], finance(session))
    settle(session)
    assert session.scalars(select(LineMatch)).all()
    with pytest.raises(DBAPIError):  # noqa: PT012 - the rule speaks at the end
        session.execute(text(attack))
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_interest_booked_by_hand_is_found_among_the_entries(session: Session, fund: Fund) -> None:
    slip = voucher(fund, date(2026, 3, 9))
    entry = book_interest(session, slip, money("12.34"))
    posting = session.scalars(
        select(Posting).where(Posting.entry_id == entry.id, Posting.bank_account_id.is_not(None))
    ).one()
    line = a_line(session, fund, money("12.34"))
    service.match(session, line, [posting], finance(session))
    assert [match.posting_id for match in line.standing] == [posting.id]
    sound(session, fund)


def test_a_direct_cost_and_an_administration_fee_are_said_of_a_line(
    session: Session, fund: Fund
) -> None:
    sums = {"IN": "100", "AUDIT": "-30", "FEE": "-2.50"}
    entries = [BankEntry(money(amount), reference=name) for name, amount in sums.items()]
    came, audit, fee = imported_lines(session, fund, entries)
    with pytest.raises(DomainError, match="must be a debit"):
        service.direct_cost(session, came, finance(session, "An evaluation."))
    service.accept(session, came, [Part(None, came.amount)], finance(session))
    with pytest.raises(NotEnough, match="in cash"):
        service.direct_cost(session, audit, finance(session, "An evaluation."))
    bring_in_opening_balance(session, voucher(fund, date(2026, 3, 1), "opening"), money("40"))
    with pytest.raises(DomainError, match="reason"):
        service.direct_cost(session, audit, finance(session))
    service.direct_cost(session, audit, finance(session, "Evaluation of 2025."))
    service.administration_fee(session, fee, finance(session, "Fee of March."))
    standing = balances(session, fund)
    assert (standing.direct_costs, standing.administration_fees) == (money("30"), money("2.50"))
    (match,) = audit.standing
    assert match.posting.entry.note == "AUDIT · Evaluation of 2025."
    undo(session, audit, finance(session, "It was a grant."))
    assert balances(session, fund).direct_costs == money("0")

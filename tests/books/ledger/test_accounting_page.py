"""docs/accounting.md says what is really posted: each example is booked here and compared."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from inspect import getmembers, isfunction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger import allowance, costs, receipts, spending, transfers
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.allowance import change_allowance
from grants.books.ledger.costs import (
    book_administration_fee,
    book_direct_cost,
    bring_in_opening_balance,
)
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.provider_accounts import open_at_provider
from grants.books.ledger.receipts import (
    allocate_suspense,
    book_bank_charge,
    book_interest,
    meet_condition,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
    refund_to_donor,
    write_off,
)
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import (
    adjust_commitment,
    adjust_reservation,
    commit_agreement,
    pay_instalment,
    refund_by_grantee,
    release_reservation,
    reserve_award,
    return_instalment,
    write_off_grant,
)
from grants.books.ledger.transfers import settle_conversion, transfer
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    JANUARY,
    MARCH,
    PSC,
    an_account,
    main_account,
    money,
    postings,
    publish_rates,
    voucher,
)

PAGE = Path(__file__).parents[3] / "docs" / "accounting.md"

Example = Callable[[Session, Fund], Entry | None]
EXAMPLES: dict[str, Example] = {}


def example(title: str) -> Callable[[Example], Example]:
    def keep(act: Example) -> Example:
        EXAMPLES[title] = act
        return act

    return keep


@example("An unconditional agreement")
def _(session: Session, fund: Fund) -> Entry | None:
    return recognise_agreement(session, voucher(fund), money("1000", "EUR"))


@example("A conditional agreement")
def _(session: Session, fund: Fund) -> Entry | None:
    return recognise_agreement(session, voucher(fund), money("1000", "EUR"), conditional=True)


@example("An agreement after a first deposit of EUR 400")
def _(session: Session, fund: Fund) -> Entry | None:
    receive_deposit(session, voucher(fund), money("400", "EUR"))
    return recognise_agreement(session, voucher(fund, FEBRUARY), money("1000", "EUR"))


@example("The condition is met")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"), conditional=True)
    return meet_condition(session, voucher(fund, MARCH))


@example("A part payment with a bank fee, after signature")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"))
    return receive_deposit(session, voucher(fund, FEBRUARY), money("395", "EUR"), money("5", "EUR"))


@example("The payment that completes the pledge")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"))
    for _turn in range(2):
        receive_deposit(session, voucher(fund, FEBRUARY), money("333.33", "EUR"))
    return receive_deposit(session, voucher(fund, MARCH), money("333.34", "EUR"))


@example("A payment beyond the pledge, with a reason")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    return receive_deposit(
        session, voucher(fund, FEBRUARY, reason="Rounded up."), money("120", "EUR")
    )


@example("A deposit before any signature")
def _(session: Session, fund: Fund) -> Entry | None:
    return receive_deposit(session, voucher(fund, FEBRUARY), money("99", "EUR"), money("1", "EUR"))


@example("Money nobody can place")
def _(session: Session, fund: Fund) -> Entry | None:
    slip = voucher(fund, FEBRUARY, "receipt:1")
    return receive_unidentified(session, slip, money("79", "EUR"), money("1", "EUR"))


@example("Found to be for a signed pledge")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("80", "EUR"))
    receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("80", "EUR"))
    return allocate_suspense(session, voucher(fund, MARCH), "receipt:1", money("80", "EUR"))


@example("Found to be for a pledge without signature")
def _(session: Session, fund: Fund) -> Entry | None:
    receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("80", "EUR"))
    return allocate_suspense(session, voucher(fund, MARCH), "receipt:1", money("60", "EUR"))


@example("Money back to a donor")
def _(session: Session, fund: Fund) -> Entry | None:
    receive_deposit(session, voucher(fund, FEBRUARY), money("100", "EUR"))
    return refund_to_donor(session, voucher(fund, MARCH), money("9.50", "EUR"))


@example("A receivable is given up")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    return write_off(session, voucher(fund, MARCH), money("40", "EUR"))


@example("A receivable is given up of which USD 33.33 was doubtful")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    change_allowance(session, voucher(fund, FEBRUARY), {"pledge:1": money("30", "EUR")})
    return write_off(session, voucher(fund, MARCH), money("40", "EUR"))


def _doubtful(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    slip = voucher(fund, FEBRUARY, "allowance")
    return change_allowance(session, slip, {"pledge:1": money("25", "EUR")})


EXAMPLES["Of EUR 100, a quarter becomes doubtful"] = _doubtful


@example("After the donor has paid, nothing is doubtful any more")
def _(session: Session, fund: Fund) -> Entry | None:
    _doubtful(session, fund)
    receive_deposit(session, voucher(fund, MARCH), money("100", "EUR"))
    return change_allowance(session, voucher(fund, MARCH, "allowance"), {})


@example("A conditional receivable is given up")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"), conditional=True)
    return write_off(session, voucher(fund, MARCH), money("40", "EUR"))


@example("Interest")
def _(session: Session, fund: Fund) -> Entry | None:
    return book_interest(session, voucher(fund), money("12.34"))


@example("A bank charge")
def _(session: Session, fund: Fund) -> Entry | None:
    return book_bank_charge(session, voucher(fund), money("2.50"))


@example("The fund moves in with cash")
def _(session: Session, fund: Fund) -> Entry | None:
    return bring_in_opening_balance(session, voucher(fund, JANUARY), money("500"))


@example("An evaluation is paid")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    return book_direct_cost(session, voucher(fund, subject="evaluation"), money("80"))


@example("The fee of the agent")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    return book_administration_fee(session, voucher(fund, subject="fee"), money("10"))


def _funded(session: Session, fund: Fund) -> None:
    receive_deposit(session, voucher(fund, JANUARY, "pledge:9"), money("1000"))


@example("An award of USD 100 is approved")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    return reserve_award(session, voucher(fund, subject="grant:1"), money("100"), PSC)


THREE = [money("33.50"), money("33.50"), money("33.00")]


@example("An award of USD 100 is settled in three instalments")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    reserve_award(session, voucher(fund, subject="grant:1"), money("100"), PSC)
    return adjust_reservation(session, voucher(fund, subject="grant:1"), THREE, PSC)


@example("An approved award of USD 100 is cancelled")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    reserve_award(session, voucher(fund, subject="grant:1"), money("100"), PSC)
    return release_reservation(session, voucher(fund, subject="grant:1"))


@example("The agreement on three instalments is signed")
def _(session: Session, fund: Fund) -> Entry | None:
    _funded(session, fund)
    reserve_award(session, voucher(fund, subject="grant:1"), money("100"), PSC)
    adjust_reservation(session, voucher(fund, subject="grant:1"), THREE, PSC)
    return commit_agreement(session, voucher(fund, FEBRUARY, "grant:1"), THREE, PSC)


def _committed(session: Session, fund: Fund) -> None:
    _funded(session, fund)
    commit_agreement(session, voucher(fund, FEBRUARY, "grant:1"), THREE, PSC)


@example("The last instalment will not be paid")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    last = [money("33.00")]
    return adjust_commitment(session, voucher(fund, MARCH, "grant:1"), last, [])


@example("A grant gets USD 20 more, which its approval had reserved")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    reserve_award(session, voucher(fund, MARCH, "grant:1"), money("20"), PSC)
    more = [money("40.00"), money("13.00")]
    return adjust_commitment(session, voucher(fund, MARCH, "grant:1"), [money("33.00")], more)


@example("The first instalment is paid")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    return pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("33.50"))


@example("The first instalment was sent as EUR 30.15 and is debited when a euro is worth more")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    paid = voucher(fund, FEBRUARY, "grant:1")
    return pay_instalment(session, paid, money("33.50"), money("30.15", "EUR"))


@example("The bank returns the first instalment, which was sent as EUR 30.15")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    sums = money("33.50"), money("30.15", "EUR")
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), *sums)
    return return_instalment(session, voucher(fund, MARCH, "grant:1"), *sums)


@example("The bank returns the first instalment")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("33.50"))
    return return_instalment(session, voucher(fund, MARCH, "grant:1"), money("33.50"))


@example("USD 12.00 of a grant cannot be recovered")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    pay_instalment(session, voucher(fund, MARCH, "grant:1"), money("33.50"))
    return write_off_grant(session, voucher(fund, MARCH, "grant:1"), money("12"))


@example("A grantee sends USD 10.50 back")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("33.50"))
    return refund_by_grantee(session, voucher(fund, MARCH, "grant:1"), money("10.50"))


@example("A grantee sends EUR 9.45 back, which had been USD 10.50")
def _(session: Session, fund: Fund) -> Entry | None:
    _committed(session, fund)
    first = money("33.50"), money("30.15", "EUR")
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), *first)
    back = money("10.50"), money("9.45", "EUR")
    return refund_by_grantee(session, voucher(fund, MARCH, "grant:1"), *back)


def _paid_less(session: Session, fund: Fund) -> Entry:
    _committed(session, fund)
    pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("33.50"))
    slip, deducted = voucher(fund, MARCH, "grant:1"), money("10.50")
    return pay_instalment(session, slip, money("33.50"), set_off=deducted)


EXAMPLES["USD 10.50 are deducted from the second instalment"] = _paid_less


@example("They are the refund of the first instalment")
def _(session: Session, fund: Fund) -> Entry | None:
    _paid_less(session, fund)
    slip = voucher(fund, MARCH, "grant:1")
    return refund_by_grantee(session, slip, money("10.50"), set_off_on="grant:1")


@example("The bank returns the second instalment, from which USD 10.50 were deducted")
def _(session: Session, fund: Fund) -> Entry | None:
    _paid_less(session, fund)
    slip, deducted = voucher(fund, MARCH, "grant:1"), money("10.50")
    return return_instalment(session, slip, money("33.50"), set_off=deducted)


@example("EUR 400 are exchanged for USD 430")
def _(session: Session, fund: Fund) -> Entry | None:
    euros = an_account(session, fund, "EUR")
    receive_deposit(session, voucher(fund, FEBRUARY), money("800", "EUR"))
    return transfer(
        session,
        voucher(fund, MARCH, f"fund:{fund.id}"),
        euros,
        main_account(session, fund),
        money("400", "EUR"),
        money("430"),
    )


@example("The bank credits USD 7.50 less than the books reckoned")
def _(session: Session, fund: Fund) -> Entry | None:
    slip = voucher(fund, MARCH, "bank_line:1")
    return settle_conversion(session, slip, main_account(session, fund), money("-7.50"))


def _in_transit(session: Session, fund: Fund) -> BankAccount:
    return open_at_provider(session, fund, "stripe", "EUR")


def _paid_by_card(session: Session, fund: Fund) -> Entry | None:
    slip = replace(voucher(fund, FEBRUARY), bank_account=_in_transit(session, fund))
    return receive_deposit(session, slip, money("48.50", "EUR"), money("1.50", "EUR"))


EXAMPLES["A donor pays EUR 50 by card, and the provider keeps EUR 1.50"] = _paid_by_card


@example("The second month of a gift of EUR 50 by mandate, for a fee of EUR 1.75")
def _(session: Session, fund: Fund) -> Entry | None:
    _paid_by_card(session, fund)
    slip = replace(voucher(fund, MARCH), bank_account=_in_transit(session, fund))
    return receive_deposit(session, slip, money("48.25", "EUR"), money("1.75", "EUR"))


def _paid_out(session: Session, fund: Fund, target: BankAccount, arrived: Money) -> Entry | None:
    _paid_by_card(session, fund)
    slip = voucher(fund, MARCH, "bank_line:1")
    source = _in_transit(session, fund)
    return transfer(session, slip, source, target, money("48.50", "EUR"), arrived)


@example("The provider pays EUR 48.50 out")
def _(session: Session, fund: Fund) -> Entry | None:
    return _paid_out(session, fund, an_account(session, fund, "EUR"), money("48.50", "EUR"))


@example("The provider pays EUR 48.50 out as USD 52")
def _(session: Session, fund: Fund) -> Entry | None:
    return _paid_out(session, fund, main_account(session, fund), money("52"))


def _disputed(session: Session, fund: Fund) -> Entry | None:
    _paid_by_card(session, fund)
    slip = replace(voucher(fund, MARCH), bank_account=_in_transit(session, fund))
    return refund_to_donor(session, slip, money("50", "EUR"), has_left=True)


EXAMPLES["A card holder disputes the payment of EUR 50"] = _disputed


def _fee_of_dispute(session: Session, fund: Fund) -> Entry | None:
    _disputed(session, fund)
    slip = replace(voucher(fund, MARCH), bank_account=_in_transit(session, fund))
    return book_bank_charge(session, slip, money("15", "EUR"))


EXAMPLES["The provider charges EUR 15 for the dispute"] = _fee_of_dispute


def _come_back(session: Session, entry: Entry | None) -> Entry | None:
    assert entry is not None
    act = Act(CLERK.actor, reason="The money came back from the card.")
    return reverse(session, entry, MARCH, act)


@example("A refund to a card fails, or the fund wins the dispute")
def _(session: Session, fund: Fund) -> Entry | None:
    return _come_back(session, _disputed(session, fund))


@example("The provider gives the fee of the dispute back")
def _(session: Session, fund: Fund) -> Entry | None:
    return _come_back(session, _fee_of_dispute(session, fund))


def _not_accepted(session: Session, fund: Fund) -> Entry | None:
    slip = replace(voucher(fund, FEBRUARY, "receipt:1"), bank_account=_in_transit(session, fund))
    received = receive_unidentified(session, slip, money("48.50", "EUR"), money("1.50", "EUR"))
    assert received is not None
    return reverse(session, received, MARCH, Act(CLERK.actor, reason="Not accepted."))


EXAMPLES["EUR 50 that were not accepted go back to the card"] = _not_accepted


@example("The provider keeps its fee of EUR 1.50")
def _(session: Session, fund: Fund) -> Entry | None:
    _not_accepted(session, fund)
    slip = replace(voucher(fund, MARCH, "receipt:1"), bank_account=_in_transit(session, fund))
    return book_bank_charge(session, slip, money("1.50", "EUR"))


@example("A deposit is reversed")
def _(session: Session, fund: Fund) -> Entry | None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"))
    wrong = receive_deposit(session, voucher(fund, FEBRUARY), money("400", "EUR"))
    return reverse(session, wrong, MARCH, Act(CLERK.actor, reason="Another donor's."))


def _place(posting: Posting, others: Sequence[Posting]) -> str:
    """The account, and which bank account where the entry moves cash in several."""
    accounts = {other.bank_account for other in others if other.bank_account}
    if posting.bank_account is None or len(accounts) < 2:
        return str(posting.account.label)
    return f"{posting.account.label} ({posting.bank_account.code})"


def drawn(session: Session, entry: Entry) -> list[str]:
    """An entry's lines as the page draws them."""
    return [
        "| {} | {} | {} {} | {} | {} |".format(
            "Dr" if (p.amount_minor or p.usd_minor) > 0 else "Cr",
            _place(p, postings(session, entry)),
            p.currency,
            str(p.amount).removeprefix("-"),
            f"{p.rate:f}" if p.rate else "",
            str(p.usd).removeprefix("-"),
        ).replace("|  |", "| |")
        for p in postings(session, entry)
    ]


def examples_on_the_page() -> dict[str, list[str]]:
    sections = re.split(r"^#### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        section.splitlines()[0].strip(): re.findall(
            r"^\| (?:Dr|Cr) .*\|$", re.split(r"^#", section, flags=re.MULTILINE)[0], re.MULTILINE
        )
        for section in sections
    }


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_of_the_page_is_what_the_event_really_posts(
    session: Session, fund: Fund, title: str
) -> None:
    publish_rates(session)
    entry = EXAMPLES[title](session, fund)
    assert entry is not None
    assert examples_on_the_page().get(title) == drawn(session, entry)


def test_the_page_shows_no_example_that_is_not_booked_here() -> None:
    assert set(examples_on_the_page()) == set(EXAMPLES)


def test_every_event_has_its_place_on_the_page() -> None:
    acts = {
        name
        for room in (receipts, costs, spending, allowance, transfers)
        for name, act in getmembers(room, isfunction)
        if act.__module__ == room.__name__ and not name.startswith("_")
    } - {"require_available", "require_cash", "with_support_cost"}
    headings = re.findall(r"^### (.+) \(`(\w+)`\)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for _label, name in headings} == acts
    assert {label for label, _name in headings} == {str(event.label) for event in Event}


def test_the_chart_on_the_page_is_the_chart_of_the_books() -> None:
    rows = re.findall(
        r"^\| (\d{4}) \| (.+?) \| ([\w-]+) \| (\w+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert rows == [
        (
            str(account.number),
            str(account.label),
            account.kind.value,
            "debit" if account.kind.natural > 0 else "credit",
        )
        for account in Account
    ]

"""How well a line fits a pledge, and the words for it; and what is proposed among many."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.banking.matching.proposals import entries_for, likely_kind, pledges_for
from grants.banking.matching.scoring import Fit, IncomingPayment, Owed, fit, slips
from grants.banking.matching.stated import Stated
from grants.core.database.numbering import check_mark
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.pledges.schedule import Due, Payment
from tests.banking.bank.arranging import a_line, finance, imported_lines, numbered
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import money, publish_rates
from tests.factories import a_deposit, a_donor, a_pledge, a_signed_pledge

BODY = "UNVTF-P-2026-0001"
REFERENCE = f"{BODY}-{check_mark(BODY)}"
OTHER_BODY = "UNVTF-P-2026-0002"
OTHER = f"{OTHER_BODY}-{check_mark(OTHER_BODY)}"
DUE = date(2026, 3, 12)
OWED = Owed(
    REFERENCE,
    ("Republic of Arcadia", "Ministry of Finance of Arcadia"),
    money("1000"),
    (
        Payment(1, DUE, money("400"), money("400")),
        Payment(2, date(2026, 9, 1), *[money("600")] * 2),
    ),
)


def seen(
    amount: str = "77",
    text: str = "",
    name: str = "",
    fee: str = "0",
    on: date = date(2026, 6, 1),
    quotes: str = "",
) -> Fit:
    return fit(IncomingPayment(money(amount), money(fee), on, name, (quotes, text)), OWED)


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        REFERENCE.lower(),
        f"Ref. {REFERENCE} thanks",
        f"pledge:{REFERENCE}.",
        "UNVTF-P-2026-0001 -" + REFERENCE[-1],
        REFERENCE.replace("-", ""),
        "Ref " + REFERENCE.replace("-", " "),
        "RF18" + REFERENCE.replace("-", ""),
    ],
)
def test_a_reference_is_found_however_it_is_written(text: str) -> None:
    assert seen(text=text).reasons == ("The line quotes the pledge’s reference.",)
    assert seen(quotes=text).score == 55


def mistyped(place: int, sign: str) -> str:
    return REFERENCE[:place] + sign + REFERENCE[place + 1 :]


def test_a_typing_error_is_a_reason_too_but_never_a_sure_one() -> None:
    near = seen(text=mistyped(16, "8"))
    assert near.score == 35
    assert "a mistyped reference for this pledge" in near.reasons[0]


def test_a_reference_whose_check_sign_fits_is_another_pledges_and_no_slip() -> None:
    assert seen(text=OTHER).score == 0
    assert slips(OTHER, [REFERENCE]) == {}


@given(st.integers(0, len(REFERENCE) - 1), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZ"))
def test_one_wrong_sign_anywhere_is_near_unless_it_is_right_itself(place: int, sign: str) -> None:
    word = mistyped(place, sign)
    body, _mark, last = word.rpartition("-")
    if word != REFERENCE and sign != "-" and not (body and last == check_mark(body)):
        assert slips(word, [REFERENCE]) == {REFERENCE: 1}


@pytest.mark.parametrize(
    ("amount", "fee", "score", "words"),
    [
        ("1000", "0", 30, "the full amount outstanding"),
        ("400", "0", 30, "payment 1, due on 12 March 2026"),
        ("600", "0", 30, "payment 2"),
        ("385", "15", 30, "payment 1"),
        ("985", "0", 15, "USD\u00a015.00 less than the USD\u00a01,000.00 due"),
        ("940", "0", 0, ""),
        ("1001", "0", 0, ""),
    ],
)
def test_the_amount_is_a_reason(amount: str, fee: str, score: int, words: str) -> None:
    found = seen(amount=amount, fee=fee)
    assert found.score == score
    assert words in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("REPUBLIC OF ARCADIA", 25),
        ("Arcadia, Republic of", 25),
        ("Ministry of Finance of Arcadia", 25),
        ("Ministry of Finance of Arcadia, Treasury Department", 15),
        ("Republic of Ruritania", 0),
        ("", 0),
        ("A", 0),
    ],
)
def test_the_senders_name_is_a_reason(name: str, score: int) -> None:
    assert seen(name=name).score == score


def test_names_in_another_script_are_heard() -> None:
    owed = Owed(REFERENCE, ("Российская Федерация",), money("1000"))
    heard = fit(
        IncomingPayment(money("77"), money("0"), DUE, "Rossijskaya Federaciya", ("",)), owed
    )
    assert heard.score >= 15


def test_everything_together_is_sure_and_no_more_than_a_hundred() -> None:
    found = seen("400", REFERENCE, "Republic of Arcadia", on=DUE)
    assert found.score == 100
    assert len(found.reasons) == 4


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def proposed(session: Session, fund: Fund, *told: BankEntry) -> list[list[tuple[str, int]]]:
    """What is proposed for each line of a statement: references and scores."""
    lines = imported_lines(session, fund, told)
    return [
        [(p.pledge.reference, p.fit.score) for p in pledges_for(session, line)] for line in lines
    ]


def test_the_best_of_many_comes_first(session: Session, fund: Fund) -> None:
    arcadia = a_donor(session)
    right = a_signed_pledge(session, fund, usd(40_000))
    same_sum = a_signed_pledge(session, fund, usd(40_000))
    same_name = a_pledge(session, fund, usd(90_000), arcadia)
    for number in range(30):
        a_pledge(session, fund, usd(1_000_000 + number), a_donor(session, f"Donor {number}"))
    found, by_name = proposed(
        session,
        fund,
        BankEntry(money("400"), text=right.reference, name="x"),
        BankEntry(money("77"), name="Republic of Arcadia"),
    )
    assert found[0] == (right.reference, 90)
    assert (same_sum.reference, 35) in found
    assert (same_name.reference, 25) in by_name


def test_a_reference_without_its_strokes_is_found_among_many(session: Session, fund: Fund) -> None:
    pledges = [a_signed_pledge(session, fund, usd(amount)) for amount in (10_000, 20_000)]
    wanted = pledges[1].reference
    ((best, *_others),) = proposed(
        session, fund, BankEntry(money("77"), text=f"RF18{wanted.replace('-', '')}")
    )
    assert best == (wanted, 60)


def test_a_typing_error_is_found_among_many(session: Session, fund: Fund) -> None:
    right = a_signed_pledge(session, fund, usd(40_000))
    wrong = right.reference[:-1] + ("A" if right.reference[-1] != "A" else "B")
    (found,) = proposed(session, fund, BankEntry(money("77"), text=f"Ref {wrong}"))
    assert found == [(right.reference, 40)]


def test_a_pledge_that_is_paid_is_proposed_only_if_it_is_quoted(
    session: Session, fund: Fund
) -> None:
    paid = a_signed_pledge(session, fund, usd(10_000))
    a_deposit(session, fund, paid, usd(10_000))
    by_name, quoted = proposed(
        session,
        fund,
        BankEntry(money("77"), name="Republic of Arcadia"),
        BankEntry(money("77"), text=paid.reference),
    )
    assert (by_name, quoted) == ([], [(paid.reference, 55)])


def test_what_is_more_than_outstanding_is_never_sure(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, usd(10_000))
    line = a_line(
        session, fund, money("100"), fee="1", text=pledge.reference, name="Republic of Arcadia"
    )
    (found,) = pledges_for(session, line)
    assert found.fit.score >= 80
    assert not found.sure


def test_a_payment_by_instalment_is_named(session: Session, fund: Fund) -> None:
    dues = (Due(date(2026, 3, 12), usd(4_000)), Due(date(2026, 9, 1), usd(6_000)))
    a_pledge(session, fund, usd(10_000), payments=dues)
    line = a_line(session, fund, money("60"), on=date(2026, 8, 30))
    (found,) = pledges_for(session, line)
    assert found.fit.reasons == (
        "The amount is that of payment 2, due on 1 September 2026.",
        "A payment is due on 1 September 2026.",
    )


def test_entries_are_proposed_by_amount_reference_and_day(session: Session, fund: Fund) -> None:
    near = a_deposit(session, fund, None, usd(7_700), value_on=date(2026, 3, 8))
    a_deposit(session, fund, None, usd(7_700), value_on=date(2025, 3, 8))
    a_deposit(session, fund, None, usd(7_701), value_on=date(2026, 3, 8))
    gone = a_deposit(session, fund, None, usd(7_700), value_on=date(2026, 3, 9))
    reverse_deposit(session, gone, finance(session, "Twice."))
    line = a_line(session, fund, money("77"), reference=near.bank_reference)
    (found,) = entries_for(session, line)
    assert found.fit == Fit(
        92,
        (
            "The amount is the same.",
            "The entry quotes the same reference.",
            "The entry is dated 8 March 2026.",
        ),
    )
    assert found.sure


def test_euro_on_the_dollar_account_are_proposed_near_their_dollars(
    session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("100", "EUR"), value_on=date(2026, 3, 10))  # 105.26
    near, far = imported_lines(session, fund, [BankEntry(money("104")), BankEntry(money("120"))])
    (found,) = entries_for(session, near)
    assert (
        found.fit.reasons[0] == "The bank converted the amount at a rate close to the ledger rate."
    )
    assert entries_for(session, far) == []


@pytest.mark.parametrize(
    ("amount", "told", "kind"),
    [
        ("-5", {"code": "CHRG"}, "charge"),
        ("-5", {"text": "Charges of March"}, "charge"),
        ("5", {"code": "INTR"}, "interest"),
        ("5", {"text": "Interest Q1"}, "interest"),
        ("5", {"text": "Charges"}, None),
        ("-5", {"text": "Interest"}, None),
        ("5", {"text": "Interesting", "code": "RCDT"}, None),
        ("5", {"text": "Interest", "name": "Arcadia"}, None),
    ],
)
def test_charges_and_interest_are_recognised(
    session: Session, fund: Fund, amount: str, told: dict[str, str], kind: str | None
) -> None:
    numbered(session, fund)
    (line,) = imported_lines(session, fund, [BankEntry(money(amount), **told)], "10")  # type: ignore[arg-type]
    assert likely_kind(Stated.of(line)) == kind

"""A donor's papers, of what the acts of pledging and paying left behind."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.contributions.service import allocate
from grants.giving.pledges.service import acknowledge
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import render
from grants.papers.typesetting.paper import Span, as_json
from tests.banking.bank.arranging import euros
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates
from tests.factories import a_cleared_donor, a_deposit, a_pledge, a_signed_pledge, act_of, staff
from tests.papers.typesetting.test_pdf import text_of

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def told(session: Session, donor: Any, span: Span = YEAR) -> dict[str, Any]:
    facts: dict[str, Any] = as_json(paper_of(session, "donor-statement", donor.code, span).facts)
    return facts


@pytest.fixture(autouse=True)
def rates(session: Session) -> None:
    publish_rates(session)


def test_the_acknowledgement_exists_once_the_pledge_is_acknowledged(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, eur("90000"))
    with pytest.raises(DomainError):
        render(session, "acknowledgement", pledge.reference)
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    name, content = render(session, "acknowledgement", pledge.reference)
    text = text_of(content)
    assert name == f"acknowledgement-{pledge.reference}.pdf"
    assert "EUR\u00a090,000.00" in text
    assert pledge.reference in text
    assert pledge.donor is not None
    assert pledge.donor.name in text


def test_the_letter_can_be_scanned_where_euros_go_into_an_account_in_euros(
    session: Session, fund: Fund
) -> None:
    account = euros(session, fund)
    pledge = a_pledge(session, fund, eur("90000"))
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    paper = paper_of(session, "acknowledgement", pledge.reference)
    assert paper.code is not None
    assert "Scan this code" in text_of(render(session, "acknowledgement", pledge.reference)[1])
    account.number = "0012-334"
    session.flush()
    assert paper_of(session, "acknowledgement", pledge.reference).code is None


def test_the_receipt_tells_what_was_sent_and_what_it_is_worth(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, eur("90000"), JANUARY)
    deposit = a_deposit(session, fund, pledge, eur("39990"), value_on=FEBRUARY, fee=eur("10"))
    assert deposit.receipt is not None
    text = text_of(render(session, "receipt", deposit.receipt.reference)[1])
    for figure in ("EUR\u00a039,990.00", "EUR\u00a010.00", "EUR\u00a040,000.00", "0.8"):
        assert figure in text
    assert "USD\u00a050,000.00" in text
    assert deposit.bank_reference in text
    assert deposit.receipt.reference in text


@pytest.mark.parametrize(
    ("kind", "greeted", "taxed"),
    [
        (DonorKind.MEMBER_STATE, "Dear Sir or Madam,", False),
        (DonorKind.INDIVIDUAL, "Dear Beatrice Rossi,", True),
    ],
)
def test_letters_greet_a_person_by_name_and_a_receipt_speaks_of_taxes_to_who_pays_them(
    session: Session, fund: Fund, kind: DonorKind, greeted: str, taxed: bool
) -> None:
    donor = a_cleared_donor(session, fund, "Beatrice Rossi", kind, "CH")
    pledge = a_pledge(session, fund, eur("90000"), donor)
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    deposit = a_deposit(session, fund, pledge, eur("40000"), value_on=FEBRUARY)
    assert deposit.receipt is not None
    assert greeted in text_of(render(session, "acknowledgement", pledge.reference)[1])
    receipt = text_of(render(session, "receipt", deposit.receipt.reference)[1])
    assert ("law of your country" in receipt) is taxed


def test_the_donor_statement_tells_each_figure_as_the_books_do(
    session: Session, fund: Fund
) -> None:
    """90,000 EUR signed at 0.9: 100,000 USD. 40,000 sent at 0.8: 50,000 USD, of which 44,444.44
    were receivable, so the fund gained 5,555.56 by the rate.
    """
    pledge = a_signed_pledge(session, fund, eur("90000"), JANUARY)
    deposit = a_deposit(session, fund, pledge, eur("39990"), value_on=FEBRUARY, fee=eur("10"))
    assert deposit.receipt is not None
    facts = told(session, pledge.donor)
    (line,) = facts["pledges"]
    assert line["deposits"] == [
        {
            "bank_reference": deposit.bank_reference,
            "value_on": "2026-02-10",
            "amount": "39990.00",
            "bank_fee": "10.00",
            "rate": "0.8",
            "usd": "50000.00",
            "receipt": deposit.receipt.reference,
        }
    ]
    figures = {name: line[name] for name in line if name not in ("deposits", "pledged_on")}
    assert figures == {
        "reference": pledge.reference,
        "fund": "UNVTF",
        "currency": "EUR",
        "pledged": "90000.00",
        "signed_on": "2026-01-10",
        "signed_usd": "100000.00",
        "received": "40000.00",
        "received_usd": "50000.00",
        "reduced": "0.00",
        "written_off": "0.00",
        "outstanding": "50000.00",
        "exchange_difference_usd": "5555.56",
    }
    assert facts["total_received_usd"] == "50000.00"
    assert balances(session, fund).exchange_difference == Money.parse("5555.56", "USD")


def test_what_came_before_the_signature_is_not_signed_again(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, eur("90000"))
    a_deposit(session, fund, pledge, eur("9000"), value_on=JANUARY)
    (line,) = told(session, pledge.donor)["pledges"]
    assert (line["signed_usd"], line["signed_on"]) == ("0.00", None)
    assert (line["received_usd"], line["exchange_difference_usd"]) == ("10000.00", "0.00")


def test_a_period_shows_its_own_payments_and_what_is_open_at_its_end(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, eur("90000"), pledged_on=JANUARY)
    a_deposit(session, fund, pledge, eur("30000"), value_on=JANUARY)
    a_deposit(session, fund, pledge, eur("30000"), value_on=FEBRUARY)
    a_deposit(session, fund, pledge, eur("30000"), value_on=MARCH)
    facts = told(session, pledge.donor, Span(date(2026, 2, 1), date(2026, 2, 28)))
    (line,) = facts["pledges"]
    assert [deposit["value_on"] for deposit in line["deposits"]] == ["2026-02-10"]
    assert (line["received"], line["outstanding"]) == ("30000.00", "30000.00")
    assert facts["total_received_usd"] == "37500.00"
    (before,) = told(session, pledge.donor, Span(date(2026, 1, 10), date(2026, 1, 10)))["pledges"]
    assert before["outstanding"] == "60000.00"


def test_identified_money_is_in_the_statement_and_unidentified_is_not(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, eur("9000"))
    deposit = a_deposit(session, fund, None, eur("900"), value_on=JANUARY)
    assert told(session, pledge.donor)["payments"] == 0
    allocate(session, deposit, pledge, act_of(session, staff(session, Role.FINANCE_OFFICER)), MARCH)
    (line,) = told(session, pledge.donor)["pledges"]
    assert line["deposits"][0]["receipt"]
    assert line["received_usd"] == "1000.00"


def test_a_donor_never_sees_what_others_gave(session: Session, fund: Fund) -> None:
    one, other = a_pledge(session, fund, eur("1")), a_signed_pledge(session, fund, eur("2"))
    if one.donor_id == other.donor_id:
        pytest.skip("the factory gave both to one donor")
    year = clock.today().year
    told_of = told(session, one.donor, Span(date(year, 1, 1), date(year, 12, 31)))
    assert [line["reference"] for line in told_of["pledges"]] == [one.reference]

"""The code of a transfer fills in what the letter says, or is not there."""

from unittest import mock

import pytest
import segno.helpers

from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.giving.pledging.scanning import printed_code, transfer_code
from tests.banking.bank.files import EURO_IBAN

EUROS = Money(3_000_000, "EUR")


def account(number: str | None = EURO_IBAN, currency: str = "EUR") -> BankAccount:
    return BankAccount(
        number=number, currency=currency, beneficiary="Fund", bic="BKAUATWW", name="Euros"
    )


def test_the_code_holds_payee_account_amount_and_reference() -> None:
    with mock.patch.object(segno.helpers, "make_epc_qr", wraps=segno.helpers.make_epc_qr) as made:
        picture = transfer_code(account(), EUROS, "UNVTF-P-2026-0029-P")
    assert picture.startswith("<svg")
    assert made.call_args.args == ("Fund", EURO_IBAN, EUROS.decimal)
    assert made.call_args.kwargs == {"text": "UNVTF-P-2026-0029-P", "bic": "BKAUATWW"}


@pytest.mark.parametrize(
    ("held", "amount"),
    [
        (account(None), EUROS),
        (account("0012-334"), EUROS),
        (account("AT021200000703447145"), EUROS),
        (account(currency="USD"), EUROS),
        (account(), Money(3_000_000, "USD")),
        (account(), Money(0, "EUR")),
        (account(), Money(10**11, "EUR")),
    ],
)
def test_what_no_app_can_pay_has_no_code(held: BankAccount, amount: Money) -> None:
    assert not transfer_code(held, amount, "UNVTF-P-2026-0029-P")
    assert printed_code(held, amount, "UNVTF-P-2026-0029-P") is None


def test_a_letter_gets_the_code_as_a_picture() -> None:
    picture = printed_code(account(), EUROS, "UNVTF-P-2026-0029-P")
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert picture == printed_code(account(), EUROS, "UNVTF-P-2026-0029-P"), "the same bytes"

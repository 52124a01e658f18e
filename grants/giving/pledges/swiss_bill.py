"""The Swiss QR-bill: how a payment in francs is asked for in Switzerland and Liechtenstein.

It is drawn by the standard of SIX (Swiss Implementation Guidelines QR-bill): the slip stands at the
foot of a page of A4, the code is 46 mm wide. The reference of a pledge is its message, since the
fund's account is an ordinary IBAN: a QR-IBAN asks for references that only a bank gives out.
"""

import io
import re
from typing import TYPE_CHECKING

from markupsafe import Markup
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.money import Money
from grants.giving.pledges.in_euros import FRANCS
from grants.giving.pledges.models import Pledge

if TYPE_CHECKING:
    from qrbill import QRBill

AT_HOME = ("CH", "LI")
"""Countries whose banks take QR-bills."""
QR_IBAN = range(30000, 32000)
"""Numbers of banks that stand in a QR-IBAN."""
MOST = Money(99_999_999_999, FRANCS)
"""The standard holds no larger amount."""
PAYEE = 70
"""Characters of a name in it."""
SPEAKS = ("fr",)
"""Languages of the slip that are ours too, besides English."""
SQUARES = re.compile(r'<path (d="[^"]+") [^>]*(transform="translate[^"]+") />')
CROSS = re.compile(r'<g id="swiss-cross".*?</g>', re.DOTALL)
"""The code in the drawing of a slip: two pictures, and no word."""
CODE = 'viewBox="237 60 163.5 163.5" width="46mm" height="46mm"'
"""Where the code stands on the slip, in units of its drawing (3.54 a millimetre)."""


def takes_qr_bills(account: BankAccount) -> bool:
    """May a payment in francs to this account be asked for by a QR-bill?"""
    if account.currency != FRANCS or not (account.postal_code and account.town and account.country):
        return False
    try:
        number = IBAN(account.number or "")
    except SchwiftyException:
        return False
    return number.country_code in AT_HOME and int(number.bank_code) not in QR_IBAN


def slip(account: BankAccount, amount: Money, reference: str) -> str:
    """Receipt and payment part as they are printed (SVG, 210 by 106 mm, the first of them for the
    scissors); "" where no bank could take them.
    """
    if (
        not takes_qr_bills(account)
        or amount.currency != FRANCS
        or not 0 < amount.minor <= MOST.minor
    ):
        return ""
    drawing = io.StringIO()
    _bill_of(account, amount, reference).as_svg(drawing)
    return drawing.getvalue()


def code(account: BankAccount, amount: Money, reference: str) -> Markup:
    """The code alone, for a screen; nothing where no bank could take it."""
    drawn = slip(account, amount, reference)
    if not drawn:
        return Markup()
    squares, cross = SQUARES.search(drawn), CROSS.search(drawn)
    if squares is None or cross is None:
        return Markup()
    path = f"<path {squares[1]} {squares[2]}/>{cross[0]}"
    # no text of anybody is in it
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" {CODE}>{path}</svg>')  # noqa: S704


def slip_attached(session: Session, pledge: Pledge) -> tuple[dict[str, str], ...]:
    """The payment slip of a pledge as an e-mail takes it along; nothing where there is none."""
    account = account_for(session, pledge.fund, pledge.currency, clock.today())
    if pledge.currency != FRANCS or not takes_qr_bills(account):
        return ()
    return ({"document": "payment-slip", "reference": pledge.reference},)


def _bill_of(account: BankAccount, amount: Money, reference: str) -> "QRBill":
    """The library is imported when a bill is drawn."""
    from qrbill import QRBill

    bill = QRBill(
        account=account.number,
        creditor={
            "name": account.payee[:PAYEE],
            "street": account.street,
            "pcode": account.postal_code,
            "city": account.town,
            "country": account.country,
        },
        amount=f"{amount.decimal:.2f}",
        currency=FRANCS,
        additional_information=reference,
        language=current_language().code if current_language().code in SPEAKS else "en",
    )
    bill.font_family = "Statement"
    return bill

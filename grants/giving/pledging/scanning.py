"""What a banking app scans to fill in a transfer: the code of the European Payments Council for
euro, the code of a Swiss QR-bill for francs.
"""

import io

import segno
import segno.helpers
from markupsafe import Markup
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.giving.pledges import swiss_bill

MOST = Money(99_999_999_999, "EUR")
"""The standard (EPC069-12) holds no larger amount, and no other currency than the euro."""
PAYEE = 70
"""Characters of a name in it."""


def transfer_code(account: BankAccount, amount: Money, reference: str) -> Markup:
    """The picture of a transfer in euro or francs, for a screen; nothing where no app scans it."""
    code = _code_of(account, amount, reference)
    if code is None:
        return swiss_bill.code(account, amount, reference)
    drawn = code.svg_inline(scale=4, border=2)
    return Markup(drawn)  # noqa: S704 - segno draws squares, no text of anybody is in it


def printed_code(account: BankAccount, amount: Money, reference: str) -> bytes | None:
    """The picture of a transfer in euro for a letter, as PNG; nothing where no app can scan it."""
    code = _code_of(account, amount, reference)
    if code is None:
        return None
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=6, border=2)
    return picture.getvalue()


def _code_of(account: BankAccount, amount: Money, reference: str) -> segno.QRCode | None:
    if amount.currency != "EUR" or account.currency != "EUR" or not 0 < amount.minor <= MOST.minor:
        return None
    try:
        number = IBAN(account.number or "")
    except SchwiftyException:
        return None
    return segno.helpers.make_epc_qr(
        account.payee[:PAYEE],
        number.compact,
        amount.decimal,
        text=reference,
        bic=account.bic or None,
    )

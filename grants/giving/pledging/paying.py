"""How a pledge is paid: into which account, by when, with which code for a banking app."""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import in_language
from grants.core.kernel.money import Money
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding
from grants.giving.pledges.schedule import Payment, next_payment
from grants.giving.pledges.swiss_bill import takes_qr_bills
from grants.giving.pledging.scanning import transfer_code


@dataclass(frozen=True, slots=True)
class WaysToPay:
    """What a transfer has to say."""

    account: BankAccount
    """Its number is empty until the fund has entered it: then `in_words` says how to pay."""
    amount: Money
    due: Payment | None
    code: Markup
    """The picture that a banking app scans; empty where there is none."""
    in_words: str
    slip: bool = False
    """Is there a Swiss QR-bill to print?"""


def ways_to_pay(session: Session, pledge: Pledge, came: Money) -> WaysToPay:
    """How to pay what is due next on a pledge."""
    account = account_for(session, pledge.fund, pledge.currency, clock.today())
    due = next_payment(pledge, came)
    amount = due.left if due else outstanding(pledge, came)
    code = transfer_code(account, amount, pledge.reference)
    words, slip = in_language(pledge.fund.bank_details), bool(code) and takes_qr_bills(account)
    return WaysToPay(account, amount, due, code, words, slip)

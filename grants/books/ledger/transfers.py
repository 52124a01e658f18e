"""Cash that moves between the fund's own bank accounts, or changes currency on its way in.

A conversion is worth what arrives. What leaves had a value in the books (cash is not revalued);
the difference is realised, and the account of exchange gain or loss takes it. Both currencies pass
through that account too, so that the entry balances in each of them.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.bank_accounts import require_holds
from grants.books.ledger.entries import Line, Voucher, books
from grants.books.ledger.foreign import leaving_values
from grants.books.ledger.rates import value_on
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money


@books(Event.CASH_TRANSFERRED)
def transfer(
    session: Session,
    voucher: Voucher,
    source: BankAccount,
    target: BankAccount,
    sent: Money,
    arrived: Money,
) -> Sequence[Line]:
    """`sent` leaves one account of the fund and `arrived` reaches another.

    It leaves at its value in the books, by the average of the account. In one currency the
    same arrives; from one to another it arrives at the rate of the day, and the difference is
    exchange gain or loss. Refused beyond what the account holds.
    """
    _require_possible(voucher, source, target, sent, arrived)
    leaving = leaving_values(session, source, sent, voucher.booked_on)
    away = [Line(Account.CASH, -value, bank_account=source) for value in leaving]
    if source.currency == target.currency:
        return [*away, *(Line(Account.CASH, value, bank_account=target) for value in leaving)]
    come = value_on(session, arrived, voucher.booked_on)
    return [
        *away,
        *(Line(Account.EXCHANGE_DIFFERENCE, value) for value in leaving),
        Line(Account.EXCHANGE_DIFFERENCE, -come),
        Line(Account.CASH, come, bank_account=target),
    ]


@books(Event.CASH_CONVERTED)
def settle_conversion(
    session: Session, voucher: Voucher, account: BankAccount, difference: Money
) -> Sequence[Line]:
    """The bank converted foreign money at its own rate, and the dollars it credited are
    `difference` more (or less) than the books reckoned by the rate of the day.
    """
    if account.currency != FUNCTIONAL_CURRENCY or difference.currency != FUNCTIONAL_CURRENCY:
        raise DomainError(_("Only an account in US dollars can receive a currency conversion."))
    require_holds(voucher.fund, account, FUNCTIONAL_CURRENCY)
    value = value_on(session, difference, voucher.booked_on)
    return [
        Line(Account.CASH, value, bank_account=account),
        Line(Account.EXCHANGE_DIFFERENCE, -value),
    ]


def _require_possible(
    voucher: Voucher, source: BankAccount, target: BankAccount, sent: Money, arrived: Money
) -> None:
    if source.id == target.id:
        raise DomainError(_("A transfer must be from one account to another."))
    if sent.minor <= 0 or arrived.minor <= 0:
        raise DomainError(_("The amount must be more than 0."))
    for account, amount in ((source, sent), (target, arrived)):
        require_holds(voucher.fund, account, amount.currency)
        if account.currency != amount.currency:
            raise DomainError(
                _("%(account)s is in %(held)s.", account=account.code, held=account.currency)
            )
    if source.currency == target.currency and sent != arrived:
        raise DomainError(
            _(
                "For a transfer in one currency, the amount received must equal the "
                "amount sent. Record any fee as a bank charge."
            )
        )

"""The reconciliation of a bank account for a month."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.banking.reconciliation.figures import Figures, OpenItem, from_plain
from grants.banking.reconciliation.queries import reconcile, signed
from grants.books.ledger.bank_accounts import account_by_code
from grants.books.ledger.periods import parse_month
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.papers.typesetting.paper import Issuer, Paper


@dataclass(frozen=True, slots=True)
class BankReconciliation:
    """Bank against books at the end of a month; the figures that were signed, once they are."""

    account: str
    name: str
    number: str
    bank: str
    currency: str
    from_: date
    to: date
    bank_balance: Money
    ledger_balance: Money
    difference: Money
    only_bank: tuple[OpenItem, ...]
    only_bank_sum: Money
    only_ledger: tuple[OpenItem, ...]
    only_ledger_sum: Money
    support_costs: tuple[OpenItem, ...]
    """Charged and not transferred yet."""
    support_cost_sum: Money
    unexplained: Money
    matched: int
    signed_by: str | None
    signed_on: date | None


def account_and_month(session: Session, reference: str) -> tuple[BankAccount, date]:
    """Which account and month "UNVTF-USD/2026-03" names, or Missing."""
    code, slash, month = reference.rpartition("/")
    if not slash:
        raise Missing(_("Name the account and the month, such as UNVTF-USD/2026-03."))
    return account_by_code(session, code), parse_month(month)


def bank_reconciliation(session: Session, reference: str) -> Paper:
    """The reconciliation as it was signed; before that, as it is now."""
    account, month = account_and_month(session, reference)
    signature = signed(session, account, month)
    figures = from_plain(signature.figures) if signature else reconcile(session, account, month)
    return Paper(
        document="bank-reconciliation",
        title=_("Bank reconciliation"),
        reference=f"{account.code} {month:%Y-%m}",
        on=figures.to,
        issuer=Issuer.of(account.fund),
        facts=_facts_of(
            figures,
            account.bank,
            signature.actor if signature else None,
            account.fund.day_of(signature.signed_at) if signature else None,
        ),
        unsigned=signature is None,
    )


def _facts_of(
    figures: Figures, bank: str, signed_by: str | None, signed_on: date | None
) -> BankReconciliation:
    return BankReconciliation(
        account=figures.account,
        name=figures.name,
        number=figures.number,
        bank=bank,
        currency=figures.currency,
        from_=figures.from_,
        to=figures.to,
        bank_balance=figures.bank_balance,
        ledger_balance=figures.ledger_balance,
        difference=figures.difference,
        only_bank=figures.only_bank,
        only_bank_sum=figures.only_bank_sum,
        only_ledger=figures.entries,
        only_ledger_sum=figures.only_ledger_sum,
        support_costs=figures.support_costs,
        support_cost_sum=figures.support_cost_sum,
        unexplained=figures.unexplained,
        matched=figures.matched,
        signed_by=signed_by,
        signed_on=signed_on,
    )

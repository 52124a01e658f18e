"""What the list of contributions reads of each: facts for its cells and files."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit, Receipt, receipt_reference
from grants.giving.pledges.models import Pledge
from grants.platform.tables.facts import Facts

_Donor = aliased(Organisation)


class ListedDeposit(NamedTuple):
    """What the list knows of a deposit."""

    id: int
    bank_reference: str
    value_on: date
    rate: Decimal
    rate_on: date
    allocated_on: date | None
    reversed_on: date | None
    note: str | None
    recorded_at: datetime
    fund: str
    pledge: str | None
    donor: str | None
    receipt: str | None
    amount: Money
    bank_fee: Money
    usd: Money
    kept_for_id: int | None

    @property
    def kept_apart(self) -> bool:
        """Does it wait in suspense for a gift on which it may not be taken yet?"""
        return self.stands and self.kept_for_id is not None and self.pledge is None

    @property
    def stands(self) -> bool:
        """In the books, and not reversed."""
        return self.reversed_on is None


def _listed_deposit(*facts: Any) -> ListedDeposit:
    fund, pledge, donor, year, number, currency, amount, fee, cents, kept_for = facts[-10:]
    receipt = None if number is None else receipt_reference(fund, year, number)
    sums = Money(amount, currency), Money(fee, currency), usd(cents)
    return ListedDeposit._make((*facts[:-10], fund, pledge, donor, receipt, *sums, kept_for))


def _with_what_it_is_of(query: Select[Any]) -> Select[Any]:
    return (
        query.join(Fund, Fund.id == Deposit.fund_id)
        .outerjoin(Pledge, Pledge.id == Deposit.pledge_id)
        .outerjoin(_Donor, _Donor.id == Pledge.donor_id)
        .outerjoin(Receipt, Receipt.deposit_id == Deposit.id)
    )


FACTS = Facts(
    (
        *(Deposit.id, Deposit.bank_reference, Deposit.value_on, Deposit.rate, Deposit.rate_on),
        *(Deposit.allocated_on, Deposit.reversed_on, Deposit.note, Deposit.recorded_at),
        *(Fund.code, Pledge.reference, _Donor.name, Receipt.year, Receipt.number),
        *(Deposit.currency, Deposit.amount_minor, Deposit.bank_fee_minor, Deposit.usd_minor),
        Deposit.kept_for_id,
    ),
    _listed_deposit,
    _with_what_it_is_of,
)

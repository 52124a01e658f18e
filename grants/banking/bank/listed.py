"""What the list of bank lines reads of each: facts for its cells and files, and of an open credit
the pledges that it could be money on.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select

from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.stated import Stated
from grants.banking.bank.waiting import OpenPledge, open_pledges
from grants.banking.bank.workflow import LineState
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.platform.web.database import session
from grants.platform.web.facts import Facts


class ListedLine(NamedTuple):
    """What the list knows of a line."""

    stated: Stated
    id: int
    state: LineState
    account: str
    booked_on: date
    bank_reference: str
    statement: str
    pledges: tuple[OpenPledge, ...]

    @property
    def amount(self) -> Money:
        return Money(self.stated.amount_minor, self.stated.currency)

    @property
    def fee(self) -> Money:
        return Money(self.stated.fee_minor, self.stated.currency)


_STATED = len(Stated._fields)
_STATE = _STATED + 1


def _listed_line(*facts: Any) -> ListedLine:
    return ListedLine(Stated._make(facts[:_STATED]), *facts[_STATED:])


def _open_pledges(rows: Sequence[tuple[Any, ...]]) -> list[tuple[OpenPledge, ...]]:
    """Ask once for the pledges that each open credit of a page most likely is."""
    stated = {
        at: one
        for at, row in enumerate(rows)
        if row[_STATE] is LineState.UNMATCHED and (one := Stated._make(row[:_STATED])).is_credit
    }
    if not stated:
        return [()] * len(rows)
    found = dict(zip(stated, open_pledges(session(), list(stated.values()), 2), strict=True))
    return [found.get(at, ()) for at in range(len(rows))]


def _with_its_statement(query: Select[Any]) -> Select[Any]:
    return query.join(BankStatement, BankStatement.id == BankLine.statement_id)


FACTS = Facts(
    (
        *(BankAccount.fund_id, BankLine.value_on, BankLine.currency, BankLine.amount_minor),
        *(BankLine.fee_minor, BankLine.original_currency, BankLine.original_minor),
        *(BankLine.counterparty, BankLine.end_to_end, BankLine.text, BankLine.code),
        *(BankLine.id, BankLine.state, BankAccount.code, BankLine.booked_on),
        *(BankLine.bank_reference, BankStatement.reference),
    ),
    _listed_line,
    _with_its_statement,
    _open_pledges,
)

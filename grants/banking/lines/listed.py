"""What the list of bank lines reads of each: facts for its cells and files, and of an open line
the pledges, instalments and grants whose money it could be.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select

from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.workflow import UNDECIDED, LineState
from grants.banking.matching.open_grants import (
    OpenInstalment,
    PaidGrant,
    open_instalments,
    paid_grants,
)
from grants.banking.matching.stated import Stated
from grants.banking.matching.waiting import OpenPledge, open_pledges
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.platform.tables.facts import Facts
from grants.platform.web.database import session


class CouldBe(NamedTuple):
    """Whose money an open line could be."""

    pledges: tuple[OpenPledge, ...] = ()
    instalments: tuple[OpenInstalment, ...] = ()
    grants: tuple[PaidGrant, ...] = ()


class ListedLine(NamedTuple):
    """What the list knows of a line."""

    stated: Stated
    id: int
    state: LineState
    account: str
    booked_on: date
    bank_reference: str
    statement: str
    could_be: CouldBe

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

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


def _could_be(rows: Sequence[tuple[Any, ...]]) -> list[CouldBe]:
    """Ask once for what each open line of a page most likely is."""
    lines = {
        at: Stated._make(row[:_STATED]) for at, row in enumerate(rows) if row[_STATE] in UNDECIDED
    }
    if not lines:
        return [CouldBe()] * len(rows)
    stated = list(lines.values())
    pledges = _pledges_for(stated)
    instalments, grants = open_instalments(session(), stated), paid_grants(session(), stated)
    by_row = dict(zip(lines, map(CouldBe, pledges, instalments, grants), strict=True))
    return [by_row.get(at, CouldBe()) for at in range(len(rows))]


def _pledges_for(lines: Sequence[Stated]) -> list[tuple[OpenPledge, ...]]:
    """The pledges that each credit most likely is."""
    incoming = [line for line in lines if line.is_credit]
    proposals = iter(open_pledges(session(), incoming, 2) if incoming else ())
    return [next(proposals) if line.is_credit else () for line in lines]


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
    _could_be,
)

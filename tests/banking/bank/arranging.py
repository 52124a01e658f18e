"""Arranging the bank's side: accounts with numbers, statements taken in, lines to speak of."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint, enter_person
from tests.banking.bank.files import EURO_IBAN, IBAN, BankEntry, camt
from tests.books.ledger.books import CLERK, an_account, main_account


def numbered(session: Session, fund: Fund, number: str = IBAN) -> BankAccount:
    """The fund's main account, with the number that statements name."""
    account = main_account(session, fund)
    account.number = number
    session.flush()
    return account


def euros(session: Session, fund: Fund) -> BankAccount:
    account = an_account(session, fund, "EUR")
    account.number = EURO_IBAN
    session.flush()
    return account


def imported_lines(
    session: Session, fund: Fund, told: Sequence[BankEntry], opening: str = "0", **more: object
) -> list[BankLine]:
    """The lines of a statement of the main account, or of the one whose `account` is named."""
    if "account" not in more:
        numbered(session, fund)
    content = camt(told, opening, **more)  # type: ignore[arg-type]
    (taken,) = import_statements(session, "march.xml", content, CLERK)
    session.flush()
    return list(
        session.scalars(
            select(BankLine)
            .where(BankLine.statement_id == taken.statement.id)
            .order_by(BankLine.number)
        )
    )


def a_line(session: Session, fund: Fund, amount: Money, **more: object) -> BankLine:
    """A single line, alone in its statement."""
    told = BankEntry(amount, **more)  # type: ignore[arg-type]
    (line,) = imported_lines(session, fund, [told], reference=f"STMT {told.reference or 'X'}")
    return line


def finance(session: Session, reason: str | None = None) -> Act:
    """An act of a finance officer who has recorded no promise."""
    person = enter_person(session, "fatou.diallo@example.org", "Fatou Diallo")
    appoint(session, person, Role.FINANCE_OFFICER)
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return Act(viewer, reason)

"""Each check of contributions finds the fault it is there for, and nothing in sound books."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import CHECKS as ALL
from grants.books.ledger.verify import TRIGGERS, Check
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.contributions import verify
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.contributions.service import allocate
from grants.giving.pledges.models import ChangeKind
from tests.books.ledger.books import settle
from tests.factories import (
    a_deposit,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_approved_change,
    staff,
)


def _some_of_everything(session: Session, fund: Fund) -> None:
    a_deposit(session, fund, a_pledge(session, fund), usd(500), fee=usd(2))
    a_deposit(session, fund, a_signed_pledge(session, fund), usd(500))
    a_deposit(session, fund, None, usd(50))
    found = a_deposit(session, fund, None, usd(60))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    allocate(session, found, a_pledge(session, fund), finance)
    wrong = a_deposit(session, fund, a_signed_pledge(session, fund), usd(40))
    again = act_of(session, staff(session, Role.FINANCE_OFFICER), "It was recorded twice.")
    reverse_deposit(session, wrong, again)
    an_approved_change(session, a_signed_pledge(session, fund), ChangeKind.WRITE_OFF, usd(700))
    settle(session)


def _by_force(session: Session, statement: str) -> None:
    """As a person with the database's own key would, its rules switched off."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(statement))


def test_sound_books_have_nothing_to_tell(session: Session, fund: Fund) -> None:
    _some_of_everything(session, fund)
    assert [line for check in verify.CHECKS for line in check(session)] == []


FAULTS: list[tuple[Check, str]] = [
    (verify.ACCEPTED_GIFTS_WERE_SCREENED, "UPDATE pledge SET express = true"),
    (
        verify.ACCEPTED_PLEDGES_WERE_CLEARED,
        "UPDATE organisation SET kind = 'private' WHERE id IN (SELECT donor_id FROM pledge)",
    ),
    (verify.CHANGES_LEFT_THE_BOOKS, "UPDATE pledge_change SET amount_minor = 1"),
    (verify.CHANGES_LEFT_THE_BOOKS, "UPDATE pledge_change SET decided_on = decided_on - 1"),
    (verify.CHANGES_LEFT_THE_BOOKS, "UPDATE pledge_change SET in_books = false"),
    (verify.CHANGES_LEFT_THE_BOOKS, "UPDATE entry SET key = key || '9' WHERE key LIKE 'pledge_c%'"),
    (verify.RECEIPTS_ARE_GAPLESS, "DELETE FROM receipt WHERE number = 2"),
    (verify.RECEIPTS_ARE_GAPLESS, "DELETE FROM receipt WHERE number = 4"),
    (verify.RECEIPTS_ARE_GAPLESS, "UPDATE counter SET last = 9 WHERE series LIKE '%receipt%'"),
    (verify.DEPOSITS_HAVE_THEIR_RECEIPTS, "DELETE FROM receipt WHERE number = 1"),
    (verify.DEPOSITS_HAVE_THEIR_RECEIPTS, "UPDATE receipt SET donor_id = donor_id + 1"),
    (verify.DEPOSITS_ARE_IN_THE_BOOKS, "UPDATE deposit SET usd_minor = usd_minor + 1"),
    (verify.DEPOSITS_ARE_IN_THE_BOOKS, "UPDATE deposit SET bank_fee_minor = 3"),
    (verify.DEPOSITS_ARE_IN_THE_BOOKS, "UPDATE deposit SET value_on = value_on - 1"),
    (verify.DEPOSITS_ARE_IN_THE_BOOKS, "DELETE FROM deposit WHERE pledge_id IS NULL"),
    (
        verify.DEPOSITS_ARE_IN_THE_BOOKS,
        "UPDATE entry SET key = 'x' || id WHERE key LIKE 'deposit:%'",
    ),
    (verify.ALLOCATIONS_LEFT_SUSPENSE, "UPDATE deposit SET allocated_on = NULL"),
    (
        verify.ALLOCATIONS_LEFT_SUSPENSE,
        "UPDATE posting SET (usd_minor, amount_minor) = (1, 1) WHERE account = 'suspense'",
    ),
    (
        verify.REVERSED_DEPOSITS_LEFT_THE_BOOKS,
        "UPDATE deposit SET reversed_on = reversed_on - 1 WHERE reversed_on IS NOT NULL",
    ),
    (
        verify.REVERSED_DEPOSITS_LEFT_THE_BOOKS,
        "UPDATE deposit SET (reversed_on, reversal_reason) = (value_on, 'x') WHERE pledge_id > 0",
    ),
    (
        verify.INSTALMENTS_ADD_UP,
        "INSERT INTO pledge_instalment SELECT id, 1, '2026-05-05', 1, 1 FROM pledge",
    ),
    (verify.AGREEMENTS_ARE_IN_THE_BOOKS, "DELETE FROM entry WHERE event = 'agreement_signed'"),
    (
        verify.AGREEMENTS_ARE_IN_THE_BOOKS,
        "UPDATE pledge SET agreement_signed_on = '2026-01-11' WHERE state = 'signed'",
    ),
    (verify.AGREEMENTS_ARE_IN_THE_BOOKS, "UPDATE pledge SET state = 'pledged'"),
]


@pytest.mark.parametrize(("check", "fault"), FAULTS)
def test_the_check_finds_the_fault(session: Session, fund: Fund, check: Check, fault: str) -> None:
    _some_of_everything(session, fund)
    _by_force(session, fault)
    assert list(check(session))


def test_every_check_has_a_fault_it_must_find() -> None:
    tried: set[Callable[..., object]] = {check for check, _fault in FAULTS}
    assert tried == set(verify.CHECKS)


@pytest.mark.usefixtures("app")
def test_the_application_asks_them_with_the_ledgers_own() -> None:
    assert set(verify.CHECKS) <= set(ALL)
    assert verify.TRIGGERS.items() <= {*TRIGGERS}

"""Each check of due diligence finds the fault it is there for; of two at once one is done."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import CHECKS, TRIGGERS
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Conflict, FundError
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.integrity.diligence import verify
from grants.integrity.diligence.models import DueDiligence, Outcome
from grants.integrity.diligence.service import decide, open_case, take_over
from tests.factories import act_of, staff
from tests.integrity.diligence.examined import a_company, approver, recommended

FAULTS: list[tuple[Callable[[Session], Iterator[str]], str]] = [
    (verify.TWO_PERSONS_DECIDED, "UPDATE due_diligence SET decided_by = NULL"),
    (
        verify.TWO_PERSONS_DECIDED,
        "UPDATE due_diligence SET decided_by = (SELECT min(id) FROM person WHERE name = 'Auditor')",
    ),
    (verify.CLEARANCES_SAY_WHAT_THEY_REST_ON, "UPDATE due_diligence SET answers = '{}'"),
    (verify.CLEARANCES_SAY_WHAT_THEY_REST_ON, "UPDATE due_diligence SET screened = '{}'"),
]


def _some_of_everything(session: Session, fund: Fund) -> None:
    staff(session, Role.AUDITOR)
    decide(
        session, recommended(session, fund, a_company(session)), Outcome.CLEAR, approver(session)
    )
    take_over(session, a_company(session, "Quiet Trust"), fund, Act.by_system("import"))
    session.flush()


def test_what_is_sound_has_nothing_to_tell(session: Session, fund: Fund) -> None:
    _some_of_everything(session, fund)
    assert [line for check in verify.CHECKS for line in check(session)] == []


@pytest.mark.parametrize(("check", "fault"), FAULTS)
def test_each_fault_is_found(
    session: Session,
    fund: Fund,
    check: Callable[[Session], Iterator[str]],
    fault: str,
) -> None:
    _some_of_everything(session, fund)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(fault + " WHERE NOT taken_over"))
    assert len(list(check(session))) == 1


def test_the_ledger_asks_these_checks_too(app: Flask) -> None:
    assert {*verify.CHECKS} <= {*CHECKS}
    assert verify.TRIGGERS.items() <= {*TRIGGERS}


def test_of_two_who_begin_to_examine_a_donor_at_once_one_does(real_database: Database) -> None:
    with real_database.transaction() as session:
        donor_id = a_company(session).id
        acts = [
            act_of(session, staff(session, Role.PROGRAMME_OFFICER, name))
            for name in ("Ada Byron", "Bo Chen", "Cy Dent")
        ]
    told: list[FundError | None] = []

    def begin(act: Act) -> None:
        try:
            with real_database.transaction() as session:
                fund = fund_by_code(session, "UNVTF")
                open_case(session, session.get_one(Organisation, donor_id), fund, act)
            told.append(None)
        except FundError as refusal:
            told.append(refusal)

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(refusal is None for refusal in told) == 1
    assert sum(isinstance(refusal, Conflict) for refusal in told) == 2
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(DueDiligence)) == 1

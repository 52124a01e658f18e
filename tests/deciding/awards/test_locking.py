"""Who works on one grant at once waits in one order: the fund first, then the grant."""

import ast
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code, lock
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.deciding.awards.locking import lock_award, lock_awards
from grants.deciding.awards.models import Award
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import hold
from grants.granting.recovery.service import request_refund
from grants.granting.recovery.workflow import RefundCause
from tests.factories import act_of, an_organisation
from tests.grants import Scene, an_approved_award, cash, grant_people, pay
from tests.rules.source import faults, planted

HOME = "grants/deciding/awards/locking.py"
OF_GRANT = re.compile(r"\bAward\b|refresh\(award\b|refresh\(\w+\.award\b")


def grant_locks(path: str, tree: ast.Module) -> Iterator[str]:
    """Only one module locks grants: there the fund is locked first."""
    if path == HOME:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Assign | ast.Return | ast.AnnAssign):
            words = ast.unparse(node)
            if "with_for_update" in words and OF_GRANT.search(words):
                yield f"{path}:{node.lineno}: locks a grant; call lock_award()"


def test_only_one_module_locks_grants() -> None:
    assert faults(grant_locks) == []


@pytest.mark.parametrize(
    "code",
    [
        "session.execute(select(Award.id).where(Award.id == 1).with_for_update())",
        "session.refresh(award, with_for_update={'of': Award})",
        "session.refresh(report.award, with_for_update=True)",
    ],
)
def test_a_lock_of_a_grant_elsewhere_is_noticed(code: str) -> None:
    assert planted(grant_locks, code)


class Stage:
    """A running grant, of which the first instalment is paid, on a real database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            fund = fund_by_code(session, "UNVTF")
            cash(session, fund)
            organisation = an_organisation(session)
            self.people = grant_people(session, organisation)
            award = an_approved_award(session, fund, organisation, self.people.approver)
            scene = Scene(session, fund, organisation, self.people, award).run()
            pay(session, scene.instalments[0], self.people, clock.today())
            self.award_id, self.fund_id = award.id, fund.id

    def refund(self, session: Session) -> None:
        award, day = session.get_one(Award, self.award_id), clock.today()
        act = act_of(session, self.people.finance)
        record_refund(session, award, usd_of(award, 100), day, "RF-1", act)

    def ask_back(self, session: Session) -> None:
        award = session.get_one(Award, self.award_id)
        act = act_of(session, self.people.officer, "Not spent.")
        day = clock.today() + timedelta(30)
        request_refund(session, award, RefundCause.UNSPENT, usd_of(award, 50), day, act)

    def stop(self, session: Session) -> None:
        second: Instalment = instalments_of(session, self.award_id)[1]
        hold(session, second, act_of(session, self.people.approver, "A question."))


def usd_of(award: Award, parts: int) -> Money:
    return Money(award.amount_minor // parts, "USD")


@pytest.mark.parametrize("deed", ["refund", "ask_back", "stop"])
def test_who_holds_the_fund_never_waits_for_one_who_waits_for_the_fund(
    real_database: Database, deed: str
) -> None:
    """A signature holds the fund's money; a payment begins; then the signature takes the grant."""
    stage = Stage(real_database)
    act: Callable[[Session], None] = getattr(stage, deed)
    begun = Event()

    def work() -> None:
        with real_database.transaction() as other:
            begun.set()
            act(other)

    with ThreadPoolExecutor(1) as pool, real_database.session() as session:
        session.execute(text("SET LOCAL deadlock_timeout = '100ms'"))
        lock(session, stage.fund_id)
        waiting: Future[None] = pool.submit(work)
        assert begun.wait(10)
        _wait_for_a_lock(session, waiting)
        assert lock_award(session, stage.award_id).id == stage.award_id
        session.commit()
        waiting.result(30)


def _wait_for_a_lock(session: Session, other: Future[None]) -> None:
    """Until the other connection stands still."""
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _turn in range(1000):
        if session.scalar(asked):
            return
        assert not other.done(), other.exception()
        session.execute(text("SELECT pg_sleep(0.01)"))
    raise AssertionError("nobody waits")


def test_several_grants_are_locked_in_one_order(scene: Scene) -> None:
    other = an_approved_award(scene.session, scene.fund, scene.organisation, scene.people.approver)
    locked = lock_awards(scene.session, [other.id, scene.award.id])
    assert [award.id for award in locked] == sorted([other.id, scene.award.id])

"""Acts in any order: what each history begins with, and how a refused act is undone."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import FundError
from tests.books.ledger.books import settle
from tests.cases import cases


class AnyOrder(RuleBasedStateMachine):
    """One history after the other in one session; each is thrown away at its end."""

    session: Session
    fund: Fund

    def __init__(self) -> None:
        super().__init__()
        self.point = self.session.begin_nested()
        self.is_changed = True

    def teardown(self) -> None:
        self.point.rollback()
        self.session.expire_all()

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Is the act taken? A refusal leaves everything in the picture as it was."""
        before = self.picture()
        nested = self.session.begin_nested()
        try:
            act()
            settle(self.session)
            nested.commit()
        except FundError:
            nested.rollback()
            self.session.expire_all()
            assert self.picture() == before
            return False
        self.is_changed = True
        return True

    @precondition(lambda history: history.is_changed)
    @invariant()
    def what_was_taken_leaves_everything_right(self) -> None:
        """All checks, after each act that was taken: what is refused is rolled back whole."""
        self.check_everything()
        self.is_changed = False

    def check_everything(self) -> None:
        """The checks of live data that are too slow for looking after a refusal, too."""

    def picture(self) -> Any:
        """What a refused act may not change."""


def try_any_order(
    database: Database, machine: type[AnyOrder], *, some: int, steps: int, many: int = 60
) -> None:
    """Histories of so many steps: some in every run, many where they are asked for."""
    with database.session() as session:
        given = {"session": session, "fund": fund_by_code(session, "UNVTF")}
        run_histories(type(machine.__name__, (machine,), given), some=some, steps=steps, many=many)
        assert breaches(session) == []


def run_histories(
    machine: type[RuleBasedStateMachine], *, some: int, steps: int, many: int
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=cases(some, many),
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

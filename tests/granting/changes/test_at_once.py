"""Two people act on one grant at the same time: one of them is refused, and no money is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError
from grants.core.kernel.money import total, usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import approve, recommend
from grants.granting.changes.signing import put_in_force
from grants.granting.changes.workflow import ChangeKind
from grants.granting.payments.models import Instalment
from tests.factories import act_of, an_organisation, staff
from tests.granting.changes.scenes import approved, asked_for, running_longer
from tests.grants import Scene, a_file, an_approved_award, cash, grant_people, pay


def a_scene(session: Session, money: str = "30000") -> Scene:
    fund = fund_by_code(session, "UNVTF")
    cash(session, fund, money)
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    return running_longer(Scene(session, fund, organisation, people, award))


def a_top_up(scene: Scene, amount: str) -> GrantChange:
    asked = {
        "ends_on": scene.award.ends_on.isoformat(),
        "amount": amount,
        "from": clock.today().isoformat(),
    }
    return asked_for(scene, ChangeKind.TOP_UP, **asked)


def at_once(database: Database, *acts: Callable[[Session], Any]) -> list[str]:
    """Each act in its own transaction, begun at the same moment; the refusals."""
    barrier = Barrier(len(acts))

    def take(act: Callable[[Session], Any]) -> str:
        try:
            with database.transaction() as session:
                barrier.wait(10)
                act(session)
        except (FundError, StaleDataError) as refused:
            return type(refused).__name__
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(filter(None, pool.map(take, acts)))


def test_two_approvals_at_once_reserve_the_money_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        scene = a_scene(session)
        change = a_top_up(scene, "2000")
        approved_by = [scene.people.approver.id]
        other = staff(session, Role.APPROVING_OFFICER, "Second Officer")
        approved_by.append(other.id)
        recommend(session, change, act_of(session, scene.people.officer))
        change_id = change.id

    def by(person_id: int) -> Callable[[Session], Any]:
        def act(session: Session) -> None:
            change = session.get_one(GrantChange, change_id)
            approve(session, change, act_of(session, session.get_one(Person, person_id)))

        return act

    refused = at_once(real_database, *(by(person_id) for person_id in approved_by))
    assert refused == ["Conflict"]
    with real_database.session() as session:
        sums = balances(session, fund_by_code(session, "UNVTF"))
        assert sums.reserved == usd(226_000)


def test_an_amendment_and_a_payment_at_once_leave_the_money_whole(real_database: Database) -> None:
    with real_database.transaction() as session:
        scene = a_scene(session)
        change = approved(scene, a_top_up(scene, "2000"))
        change_id, people, first = change.id, scene.people, scene.instalments[0].id

    def record(session: Session) -> None:
        change = session.get_one(GrantChange, change_id)
        manager = session.merge(people.manager)
        paper = a_file(session, manager)
        put_in_force(session, change, clock.today(), paper, act_of(session, manager))

    def pay_first(session: Session) -> None:
        instalment = session.get_one(Instalment, first)
        pay(session, instalment, people, clock.today())

    refused = at_once(real_database, record, pay_first)
    assert refused in (["Conflict"], []), refused
    with real_database.session() as session:
        change = session.get_one(GrantChange, change_id)
        award = change.award
        parts = session.scalars(select(Instalment).where(Instalment.award_id == award.id)).all()
        assert total(part.amount for part in parts) == award.amount
        unpaid = [part.amount for part in parts if not part.is_paid]
        sums = balances(session, award.fund)
        assert sums.commitments == with_support_cost(unpaid, award.psc_percent)

"""Transfers, links and cancelling of one express gift at the same moment: it is confirmed once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.contributions.models import Receipt
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.giving.pledging.service import confirm, propose
from grants.integrity.sanctions.service import take_list
from grants.platform.messages.models import Message
from tests.factories import act_of, staff
from tests.integrity.sanctions.lists import a_list

NAME = "Lena Ojo"


@dataclass(frozen=True)
class Given:
    """A gift of 100 USD that nobody has confirmed, and what may happen to it."""

    number: int
    token: str
    finance: Act

    def pay(self, session: Session) -> None:
        line = Arrival("ONE", clock.today(), usd(10_000))
        pledge = session.get_one(Pledge, self.number)
        record_deposit(session, session.get_one(Fund, 1), pledge, line, self.finance)

    def follow(self, session: Session) -> None:
        confirm(session, self.token)

    def cancel(self, session: Session) -> None:
        cancel_gift(session, session.get_one(Pledge, self.number))


@pytest.fixture
def gift(real_database: Database) -> Given:
    with real_database.transaction() as session:
        take_list(session, "list.xml", a_list(), Act.by_system("test"))
        giver = Giver(NAME, DonorKind.INDIVIDUAL, "PT")
        contact = Contact(NAME, "lena@ojo.example")
        offer = Offer(usd(10_000), gift=True)
        pledge = propose(session, session.get_one(Fund, 1), offer, giver, contact, Act(VISITOR))
        (text,) = session.scalars(select(Message.text)).all()
        token = re.findall(r"/pledge/confirm/(\S+)", text)[0]
        return Given(pledge.id, token, act_of(session, staff(session, Role.FINANCE_OFFICER)))


def _at_once(database: Database, deeds: list[Callable[[Session], None]]) -> list[str]:
    start = Barrier(len(deeds))

    def run(deed: Callable[[Session], None]) -> str:
        start.wait(timeout=30)
        try:
            with database.transaction() as session:
                deed(session)
        except (DomainError, Conflict, StaleDataError) as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_link_and_transfer_confirm_it_once_for_one_donor(
    real_database: Database, gift: Given
) -> None:
    assert "done" in _at_once(real_database, [gift.pay, gift.follow] * 4)
    with real_database.transaction() as session:
        gift.pay(session)  # again, where it had to give way
    with real_database.session() as session:
        assert session.get_one(Pledge, gift.number).state is PledgeState.ACKNOWLEDGED
        givers = select(func.count()).select_from(Organisation)
        assert session.scalar(givers.where(Organisation.name == NAME)) == 1
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1
        assert balances(session, session.get_one(Fund, 1)).cash == usd(10_000)
        assert [fault for check in CHECKS for fault in check(session)] == []


def test_it_is_either_paid_or_cancelled(real_database: Database, gift: Given) -> None:
    outcomes = _at_once(real_database, [gift.pay, gift.cancel, gift.cancel])
    assert "done" in outcomes
    with real_database.session() as session:
        paid = session.get_one(Pledge, gift.number).state is PledgeState.ACKNOWLEDGED
        assert paid is (outcomes[0] == "done")
        assert balances(session, session.get_one(Fund, 1)).cash == usd(10_000 if paid else 0)

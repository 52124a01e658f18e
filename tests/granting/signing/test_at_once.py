"""Two who act on one paper at the same moment: one of them is refused, and the books are whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.books.ledger import verify
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.queries import all_funds
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.people.models import Person
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.agreements.verify import CHECKS
from grants.granting.signing import lapsing, service
from grants.granting.signing.models import Signing
from grants.granting.signing.rules import Rules, set_rules
from grants.granting.signing.workflow import Side, SigningState
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import act_of, an_organisation
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.grants import an_approved_award, cash, grant_people

Deed = Callable[[Session, Signing], object]
pytestmark = pytest.mark.usefixtures("quick_papers")


@pytest.fixture
def signatory(real_database: Database) -> str:
    """The fund has signed, and the last day for the grantee is over tomorrow."""
    with real_database.transaction() as session:
        (fund,) = all_funds(session)
        cash(session, fund)
        organisation = an_organisation(session)
        people = grant_people(session, organisation)
        award = an_approved_award(session, fund, organisation, people.approver)
        manager = act_of(session, people.manager)
        set_rules(session, fund, replace(Rules(), first=Side.FUND, days_to_sign=1), manager)
        signing = send_agreement(session, award, "en", manager)
        how = Signed("Mina Berg", "Fund Manager", Way.FACTOR)
        service.sign(session, signing, how, manager)
        return people.grantee.email


def at_once(database: Database, deeds: list[Deed]) -> list[str]:
    start = Barrier(len(deeds))

    def run(deed: Deed) -> str:
        with database.session() as session:
            signing = session.scalars(select(Signing)).one()
            start.wait(timeout=30)
            try:
                deed(session, signing)
                session.commit()
            except (DomainError, Conflict, StaleDataError):
                session.rollback()
                return "refused"
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def _sign_by(email: str) -> Deed:
    def sign(session: Session, signing: Signing) -> None:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        how = Signed("Luz Reyes", "Director", Way.CODE)
        service.sign(session, signing, how, act_of(session, person))

    return sign


def _lapse(session: Session, signing: Signing) -> None:
    with clock.at(clock.now() + timedelta(3)):
        lapsing.lapse(session, signing, Act.by_system("test"))


def test_signed_and_lapsed_at_once_is_one_of_both(real_database: Database, signatory: str) -> None:
    outcome = at_once(real_database, [_sign_by(signatory), _lapse])
    assert sorted(outcome) == ["done", "refused"]
    with real_database.session() as session:
        signing = session.scalars(select(Signing)).one()
        ends = {
            SigningState.SIGNED: AwardState.AGREED,
            SigningState.LAPSED: AwardState.CANCELLED,
        }
        assert ends[signing.state] is signing.award.state
        checks = (*verify.CHECKS, *CHECKS)
        assert [line for check in checks for line in check(session)] == []


def test_signed_twice_at_once_is_signed_once(real_database: Database, signatory: str) -> None:
    outcome = at_once(real_database, [_sign_by(signatory), _sign_by(signatory)])
    assert sorted(outcome) == ["done", "refused"]
    with real_database.session() as session:
        signing = session.scalars(select(Signing)).one()
        assert len(signing.signatures) == 2

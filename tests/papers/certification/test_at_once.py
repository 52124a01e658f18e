"""Two officers at once, on connections of their own: one certificate, and no gap."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from grants.books.certificates.models import Certificate
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Conflict
from grants.core.people.permissions import Role
from grants.papers.certification.certifying import certify
from tests.factories import act_of, staff
from tests.papers.certification.scene import QUARTER, a_quarter


def test_of_many_who_certify_the_same_at_once_one_does(real_database: Database) -> None:
    with real_database.transaction() as session:
        quarter = a_quarter(session, fund_by_code(session, "UNVTF"))
        officers = [quarter.officer] + [
            staff(session, Role.CERTIFYING_OFFICER, f"Officer {number}") for number in range(5)
        ]
        acts = [act_of(session, officer) for officer in officers]
        documents = [("fund-statement", "UNVTF"), ("contributions", "UNVTF")] * 3

    def attempt(place: int) -> bool:
        try:
            with real_database.transaction() as session:
                certify(session, *documents[place], QUARTER, acts[place])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(attempt, range(6)))
    assert sorted(done) == [False, False, False, False, True, True]
    with real_database.session() as session:
        numbers = session.scalars(select(Certificate.number).order_by(Certificate.number)).all()
    assert numbers == [1, 2]

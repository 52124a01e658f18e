"""What is asked first, to count fast, is true of every organisation in that state."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import count_standing
from grants.integrity.diligence.queries import Clearance, clearance
from tests.factories import a_cleared_donor, a_donor


@pytest.mark.parametrize("code", list(Clearance))
def test_donors_are_counted_as_their_clearance_says(
    session: Session, fund: Fund, code: Clearance
) -> None:
    for kind in DonorKind:
        a_donor(session, f"New {kind}", kind)
    a_cleared_donor(session, fund, "Cleared", DonorKind.FOUNDATION)
    session.flush()
    stands = clearance(clock.today())
    query = select(func.count()).select_from(Donor).join(Organisation)
    counted = session.scalar(count_standing(code))
    assert counted == session.scalar(query.where(stands == code.value))

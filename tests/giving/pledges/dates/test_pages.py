"""The pages of days of payment, on both sides."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import Due
from tests.factories import a_donor, a_pledge, member, staff
from tests.platform.web.client import SignInAs, StrictClient

TODAY = clock.today()


def typed(days: int) -> dict[str, str]:
    day = TODAY + timedelta(days=days)
    return {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}


@pytest.fixture
def arcadia(session: Session) -> Organisation:
    return a_donor(session)


@pytest.fixture
def donor(sign_in_as: SignInAs, session: Session, arcadia: Organisation) -> StrictClient:
    return sign_in_as(member(session, arcadia, Role.DONOR))


@pytest.fixture
def pledge(session: Session, fund: Fund, arcadia: Organisation) -> Pledge:
    payments = tuple(Due(TODAY + timedelta(days=days), usd(50_000)) for days in (-20, 60))
    found = a_pledge(session, fund, donor=arcadia, payments=payments)
    session.commit()
    return found


def test_a_donor_asks_and_the_fund_answers(
    donor: StrictClient, manager: StrictClient, session: Session, pledge: Pledge
) -> None:
    own, here = f"/giving/{pledge.reference}", f"/pledges/{pledge.reference}"
    assert "Overdue" in donor.get(own).text
    answer = donor.submit(f"{own}/new-date", {"number": "1", "reason": "Budget.", **typed(30)})
    assert answer.location == own
    assert "New date requested" in donor.get(own).text
    assert "The donor has asked to pay on" in manager.get(here).text
    assert "Reply to that request first" in manager.get(f"{here}/schedule").text
    asked = session.scalars(select(NewDate)).one()
    page = f"/pledges/dates/{asked.id}"
    assert pledge.reference.removeprefix("UNVTF-") in manager.get("/pledges/dates").text
    silent = manager.submit(page, {"decision": "refuse"})
    assert "reason" in silent.text
    assert manager.submit(page, {"decision": "accept", "answer": "Yes."}).location == here
    assert "Yes." in donor.get(own).text
    assert "Overdue" not in donor.get(own).text
    assert "Schedule 1" in manager.get(f"{here}/schedule").text


def test_the_fund_plans_anew(manager: StrictClient, session: Session, pledge: Pledge) -> None:
    page = f"/pledges/{pledge.reference}/schedule"
    day = TODAY + timedelta(days=5)
    row = {
        "rows-0-due_on-day": str(day.day),
        "rows-0-due_on-month": str(day.month),
        "rows-0-due_on-year": str(day.year),
    }
    wrong = manager.submit(page, row | {"rows-0-amount": "900", "reason": "By telephone."})
    assert "add up to" in wrong.text
    right = manager.submit(page, row | {"rows-0-amount": "1000", "reason": "By telephone."})
    assert right.location == f"/pledges/{pledge.reference}"
    session.expire_all()
    assert [part.due_on for part in pledge.instalments] == [day]


def test_whoever_only_reads_sees_the_plan_without_the_form(
    sign_in_as: SignInAs, session: Session, pledge: Pledge
) -> None:
    auditor = sign_in_as(staff(session, Role.AUDITOR))
    page = auditor.get(f"/pledges/{pledge.reference}/schedule").text
    assert "Scheduled payments" in page
    assert "Apply this schedule" not in page


def test_a_pledge_without_days_has_nothing_to_ask_for(
    donor: StrictClient, session: Session, fund: Fund, arcadia: Organisation
) -> None:
    plain = a_pledge(session, fund, donor=arcadia)
    session.commit()
    assert donor.get(f"/giving/{plain.reference}/new-date").status_code == 404

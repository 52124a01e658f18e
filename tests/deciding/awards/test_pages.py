"""The pages of awards."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from tests.factories import (
    Team,
    an_award,
    an_organisation,
    member,
    staff,
)
from tests.platform.web.client import SignInAs


@pytest.fixture
def award(session: Session, application: Application, team: Team) -> Award:
    award = an_award(session, application, team)
    session.commit()
    return award


def test_the_list_is_filtered_and_costs_little(
    session: Session, sign_in_as: SignInAs, award: Award
) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    browser.get("/account")
    frame = browser.queries
    page = browser.get("/awards")
    assert award.reference in page.text
    assert "USD" in page.text
    assert browser.queries - frame <= 3
    short = award.reference.removeprefix(f"{award.fund.code}-").lower()
    for hit in (
        "q=casa",
        f"q={award.reference[:8]}",
        f"q={short}",
        f"q={short[2:]}",
        "state=approved",
        "country=HN",
    ):
        assert award.reference in browser.get(f"/awards?{hit}").text
    for miss in ("q=%25", "state=closed", "country=GT"):
        assert award.reference not in browser.get(f"/awards?{miss}").text
    assert award.reference in browser.get("/awards?format=csv", buffered=True).text


def test_the_grantee_sees_its_own_award_and_nobodys_name(
    session: Session, sign_in_as: SignInAs, award: Award, team: Team
) -> None:
    own = sign_in_as(member(session, award.organisation))
    page = own.get(f"/awards/{award.reference}").text
    assert "Agreement not signed yet" in page
    assert team.approver.name not in page
    assert own.get("/awards").status_code == 403
    other = sign_in_as(member(session, an_organisation(session, "Amparo"), name="Other Member"))
    assert other.get(f"/awards/{award.reference}").status_code == 404


def test_an_award_is_cancelled_with_its_reason_by_who_approves(
    session: Session, sign_in_as: SignInAs, award: Award, team: Team
) -> None:
    path = f"/awards/{award.reference}"
    manager = sign_in_as(team.manager)
    assert "Cancel the award" not in manager.get(path).text
    assert manager.get(f"{path}/cancel").status_code == 403
    approver = sign_in_as(team.approver)
    assert "Cancel the award" in approver.get(path).text
    assert "Fill in" in approver.submit(f"{path}/cancel").text
    assert approver.submit(f"{path}/cancel", {"reason": "They dissolved."}).location == path
    session.refresh(award)
    assert award.state == AwardState.CANCELLED
    assert "They dissolved." in approver.get(path).text

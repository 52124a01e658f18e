"""Donors who have not been told for long what their money did are a to-do, until they are told."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, Earmarking, Service
from grants.core.people.permissions import Role
from grants.fundraising.thanks import service
from grants.fundraising.thanks.uninformed import count_uninformed, uninformed_donors
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.models import EarmarkMovement, Stage
from grants.granting.reporting.models import Report
from tests.factories import a_card, a_donor, a_pledge, act_of, staff
from tests.fundraising.thanks.test_thanks import YEAR
from tests.grants import Scene
from tests.platform.web.client import SignInAs

LONG_AGO = timedelta(400)
MONTHS = 6


@pytest.fixture(autouse=True)
def _published(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("service", "views"):
        monkeypatch.setattr(f"grants.fundraising.thanks.{module}.year_of", lambda *_of: YEAR)


def gave(session: Session, fund: Fund, name: str, *, bound: bool = False) -> Pledge:
    donor = a_donor(session, name, DonorKind.MEMBER_STATE, "GR")
    a_card(session, donor, f"Ana {name}")
    with clock.at(clock.now() - LONG_AGO):
        pledge = a_pledge(session, fund, usd(1_000_00), donor)
        if bound:
            pledge.earmarking, pledge.earmarked_theme = Earmarking.SOFT, Service.LEGAL
        arrival = Arrival(f"IN-{pledge.id}", clock.today(), pledge.amount)
        record_deposit(session, fund, pledge, arrival, Act.by_system("test"))
    return pledge


def accepted(scene: Scene, months: int) -> Report:
    """A report of the grant, accepted so many months ago."""
    scene.run()
    report = scene.reports[0]
    report.submitted_at = report.decided_at = clock.now() - timedelta(days=31 * months)
    report.state = type(report.state).ACCEPTED
    scene.session.flush()
    return report


def names(scene: Scene) -> list[str]:
    return [donor.name for donor in uninformed_donors(scene.session, scene.fund)]


def test_donors_of_the_pool_are_told_some_months_after_a_report(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    gave(session, fund, "Lantern")
    assert names(scene) == [], "no report yet"
    report = accepted(scene, 2)
    assert names(scene) == [], "not for long"
    report.decided_at = clock.now() - timedelta(days=31 * (MONTHS + 1))
    session.flush()
    assert names(scene) == ["Lantern"]
    fund.thanks_months = 12
    session.flush()
    assert names(scene) == [], "the fund gives itself more time"


def test_who_gave_for_a_purpose_waits_for_a_report_on_that_money(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    pledge = gave(session, fund, "Harbour", bound=True)
    accepted(scene, MONTHS + 1)
    assert names(scene) == []
    movement = EarmarkMovement(
        pledge_id=pledge.id,
        award_id=scene.award.id,
        stage=Stage.SET_APART,
        usd_minor=1_00,
        booked_on=clock.today(),
    )
    session.add(movement)
    session.flush()
    assert names(scene) == ["Harbour"]


def test_telling_them_ends_the_to_do_of_who_sends_letters(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    session, fund = scene.session, scene.fund
    gave(session, fund, "Lantern")
    accepted(scene, MONTHS + 1)
    manager = staff(session, Role.FUND_MANAGER)
    act = act_of(session, manager)
    assert session.scalar(count_uninformed(act.actor)) == 1
    session.commit()
    client = sign_in_as(manager)
    assert "Donor to inform of what their money achieved" in client.get("/start").text
    page = client.get(f"/thanks/{fund.code}").text
    assert "Lantern" in page
    service.begin_round(session, fund, {}, act)
    session.flush()
    assert session.scalar(count_uninformed(act.actor)) == 0
    assert names(scene) == []
    other = act_of(session, staff(session, Role.FINANCE_OFFICER))
    assert session.scalar(count_uninformed(other.actor)) == 0

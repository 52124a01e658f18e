"""What a donor's earmarked money did, on its start page: true to the cent."""

from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_money
from grants.desk.donor_pages.earmarks import DonorEarmark, earmarks_of_donors
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import ReportState
from tests.factories import a_donor, a_pledge, an_organisation, member
from tests.grants import Scene, an_approved_award, cash, grant_people, pay
from tests.platform.web.client import SignInAs

CAME = usd(10_000_00)


@pytest.fixture
def donor(session: Session) -> Organisation:
    return a_donor(session, name="Foundation for Honduras")


@pytest.fixture
def pledge(session: Session, fund: Fund, donor: Organisation) -> Pledge:
    """Money for one country that came long ago, beside money of the pool."""
    cash(session, fund, "30000")
    with clock.at(clock.now() - timedelta(400)):
        bound = {"earmarking": Earmarking.TIGHT, "countries": ("HN",)}
        pledge = a_pledge(session, fund, CAME, donor, **bound)
        arrival = Arrival("IN-1", clock.today(), CAME)
        record_deposit(session, fund, pledge, arrival, Act.by_system("test"))
    return pledge


def earmark(session: Session, donor: Organisation) -> DonorEarmark:
    (line,) = earmarks_of_donors(session, [donor.id])
    assert sum(part.minor for _means, part in line.parts) == line.received.minor
    return line


def test_the_parts_of_the_bar_add_up_at_each_stage(
    session: Session, fund: Fund, donor: Organisation, pledge: Pledge
) -> None:
    line = earmark(session, donor)
    assert (line.received, line.free, line.left) == (CAME, CAME, CAME)
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    line = earmark(session, donor)
    assert (line.set_apart, line.free, line.left) == (CAME, usd(0), CAME)
    scene = Scene(session, fund, organisation, people, award).run()
    pay(session, scene.instalments[0], people, clock.today())
    part = scene.instalments[0].amount
    spent = min(part + part.share(Decimal(13)), CAME)
    line = earmark(session, donor)
    assert (line.spent, line.reported, line.set_apart) == (spent, usd(0), CAME - spent)
    report = session.scalars(select(Report).where(Report.award_id == award.id)).first()
    assert report is not None
    accepted(session, report)
    assert earmark(session, donor).reported == spent


def accepted(session: Session, report: Report) -> None:
    """As though the report had been written, submitted and accepted."""
    report.state, report.submitted_at = ReportState.ACCEPTED, clock.now()
    session.flush()


def test_the_start_page_shows_the_donors_own_money_and_leads_to_it(
    session: Session, fund: Fund, donor: Organisation, pledge: Pledge, sign_in_as: SignInAs
) -> None:
    reader = member(session, donor, Role.DONOR_READER, "Hana Reader")
    other = member(session, a_donor(session, name="Another"), Role.DONOR_READER, "Omar Other")
    session.commit()
    browser = sign_in_as(reader)
    page = unescape(browser.get("/start").text)
    assert "How your earmarked money was used" in page
    assert f"{plain_money(CAME)} received" in page
    assert f'href="/giving/{pledge.reference}"' in page
    assert browser.queries <= 30
    assert "How your earmarked money was used" not in sign_in_as(other).get("/start").text


def test_money_of_the_pool_has_no_bar_of_its_own(
    session: Session, fund: Fund, donor: Organisation
) -> None:
    pooled = a_pledge(session, fund, CAME, donor)
    record_deposit(
        session, fund, pooled, Arrival("IN-2", clock.today(), CAME), Act.by_system("test")
    )
    assert earmarks_of_donors(session, [donor.id]) == []

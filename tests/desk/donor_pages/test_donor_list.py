"""The list of donors for fundraisers: figures, segments, and the file with the same columns."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.viewer import Viewer
from grants.desk.donor_pages.figures import DonorFigures, Stage
from grants.desk.donor_pages.segments import Segment, in_group, in_segment
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import donors
from grants.giving.donors.service import welcome
from grants.giving.pledges.schedule import Due
from tests.factories import a_deposit, a_donor, a_pledge, act_of, staff
from tests.platform.web.client import SignInAs

TODAY = clock.today()


@dataclass
class Scene:
    """Donors by name, and who reads them."""

    session: Session
    fund: Fund
    viewer: Viewer

    def donor(self, name: str, country: str = "AT") -> Organisation:
        donor = a_donor(self.session, name=name, country=country)
        welcome(self.session, donor, Act.by_system("test"))
        return donor

    def names(self, segment: Segment) -> set[str]:
        query = donors().where(in_segment(segment, self.viewer))
        return {donor.organisation.name for donor in self.session.scalars(query)}

    def figures(self, organisation: Organisation) -> DonorFigures:
        figures = DonorFigures(self.session, self.viewer)
        figures.prepare([self.session.get_one(Donor, organisation.id)])
        return figures


@pytest.fixture
def scene(session: Session, fund: Fund) -> Scene:
    viewer = act_of(session, staff(session, Role.FUND_MANAGER)).actor
    return Scene(session, fund, viewer)


def gives(scene: Scene, donor: Organisation, day: date, amount: int = 1_000) -> None:
    """A whole pledge of a day, paid on that day."""
    pledge = a_pledge(scene.session, scene.fund, usd(amount), donor, pledged_on=day)
    a_deposit(scene.session, scene.fund, pledge, usd(amount), value_on=day)


def test_donors_are_in_the_segments_of_their_gifts(scene: Scene) -> None:
    this_year, last_year = date(TODAY.year, 1, 1), date(TODAY.year - 1, 1, 2)
    before = date(TODAY.year - 2, 1, 2)
    gives(scene, scene.donor("Fresh"), this_year)
    faithful = scene.donor("Faithful")
    for day in (before, last_year, this_year):
        gives(scene, faithful, day)
    gives(scene, scene.donor("Late"), last_year)
    gives(scene, scene.donor("Lost"), before)
    scene.donor("Silent")
    assert scene.names(Segment.LAST_YEAR) == {"Late"}
    assert scene.names(Segment.LAPSED) == {"Lost"}
    assert scene.names(Segment.NEVER) == {"Silent"}
    assert "Fresh" in scene.names(Segment.NEW)
    assert not {"Faithful", "Late", "Lost"} & scene.names(Segment.NEW)


def test_payments_due_soon_and_overdue_are_told_by_what_has_come(scene: Scene) -> None:
    soon, late = TODAY + timedelta(days=30), TODAY - timedelta(days=10)
    dues = (Due(late, usd(400)), Due(soon, usd(600)))
    debtor, payer = scene.donor("Debtor"), scene.donor("Payer")
    a_pledge(scene.session, scene.fund, usd(1_000), debtor, payments=dues, pledged_on=late)
    paid = a_pledge(scene.session, scene.fund, usd(1_000), payer, payments=dues, pledged_on=late)
    a_deposit(scene.session, scene.fund, paid, usd(400), value_on=late)
    assert scene.names(Segment.OVERDUE) == {"Debtor"}
    assert scene.names(Segment.DUE_SOON) == {"Debtor", "Payer"}
    row = scene.figures(debtor)(scene.session.get_one(Donor, debtor.id))
    assert (row.given, row.open, row.overdue) == (usd(0), usd(1_000), usd(400))
    assert (row.next_due, row.last_gift, row.stage) == (late, None, Stage.PLEDGED)
    row = scene.figures(payer)(scene.session.get_one(Donor, payer.id))
    assert (row.given, row.open, row.overdue) == (usd(400), usd(600), usd(0))
    assert (row.next_due, row.last_gift) == (soon, late)


def test_what_has_all_come_is_received_and_who_never_gave_a_prospect(scene: Scene) -> None:
    paid, silent = scene.donor("Paid"), scene.donor("Silent")
    gives(scene, paid, TODAY)
    for donor, stage in ((paid, Stage.RECEIVED), (silent, Stage.PROSPECT)):
        assert scene.figures(donor)(scene.session.get_one(Donor, donor.id)).stage is stage


def test_member_states_are_found_by_regional_group(scene: Scene) -> None:
    scene.donor("Kenya", "KE")
    scene.donor("Austria", "AT")
    company = a_donor(scene.session, name="Firm", country="KE", kind=DonorKind.PRIVATE)
    welcome(scene.session, company, Act.by_system("test"))
    found = scene.session.scalars(donors().where(in_group(RegionalGroup.AFRICAN)))
    assert {donor.organisation.name for donor in found} == {"Kenya"}


def test_donors_are_found_by_the_month_in_which_they_usually_give(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    year = TODAY.year
    spring, both = scene.donor("Spring"), scene.donor("Both")
    for day in (date(year - 3, 3, 5), date(year - 2, 3, 9), date(year - 2, 5, 1)):
        gives(scene, spring, day)
    for day in (date(year - 2, 3, 1), date(year - 1, 5, 1)):
        gives(scene, both, day)
    scene.donor("Silent")
    scene.session.commit()
    browser = sign_in_as(staff(scene.session, Role.FUND_MANAGER))
    for month, name in (("3", "Spring"), ("5", "Both")):
        page = browser.get(f"/donors?month={month}").text
        rows = page.split("<tbody")[1].split("</tbody>")[0]
        assert [one for one in ("Spring", "Both", "Silent") if one in rows] == [name]
    assert ">March</option>" in browser.get("/donors").text
    assert "Spring" in browser.get("/donors?month=nonsense").text


def test_the_page_and_its_file_show_the_figures_in_few_questions(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    for number in range(35):
        gives(scene, scene.donor(f"Donor {number:02}"), TODAY, 100_000 + number)
    person = staff(scene.session, Role.PROGRAMME_OFFICER)
    scene.session.commit()
    browser = sign_in_as(person)
    page = browser.get("/donors?order=name").text
    assert "Given so far" in page
    assert "1,000.34" not in page, "thirty on a page"
    assert browser.queries <= 13
    assert "Donor 07" in browser.get("/donors?segment=new&q=Donor+07").text
    assert "Donor 07" not in browser.get("/donors?segment=never").text
    assert "Donor 07" not in browser.get("/donors?group=african").text


def test_the_file_has_the_columns_of_the_list(scene: Scene, sign_in_as: SignInAs) -> None:
    gives(scene, scene.donor("Kenya", "KE"), TODAY)
    person = staff(scene.session, Role.PROGRAMME_OFFICER)
    scene.session.commit()
    file = sign_in_as(person).get("/donors?format=csv").text
    (row,) = csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))
    given = (value for head, value in row.items() if head.startswith("Given so far"))
    assert next(given) == "10.00"
    assert row["Stage"] == "All received"

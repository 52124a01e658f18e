"""Grants of other funders: entered, imported, and shown beside an application they overlap."""

import io
import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.requested_period import requested_period
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.texts.tabular import UnreadableTable
from grants.deciding.awards.period import proposed_terms
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.other_grants.queries import compared, other_grants_of
from grants.integrity.other_grants.reading import read_grants
from grants.integrity.other_grants.service import ReportedGrant, enter_grants, remove_grant
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs

FILE = """\
identifier,title,funder,country,start,end,value,currency
XM-1,Shelter,IOM,HN,2026-01-01,2026-12-31,12500.50,EUR
,Legal aid,UNHCR,,2025-03-01,2027-02-28,,
"""


@pytest.fixture
def house(session: Session) -> Organisation:
    return an_organisation(session, "Casa")


def test_a_file_is_read_as_iati_names_its_columns() -> None:
    first, second = read_grants(FILE.encode())
    assert first == ReportedGrant(
        "Shelter",
        "IOM",
        date(2026, 1, 1),
        date(2026, 12, 31),
        "HN",
        Money(1_250_050, "EUR"),
        "XM-1",
    )
    assert (second.country, second.value, second.identifier) == (None, None, "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("X,,IOM,HN,2026-01-01,2026-12-31,1,EUR", "title"),
        ("X,a,IOM,ZZ,2026-01-01,2026-12-31,1,EUR", "country"),
        ("X,a,IOM,HN,1 Jan 2026,2026-12-31,1,EUR", "start"),
        ("X,a,IOM,HN,2026-01-01,2025-12-31,1,EUR", "ends before it starts"),
        ("X,a,IOM,HN,2026-01-01,2026-12-31,1,", "neither"),
        ("X,a,IOM,HN,2026-01-01,2026-12-31,1.234,EUR", "decimal"),
        ("XM-1,a,IOM,HN,2026-01-01,2026-12-31,1,EUR", "appears twice"),
    ],
)
def test_a_fault_is_named_and_nothing_of_the_file_is_taken(line: str, fault: str) -> None:
    with pytest.raises(UnreadableTable, match=fault) as refusal:
        read_grants(f"{FILE}{line}\n".encode())
    assert "grants.csv:4" in str(refusal.value)


def test_importing_twice_replaces_what_has_an_identifier(
    session: Session, house: Organisation, team: Team
) -> None:
    act = act_of(session, team.officer)
    first, _second = read_grants(FILE.encode())
    assert enter_grants(session, house, [first], act) == (1, 0)
    changed = ReportedGrant("Shelter II", "IOM", first.starts_on, first.ends_on, identifier="XM-1")
    day = date(2026, 5, 1)
    assert enter_grants(session, house, [changed, ReportedGrant("B", "C", day, day)], act) == (1, 1)
    assert {one.title for one in other_grants_of(session, house.id)} == {"Shelter II", "B"}
    wrong = ReportedGrant("B", "C", date(2026, 5, 2), day)
    with pytest.raises(DomainError, match="before it starts"):
        enter_grants(session, house, [wrong], act)


def test_a_wrong_grant_is_taken_out_for_a_reason_that_stays(
    session: Session, house: Organisation, team: Team
) -> None:
    act = act_of(session, team.officer)
    enter_grants(session, house, read_grants(FILE.encode()), act)
    grant = other_grants_of(session, house.id)[0]
    with pytest.raises(DomainError, match="reason"):
        remove_grant(session, grant, act)
    remove_grant(session, grant, act_of(session, team.officer, "Another Casa."))
    assert len(other_grants_of(session, house.id)) == 1
    row = trail_of(session, "organisation", house.id)[-1]
    assert (row.action, row.reason, row.facts["title"]) == (
        "remove_other_grant",
        "Another Casa.",
        "Shelter",
    )
    with pytest.raises(Forbidden):
        enter_grants(session, house, [], act_of(session, staff(session, Role.TRUSTEE)))


@pytest.mark.parametrize(
    ("country", "starts", "ends", "suspect"),
    [
        ("HN", date(2026, 12, 31), date(2027, 5, 1), True),
        ("HN", date(2027, 1, 1), date(2027, 5, 1), False),
        ("HN", date(2025, 1, 1), date(2026, 1, 1), True),
        ("GT", date(2026, 2, 1), date(2026, 5, 1), False),
    ],
)
def test_the_same_time_and_country_is_a_suspect_overlap(
    country: str, starts: date, ends: date, suspect: bool
) -> None:
    grant = OtherGrant(
        title="A", funder="B", country="HN", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
    )
    (one,) = compared([grant], starts, ends, country)
    assert one.is_suspect == suspect


def test_the_case_shows_the_overlap_and_suggests_a_flag(
    session: Session, fund: Fund, house: Organisation, team: Team, sign_in_as: SignInAs
) -> None:
    application = a_submitted_application(session, a_closed_call(session, fund), house)
    reviewed(session, application, team)
    period = proposed_terms(requested_period(application), application.call)
    known = ReportedGrant("Shelter of IOM", "IOM", period["starts_on"], period["ends_on"], "HN")
    session.commit()
    officer, of_house = sign_in_as(team.officer), f"/due-diligence/organisations/{house.code}"
    file = (io.BytesIO(FILE.encode()), "grants.csv")
    assert officer.submit(f"{of_house}/other-grants/file", {"file": file}).location == of_house
    assert "XM-1" not in officer.get(of_house).text
    assert "Legal aid" in officer.get(of_house).text
    bad = (io.BytesIO(b"title\nx\n"), "grants.csv")
    assert "grants.csv:1" in officer.submit(f"{of_house}/other-grants/file", {"file": bad}).text
    enter_grants(session, house, [known], act_of(session, team.officer))
    session.commit()
    case = officer.get(f"/decisions/{application.reference}?part=organisation").text
    assert "same period and country" in case
    assert case.index("Shelter of IOM") < case.index("Legal aid")
    flag = re.findall(r'href="([^"]*/flags/new[^"]*)"', case)[0]
    form = officer.get(unescape(flag)).text
    assert "Possible double funding: IOM, “Shelter of IOM”." in form
    number = other_grants_of(session, house.id)[0].id
    gone = officer.submit(f"/due-diligence/other-grants/{number}/remove", {"reason": "Wrong."})
    assert gone.location == of_house

"""Whom to ask next: the reason, the month, and who is left in peace."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.fundraising.prospects.suggestions import (
    QUIET,
    Reason,
    next_month,
    regions_of,
    suggestions,
)
from grants.giving.outreach.models import Outcome
from tests.factories import a_contact, a_deposit, a_donor, a_pledge, staff
from tests.platform.web.client import SignInAs

NOON = date(2026, 11, 20)


def gave(session: Session, fund: Fund, donor: Organisation, *days: date) -> None:
    for day in days:
        pledge = a_pledge(session, fund, usd(70_000), donor, pledged_on=day)
        a_deposit(session, fund, pledge, usd(70_000), value_on=day)


def reasons(session: Session, fund: Fund) -> dict[str, Reason]:
    return {row.donor.name: row.reason for row in suggestions(session, fund)}


@pytest.mark.parametrize(
    ("month", "today", "expected"),
    [(12, NOON, date(2026, 12, 1)), (11, NOON, date(2026, 11, 1)), (2, NOON, date(2027, 2, 1))],
)
def test_the_usual_month_comes_this_year_or_next(month: int, today: date, expected: date) -> None:
    assert next_month(month, today) == expected


def test_who_gave_before_is_suggested_with_the_reason(session: Session, fund: Fund) -> None:
    year = clock.today().year
    away = (clock.today().month + 5) % 12 + 1
    lantern, harbour = a_donor(session, "Lantern"), a_donor(session, "Harbour")
    this_year = a_donor(session, "Generous")
    gave(session, fund, lantern, date(year - 1, away, 3))
    gave(session, fund, harbour, date(year - 3, away, 3))
    gave(session, fund, this_year, clock.today())
    rows = {row.donor.name: row for row in suggestions(session, fund)}
    assert {name: row.reason for name, row in rows.items()} == {
        "Lantern": Reason.LAST_YEAR,
        "Harbour": Reason.LAPSED,
    }
    assert (rows["Lantern"].amount, rows["Lantern"].last_year) == (usd(70_000), year - 1)
    assert rows["Lantern"].month is not None
    assert rows["Lantern"].month.month == away


def test_who_gives_each_year_at_this_time_is_asked_before_it(session: Session, fund: Fund) -> None:
    soon = clock.today() + timedelta(40)
    donor = a_donor(session, "Each spring")
    gave(
        session, fund, donor, date(soon.year - 1, soon.month, 3), date(soon.year - 2, soon.month, 3)
    )
    assert reasons(session, fund) == {"Each spring": Reason.USUAL_MONTH}


def test_who_owes_was_contacted_or_declined_is_left_in_peace(session: Session, fund: Fund) -> None:
    year, today = clock.today().year, clock.today()
    for name in ("Owes", "Just contacted", "Declined", "Rested"):
        gave(session, fund, a_donor(session, name), date(year - 2, 6, 1))
    donors = {row.donor.name: row.donor for row in suggestions(session, fund)}
    a_pledge(session, fund, usd(5_000), donors["Owes"])
    a_contact(session, fund, donors["Just contacted"])
    days = QUIET + timedelta(10)
    a_contact(session, fund, donors["Declined"], held_on=today - days, outcome=Outcome.DECLINED)
    a_contact(session, fund, donors["Rested"], held_on=today - days)
    assert set(reasons(session, fund)) == {"Rested"}


def test_a_state_that_never_gave_is_suggested_where_its_neighbours_give(
    session: Session, fund: Fund
) -> None:
    giver = a_donor(session, "Mexico", DonorKind.MEMBER_STATE, "MX")
    a_donor(session, "Peru", DonorKind.MEMBER_STATE, "PE")
    a_donor(session, "Japan", DonorKind.MEMBER_STATE, "JP")
    a_donor(session, "Ana Prado", DonorKind.INDIVIDUAL, "PE")
    gave(session, fund, giver, clock.today())
    (row,) = suggestions(session, fund)
    assert (row.donor.name, row.reason, row.givers) == ("Peru", Reason.REGION, 1)
    first = regions_of(session, fund)[0]
    assert (first.group, first.givers) == (RegionalGroup.LATIN_AMERICAN, 1)
    assert "MX" not in first.others
    assert "PE" in first.others


def test_the_page_says_whom_and_why(session: Session, fund: Fund, sign_in_as: SignInAs) -> None:
    gave(session, fund, a_donor(session, "Harbour"), date(clock.today().year - 3, 6, 3))
    session.commit()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = manager.get(f"/prospects/{fund.code}/next").text
    assert "Harbour" in page
    assert "Gave before last year, and not since" in page
    assert "700.00" in manager.get(f"/prospects/{fund.code}/next?format=csv").text

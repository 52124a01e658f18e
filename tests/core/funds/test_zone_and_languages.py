"""A fund keeps its days in its own time zone and speaks its own languages; both are settings."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grants.applying.calls.service import draft_call
from grants.books.settings.queries import value_of
from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.funds.house import follow_funds
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock, language
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_moment
from tests.factories import act_of, rules, staff
from tests.platform.web.client import SignInAs

LATE = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
"""Already June in Vienna and Nairobi, still May in New York."""
WHY = "The fund has moved."


@pytest.fixture(autouse=True)
def _house() -> Iterator[None]:
    """What a test changes of the installation is put back."""
    yield
    clock.use_zone("Europe/Vienna")
    language.offer(language.OFFERED)


def changed(session: Session, fund: Fund, setting: Setting, value: str | list[str]) -> None:
    proposer = act_of(session, staff(session, Role.FINANCE_OFFICER), WHY)
    change = propose_change(session, fund, setting, value, proposer)
    put_in_force(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER)))


def test_a_fund_keeps_its_days_where_it_is(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    assert (fund.time_zone, other.time_zone) == ("Europe/Vienna", "UTC")
    with clock.at(LATE):
        assert (fund.today(), other.today()) == (date(2026, 6, 1), date(2026, 5, 31))
        assert fund.day_of(LATE) == date(2026, 6, 1)


def test_two_people_change_the_time_zone_and_days_follow_at_once(
    session: Session, fund: Fund
) -> None:
    changed(session, fund, Setting.TIME_ZONE, "America/New_York")
    assert value_of(fund, Setting.TIME_ZONE) == "America/New_York"
    with clock.at(LATE):
        assert clock.today() == fund.today() == date(2026, 5, 31)
    assert plain_moment(LATE) == "31 May 2026, 18:30 (New York time)"


def test_the_installation_keeps_the_days_of_its_first_fund(session: Session, fund: Fund) -> None:
    establish(session, Charter("SLAVERY", {"en": "Other"}, {"en": ""}, time_zone="Asia/Tokyo"))
    follow_funds(session, now=True)
    assert clock.zone().key == "Europe/Vienna"


def test_languages_are_those_of_all_funds_and_english(session: Session, fund: Fund) -> None:
    changed(session, fund, Setting.LANGUAGES, ["en"])
    assert language.offered() == ("en",)
    establish(session, Charter("SLAVERY", {"en": "Other"}, {"en": ""}, languages=("en", "ar")))
    follow_funds(session, now=True)
    assert language.offered() == ("en", "ar")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (Setting.TIME_ZONE, "Europe/Nowhere"),
        (Setting.LANGUAGES, ["ar"]),
        (Setting.LANGUAGES, ["en", "tlh"]),
        (Setting.LANGUAGES, "en"),
    ],
)
def test_what_is_no_zone_or_language_is_refused(
    session: Session, fund: Fund, setting: Setting, value: str | list[str]
) -> None:
    with pytest.raises(DomainError):
        changed(session, fund, setting, value)


def test_a_call_is_in_the_time_zone_of_its_fund_unless_it_names_one(
    session: Session, fund: Fund
) -> None:
    fund.time_zone = "Africa/Nairobi"
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    assert draft_call(session, fund, rules(), by).time_zone == "Africa/Nairobi"
    named = rules(window="SGP2", time_zone="Asia/Manila")
    assert draft_call(session, fund, named, by).time_zone == "Asia/Manila"


def test_the_settings_have_their_page(session: Session, fund: Fund, sign_in_as: SignInAs) -> None:
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    page = finance.get("/settings/UNVTF").text
    assert "Europe/Vienna" in page
    assert "English, العربية" in page
    told = {"value": "Africa/Nairobi", "reason": WHY}
    assert "/settings/changes/" in finance.submit("/settings/UNVTF/time_zone", told).location
    spoken: dict[str, str | list[str]] = {"value": ["en"], "reason": WHY}
    assert "/settings/changes/" in finance.submit("/settings/UNVTF/languages", spoken).location


def test_no_time_zone_is_written_into_the_core() -> None:
    core = Path(clock.__file__).parents[1]
    named = {path.name for path in core.rglob("*.py") if "Europe/Vienna" in path.read_text("utf-8")}
    assert named <= {"models.py", "service.py"}  # an example, and the charter of one fund

"""What the second stage of a call takes over from the first."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grants.applying.call_changes.copying import copy_call
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.service import change_form
from grants.applying.form_parts.editing import taken_over, without_question
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions import Number
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs

NEW_YORK = ZoneInfo("America/New_York")
NEXT = clock.today().year + 1


def test_the_second_stage_has_the_same_hours_in_summer_as_the_first_in_winter(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(
        session,
        fund,
        time_zone="America/New_York",
        opens_at=datetime(NEXT, 1, 10, 9, 0, tzinfo=NEW_YORK),
        deadline_at=datetime(NEXT, 2, 15, 23, 59, tzinfo=NEW_YORK),
    )
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    call.opens_at, call.deadline_at = (
        call.opens_at.astimezone(UTC),
        call.deadline_at.astimezone(UTC),
    )
    second = add_second_stage(session, call, by)
    assert f"{second.opens_at.astimezone(NEW_YORK):%H:%M}" == "09:00"
    assert f"{second.deadline_at.astimezone(NEW_YORK):%d %m %H:%M}" in (
        "31 05 23:59",
        "30 05 23:59",
    )
    copied = copy_call(session, call, by)
    assert f"{copied.deadline_at.astimezone(NEW_YORK):%d %m %H:%M}" == "15 02 23:59"


def test_the_second_stage_keeps_the_rules_and_every_language_of_the_text(
    session: Session, fund: Fund
) -> None:
    start = clock.today() + timedelta(days=400)
    texts = {"en": "Aid", "fr": "Aide"}
    call = a_draft_call(
        session,
        fund,
        title=texts,
        summary=texts,
        earliest_start_on=start,
        years_in_a_row=2,
        experience_years=3,
    )
    second = add_second_stage(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert (second.earliest_start_on, second.years_in_a_row) == (start, 2)
    assert (second.experience_years, second.countries) == (3, call.countries)
    assert second.title["fr"].replace("\xa0", " ") == "Aide : propositions complètes"
    assert second.summary == texts
    assert second.criteria == call.criteria


def test_projects_start_no_earlier_than_the_later_deadline_and_this_is_said(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    call.earliest_start_on = clock.day_of(call.deadline_at, call.zone) + timedelta(days=1)
    session.commit()
    browser = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    answer = browser.submit(
        f"/calls/{call.reference}/stages/add", {}, page=f"/calls/{call.reference}"
    )
    page = browser.get(answer.location).get_data(as_text=True)
    assert "In this stage, projects can start" in page
    session.refresh(call)
    second = call.second_stage
    assert second
    assert second.earliest_start_on
    assert second.earliest_start_on > clock.day_of(second.deadline_at, second.zone)


def test_opening_the_first_stage_says_what_becomes_of_the_second(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    second = add_second_stage(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    session.commit()
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = browser.get(f"/calls/{call.reference}/open").get_data(as_text=True)
    assert "published together with this one" in page
    assert f"/calls/{second.reference}" in page


def test_a_section_brings_the_checks_that_are_about_its_questions_alone() -> None:
    def number(key: str) -> Number:
        return Number(key=key, label={"en": key}, required=False)

    other = Section(key="more", title={"en": "More"}, questions=(number("c"),))
    section = Section(key="part", title={"en": "Part"}, questions=(number("a"), number("b")))
    own = Check(rule="b > a", message={"en": "b is larger"}, at="b")
    across = Check(rule="c > a", message={"en": "c is larger"}, at="c")
    source = Form(sections=(section, other), checks=(own, across))
    assert taken_over(Form(sections=()), source, "part").checks == (own,)


def test_the_checklist_names_no_document_that_the_form_no_longer_asks_for(
    session: Session, fund: Fund
) -> None:
    """A concept note is sent without papers; the full proposal with them. Taking a question off the
    form in the builder takes its line off too, and no other.
    """
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    call = a_draft_call(session, fund)
    second = add_second_stage(session, call, act)
    first_lines, lines = ({row["key"] for row in one.eligibility} for one in (call, second))
    assert lines - first_lines == {"accounts", "references"}
    change_form(session, second, without_question(second.questionnaire, "reference_letters"), act)
    assert lines - {row["key"] for row in second.eligibility} == {"references"}
    change_form(session, second, without_question(second.questionnaire, "other_papers"), act)
    assert lines - {row["key"] for row in second.eligibility} == {"references"}

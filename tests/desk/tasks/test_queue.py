"""The start page as a queue of cases."""

from datetime import timedelta

from lxml import html
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.core.people.viewer import Standing, Viewer
from grants.desk.tasks.queue import heading_of
from grants.desk.tasks.todo import TASKS, Waiting, cases_behind, waiting_for
from grants.granting.monitoring.models import ActivityKind
from grants.granting.monitoring.service import ActivityFacts, announce, plan_activity
from grants.granting.payments.service import release
from grants.granting.payments.workflow import CONFIRM_DAYS
from tests.factories import (
    a_call,
    a_closed_call,
    a_draft,
    a_submitted_application,
    act_of,
    member,
    staff,
)
from tests.granting.recovery.test_requests import ask
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import go_by, quick, sent
from tests.grants import Scene, approved, pay
from tests.platform.web.client import SignInAs


def line_of(page: str, what: str) -> str:
    """What the one line about this kind of work says."""
    lines = [" ".join(one.text_content().split()) for one in html.fromstring(page).iter("li")]
    (line,) = {line for line in lines if what in line}
    return line


def test_every_kind_of_work_with_cases_brings_as_many_as_it_counts(
    session: Session, fund: Fund
) -> None:
    """All of them in one question, as the start page asks it."""
    a_submitted_application(session, a_closed_call(session, fund))
    everybody = Viewer("Everybody", 1, standings=tuple(Standing(role, fund.id) for role in Role))
    kinds = [Waiting(task, 1) for task in TASKS if task.case is not None]
    places = [row.place for row in cases_behind(session, everybody, kinds)]
    for place, kind in enumerate(kinds):
        assert places.count(place) == session.scalar(kind.task.count(everybody)), kind.text
    assert len(kinds) > 70


def test_a_line_says_which_case_for_how_much_since_when_and_leads_to_its_act(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    with clock.at(clock.now() - timedelta(days=4)):
        application = a_submitted_application(session, a_closed_call(session, fund))
    page = html.fromstring(sign_in_as(staff(session, Role.FUND_MANAGER)).get("/start").text)
    (line,) = [
        one
        for one in page.iter("li")
        if "queue__line" in one.classes and "Application to screen" in one.text_content()
    ]
    text = " ".join(line.text_content().split())
    assert application.organisation.name in text
    assert "for 4 days" in text
    (link,) = line.iter("a")
    assert link.get("href") == f"/screening/{application.reference}"
    assert (link.text or "").strip() == "Screen"


def test_a_deadline_of_today_is_for_today_and_one_that_passed_is_gone(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_call(session, fund)
    application = a_draft(session, call)
    person = member(session, application.organisation, name="Ana")
    with clock.at(call.deadline_at - timedelta(minutes=5)):
        page = html.fromstring(sign_in_as(person).get("/start").text)
        assert [one.text for one in page.find_class("queue__when")] == ["Today"]
        assert page.xpath("//h1/text()") == ["1 to do"]
    with clock.at(call.deadline_at + timedelta(hours=2)):
        assert not waiting_for(session, act_of(session, person).actor)


def test_the_heading_says_how_much_is_overdue_and_how_much_there_is_to_do() -> None:
    assert heading_of(3, 12) == "3 overdue, 12 to do"
    assert (heading_of(1, 0), heading_of(0, 2)) == ("1 overdue", "2 to do")
    assert heading_of(0, 0) == "Nothing to do"


def test_a_payment_is_confirmed_late_only_days_after_the_fund_paid(
    running: Scene, sign_in_as: SignInAs
) -> None:
    """Not from the day it was due: that the fund pays late is not the grantee's delay."""
    first, people, today = running.instalments[0], running.people, clock.today()
    assert first.due_on < today
    approved(running.session, first, people)
    release(running.session, first, today, "TT-1", act_of(running.session, people.finance))
    running.session.commit()
    paid_at = clock.now()
    for days, says in ((0, ""), (CONFIRM_DAYS, "today"), (CONFIRM_DAYS + 1, "1 day late")):
        with clock.at(paid_at + timedelta(days)):
            line = line_of(sign_in_as(people.grantee).get("/start").text, "Payment to confirm")
        assert says in line
        assert ("late" in line) == (days > CONFIRM_DAYS)


def test_a_visit_stands_with_its_own_day_until_it_has_come(
    running: Scene, sign_in_as: SignInAs
) -> None:
    """Not with the day by which the fund meant to hold it, of which the grantee knows nothing."""
    officer, today = act_of(running.session, running.people.officer), clock.today()
    facts = ActivityFacts(
        ActivityKind.VISIT, today + timedelta(20), "See the services.", running.people.officer
    )
    visit = plan_activity(running.session, running.award, facts, officer)
    announce(running.session, visit, today + timedelta(3), "The town hall", officer)
    running.session.commit()
    what, start = "Visit or audit by the fund to prepare for", clock.now()
    line = line_of(sign_in_as(running.people.grantee).get("/start").text, what)
    assert "3 days left" in line
    with clock.at(start + timedelta(3)):
        assert "today" in line_of(sign_in_as(running.people.grantee).get("/start").text, what)
    with clock.at(start + timedelta(4)):
        assert what not in sign_in_as(running.people.grantee).get("/start").text


@quick
def test_a_document_to_sign_stands_with_its_grant_and_its_last_day(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    go_by(scene, days_to_sign=5)
    signing = sent(scene)
    scene.session.commit()
    page = sign_in_as(scene.people.grantee).get("/start").text
    line = line_of(page, "Document to sign for a grant")
    assert scene.award.title in line
    assert "5 days left" in line
    assert f'href="/grants/{scene.award.reference}/signing/{signing.id}"' in page
    assert scene.award.title in line_of(page, "Bank details to give")
    assert f'href="/grants/{scene.award.reference}/bank-details"' in page


def test_a_refund_due_in_a_month_is_not_for_today(running: Scene, sign_in_as: SignInAs) -> None:
    pay(running.session, running.instalments[0], running.people, clock.today())
    ask(running)
    running.session.commit()
    group = "//ul[contains(., 'Refund to make to the fund')]/preceding-sibling::h2[1]/text()"
    for day, name in ((clock.now(), "To do"), (clock.now() + timedelta(31), "Overdue")):
        with clock.at(day):
            page = html.fromstring(sign_in_as(running.people.grantee).get("/start").text)
        assert page.xpath(group) == [name]

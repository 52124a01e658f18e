"""Writers are reminded of reports before their day and after it; what is owed comes first."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from grants.applying.drafts.eligibility import obstacles
from grants.applying.submissions.service import submit as submit_application
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.granting.reporting.models import Report
from grants.granting.reporting.reminding import AFTER, BEFORE, owed_reports, remind_of_reports
from grants.granting.reporting.service import send_back, submit
from grants.platform.messages.models import Message
from tests.factories import a_call, a_complete_draft, act_of, writer_of
from tests.granting.reporting.test_reports import send
from tests.grants import Scene, accept_report, report_content


def reminders_on(scene: Scene, report: Report, days: int) -> list[str]:
    """Who is written to on the day so many days from the one that the report is due."""
    before = {message.id for message in _reminders(scene, report)}
    with clock.at(datetime.combine(report.due_on + timedelta(days), time(12), UTC)):
        remind_of_reports(scene.session)
    new = [message for message in _reminders(scene, report) if message.id not in before]
    return [message.recipient.split("@")[0].split(".")[0] for message in new]


def _reminders(scene: Scene, report: Report) -> list[Message]:
    event = Message.event.startswith(f"report:{report.id}:due:")
    return list(scene.session.scalars(select(Message).where(event).order_by(Message.id)))


def test_writers_are_reminded_before_the_day_and_the_officer_too_once_it_is_late(
    running: Scene,
) -> None:
    report = running.reports[0]
    days = range(-40, 41)
    told = {day: people for day in days if (people := reminders_on(running, report, day))}
    assert [day for day in told if day < 0] == [-day for day in BEFORE]
    assert [day for day in told if day > 0] == list(AFTER)
    assert 0 not in told
    assert {tuple(told[-day]) for day in BEFORE} == {("luz",)}
    assert {tuple(told[day]) for day in AFTER} == {("luz", "programme")}


def test_a_reminder_of_a_missed_day_goes_out_later_and_none_twice(running: Scene) -> None:
    report = running.reports[0]
    assert reminders_on(running, report, -12) == ["luz"]
    assert reminders_on(running, report, -11) == []
    assert "is due in 12 days" in _reminders(running, report)[0].text


def test_a_submitted_report_reminds_nobody_and_a_returned_one_again(running: Scene) -> None:
    report = send(running)
    assert reminders_on(running, report, 1) == []
    officer = act_of(running.session, running.people.officer)
    send_back(running.session, report, {"story": "More."}, officer)
    assert reminders_on(running, report, 7) == ["luz", "programme"]
    assert "was returned for correction" in _reminders(running, report)[-1].text


def test_an_organisation_that_owes_a_report_submits_nothing_until_it_is_sent(
    running: Scene,
) -> None:
    session, first = running.session, running.reports[0]
    call = a_call(session, running.fund)
    draft = a_complete_draft(session, call, name="The Planner")
    running.award.organisation = draft.organisation
    first.due_on = clock.today() - timedelta(1)
    first.covers_to = min(first.covers_to, first.due_on)
    writer = writer_of(session, draft)
    with pytest.raises(DomainError, match="Reports on earlier grants come first: report 1 on"):
        submit_application(session, draft, writer)
    assert [o.reports[0].address for o in obstacles(session, call, draft.organisation, None, draft)]
    call.reports_first = False
    assert obstacles(session, call, draft.organisation, None, draft) == []
    call.reports_first = True
    submit(session, first, report_content(session, first), writer)
    assert owed_reports(session, draft.organisation_id, running.fund.id) == []
    submit_application(session, draft, writer)


def test_a_returned_report_is_owed_until_it_is_submitted_again(running: Scene) -> None:
    session, report = running.session, send(running)
    officer = act_of(session, running.people.officer)
    send_back(session, report, {"story": "More."}, officer)
    (owed,) = owed_reports(session, running.organisation.id, running.fund.id)
    assert "returned to be corrected" in owed.words
    send(running)
    accept_report(session, report, running.people)
    assert owed_reports(session, running.organisation.id, running.fund.id) == []

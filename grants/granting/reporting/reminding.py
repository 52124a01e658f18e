"""Reports that are coming due, late or returned: their writers are reminded, and what is owed to a
fund comes before new applications.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from grants.applying.drafts.eligibility import OwedReport
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import OPEN, ReportState
from grants.platform.messages.service import Recipient, send

BEFORE = (30, 14, 7, 1)
"""Days before a report is due on which its writers are reminded."""
AFTER = (1, 7, 14, 30)
"""Days after it, while it is late; from the first on the programme officer is told, too."""


def remind_of_reports(session: Session) -> None:
    """Write to those who write a report that is coming due or late. Each reminder goes out once,
    also where the day it was meant for was missed.
    """
    for report in _open_reports(session):
        stage = _stage_on(report.award.fund.today(), report.due_on)
        if stage is not None:
            _send_reminders(session, report, stage)


def _open_reports(session: Session) -> Sequence[Report]:
    return session.scalars(
        select(Report)
        .join(Report.award)
        .where(Report.state.in_(OPEN), Award.is_running)
        .options(contains_eager(Report.award))
        .order_by(Report.due_on, Report.id)
    ).all()


def _stage_on(today: date, due_on: date) -> int | None:
    """Which reminder this day is for: days to the due day, below 0 when it is past; None: none."""
    days = (due_on - today).days
    if days >= 0:
        coming = [stage for stage in BEFORE if days <= stage]
        return min(coming) if coming and days else None
    return -max((stage for stage in AFTER if stage <= -days), default=0) or None


def _send_reminders(session: Session, report: Report, stage: int) -> None:
    award = report.award
    today = award.fund.today()
    for person in _reminded_people(session, report, late=stage < 0):
        send(
            session,
            Recipient.of(person),
            f"granting/reporting/{'late' if stage < 0 else 'due'}",
            event=f"report:{report.id}:due:{report.due_on}:{stage}",
            fund=award.fund,
            reference=award.reference,
            title=award.title,
            organisation=award.organisation.name,
            number=report.number,
            kind=report.kind.label,
            due_on=report.due_on,
            days=abs((report.due_on - today).days),
            is_returned=report.state is ReportState.SENT_BACK,
            url=absolute(f"/grants/{award.reference}/reports/{report.number}"),
        )


def _reminded_people(session: Session, report: Report, *, late: bool) -> Iterator[Person]:
    """Those who write it; once it is late also those who read its narrative."""
    award = report.award
    yield from people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)
    if late:
        yield from people_of_fund(session, Permission.REPORT_ACCEPT, award.fund_id)


def owed_reports(session: Session, organisation_id: int, fund_id: int) -> list[OwedReport]:
    """Reports of an organisation to a fund that are late, or were returned and not corrected."""
    today = clock.today()
    reports = session.scalars(
        select(Report)
        .join(Report.award)
        .where(
            Award.organisation_id == organisation_id,
            Award.fund_id == fund_id,
            Award.state.in_(SIGNED),
            Report.state.in_(OPEN),
            (Report.due_on < today) | (Report.state == ReportState.SENT_BACK),
        )
        .options(contains_eager(Report.award))
        .order_by(Report.due_on, Report.id)
    )
    return [OwedReport(_in_words(report), _address_of(report)) for report in reports]


def _address_of(report: Report) -> str:
    return f"/grants/{report.award.reference}/reports/{report.number}"


def _in_words(report: Report) -> str:
    facts = {
        "number": report.number,
        "grant": report.award.reference,
        "day": plain_day(report.due_on),
    }
    if report.state is ReportState.SENT_BACK:
        return _("report %(number)s on %(grant)s, returned to be corrected", **facts)
    return _("report %(number)s on %(grant)s, due %(day)s", **facts)

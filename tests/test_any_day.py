"""The demonstration is planted on any day, at any hour, wherever the fund is; its story is told as
of that day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Date, DateTime, func, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.core.database.db import Base
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import OF_DONORS
from grants.core.people.queries import person_by_email, viewer_of
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.workflow import SessionState
from grants.desk.fund_setup.checklist import unfinished
from grants.giving.totals.figures import fund_totals
from grants.granting.payments.models import Instalment
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import ReportState
from seeds.cast import STAFF, address
from seeds.company import EDITOR
from tests.any_day import Moment, chosen, every_day
from tests.rules.crawling import crawl
from tests.rules.demonstration import Demonstration, plant_into, standing
from tests.run import Run, create, drop

PLANS = {
    "aged_receivable": {"due_since", "holds_until"},
    "api_token": {"ends_on"},
    "appointment": {"from_on"},
    "award": {"starts_on", "ends_on"},
    "award_reply": {"start_asked"},
    "board_session": {"held_on"},
    "call": {
        "opens_at",
        "deadline_at",
        "earliest_start_on",
        "registered_by",
        "questions_until",
        "answers_on",
    },
    "campaign": {"starts_on", "ends_on"},
    "card_payout": {"arrives_on"},
    "clarification": {"due_at"},
    "donor_contact": {"leaves_on"},
    "due_diligence": {"valid_until"},
    "finding": {"due_on"},
    "fund_figure": {"on_day"},
    "grant_change": {"effective_on"},
    "instalment": {"due_on"},
    "link": {"expires_at"},
    "membership": {"from_on", "until_on"},
    "monitoring": {"due_on", "starts_on"},
    "new_date": {"due_on", "asked_on"},
    "organisation_hold": {"review_on"},
    "organisation_paper": {"expires_on"},
    "organisation_verification": {"valid_until"},
    "other_grant": {"ends_on"},
    "outreach_contact": {"next_on"},
    "payment_run": {"pays_on"},
    "pledge": {"earmarked_until"},
    "pledge_figure": {"on_day"},
    "pledge_instalment": {"due_on"},
    "pledge_owed": {"due_on"},
    "refund_request": {"due_on"},
    "reminder": {"due_on"},
    "reminder_hold": {"until"},
    "report": {"covers_from", "covers_to", "due_on"},
    "safeguarding_assessment": {"valid_until"},
    "signing": {"sign_by", "reminded_for"},
    "signing_code": {"expires_at"},
    "visit": {"planned_on"},
    "webhook": {"ends_on"},
}
"""Columns of each table that tell what is planned; every other date is of something that happened,
or of a time that has begun.
"""


@contextmanager
def planted_at(
    moment: Moment, server: str, template: str, name: str, folder: Path
) -> Iterator[Demonstration]:
    """The demonstration as it is planted at a moment, which goes on."""
    before = clock.zone().key
    clock.use_zone(moment.zone)
    try:
        with standing(create(server, name, template), folder) as demonstration:
            with demonstration.database.begin() as connection:  # the template's is in Vienna
                connection.exec_driver_sql("UPDATE fund SET time_zone = %s", (moment.zone,))
            plant_into(demonstration, moment.at)
            with clock.at(moment.at):
                yield demonstration
    finally:
        clock.use_zone(before)
        drop(server, name)


def check_story(session: Session) -> None:
    """Nothing has happened that lies ahead, and what a visitor meets is a fund at work."""
    assert ahead(session) == []
    fund = fund_by_code(session, "UNVTF")
    check_reports(session)
    check_what_is_open(session, fund)
    check_grantee(session)
    check_money(session, fund)
    manager = person_by_email(session, STAFF[0].email)
    assert manager is not None
    viewer = viewer_of(session, manager.id)
    assert viewer is not None
    assert [
        (of.code, item.text) for of, lacks in unfinished(session, viewer) for item in lacks
    ] == []


def ahead(session: Session) -> list[str]:
    """Columns that tell of something as done, and hold a day or a moment to come. What the
    database dates by its own clock is no part of the story.
    """
    now, today = max(clock.now(), clock.wall()), clock.today()
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in PLANS.get(table.name, ()) or column.server_default is not None:
                continue
            if isinstance(column.type, DateTime):
                latest: datetime | date | None = session.scalar(select(func.max(column)))
                if latest is not None and latest > now:
                    found.append(f"{table.name}.{column.name}: {latest}")
            elif isinstance(column.type, Date):
                latest = session.scalar(select(func.max(column)))
                if latest is not None and latest > today:
                    found.append(f"{table.name}.{column.name}: {latest}")
    return found


def check_reports(session: Session) -> None:
    """What was reported is over, and what was paid had begun."""
    today = clock.today()
    early = select(Report.id).where(Report.state != ReportState.DUE, Report.covers_to > today)
    assert session.scalars(early).all() == []
    before = select(Instalment.id).join(Award).where(Instalment.paid_on < Award.starts_on)
    assert session.scalars(before.where(Award.application_id.is_not(None))).all() == []
    past = select(BoardSession).where(BoardSession.held_on > today)
    for meeting in session.scalars(past):
        assert meeting.state in (SessionState.PREPARED, SessionState.INVITED), meeting.state


def check_what_is_open(session: Session, fund: Fund) -> None:
    """A call takes applications for a week at least, and the Board meets within six weeks."""
    week = clock.now() + timedelta(7)
    open_ = select(Call.id).where(
        Call.fund_id == fund.id,
        Call.state == CallState.OPEN,
        Call.opens_at <= clock.now(),
        Call.deadline_at > week,
    )
    assert len(session.scalars(open_).all()) >= 2
    today = clock.today()
    soon = BoardSession.held_on.between(today, today + timedelta(42))
    assert session.scalars(select(BoardSession.id).where(soon)).all()


def check_grantee(session: Session) -> None:
    """Its people have one grant that is over, and one that runs: paid, with a report to come."""
    editor = person_by_email(session, address(EDITOR))
    assert editor is not None
    today = clock.today()
    theirs = select(Membership.organisation_id).where(Membership.person_id == editor.id)
    awards = session.scalars(select(Award).where(Award.organisation_id.in_(theirs))).all()
    assert [award for award in awards if award.ends_on < today]
    running = [
        award
        for award in awards
        if award.state is AwardState.AGREED and award.starts_on <= today <= award.ends_on
    ]
    for award in running:
        paid = select(Instalment.id).where(
            Instalment.award_id == award.id, Instalment.paid_on.is_not(None)
        )
        due = select(Report.id).where(
            Report.award_id == award.id, Report.state == ReportState.DUE, Report.due_on > today
        )
        assert session.scalars(paid).all()
        assert session.scalars(due).all()
    assert running


def check_money(session: Session, fund: Fund) -> None:
    """Most of what was received is awarded; a Member State has several people."""
    received = fund_totals(session, fund).received
    standing_ = Award.fund_id == fund.id, Award.state != AwardState.CANCELLED
    awarded = session.scalar(select(func.sum(Award.amount_minor)).where(*standing_))
    assert 65 <= 100 * int(awarded or 0) // received.minor <= 90
    people = (
        select(func.count())
        .select_from(Membership)
        .join(Organisation)
        .where(Membership.role.in_(OF_DONORS), Organisation.kind == DonorKind.MEMBER_STATE)
        .group_by(Organisation.id)
    )
    assert max(session.scalars(people)) >= 2


def check(moment: Moment, server: str, template: str, run: Run, folder: Path) -> None:
    name = f"{run.own}_any_day"
    with (
        planted_at(moment, server, template, name, folder) as demonstration,
        demonstration.database.reading() as session,
    ):
        check_story(session)


def test_the_demonstration_is_planted_on_days_that_change_with_each_run(
    server_url: str, template: str, whole_run: Run, tmp_path: Path
) -> None:
    for moment in chosen():
        check(moment, server_url, template, whole_run, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("moment", every_day(), ids=str)
def test_the_demonstration_is_planted_on_every_day(
    moment: Moment, server_url: str, template: str, whole_run: Run, tmp_path: Path
) -> None:
    check(moment, server_url, template, whole_run, tmp_path)


HARDEST = (
    "2026-12-31T23",
    "2027-01-01T00",
    "2027-03-28T02",
    "2027-10-31T02@America/New_York",
    "2028-02-29T12@Pacific/Kiritimati",
    "2028-12-31T23@Pacific/Honolulu",
)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("moment", [Moment.read(moment) for moment in HARDEST], ids=str)
def test_every_page_is_drawn_on_the_hardest_days(
    moment: Moment, server_url: str, template: str, whole_run: Run, tmp_path: Path
) -> None:
    name = f"{whole_run.own}_any_day"
    with planted_at(moment, server_url, template, name, tmp_path) as demonstration:
        crawled = crawl(demonstration)
    assert crawled.pages > 200
    assert crawled.broken == []

"""A failed update of the list is known to those who keep it until one succeeds."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.desk.tasks.todo import waiting_for
from grants.integrity.sanctions.failures import note_failure
from grants.integrity.sanctions.models import SanctionsFailure
from grants.integrity.sanctions.service import take_list
from grants.platform.messages.models import Message
from tests.factories import a_person, act_of, staff
from tests.integrity.sanctions.lists import a_list, entity
from tests.platform.web.client import SignInAs

LATER = "2026-06-01T00:00:00Z"
TO_DO = "Failed update of the sanctions list to repeat"


def _fail(session: Session) -> SanctionsFailure:
    return note_failure(session, "list.xml", "list.xml:1: no list", Act.by_system("import"))


def _told(session: Session) -> list[str]:
    about = Message.event.like("sanctions-failure:%")
    return sorted(session.scalars(select(Message.recipient).where(about)))


def _waits(session: Session, person: Person) -> bool:
    return TO_DO in [line.text for line in waiting_for(session, act_of(session, person).actor)]


def test_those_who_keep_the_list_hear_of_a_failure_once_and_of_retries_after_a_day(
    session: Session, fund: Fund
) -> None:
    of_one_fund = a_person(session)
    appoint(session, of_one_fund, Role.FUND_MANAGER, fund_id=fund.id)
    keepers = [staff(session, Role.PROGRAMME_OFFICER), staff(session, Role.ADMINISTRATOR)]
    keepers.append(of_one_fund)
    staff(session, Role.AUDITOR)
    people = sorted(one.email for one in keepers)
    now = clock.now()
    for hours, told in ((0, 1), (1, 1), (23, 1), (25, 2), (47, 2)):
        with clock.at(now + timedelta(hours=hours)):
            _fail(session)
        assert _told(session) == sorted(people * told)
    assert session.scalars(select(SanctionsFailure)).one().failed_at == now


def test_the_to_do_stays_until_an_update_succeeds(session: Session, fund: Fund) -> None:
    officer, auditor = staff(session, Role.PROGRAMME_OFFICER), staff(session, Role.AUDITOR)
    by_system = Act.by_system("import")
    take_list(session, "list.xml", a_list(), by_system)
    assert not _waits(session, officer)
    for content in (a_list(), a_list(LATER)):
        _fail(session)
        assert _waits(session, officer)
        assert not _waits(session, auditor)
        take_list(session, "list.xml", content, by_system)
        assert not _waits(session, officer)
    before = len(_told(session))
    _fail(session)
    assert len(_told(session)) == before + 1


def test_a_command_that_fails_says_so_and_alarms(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    file = tmp_path / "list.xml"
    missing = app.test_cli_runner().invoke(args=["import", "sanctions", str(file)])
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
    assert _waits(session, officer)
    file.write_bytes(a_list(entities=[entity(7, "")]))
    faulty = app.test_cli_runner().invoke(args=["import", "sanctions", str(file)])
    assert faulty.exit_code == 2
    assert _told(session) == [officer.email]
    assert "FIRST_NAME: empty" in session.scalars(select(SanctionsFailure.why)).one()


def test_a_page_that_refuses_a_list_alarms_and_shows_why(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    browser = sign_in_as(officer)
    for content, known in ((a_list(entities=[entity(7, "")]), True), (a_list(), False)):
        file = {"file": (BytesIO(content), "consolidated.xml")}
        browser.submit("/sanctions/take", file, content_type="multipart/form-data")
        page = browser.get("/sanctions").text
        assert ("Updates of the list have failed since" in page) is known
        assert ("FIRST_NAME: empty" in page) is known
        assert (TO_DO in browser.get("/start").text) is known
    assert _told(session) == [officer.email]

"""An e-mail that could not be sent is told to those who run the fund, and is tried again."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate import PsycopgConnector
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.platform.messages.jobs import jobs, run_worker, try_again
from grants.platform.messages.models import Message
from grants.platform.messages.post import PostOffice
from grants.variables import Mailbox
from tests.factories import staff
from tests.platform.messages.test_post import office, write
from tests.platform.web.client import SignInAs


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FUND_MANAGER])
def test_an_email_that_waits_too_long_is_told_on_the_start_page(
    session: Session, sign_in_as: SignInAs, role: Role
) -> None:
    with clock.at(clock.now() - timedelta(minutes=14)):
        write(session).queued_at = clock.now()
    browser = sign_in_as(staff(session, role))
    assert "could not be sent" not in browser.get("/start").text
    with clock.at(clock.now() + timedelta(minutes=2)):
        page = browser.get("/start").text
        assert "E-mail that could not be sent" in page
        assert "/emails/delayed" in page
        assert "luz@example.org" in browser.get("/emails/delayed").text


def test_an_email_whose_paper_could_not_be_made_is_sent_once_it_can(
    real_database: Database, tmp_path: Path
) -> None:
    def fail(*_of: Any) -> tuple[str, bytes]:
        raise TypeError("the paper cannot be made")

    with real_database.transaction() as session:
        write(session).attachments = [{"document": "submission", "reference": "A-1"}]
    broken = PostOffice(real_database, tmp_path, Mailbox("fund@localhost"), render=fail)
    with real_database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET attempts = 8"))
    run_worker(real_database.url, broken, wait=False)
    assert list(tmp_path.glob("*.eml")) == []
    with real_database.session() as session:
        state = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'messages.deliver'"
        assert session.scalars(text(state)).all() == ["failed"]
    asyncio.run(_an_hour_later(real_database.url))
    run_worker(real_database.url, office(real_database, tmp_path), wait=False)
    assert len(list(tmp_path.glob("*.eml"))) == 1
    with real_database.session() as session:
        assert session.scalars(select(Message)).one().sent_at


async def _an_hour_later(url: str) -> None:
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as app:
        async with app.open_async():
            context: Any = type("Context", (), {"app": app})
            await try_again(context, timestamp=0)

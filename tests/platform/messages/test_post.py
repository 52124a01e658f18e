"""An e-mail exists if its act does, and is delivered once."""

import email
import signal
import subprocess
import sys
from dataclasses import replace
from email import policy
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.models import Message
from grants.platform.messages.post import PostOffice
from grants.platform.messages.service import Recipient, send
from grants.variables import Mailbox
from tests.platform.messages.smtp import mail_server

LUZ = Recipient("luz@example.org", "Luz", "en")


def write(session: Session, event: str = "link:1") -> Message:
    return send(
        session, LUZ, "platform/signin/passphrase_link", event=event, url="http://localhost/x"
    )


def office(database: Database, folder: Path) -> PostOffice:
    return PostOffice(
        database,
        folder,
        Mailbox("fund@localhost"),
        render=lambda name, _reference: (name, b"%PDF-"),
    )


def jobs_waiting(session: Session) -> int:
    found = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))
    return int(found or 0)


def test_the_job_is_queued_in_the_acts_own_transaction(real_database: Database) -> None:
    with real_database.transaction() as session:
        write(session)
    with real_database.session() as session:
        assert jobs_waiting(session) == 1


def test_an_act_that_is_rolled_back_leaves_neither_e_mail_nor_job(real_database: Database) -> None:
    def fail() -> None:
        with real_database.transaction() as session:
            write(session)
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError):
        fail()
    with real_database.session() as session:
        assert jobs_waiting(session) == 0
        assert session.query(Message).count() == 0


def test_an_e_mail_is_written_in_the_name_of_the_fund(session: Session, fund: Fund) -> None:
    """Who gets a link from an unknown sender asks who writes; the software is nobody's name."""
    message = write(session)
    assert message.text.endswith(f"\n\n{fund.title}\n")
    assert fund.title in message.html
    assert f"<bdi>{fund.code}</bdi>" in message.html
    assert "Paragraph" not in message.subject + message.text + message.html
    charter = replace(UNVTF, code="OTHER", name={"en": "Another fund"})
    other = establish(session, charter)
    together = write(session, "link:2")
    assert together.text.endswith("\n\nUnited Nations voluntary trust funds\n")
    template = "platform/signin/passphrase_link"
    named = send(session, LUZ, template, event="link:3", url="http://localhost/x", fund=other)
    assert named.text.endswith("\n\nAnother fund\n")
    about = SimpleNamespace(fund_id=fund.id)
    of_record = send(session, LUZ, template, event="link:4", url="http://localhost/x", about=about)
    assert of_record.text.endswith(f"\n\n{fund.title}\n")


def test_the_same_event_is_written_once(session: Session) -> None:
    assert write(session).id == write(session).id
    assert jobs_waiting(session) == 1


def test_the_worker_delivers_what_was_queued(real_database: Database, tmp_path: Path) -> None:
    with real_database.transaction() as session:
        write(session)
        write(session, "link:2")
    run_worker(real_database.url, office(real_database, tmp_path), wait=False)
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in tmp_path.glob("*.eml")
    ]
    assert len({letter["Message-ID"] for letter in letters}) == 2
    assert "http://localhost/x" in str(letters[0].get_body(("plain",)))
    with real_database.session() as session:
        assert all(message.sent_at for message in session.query(Message))


def test_a_crash_between_sending_and_marking_repeats_no_letter(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.transaction() as session:
        message_id = write(session).id
    post = office(real_database, tmp_path)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(clock, "now", killed)
        with pytest.raises(KeyboardInterrupt):
            post.deliver(message_id)
    assert len(list(tmp_path.glob("*.eml"))) == 1
    post.deliver(message_id)
    post.deliver(message_id)
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_a_letter_cannot_be_given_headers_through_a_name(
    real_database: Database, tmp_path: Path
) -> None:
    evil = Recipient("luz@example.org", "Luz\r\nBcc: everybody@example.org", "en")
    with real_database.transaction() as session:
        message = send(session, evil, "platform/signin/passphrase_link", event="link:9", url="x")
    office(real_database, tmp_path).deliver(message.id)
    letter = email.message_from_bytes(next(tmp_path.glob("*.eml")).read_bytes())
    assert letter["Bcc"] is None


def test_a_server_that_takes_the_letter_and_then_fails_does_not_get_it_again(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.transaction() as session:
        message = write(session, "link:10")
    with mail_server(None) as server:
        server.goodbye = b"421 closing\r\n"
        post = replace(office(real_database, tmp_path), mail_url=f"smtp://localhost:{server.port}")
        post.deliver(message.id)
        post.deliver(message.id)
    assert server.letters == 1


def connections_end(database: Database) -> None:
    """Every connection of the application's role but this one is ended, as by a restart."""
    with database.session() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_database_that_is_lost_once_the_letter_has_left_is_told_later(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.transaction() as session:
        message_id = write(session, "link:11").id
    with mail_server(None) as server:
        server.once_kept = lambda: connections_end(real_database)
        post = replace(office(real_database, tmp_path), mail_url=f"smtp://localhost:{server.port}")
        post.deliver(message_id)
        post.deliver(message_id)
    assert server.letters == 1
    with real_database.session() as session:
        assert session.get_one(Message, message_id).sent_at


KILLED_ONCE_IT_HAS_LEFT = """
import os, signal, sys
from pathlib import Path
from grants.core.kernel import clock
from grants.core.database.db import Database
from grants.core.database.seals import use_seals
from grants.platform.messages.post import PostOffice
from grants.variables import Mailbox

url, mail_url, number = sys.argv[1:]
use_seals("for tests only")
clock.now = lambda: os.kill(os.getpid(), signal.SIGKILL)  # asked for what sent_at becomes
sender = Mailbox("fund@localhost")
PostOffice(Database.at(url), Path(), sender, print, mail_url).deliver(int(number))
"""


def test_a_worker_killed_before_it_has_marked_the_letter_sends_the_very_same_again(
    real_database: Database, tmp_path: Path
) -> None:
    """Never lost; a mailbox may show it twice, which docs/operations.md says."""
    with real_database.transaction() as session:
        number = write(session, "link:12").id
    with mail_server(None) as server:
        mail_url = f"smtp://localhost:{server.port}"
        command = [sys.executable, "-c", KILLED_ONCE_IT_HAS_LEFT, real_database.url, mail_url]
        killed = subprocess.run([*command, str(number)], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert server.letters == 1
        post = replace(office(real_database, tmp_path), mail_url=mail_url)
        post.deliver(number)
        post.deliver(number)
    assert server.letters == 2
    parts = [email.message_from_bytes(letter, policy=policy.default) for letter in server.kept]
    for name in ("Message-ID", "Date", "To", "Subject"):
        assert parts[0][name] == parts[1][name]

"""Whatever dies under `flask serve` starts again, and the pages come back by themselves."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from grants.core.database.db import Database
from grants.platform.messages.service import Recipient, send
from tests.test_serving import free_port, serve, set_up, until_it_answers

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the server is somebody else's"),
]
PATIENCE = 240
SLOW = 20
"""Seconds of a page on a machine that does much else; on an idle one milliseconds."""


@dataclass
class Running:
    """An installation that is being served."""

    port: int
    data: Path
    process: psutil.Process

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/paragraph20?host={self.data / 'postgresql'}"

    def answer(self) -> int | None:
        """Status of the first page; None: nobody listens."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/", timeout=60) as answer:
                return int(answer.status)
        except HTTPError as refused:
            if refused.code == 503:
                assert refused.headers["Retry-After"]  # noqa: PT017 - of the answer, not the error
            return refused.code
        except (URLError, ConnectionError, TimeoutError):
            return None

    def part(self, word: str) -> psutil.Process:
        """The process of ours that does this."""
        (found,) = (one for one in self.process.children() if one.name() == f"p20 {word}")
        return found

    def postmaster(self) -> int:
        return int((self.data / "postgresql" / "postmaster.pid").read_text().splitlines()[0])

    def told(self) -> str:
        return (self.data / "told").read_text()

    def until_told(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.told():
            assert time.monotonic() < end, self.told()
            time.sleep(0.1)

    def answers_until_well(self, steady: int = 10) -> set[int | None]:
        """What people are answered until the page has been there for some time."""
        end, seen, well = time.monotonic() + PATIENCE, set(), 0
        while well < steady:
            assert time.monotonic() < end, self.told()
            seen.add(status := self.answer())
            well = well + 1 if status == 200 else 0
            time.sleep(0.2)
        return seen

    def until_mail_is_sent(self, event: str) -> None:
        """Write an e-mail, and wait until the worker has delivered it."""
        database = Database.at(self.url)
        with database.transaction() as session:
            to = Recipient(f"{event}@example.org", "Luz", "en")
            send(session, to, "platform/signin/passphrase_link", event=event, url="http://x/y")
        database.dispose()
        end = time.monotonic() + PATIENCE
        while not any(event in file.read_text() for file in self.data.glob("mail/*.eml")):
            assert time.monotonic() < end, self.told()
            time.sleep(0.2)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="p20-", ignore_cleanup_errors=True) as folder:
        set_up(folder)
        port, data = free_port(), Path(folder)
        with (data / "told").open("w") as told:
            server = serve(port, data, told)
        until_it_answers(port, PATIENCE)
        yield Running(port, data, psutil.Process(server.pid))
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


def test_the_worker_is_killed(running: Running) -> None:
    first = running.part("worker")
    first.kill()
    running.until_told("worker: stopped with status -9")
    assert running.answers_until_well() == {200}
    running.until_mail_is_sent("after-the-worker")
    assert running.part("worker").pid != first.pid


def test_a_process_of_the_database_is_killed(running: Running) -> None:
    """PostgreSQL then ends all connections, looks its files through and takes new ones."""
    worker, web = running.part("worker").pid, running.part("web").pid
    with psycopg.connect(running.url) as connection:
        shown = connection.execute("SHOW recovery_init_sync_method").fetchone()
        assert shown == ("syncfs" if sys.platform == "linux" else "fsync",)  # or it takes seconds
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s",
            [connection.info.backend_pid],
        ).fetchall()
    os.kill(found[0][0], signal.SIGKILL)
    assert running.answers_until_well() <= {200, 503}
    running.until_mail_is_sent("after-the-connection")
    assert (running.part("worker").pid, running.part("web").pid) == (worker, web), running.told()


def test_the_whole_database_server_is_killed(running: Running) -> None:
    worker, web = running.part("worker").pid, running.part("web").pid
    before = running.postmaster()
    os.kill(before, signal.SIGKILL)
    running.until_told("database: had stopped and has been restarted.")
    assert running.postmaster() != before
    assert running.answers_until_well() <= {200, 503}
    running.until_mail_is_sent("after-the-server")
    assert (running.part("worker").pid, running.part("web").pid) == (worker, web), running.told()


def test_the_web_server_is_killed(running: Running) -> None:
    running.part("web").kill()
    running.until_told("web: stopped with status -9")
    assert running.answers_until_well() <= {200, None}


class Visitors:
    """Twenty requests a second, each over a connection of its own, for as long as it is open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.statuses: list[int | str] = []
        self.slowest = 0.0
        self.leaving = Event()
        self.threads = [Thread(target=self._ask, args=(number,)) for number in range(4)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.leaving.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, number: int) -> None:
        self.leaving.wait(number / 20)
        while not self.leaving.wait(0.2):
            began = time.monotonic()
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=60) as answer:
                    self.statuses.append(answer.status)
            except (OSError, HTTPException) as fault:
                self.statuses.append(repr(fault))
            self.slowest = max(self.slowest, time.monotonic() - began)


def test_it_is_replaced_by_the_next_version_without_a_refused_request(running: Running) -> None:
    before = {part.pid for part in running.process.children()}
    number, began = running.process.pid, time.monotonic()
    with Visitors(running.port) as visitors:
        running.process.send_signal(signal.SIGUSR2)
        while before & {part.pid for part in running.process.children()}:
            assert time.monotonic() < began + 90, running.told()
            time.sleep(0.1)
        time.sleep(0.5)
    assert set(visitors.statuses) == {200}
    assert len(visitors.statuses) > 20
    assert visitors.slowest < SLOW
    assert running.process.pid == number
    assert "Replaced by the next version." in running.told()
    running.until_mail_is_sent("after-the-renewal")

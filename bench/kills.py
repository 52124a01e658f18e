"""SIGKILLs over web, worker and database while people write: what was acknowledged, what was lost.

Three writers queue e-mails one after another, as acts do, and two enter exchange rates on the page
for it, as a person does in a browser; each notes what was acknowledged: a commit, a redirect. Again
and again one process of the installation is killed: the worker, a process of gunicorn, a backend of
PostgreSQL, its postmaster. In the end all that was noted must be in the database, each e-mail once
at the mail server, and the trail and the books must be whole.

`.venv/bin/python -m bench.kills 200` asks for so many; 20 without a number.
"""

import os
import random
import re
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import psutil
import psycopg
import requests
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench._served import SECRET, Host
from bench._stand import cookie_for
from grants import create_app
from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.platform.messages.post import number_in
from grants.platform.messages.service import Recipient, send

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
PATIENCE = 300
CURRENCIES = ("EUR", "CHF")


@dataclass
class MailServer:
    """Counts how often each Message-ID came."""

    port: int = 0
    came: Counter[str] = field(default_factory=Counter)

    def serve(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                one, _address = listener.accept()
                Thread(target=self._talk, args=(one,), daemon=True).start()

        Thread(target=accept, daemon=True).start()

    def _talk(self, one: socket.socket) -> None:
        with suppress(OSError), one, one.makefile("rb") as lines:
            one.sendall(b"220 bench\r\n")
            while line := lines.readline():
                word = line.strip().upper()
                if word != b"DATA":
                    one.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                    continue
                one.sendall(b"354 go on\r\n")
                letter = b"".join(iter(lines.readline, b".\r\n"))
                found = re.search(rb"^Message-ID: <([^@>]+)", letter, re.MULTILINE | re.IGNORECASE)
                if found:
                    self.came[found[1].decode()] += 1
                one.sendall(b"250 kept\r\n")


class Stand(Host):
    """An installation that is being served, with the database that comes with it."""

    @property
    def url(self) -> str:
        return f"postgresql://application@/paragraph20?host={self.data / 'postgresql'}"

    def victim(self, kind: str) -> int | None:
        """The number of a process to kill."""
        assert self.server is not None
        children = psutil.Process(self.server.pid).children(recursive=True)
        with suppress(psutil.Error, OSError, ValueError, IndexError, psycopg.Error):
            if kind == "postmaster":
                note = self.data / "postgresql" / "postmaster.pid"
                return int(note.read_text().splitlines()[0])
            if kind == "backend":
                with psycopg.connect(self.url) as connection:
                    found = connection.execute(
                        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                        " AND pid <> pg_backend_pid()"
                    ).fetchall()
                return int(random.choice(found)[0]) if found else None
            word = "p20 worker" if kind == "worker" else "p20 web"
            return int(random.choice([c for c in children if c.name() == word]).pid)
        return None


def stand_of(data: Path, mail: MailServer) -> Stand:
    return Stand(data, shared={"SECRET_KEY": SECRET, "MAIL_URL": f"smtp://localhost:{mail.port}"})


def write(stand: Stand, name: int, over: Event, noted: list[str]) -> None:
    """One e-mail after another; noted when its transaction is committed."""
    database, number = Database.at(stand.url), 0
    while not over.is_set():
        number += 1
        event = f"bench:{name}:{number}"
        while not over.is_set():
            try:
                with database.transaction() as session:
                    to = Recipient(f"{name}.{number}@example.org", "Luz", "en")
                    template = "platform/signin/passphrase_link"
                    send(session, to, template, event=event, url="http://localhost/x")
                    record(session, fund_by_code(session, "UNVTF"), "write", Act.by_system("b"))
                noted.append(f"{event}:{to.email}")
                break
            except DBAPIError:
                time.sleep(0.2)  # not acknowledged: the same event again
        time.sleep(0.4)  # so that the worker keeps up, between its deaths


def browser_of_an_officer(stand: Stand, name: str) -> requests.Session:
    """A browser in which a finance officer has signed in."""
    database = Database.at(stand.url)
    with database.transaction() as session:
        officer = enter_person(session, f"{name}@example.org", "Finance")
        appoint(session, officer, Role.FINANCE_OFFICER)
    settings = Settings(data_dir=stand.data, base_url="http://localhost", secret_key=SECRET)
    cookie = cookie_for(create_app(settings, database), database, officer)["Cookie"]
    browser = requests.Session()
    browser.cookies.set("session", cookie.removeprefix("session="), domain="127.0.0.1")
    return browser


def type_rates(
    stand: Stand, browser: requests.Session, currency: str, over: Event, noted: list[str]
) -> None:
    """One rate after another, each of a day of its own; noted when the page says it is entered.

    What was not acknowledged is not tried again: it may be there or not.
    """
    page, day = f"http://127.0.0.1:{stand.port}/ledger/rates/new", date(1990, 1, 1)
    while not over.is_set():
        day += timedelta(days=1)
        typed = {"code": currency, "rate": "0.921", "source": "bench"}
        for part in ("day", "month", "year"):
            typed[f"effective_on-{part}"] = str(getattr(day, part))
        with suppress(requests.RequestException):
            token = re.search(r'"csrf_token" value="([^"]+)"', browser.get(page, timeout=30).text)
            if token:
                typed["csrf_token"] = token[1]
                answer = browser.post(page, typed, timeout=30, allow_redirects=False)
                if answer.status_code == 302:
                    noted.append(f"{currency} {day}")
        time.sleep(0.05)


def kill_and_wait(stand: Stand, kinds: list[str]) -> list[float]:
    """One process after another; how long each time until the installation was ready again."""
    away = []
    for kind in kinds:
        while (victim := stand.victim(kind)) is None:
            time.sleep(0.2)  # it is about to start again
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        time.sleep(0.2)
        away.append(stand.until_ready())
        time.sleep(random.uniform(0, 1))
    return away


def until_sent(database: Database) -> None:
    """Wait until no e-mail waits any more, or none has left for some minutes."""
    waiting = text("SELECT count(*) FROM message WHERE sent_at IS NULL")
    fewest, since = None, time.monotonic()
    while time.monotonic() - since < PATIENCE:
        with database.session() as session:
            left = session.scalar(waiting)
        if not left:
            return
        if fewest is None or left < fewest:
            fewest, since = left, time.monotonic()
        time.sleep(1)


def under_writes(
    stand: Stand, kinds: list[str], queued: list[str], typed: list[str]
) -> list[float]:
    """Kill while three writers and two browsers write, and note what is acknowledged to them."""
    over = Event()
    browsers = {currency: browser_of_an_officer(stand, currency) for currency in CURRENCIES}
    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(write, stand, name, over, queued) for name in range(3)]
        writers += [
            pool.submit(type_rates, stand, browser, code, over, typed)
            for code, browser in browsers.items()
        ]
        try:
            away = kill_and_wait(stand, kinds)
        finally:
            over.set()
    for writer in writers:
        writer.result()
    return away


def main() -> None:
    kinds = [("worker", "web", "backend", "postmaster")[n % 4] for n in range(KILLS)]
    mail = MailServer()
    mail.serve()
    with tempfile.TemporaryDirectory(prefix="p20-kills-", ignore_cleanup_errors=True) as folder:
        stand = stand_of(Path(folder), mail)
        stand.run("setup")
        stand.start()
        stand.until_ready()
        queued, typed = list[str](), list[str]()
        away = under_writes(stand, kinds, queued, typed)
        report(stand, mail, queued, typed, away)
        sound = [stand.flask(name, "verify").wait() for name in ("ledger", "trail")]
        print(f"  ledger verify, trail verify  exit {sound[0]}, {sound[1]}")
        stand.stop()


def report(
    stand: Stand, mail: MailServer, queued: list[str], typed: list[str], away: list[float]
) -> None:
    database = Database.at(stand.url)
    until_sent(database)
    with database.session() as session:
        sent = text("SELECT event, id FROM message WHERE event LIKE 'bench:%'")
        there = {row[0]: row[1] for row in session.execute(sent)}
        rates = text("SELECT currency || ' ' || effective_on FROM exchange_rate")
        rated = set(session.scalars(rates))
    times = sorted(away)
    delivered = {number_in(key) for key in mail.came}
    print(f"{len(away)} SIGKILLs over worker, web, backend, postmaster; 3 writers, 2 browsers")
    print(f"  e-mails queued, acknowledged {len(queued)}")
    print(f"  of these lost                {len(set(queued) - {*there})}")
    print(f"  rates typed, acknowledged    {len(typed)}")
    print(f"  of these lost                {len(set(typed) - rated)}")
    print(f"  e-mails without a delivery   {len({*there.values()} - delivered)}")
    print(f"  sent again, same Message-ID  {sum(n - 1 for n in mail.came.values())}")
    print(f"  ready again, median / worst  {times[len(times) // 2]:.1f} s / {times[-1]:.1f} s")


if __name__ == "__main__":
    main()

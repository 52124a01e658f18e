"""Web, worker and database killed at the same moment, again and again, while people write.

Two finance officers record deposits on the page for it; who gets no answer sends the same form
again until it is acknowledged. Three writers queue e-mails. In the end each deposit that was
acknowledged is there and booked once, each e-mail is there, and books and trail are whole.

`.venv/bin/python -m bench.outage 10`: so many times.
"""

import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import uniform
from threading import Event

import psutil
import requests
from sqlalchemy import text

from bench.kills import MailServer, Stand, browser_of_an_officer, stand_of, until_sent, write
from grants.core.database.db import Database
from grants.core.kernel import clock

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 10
DOLLARS = 1000
PATIENCE = 120
"""Seconds in which all has to work again."""
DEPOSITS = text("SELECT bank_reference, count(*) FROM deposit GROUP BY 1")
CASH = text("SELECT coalesce(sum(usd_minor), 0) / 100 FROM posting WHERE account = 'cash'")
EMAILS = text("SELECT event FROM message WHERE event LIKE 'bench:%'")


@dataclass
class Written:
    """What was acknowledged to those who write, and when last."""

    deposits: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    again: int = 0
    """Forms that were sent once more, as no answer had come."""


def record_deposits(stand: Stand, name: int, over: Event, written: Written) -> None:
    """One deposit after another, by an officer of its own."""
    browser = browser_of_an_officer(stand, f"officer.{name}")
    page = f"http://127.0.0.1:{stand.port}/contributions/unidentified/UNVTF/USD"
    today, number = clock.today(), 0
    while not over.is_set():
        number += 1
        reference = f"bench-{name}-{number}"
        typed = {"bank_reference": reference, "amount": str(DOLLARS), "bank_fee": ""}
        for part in ("day", "month", "year"):
            typed[f"value_on-{part}"] = str(getattr(today, part))
        tries = 0
        while not is_acknowledged(browser, page, typed):
            tries += 1
            time.sleep(0.2)
        written.again += tries
        written.deposits.append(reference)
        time.sleep(0.1)


def is_acknowledged(browser: requests.Session, page: str, typed: dict[str, str]) -> bool:
    """Send the form; was it answered by where to go next?"""
    with suppress(requests.RequestException):
        shown = browser.get(page, timeout=30)
        token = re.search(r'"csrf_token" value="([^"]+)"', shown.text)
        account = re.search(r'<option value="(\w[^"]*)"', shown.text)
        if token and account:
            whole = {**typed, "csrf_token": token[1], "account": account[1]}
            answer = browser.post(page, whole, timeout=30, allow_redirects=False)
            if answer.status_code in (200, 422):
                raise SystemExit(f"the form was refused: {answer.text}")
            return answer.status_code == 302
    return False


def kill_all_three(stand: Stand) -> None:
    """SIGKILL for the postmaster, the worker and every process of gunicorn."""
    assert stand.server is not None
    parts = psutil.Process(stand.server.pid).children(recursive=True)
    numbers = [part.pid for part in parts if part.name() in ("p20 web", "p20 worker")]
    postmaster = stand.victim("postmaster")
    assert postmaster
    for number in (postmaster, *numbers):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def seconds_until_more(items: Sequence[object], before: int, began: float) -> float:
    """How long after `began` there was one more than before."""
    while len(items) == before:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"nothing for {PATIENCE} s")
        time.sleep(0.02)
    return time.monotonic() - began


def outage(stand: Stand, mail: MailServer, written: Written) -> tuple[float, float, float]:
    """Seconds until `/readyz` answers 200, until a deposit is acknowledged, and until an e-mail
    reaches the mail server.
    """
    began, recorded, sent = time.monotonic(), len(written.deposits), mail.came.total()
    kill_all_three(stand)
    recorded = max(recorded, len(written.deposits))
    time.sleep(0.1)
    stand.until_ready()
    ready = time.monotonic() - began
    accepted = seconds_until_more(written.deposits, recorded, began)
    while mail.came.total() <= sent:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"no e-mail for {PATIENCE} s")
        time.sleep(0.02)
    return ready, accepted, time.monotonic() - began


def under_writes(stand: Stand, mail: MailServer, written: Written) -> list[list[float]]:
    """The outages while all write; the three kinds of seconds, each in order."""
    over = Event()
    with ThreadPoolExecutor(5) as pool:
        writers: list[Future[None]] = [
            *(pool.submit(write, stand, name, over, written.emails) for name in range(3)),
            *(pool.submit(record_deposits, stand, name, over, written) for name in range(2)),
        ]
        try:
            seconds_until_more(written.deposits, 0, time.monotonic())
            took = []
            for _number in range(TIMES):
                took.append(outage(stand, mail, written))
                time.sleep(uniform(2, 6))
        finally:
            over.set()
    for writer in writers:
        writer.result()
    return [sorted(kind) for kind in zip(*took, strict=True)]


def report(stand: Stand, mail: MailServer, written: Written, took: list[list[float]]) -> int:
    """Print what became of it; 1 if anything is lost or doubled."""
    database = Database.at(stand.url)
    until_sent(database)
    with database.session() as session:
        deposits = {row[0]: row[1] for row in session.execute(DEPOSITS)}
        cash = int(session.scalar(CASH) or 0)
        emails = set(session.scalars(EMAILS))
    lost = [len({*written.deposits} - {*deposits}), len({*written.emails} - emails)]
    doubled = sum(deposits.values()) - len(deposits)
    sound = [stand.flask(name, "verify").wait() for name in ("ledger", "trail")]
    print(f"web, worker and database killed together {TIMES} times; 2 officers, 3 writers")
    print(f"  deposits acknowledged, lost, doubled  {len(written.deposits)}, {lost[0]}, {doubled}")
    print(f"  forms sent again without an answer    {written.again}")
    print(f"  cash of the books, of the deposits    {cash}, {DOLLARS * len(deposits)} USD")
    print(f"  e-mails sent again, same Message-ID   {mail.came.total() - len(mail.came)}")
    print(f"  e-mails acknowledged, lost            {len(written.emails)}, {lost[1]}")
    for what, times in zip(("ready", "a deposit", "an e-mail"), took, strict=True):
        median = times[len(times) // 2]
        print(f"  {what} again, median / worst".ljust(40) + f"{median:.1f} s / {times[-1]:.1f} s")
    print(f"  ledger verify, trail verify           exit {sound[0]}, {sound[1]}")
    return int(any((*lost, doubled, cash - DOLLARS * len(deposits), *sound)))


def main() -> int:
    mail = MailServer()
    mail.serve()
    with tempfile.TemporaryDirectory(prefix="p20-outage-", ignore_cleanup_errors=True) as folder:
        stand = stand_of(Path(folder), mail)
        stand.run("setup")
        stand.start()
        stand.until_ready()
        written = Written()
        try:
            return report(stand, mail, written, under_writes(stand, mail, written))
        finally:
            stand.stop()


if __name__ == "__main__":
    sys.exit(main())

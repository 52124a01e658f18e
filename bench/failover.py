"""A database that is killed, and its standby in its place, while people write.

The installation knows both servers (`host=a&host=b&target_session_attrs=read-write`) and reads from
the standby; the server waits for the standby before it acknowledges a commit. The postmaster is
killed, and the standby is promoted some seconds later, as what watches over servers needs them.

`.venv/bin/python -m bench.failover 5 10`: so many times, with two new servers each; the seconds.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import psutil
import psycopg
from sqlalchemy import text

from bench._served import SECRET
from bench.kills import MailServer, Stand, until_sent, write
from bench.outage import CASH, DEPOSITS, DOLLARS, EMAILS, Written, record_deposits
from grants.core.database.db import Database
from tests.deploy.test_replica import Standby, standby_of
from tests.operations.backups.passwords import (
    ADMINISTRATOR,
    APPLICATION,
    OWNER,
    PasswordServer,
    password_server,
)

TIMES, AWAY = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((3, 10), 1)
)
BEFORE, PATIENCE = 20, 120
"""Deposits that are recorded before; seconds in which all has to work again."""
KINDS = ("promoted", "ready", "a deposit is acknowledged", "an e-mail has left")


def url_of_both(server: PasswordServer, standby: Standby, role: str) -> str:
    """Of whichever of the two takes writes."""
    start, _at, rest = server.url(role, "fund").rpartition("@")
    hosts = f"host=127.0.0.1:{server.port}&host=127.0.0.1:{standby.port}"
    name = rest.partition("/")[2]
    return f"{start}@/{name}?{hosts}&target_session_attrs=read-write"


@dataclass
class Office(Stand):
    """An installation over two servers."""

    both: str = field(default="")

    @property
    def url(self) -> str:
        return self.both


def kill_server(server: PasswordServer) -> None:
    with psycopg.connect(server.url(ADMINISTRATOR, "postgres")) as asking:
        row = asking.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        postmaster = psutil.Process(row[0]).parent()
    assert postmaster
    assert postmaster.name() == "postgres"
    os.kill(postmaster.pid, signal.SIGKILL)


def until_more(count: Callable[[], int], before: int, began: float) -> None:
    """Wait until there are more than before."""
    while count() <= before:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"not whole again after {PATIENCE} s")
        time.sleep(0.02)


def seconds_of_failover(
    office: Office, server: PasswordServer, standby: Standby, mail: MailServer, written: Written
) -> list[float]:
    """From the moment at which the standby is told to take over until each of KINDS."""
    kill_server(server)
    time.sleep(AWAY)
    began, recorded, sent = time.monotonic(), len(written.deposits), mail.came.total()
    standby.says("SELECT pg_promote()")
    took = [time.monotonic() - began]
    office.until_ready()
    took.append(time.monotonic() - began)
    until_more(lambda: len(written.deposits), recorded, began)
    took.append(time.monotonic() - began)
    until_more(mail.came.total, sent, began)
    took.append(time.monotonic() - began)
    return took


def under_writes(
    office: Office, server: PasswordServer, standby: Standby, mail: MailServer, written: Written
) -> list[float]:
    over = Event()
    with ThreadPoolExecutor(5) as pool:
        writers: list[Future[None]] = [
            *(pool.submit(write, office, name, over, written.emails) for name in range(3)),
            *(pool.submit(record_deposits, office, name, over, written) for name in range(2)),
        ]
        try:
            until = time.monotonic() + PATIENCE
            while len(written.deposits) < BEFORE or not mail.came:
                if time.monotonic() > until:
                    raise SystemExit("nobody writes")
                time.sleep(0.05)
            took = seconds_of_failover(office, server, standby, mail, written)
            time.sleep(2)
        finally:
            over.set()
    for writer in writers:
        writer.result()
    return took


def faults(office: Office, written: Written) -> str:
    """What is lost or booked twice, and what the checks find; empty: all is well."""
    database = Database.at(office.url)
    until_sent(database)
    with database.session() as session:
        deposits = {row[0]: row[1] for row in session.execute(DEPOSITS)}
        cash = int(session.scalar(CASH) or 0)
        emails = set(session.scalars(EMAILS))
        alone = session.scalar(text("SELECT NOT pg_is_in_recovery()"))
    database.dispose()
    lost = len({*written.deposits} - {*deposits}), len({*written.emails} - emails)
    sound = [office.flask(name, "verify").wait() for name in ("ledger", "trail")]
    if any((*lost, cash - DOLLARS * len(deposits), *sound)) or not alone:
        return f"lost {lost}, cash {cash} of {len(deposits)} deposits, verify {sound}"
    return ""


def failover(mail: MailServer, written: Written) -> tuple[list[float], str]:
    """One of them, with two servers of its own: the seconds, and what is wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="p20-fail-", ignore_cleanup_errors=True) as folder,
        password_server() as server,
    ):
        server.create("fund")
        with standby_of(server) as standby:
            with psycopg.connect(server.url(ADMINISTRATOR, "fund"), autocommit=True) as asking:
                asking.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                asking.execute("SELECT pg_reload_conf()")
            both = url_of_both(server, standby, APPLICATION)
            shared = {
                "SECRET_KEY": SECRET,
                "MAIL_URL": f"smtp://localhost:{mail.port}",
                "DATABASE_URL": both,
                "DATABASE_READ_URL": standby.url(APPLICATION, "fund"),
            }
            office = Office(Path(folder), shared=shared, both=both)
            office.run("setup", DATABASE_OWNER_URL=url_of_both(server, standby, OWNER))
            office.start()
            office.until_ready()
            try:
                took = under_writes(office, server, standby, mail, written)
                return took, faults(office, written)
            finally:
                office.stop()


def main() -> int:
    mail = MailServer()
    mail.serve()
    rounds, wrong, deposits, again = [], "", 0, 0
    for _number in range(TIMES):
        written = Written()
        took, why = failover(mail, written)
        rounds.append(took)
        deposits, again = deposits + len(written.deposits), again + written.again
        wrong += why
    print(f"the database killed {TIMES} times, its standby promoted after {AWAY} s; 2 officers,")
    print("3 writers; seconds after that, median / worst")
    print(f"  deposits acknowledged, sent again     {deposits}, {again}")
    for what, kind in zip(KINDS, zip(*rounds, strict=True), strict=True):
        times = sorted(kind)
        print(f"  {what}".ljust(40) + f"{times[len(times) // 2]:.1f} s / {times[-1]:.1f} s")
    print(f"  lost, booked twice, not sound         {wrong or 'nothing'}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

"""A process that answers pages holds nothing that only other processes and rare acts need."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from bench._stand import cookie_for
from grants.config import environment_with
from grants.core.people.permissions import Role
from grants.core.people.queries import person_by_email
from tests.platform.web.client import StrictClient
from tests.rules.access import lookers, rows
from tests.rules.demonstration import Demonstration
from tests.rules.examples import Examples
from tests.rules.source import ROOT

ELSEWHERE = {
    "pyhanko": "documents are signed where they are printed",
    "pyhanko_certvalidator": "documents are signed where they are printed",
    "aiohttp": "pyHanko brings it along",
    "weasyprint": "documents are printed by another process",
    "altair": "charts are drawn by another process",
    "vl_convert": "charts are drawn by another process",
    "PIL": "pictures are drawn by another process, and checked when one is uploaded",
    "openpyxl": "workbooks are filled by another process",
    "numpy": "openpyxl brings it along",
    "scipy": "scenarios are found by the worker",
    "fontTools": "typefaces are cut where documents are printed",
    "alembic": "migrations are for the command line",
    "mako": "Alembic brings it along",
    "pypdf": "loaded with the first upload",
    "lxml": "loaded with the first bank statement",
    "sudachipy": "loaded with the first name in Japanese",
    "opencc": "loaded with the first name in Chinese",
    "boto3": "loaded where files lie in a store of that kind",
    "opentelemetry": "loaded where a collector is named",
}
"""Packages of many megabytes, and why a process that answers pages does without them."""

LOOK = f"""
import sys, traceback
from importlib.abc import MetaPathFinder

class Look(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {set(ELSEWHERE)!r}:
            ours = [f.filename for f in traceback.extract_stack() if "/grants/" in f.filename]
            print(name, ours[-1] if ours else "?")

sys.meta_path.insert(0, Look())
"""
START = "import app"


def brought_in(code: str, folder: Path) -> list[str]:
    """The packages of `ELSEWHERE` that this code loads, and the module of ours that asks."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_process_that_answers_pages_loads_what_others_need(tmp_path: Path) -> None:
    assert brought_in(START, tmp_path) == []


def test_what_loads_too_much_is_named(tmp_path: Path) -> None:
    code = "import grants.platform.pdf_signing.in_memory"
    assert any(
        line.startswith("pyhanko ") and line.endswith("/pdf_signing/in_memory.py")
        for line in brought_in(code, tmp_path)
    )


MOST = 750
"""Megabytes of a whole installation (PSS, PostgreSQL apart) that has shown a fund manager every
page: 673 in December 2026, of 791 addresses.
"""


@contextmanager
def served(demonstration: Demonstration, port: int) -> Iterator[psutil.Process]:
    environment = environment_with(
        DATABASE_URL=demonstration.database.url,
        DATA_DIR=str(demonstration.folder),
        SECRET_KEY="for tests only",
        PORT=str(port),
    )
    command = [sys.executable, "-m", "flask", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as web:
        try:
            yield psutil.Process(web.pid)
        finally:
            web.terminate()
            web.wait(30)


@contextmanager
def connected(port: int) -> Iterator[HTTPConnection]:
    """A connection that stays open, so that one worker answers all that is asked over it."""
    until = time.monotonic() + 120
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        while not answers(connection):
            assert time.monotonic() < until, "gunicorn does not answer"
            time.sleep(0.1)
        yield connection


def answers(connection: HTTPConnection) -> bool:
    try:
        return status(connection, "/sign-in", {}) == 200
    except OSError:
        connection.close()
        return False


def status(connection: HTTPConnection, address: str, cookie: dict[str, str]) -> int:
    connection.request("GET", address, headers={"Accept-Encoding": "gzip", **cookie})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what processes share")
def test_an_installation_that_has_shown_every_page_stays_small(planting: Demonstration) -> None:
    manager = next(who.email for who in lookers() if who.heading == str(Role.FUND_MANAGER.label))
    assert manager
    app = planting.app(StrictClient)
    with planting.database.session() as session:
        addresses = dict.fromkeys(address for _page, address in rows(app, Examples(session)))
        person = person_by_email(session, manager)
        assert person
        cookie = cookie_for(app, planting.database, person)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with served(planting, port) as web, connected(port) as connection:
        shown = [status(connection, address, cookie) for address in addresses].count(200)
        processes = [web, *web.children(recursive=True)]
        together = sum(process.memory_full_info().pss for process in processes)
    assert shown > len(addresses) / 2
    megabytes = round(together / 1024**2)
    assert megabytes <= MOST, f"{megabytes} MB: see docs/decisions/printing.md"

"""`flask serve`: the pages, and the worker beside them, each started again when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import click
from flask.cli import with_appcontext

from grants import forked
from grants.config import Settings, environment_with
from grants.core.kernel import embedded
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.logs import logger
from grants.core.kernel.terminal import FundCommand
from grants.installation import demo, settings, setup, unreadable_bank_details
from grants.operations.owner import refuse_empty, refuse_owner
from grants.platform.web.database import database

LOG = logger(__name__)
PAUSES = (1, 2, 5, 10, 30)
"""Seconds until what has ended starts again: the first time, the second …"""
STEADY = 60
"""Seconds after which a process counts as running well."""
WEB = (  # without docstrings, and checks that are for developers
    *("-OO", "-m", "gunicorn", "app:app", "--workers", "2", "--threads", "100"),
    *("--worker-class", "grants.receiving.PatientWorker", "--log-level", "warning"),
    *("--max-requests", "5000", "--max-requests-jitter", "1000"),
    *("--preload", "--config", f"python:{forked.__name__}"),
)
"""What Python is told to run for the pages."""
LOOK = 0.5
"""Seconds between two looks at what runs."""


class Pauses:
    """Growing from one failure to the next, until something has run well for a while."""

    def __init__(self) -> None:
        self.failures = 0
        self.began = time.monotonic()
        self.until: float | None = None
        """When to start again; None: it runs."""

    def begin(self) -> int:
        """Wait from now on; returns for how many seconds."""
        now = time.monotonic()
        if now - self.began > STEADY:
            self.failures = 0
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        self.until = now + pause
        return pause

    def are_over(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until

    def end(self) -> None:
        self.began, self.until = time.monotonic(), None


class Watched(Protocol):
    """Something that `serve` keeps running."""

    def look(self) -> None:
        """Start it again if it has ended and its pause is over."""


class Part:
    """A process of the installation."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.name = name
        self.arguments = arguments
        self.pauses = Pauses()
        self.process = _started(*arguments)

    def look(self) -> None:
        if self.pauses.are_over():
            self.process = _started(*self.arguments)
            self.pauses.end()
        elif self.pauses.until is None and self.process.poll() is not None:
            _kill(self.process)  # what it has left behind
            _tell_of(self.name, self.process.returncode, self.pauses.begin())


def _tell_of(part: str, status: int, pause: int) -> None:
    facts = {"part": part, "status": status, "pause": pause}
    _say(
        _("%(part)s: stopped with status %(status)s, restarting in %(pause)s s.", **facts), **facts
    )


def _say(text: str, event: str = "restart", /, **facts: object) -> None:
    """To the person at the terminal; to the log where machines read it."""
    if settings().logs_json:
        LOG.warning(event, said=text, **facts)
    else:
        click.echo(text, err=True)


class EmbeddedDatabase:
    """The PostgreSQL server under DATA_DIR."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pauses = Pauses()

    def look(self) -> None:
        if self.pauses.until is None and embedded.is_running(self.folder):
            return
        if self.pauses.until is not None and not self.pauses.are_over():
            return
        try:
            embedded.start(self.folder)
        except DomainError as refusal:
            pause = self.pauses.begin()
            _say(_("database: %(why)s", why=refusal.message), part="database")
            _say(_("database: next attempt in %(pause)s s.", pause=pause), part="database")
        else:
            self.pauses.end()
            _say(_("database: had stopped and has been restarted."), part="database")


@click.command(cls=FundCommand)
@click.option("--prepare", is_flag=True, help="Run setup first, and demo unless in production.")
@with_appcontext
def serve(*, prepare: bool) -> None:
    """Serve the pages, with a worker for e-mails and documents beside them."""
    here = settings()
    host = "0.0.0.0" if here.production else "127.0.0.1"  # noqa: S104 - a proxy stands before it
    _refuse_taken_port(host, here.port)
    if prepare:
        _prepare(click.get_current_context())
    if here.production:
        refuse_owner(database())
        refuse_empty(database())
    if line := unreadable_bank_details():
        _say(line, "unreadable bank details")
    watched: list[Watched] = []
    if not here.database_url:
        database()  # starts it
        watched.append(EmbeddedDatabase(here.data_dir / "postgresql"))
    _answer_prometheus(here)
    worker = Part("worker", "-m", "flask", "worker", "--served")
    web = Part("web", *WEB, "--bind", f"{host}:{here.port}")
    click.echo(_("Paragraph 20 is at %(url)s (stop it with Ctrl-C).", url=here.base_url))
    _watch([*watched, worker, web])
    _end([web.process, worker.process])


def _answer_prometheus(here: Settings) -> None:
    """Where it is configured; the processes that start from here on count for it."""
    if here.metrics_listen:
        from grants.operations.metrics.answering import answer_at, fresh

        answer_at(here.metrics_listen, fresh(here.counts), database(), here.data_dir)


def _prepare(context: click.Context) -> None:
    context.invoke(setup)
    if settings().production:
        return
    try:
        context.invoke(demo, scale=1)
    except DomainError as refusal:
        click.echo(refusal.message, err=True)
        click.echo(
            _("The fund starts empty. For its first administrator: flask admin invite EMAIL"),
            err=True,
        )


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise DomainError(
                _("Port %(port)s is already in use. Choose another: PORT=5001 make run", port=port)
            ) from taken


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    """Python with these arguments, out of reach of the terminal's Ctrl-C.

    That goes to us alone, and we end the others once: a worker of gunicorn that is asked to stop
    by the terminal and by its master at the same time waits for itself forever.
    """
    folder = settings().counts
    counting = {"PROMETHEUS_MULTIPROC_DIR": str(folder)} if settings().metrics_listen else {}
    return subprocess.Popen(
        [sys.executable, *arguments], process_group=0, env=environment_with(**counting)
    )


def _watch(parts: Sequence[Watched]) -> None:
    """Keep all of them running until a person stops us."""

    def stop(*_signal: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # which a shell's background jobs inherit as ignored
    signal.signal(signal.SIGHUP, stop)
    try:
        while True:
            for part in parts:
                part.look()
            time.sleep(LOOK)
    except KeyboardInterrupt:
        click.echo(_("Stopping."))


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Let each finish what it does; after 20 seconds, or when asked again, at once."""
    for process in processes:
        process.terminate()
    try:
        for process in processes:
            process.wait(timeout=20)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        for process in processes:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """It and every process that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

"""`flask serve`: one process loads everything and forks the others, which share its memory: the
pages, the worker, and the helpers of each. Whatever ends is started again.
"""

import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

from grants.config import Settings, former_parts, handed_socket
from grants.core.database import embedded
from grants.core.kernel import language, logs, tracing
from grants.core.kernel.apart import Helpers, help_others, listener, use_helpers
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.logs import logger
from grants.core.kernel.processes import (
    FORK,
    PAGES,
    Former,
    Part,
    end_with_parent,
    give_back,
    keep_running,
)
from grants.core.kernel.terminal import FundCommand
from grants.handing_over import FIRST, hand_over, program, refusal_of
from grants.installation import (
    BEHIND_PAGES,
    HELPERS,
    demo,
    settings,
    setup,
    unreadable_bank_details,
    work_through_jobs,
)
from grants.operations.health.readiness import faults
from grants.operations.owner import refuse_empty, refuse_owner
from grants.papers.typesetting.installation import get_ready, load_for_helpers
from grants.platform.documents.store import store
from grants.platform.signing_key.installed import follow_key
from grants.platform.web.database import database

LOG = logger(__name__)
HELPERS_OF_PAGES = 2
"""Documents that are printed, and charts drawn, at a time for people who wait."""
BACKLOG = 2048
"""Connections that wait until a process of gunicorn takes them."""
TIDY = 100
"""Requests after which a process of gunicorn gives back what it does not need."""
_answered = count(1)
_answering = FORK.Event()
"""Set once a process of gunicorn takes requests."""


def _when_ready(_server: Any) -> None:
    logs.take_over("gunicorn.error")


def _post_fork(_server: Any, _worker: Any) -> None:
    end_with_parent()


def _post_worker_init(_worker: Any) -> None:
    tracing.begin(settings().collector, database().pools)
    _answering.set()


def _worker_exit(_server: Any, _worker: Any) -> None:
    tracing.end()


def _post_request(_worker: Any, _request: Any, _environ: Any, _answer: Any) -> None:
    """After an answer has been sent; to tidy takes some 60 milliseconds."""
    if next(_answered) % TIDY == 0:
        give_back()


GUNICORN = {
    "workers": 2,
    "threads": 100,
    "worker_class": "grants.receiving.PatientWorker",
    "loglevel": "warning",
    "max_requests": 5000,
    "max_requests_jitter": 1000,
    "preload_app": True,
    "control_socket_disable": True,
    "when_ready": _when_ready,
    "post_fork": _post_fork,
    "post_worker_init": _post_worker_init,
    "post_request": _post_request,
    "worker_exit": _worker_exit,
}


class Pages(BaseApplication):  # type: ignore[misc]
    """Gunicorn, on a socket that stays open when it ends: who comes meanwhile waits."""

    def __init__(self, port: socket.socket) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        for name, value in GUNICORN.items():
            self.cfg.set(name, value)
        self.cfg.set("bind", f"fd://{self.port.fileno()}")

    def load(self) -> Any:
        return current_app.wsgi_app


@click.command(cls=FundCommand)
@click.option("--prepare", is_flag=True, help="Run setup first, and demo unless in production.")
@click.option("--web", "only", flag_value="web", help="The pages alone, without a worker.")
@click.option("--worker", "only", flag_value="worker", help="The worker alone, without pages.")
@click.option("--check", is_flag=True, help="Only say whether it could start now.")
@with_appcontext
def serve(*, prepare: bool, only: str | None, check: bool) -> None:
    """Serve the pages, with a worker for e-mails and documents beside them.

    SIGUSR2 replaces it by the version that is installed then, without a refused request.
    """
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # until there is something to replace
    here = settings()
    if check:
        _refuse_to_start(here)
        return
    with ExitStack() as opened:
        port = None if only == "worker" else opened.enter_context(_port_of_pages(here))
        if prepare:
            _prepare_data(click.get_current_context())
            _start_afresh()
        if here.production:
            refuse_owner(database())
            refuse_empty(database())
            with database().reading() as session:
                _say_if(follow_key(session, here), "signing key")
        _say_if(unreadable_bank_details(), "unreadable bank details")
        former = Former(former_parts(), lambda: port is None or _answering.is_set())
        former.end("metrics")  # its port is needed
        _load_shared()
        parts = _parts_to_run(here, port, only)
        if port:
            click.echo(_("Paragraph 20 is at %(url)s (stop it with Ctrl-C).", url=here.base_url))
        keep_running(parts, _tell_of, former, partial(_renew, port))
    click.echo(_("Stopping."))


def _refuse_to_start(here: Settings) -> None:
    """DomainError if the service could not work: the next version is asked before it replaces."""
    if here.production:
        refuse_owner(database())
    if problems := faults(database, store(), here):
        raise DomainError("; ".join(f"{what}: {why}" for what, why in problems.items()))


def _renew(port: socket.socket | None, running: Mapping[int, str]) -> None:
    """Go on as the version that is installed now; as before, where that could not start."""
    command = program()
    if why := refusal_of(command):
        _say_or_log(_("Not replaced by the next version: %(why)s", why=why), "not replaced")
        return
    _say_or_log(_("Replaced by the next version."), "replaced")
    hand_over(command, port, running)


def _port_of_pages(here: Settings) -> socket.socket:
    """The socket that was handed to this process, else one of its own."""
    if handed_socket():
        return socket.socket(fileno=FIRST)
    host = "0.0.0.0" if here.production else "127.0.0.1"  # noqa: S104 - a proxy stands before it
    return _open_port(
        host,
        here.port,
        _("Port %(port)s is already in use. Choose another: PORT=5001 make run", port=here.port),
    )


def _load_shared() -> None:
    """All that the processes need, so that they share it; and nothing that they may not share."""
    language.read_languages()
    database().dispose()  # each opens connections of its own
    load_for_helpers()
    if settings().collector:
        tracing.load()


def _parts_to_run(here: Settings, port: socket.socket | None, only: str | None) -> list[Part]:
    """Everything that is kept running; without a port no pages are answered."""
    parts = []
    if not here.database_url:
        keep = partial(embedded.keep_running, here.data_dir / "postgresql", _say_or_log)
        parts.append(Part("database", keep))
    if port:
        parts += _parts_of_pages(here, port)
    return parts if only == "web" else [*parts, *_parts_of_worker()]


def _parts_of_pages(here: Settings, port: socket.socket) -> list[Part]:
    helpers, parts = listener(), []
    if here.metrics_listen:
        from grants.operations.metrics.answering import answer_at, fresh

        listen = here.metrics_listen
        refusal = _("METRICS_LISTEN: port %(port)s is already in use.", port=listen.port)
        _open_port(listen.host, listen.port, refusal).close()
        counts = fresh(here.counts)
        answer = partial(answer_at, listen, counts, database(), store())
        parts.append(Part("metrics", answer))
    printing = partial(help_others, helpers, get_ready)
    return [
        *parts,
        *(Part("printer", printing) for _number in range(HELPERS_OF_PAGES)),
        Part(PAGES, partial(_answer_pages, port, str(helpers.address))),
    ]


def _parts_of_worker() -> list[Part]:
    helpers = listener()
    printing = partial(_behind_pages, partial(help_others, helpers, _as_needed))
    return [
        *(Part("later", printing) for _number in range(HELPERS)),
        Part("worker", partial(_behind_pages, partial(_run_worker, str(helpers.address)))),
    ]


def _as_needed() -> None:
    """Typefaces and rules are read with the first document; nobody waits for the worker."""


def _behind_pages(work: Any) -> None:
    os.nice(BEHIND_PAGES)
    work()


def _run_worker(helpers: str) -> None:
    use_helpers(Helpers(helpers))
    work_through_jobs(wait=True)


def _answer_pages(port: socket.socket, helpers: str) -> None:
    use_helpers(Helpers(helpers))
    Pages(port).run()


def _tell_of(part: str, status: int, pause: int) -> None:
    facts = {"part": part, "status": status, "pause": pause}
    _say_or_log(
        _("%(part)s: stopped with status %(status)s, restarting in %(pause)s s.", **facts), **facts
    )


def _say_or_log(text: str, event: str = "restart", /, **facts: object) -> None:
    """To the person at the terminal; to the log where machines read it."""
    if settings().logs_json:
        LOG.warning(event, said=text, **facts)
    else:
        click.echo(text, err=True)


def _say_if(text: str, event: str) -> None:
    if text:
        _say_or_log(text, event)


def _prepare_data(context: click.Context) -> None:
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


def _start_afresh() -> None:
    """As another program in the same process: planting has left much memory behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "flask", "serve"])  # noqa: S606 - no shell


def _open_port(host: str, port: int, refusal: str) -> socket.socket:
    """The socket, listening; DomainError if another process has it."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(BACKLOG)
    except OSError as fault:
        opened.close()
        raise DomainError(refusal) from fault
    return opened

"""Background work: one queue on the fund's own database, so that a job exists if its act does."""

import asyncio
import json
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from threading import Event
from typing import Any

import psycopg
import structlog
from procrastinate import (
    App,
    JobContext,
    PsycopgConnector,
    RetryStrategy,
    SyncPsycopgConnector,
)
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy.orm import Session

from grants.core.kernel.processes import PATIENCE, give_back
from grants.core.kernel.tracing import trace_job

LOG = logging.getLogger(__name__)

jobs = App(connector=SyncPsycopgConnector())
"""Tasks are written on it; the worker runs them over a connector of its own."""

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)


@jobs.task(name="messages.deliver", pass_context=True, retry=RETRY)
def deliver(context: JobContext, *, message_id: int) -> None:
    """Pass one e-mail to the post office of the worker."""
    context.additional_context["post_office"].deliver(message_id)


STALLED = 30
"""Seconds without a heartbeat after which a worker was killed, and its jobs begin again."""


async def begin_again(manager: JobManager) -> None:
    """Let every job whose worker was killed begin again: each is done whole, or not at all."""
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await manager.retry_job(job)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="messages.resume", pass_context=True, queueing_lock="messages.resume")
async def resume(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Once a minute: a worker beside this one may have been killed; jobs leave memory behind."""
    await begin_again(context.app.job_manager)
    give_back()


@jobs.periodic(cron="7 * * * *")
@jobs.task(name="messages.try_again", pass_context=True, queueing_lock="messages.try_again")
async def try_again(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Once an hour: send what could not be sent in all tries, because the mail server refused it or
    its paper could not be made.
    """
    manager = context.app.job_manager
    for job in await manager.list_jobs_async(task=deliver.name, status="failed"):
        await manager.retry_job(job)


def enqueue(session: Session, task: Any, **arguments: Any) -> None:
    """Defer a job inside this session's transaction: both are kept, or neither."""
    enqueue_all(session, task, [arguments])


def enqueue_all(
    session: Session, task: Any, arguments: Sequence[dict[str, Any]], *, lock: str | None = None
) -> None:
    """A job for each of these arguments, in one statement: over the session's own
    connection, inside a job too, where the worker's connector is another one that cannot. Jobs
    with one `lock` run one after the other, in their order.
    """
    session.flush()
    job = {
        "queue": task.queue,
        "name": task.name,
        "priority": task.priority,
        "lock": lock or task.lock,
        "queueing_lock": task.queueing_lock,
        "arguments": json.dumps(arguments),
    }
    session.connection().exec_driver_sql(_DEFERRED, job)


_DEFERRED = """
SELECT procrastinate_defer_jobs_v1(array_agg(
    (%(queue)s, %(name)s, %(priority)s, %(lock)s, %(queueing_lock)s, given.arguments, NULL)
    ::procrastinate_job_to_defer_v1 ORDER BY given.nth
)) FROM jsonb_array_elements(%(arguments)s::jsonb) WITH ORDINALITY AS given(arguments, nth)
"""
"""As procrastinate's own statement, which goes through five objects for each job."""


async def trace_work(work: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any) -> Any:
    """Do a job, and tell the collector of it, if one is named."""
    trace = trace_job(context.job.task_name)
    if trace is None:
        return await work()
    structlog.contextvars.bind_contextvars(trace=trace.number)
    tries = context.job.attempts
    trace.note({"paragraph20.job": context.job.id or 0, "paragraph20.job.tries": tries})
    try:
        return await work()
    except BaseException as error:
        trace.fail(type(error).__name__)
        raise
    finally:
        trace.end()


PAUSES = (1, 2, 5, 10, 30)
"""Seconds until a worker that has lost the database tries again: the first time, the second …"""
STEADY = 60
"""Seconds after which a worker counts as running well."""


NOISY = ("procrastinate.manager", "procrastinate.utils", "psycopg.pool")
"""Loggers that write pages about a lost connection, of which the worker tells in one line."""


def run_worker(url: str, post_office: Any, *, wait: bool, **context: Any) -> None:
    """Work through the queue; with `wait` go on until stopped, whatever becomes of the database.
    Jobs find the post office and the rest of `context` in their own context by name.
    """
    brought = {"post_office": post_office, **context}
    if not wait:
        _run_worker(url, wait=False, additional_context=brought)
        return
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    failures, began = 0, time.monotonic()
    while not _is_stopped(url, brought):
        failures = 0 if time.monotonic() - began > STEADY else failures
        pause = PAUSES[min(failures, len(PAUSES) - 1)]
        failures += 1
        LOG.warning("worker: the database is away, next try in %s s.", pause)
        time.sleep(pause)
        began = time.monotonic()


def _is_stopped(url: str, brought: dict[str, Any]) -> bool:
    """Work until a person stops it (True) or the database is lost (False)."""
    stopping = Event()
    try:
        return _run_worker(url, wait=True, stopping=stopping, additional_context=brought)
    except (ConnectorException, psycopg.OperationalError):
        return stopping.is_set()
    finally:
        signal.alarm(0)


def _run_worker(url: str, **options: Any) -> bool:
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as working:
        return asyncio.run(_work_through(working, **options))


async def _work_through(app: App, stopping: Event | None = None, **options: Any) -> bool:
    """Was it asked to stop (then `stopping` is set)? Otherwise it ended by itself: nothing is left,
    or all is lost.
    """

    def stop() -> None:
        signal.alarm(PATIENCE)  # a job that is not done by then begins again with another worker
        if stopping is not None:
            stopping.set()
        work.cancel()

    async with app.open_async():
        await begin_again(app.job_manager)
        work = asyncio.ensure_future(
            app.run_worker_async(
                concurrency=2,
                delete_jobs="successful",
                install_signal_handlers=False,
                worker_middleware=[trace_work],
                **options,
            )
        )
        if options["wait"]:
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, stop)
        with suppress(asyncio.CancelledError):
            await work
        return work.cancelled()

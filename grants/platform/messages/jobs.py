"""Background work: one queue on the fund's own database, so that a job exists if its act does."""

import asyncio
from typing import Any

from procrastinate import (
    App,
    JobContext,
    PsycopgConnector,
    RetryStrategy,
    SyncPsycopgConnector,
)
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from sqlalchemy.orm import Session

from grants.core.kernel.db import driver

jobs = App(connector=SyncPsycopgConnector())
"""Tasks are written on it; the worker runs them over a connector of its own."""

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)


@jobs.task(name="messages.deliver", pass_context=True, retry=RETRY)
def deliver(context: JobContext, *, message_id: int) -> None:
    """Hand one e-mail to the post office, which the worker brings along."""
    context.additional_context["post_office"].deliver(message_id)


STALLED = 30
"""Seconds without a sign of life after which a worker was killed, and its jobs begin again."""


async def begin_again(manager: JobManager) -> None:
    """Let every job whose worker was killed begin again: each is done whole, or not at all."""
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await manager.retry_job(job)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="messages.resume", pass_context=True, queueing_lock="messages.resume")
async def resume(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Once a minute: a worker beside this one may have been killed."""
    await begin_again(context.app.job_manager)


WRITER = JobManager(SyncPsycopgConnector())
"""Writes jobs over a session's own connection: inside a job too, where the worker's connector is
another one that cannot.
"""


def enqueue(session: Session, task: Any, **arguments: Any) -> None:
    """Defer a job inside this session's transaction: both are kept, or neither."""
    session.flush()
    deferred = configure_task(
        name=task.name,
        job_manager=WRITER,
        lock=task.lock,
        queueing_lock=task.queueing_lock,
        queue=task.queue,
        priority=task.priority,
        connection=driver(session),
    )
    deferred.defer(**arguments)


def run_worker(url: str, post_office: Any, *, wait: bool, **others: Any) -> None:
    """Work through the queue; with `wait` go on until stopped. The post office and what `others`
    are brought along jobs find in their context by name.
    """
    brought = {"post_office": post_office, **others}
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as working:
        asyncio.run(_working(working, wait=wait, additional_context=brought))


async def _working(app: App, **options: Any) -> None:
    async with app.open_async():
        await begin_again(app.job_manager)
        await app.run_worker_async(concurrency=2, delete_jobs="successful", **options)

"""Background work: one queue on the fund's own database, so that a job exists if its act does."""

from typing import Any

from procrastinate import (
    App,
    JobContext,
    PsycopgConnector,
    RetryStrategy,
    SyncPsycopgConnector,
)
from sqlalchemy.orm import Session

from grants.kernel.db import driver

jobs = App(connector=SyncPsycopgConnector())
"""Tasks are written on it; the worker runs them over a connector of its own."""

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)


@jobs.task(name="messages.deliver", pass_context=True, retry=RETRY)
def deliver(context: JobContext, *, message_id: int) -> None:
    """Hand one e-mail to the post office, which the worker brings along."""
    context.additional_context["post_office"].deliver(message_id)


STALLED = 30
"""Seconds without a sign of life after which a worker was killed, and its jobs begin again."""


@jobs.periodic(cron="* * * * *")
@jobs.task(name="messages.resume", pass_context=True, queueing_lock="messages.resume")
async def resume(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Let every job whose worker was killed begin again: each is whole, or was not begun."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await manager.retry_job(job)


def enqueue(session: Session, task: Any, **arguments: Any) -> None:
    """Defer a job inside this session's transaction: both are kept, or neither."""
    session.flush()
    task.configure(connection=driver(session)).defer(**arguments)


def run_worker(url: str, post_office: Any, *, wait: bool, **brought: Any) -> None:
    """Work through the queue; with `wait` go on until stopped. What is `brought` along, jobs find
    in their context by its name.
    """
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as working:
        working.run_worker(
            wait=wait,
            concurrency=2,
            delete_jobs="successful",
            additional_context={"post_office": post_office, **brought},
        )

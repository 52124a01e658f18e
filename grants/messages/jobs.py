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


def enqueue(session: Session, task: Any, **arguments: Any) -> None:
    """Defer a job inside this session's transaction: both are kept, or neither."""
    session.flush()
    task.configure(connection=driver(session)).defer(**arguments)


def run_worker(url: str, post_office: Any, *, wait: bool) -> None:
    """Work through the queue; with `wait` go on until stopped."""
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as working:
        working.run_worker(
            wait=wait,
            concurrency=2,
            delete_jobs="successful",
            additional_context={"post_office": post_office},
        )

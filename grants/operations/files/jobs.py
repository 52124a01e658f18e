"""Every night, the files to which nothing refers."""

from procrastinate import JobContext

from grants.operations.files.purging import purge
from grants.platform.documents.store import store
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="40 3 * * *")
@jobs.task(name="files.purge", pass_context=True, queueing_lock="files.purge")
def purge_unused(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty to four in the morning (UTC)."""
    purge(context.additional_context["post_office"].database, store())

"""Every five minutes: figures that others left stale, and the rows of a day added up."""

from procrastinate import JobContext

from grants.giving.totals.keeping import keep_all
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="totals.tidy", pass_context=True, queueing_lock="totals.tidy")
def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """What is stale is read right in any case; kept, it is read fast."""
    keep_all(context.additional_context["post_office"].database)

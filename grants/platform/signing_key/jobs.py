"""Every night, the warning before the certificate that signs documents expires."""

from procrastinate import JobContext

from grants.platform.messages.jobs import jobs
from grants.platform.signing_key.service import warn


@jobs.periodic(cron="15 3 * * *")
@jobs.task(name="signing_key.warn", pass_context=True, queueing_lock="signing_key.warn")
def warn_of_expiry(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """A quarter past three in the morning (UTC)."""
    with context.additional_context["post_office"].database.transaction() as session:
        warn(session)

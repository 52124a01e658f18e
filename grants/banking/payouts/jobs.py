"""Once an hour the providers of card payments are asked what they paid out."""

from procrastinate import JobContext

from grants.banking.payouts.reading import read_all
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="35 * * * *")
@jobs.task(name="payouts.read", pass_context=True, queueing_lock="payouts.read")
def read(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Read payouts and balances of each fund that takes cards."""
    read_all(context.additional_context["post_office"].database)

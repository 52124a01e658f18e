"""Once a minute, what has happened since becomes events of the webhooks."""

from procrastinate import JobContext

from grants.platform.messages.jobs import jobs
from grants.publishing.webhooks.collecting import collect
from grants.publishing.webhooks.queries import running_webhooks


@jobs.periodic(cron="* * * * *")
@jobs.task(name="webhooks.collect", pass_context=True, queueing_lock="webhooks.collect")
def collect_events(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """For each running webhook, a transaction of its own."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        numbers = running_webhooks(session)
    for number in numbers:
        is_more = True
        while is_more:
            with database.transaction() as session:
                is_more = collect(session, number)

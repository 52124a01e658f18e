"""Every morning, organisations are reminded of papers that expire."""

from procrastinate import JobContext

from grants.applying.organisations.papers.service import remind_of_expiry
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="40 5 * * *")
@jobs.task(name="organisations.papers", pass_context=True, queueing_lock="organisations.papers")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty to six in the morning (UTC)."""
    with context.additional_context["post_office"].database.transaction() as session:
        remind_of_expiry(session)

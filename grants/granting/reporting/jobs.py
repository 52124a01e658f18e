"""Every morning, those who write reports are reminded of what is due."""

from procrastinate import JobContext

from grants.granting.reporting.reminding import remind_of_reports
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="35 5 * * *")
@jobs.task(name="reports.remind", pass_context=True, queueing_lock="reports.remind")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty-five to six in the morning (UTC)."""
    with context.additional_context["post_office"].database.transaction() as session:
        remind_of_reports(session)

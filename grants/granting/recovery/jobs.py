"""Every morning, the reminders of late refunds."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.granting.recovery.service import remind_late
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="20 5 * * *")
@jobs.task(name="refunds.remind", pass_context=True, queueing_lock="refunds.remind")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty past five in the morning (UTC)."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
        remind_late(session, Act.by_system("reminders"))

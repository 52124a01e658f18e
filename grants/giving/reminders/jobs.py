"""Every morning, the reminders of the day."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.core.kernel import clock
from grants.giving.reminders.service import remind
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="0 5 * * *")
@jobs.task(name="reminders.send", pass_context=True, queueing_lock="reminders.send")
def send_reminders(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At five in the morning (UTC). Missed for some days, it catches up."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
        remind(session, clock.today(), Act.by_system("reminders"))

"""Every morning, the findings that are due or late."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.granting.findings.reminding import remind_and_escalate
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="10 5 * * *")
@jobs.task(name="findings.remind", pass_context=True, queueing_lock="findings.remind")
def remind_owners(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At ten past five in the morning (UTC)."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
        remind_and_escalate(session, Act.by_system("findings"))

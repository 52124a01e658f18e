"""Every hour, the changes of grants whose day has come."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.granting.changes.later import follow
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="5 * * * *")
@jobs.task(name="changes.take_effect", pass_context=True, queueing_lock="changes.take_effect")
def follow_changes(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every hour: the day of a fund begins at its own midnight."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
    follow(database, Act.by_system("changes"))

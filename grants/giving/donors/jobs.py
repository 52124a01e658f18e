"""Every night, the contacts of donors whose last day has passed."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.giving.donors.colleagues import end_those_who_left
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="10 0 * * *")
@jobs.task(name="donors.end", pass_context=True, queueing_lock="donors.end")
def end_contacts(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At ten past midnight (UTC). Missed for some days, it catches up."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
        end_those_who_left(session, Act.by_system("contacts"))

"""Every morning, the papers that grantees have not signed."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.funds.house import follow_funds
from grants.granting.signing.lapsing import follow
from grants.platform.messages.jobs import jobs
from grants.platform.signatures.codes import forget_old_codes


@jobs.periodic(cron="20 5 * * *")
@jobs.task(name="signing.follow", pass_context=True, queueing_lock="signing.follow")
def follow_unsigned(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty past five in the morning (UTC)."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        follow_funds(session, now=True)
        forget_old_codes(session)
        follow(session, Act.by_system("signing"))

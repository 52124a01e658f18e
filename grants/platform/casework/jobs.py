"""Every minute and every morning: e-mails of what concerns people."""

from typing import Any

from procrastinate import JobContext

from grants.core.kernel.taxonomies import InboxMail
from grants.platform.casework.mailing import tell_followers
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="* * * * *")
@jobs.task(name="casework.at_once", pass_context=True, queueing_lock="casework.at_once")
def tell_at_once(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """What is new since the minute before."""
    _tell(context.additional_context["post_office"].database, InboxMail.AT_ONCE)


@jobs.periodic(cron="40 4 * * *")
@jobs.task(name="casework.daily", pass_context=True, queueing_lock="casework.daily")
def tell_daily(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At twenty to five in the morning (UTC): what nobody has read since the day before."""
    _tell(context.additional_context["post_office"].database, InboxMail.DAILY)


def _tell(database: Any, mail: InboxMail) -> None:
    with database.transaction() as session:
        tell_followers(session, mail)

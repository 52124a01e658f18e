"""Every quarter of an hour, whether there is money for the reserve list."""

from procrastinate import JobContext

from grants.deciding.reserve_list.noticing import tell_of_money
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="*/15 * * * *")
@jobs.task(name="reserve.tell", pass_context=True, queueing_lock="reserve.tell")
def tell(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Whatever the money comes from: a deposit, a cancelled award, a smaller one, a rate."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        tell_of_money(session)

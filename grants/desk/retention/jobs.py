"""The worker purges what an officer has confirmed. Killed in the middle, it begins again."""

from procrastinate import JobContext

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.desk.retention import service
from grants.desk.retention.models import Purge
from grants.desk.retention.queries import confirmed_purges
from grants.desk.retention.workflow import PurgeState
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="retention.purge", pass_context=True, queueing_lock="retention.purge")
def purge(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every ten minutes: the lists that were confirmed."""
    carry_out_all(context.additional_context["database"])


def carry_out_all(database: Database) -> None:
    """Each confirmed list in a transaction of its own, once."""
    with database.session() as session:
        numbers = confirmed_purges(session)
    for number in numbers:
        with database.transaction() as session:
            confirmed = session.get_one(Purge, number, with_for_update=True)
            if confirmed.state is PurgeState.CONFIRMED:
                service.carry_out(session, confirmed, Act.by_system("retention"))

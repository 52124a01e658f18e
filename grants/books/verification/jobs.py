"""Every night, the verification of the books and the trail."""

from procrastinate import JobContext

from grants.books.verification.service import verify
from grants.core.audit.act import Act
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="0 3 * * *")
@jobs.task(name="books.verify", pass_context=True, queueing_lock="books.verify")
def verify_books(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At three in the morning (UTC)."""
    with context.additional_context["post_office"].database.transaction() as session:
        verify(session, Act.by_system("verification"))

"""Every night, tries to sign in that count no more are deleted, and so are old requests."""

from procrastinate import JobContext

from grants.core.people.guessing import forget_old_tries
from grants.core.proofs.accounts import forget_old_requests
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="10 2 * * *")
@jobs.task(name="signin.forget", pass_context=True, queueing_lock="signin.forget")
def forget_tries(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At ten past two in the morning (UTC)."""
    with context.additional_context["post_office"].database.transaction() as session:
        forget_old_tries(session)
        forget_old_requests(session)

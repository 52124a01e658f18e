"""Every morning, tokens that will end soon."""

from procrastinate import JobContext

from grants.platform.messages.jobs import jobs
from grants.publishing.integration.service import remind_of_ends


@jobs.periodic(cron="45 5 * * *")
@jobs.task(name="tokens.remind", pass_context=True, queueing_lock="tokens.remind")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """A program that is refused one day stops without a word."""
    with context.additional_context["post_office"].database.transaction() as session:
        remind_of_ends(session)

"""Sending the letters of thanks that wait."""

from procrastinate import JobContext

from grants.fundraising.thanks.service import send_letters
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="thanks.send", pass_context=True, queueing_lock="thanks.send")
def send_thanks(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every ten minutes, some letters in each transaction, until none waits."""
    database = context.additional_context["post_office"].database
    sent = 1
    while sent:
        with database.transaction() as session:
            sent = send_letters(session)

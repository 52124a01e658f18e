"""The background work of a mailing."""

from procrastinate import JobContext

from grants.fundraising.appeals.sending import carry_out
from grants.platform.messages.jobs import RETRY, jobs


@jobs.task(name="appeals.work_off", pass_context=True, retry=RETRY)
def work_off(context: JobContext, *, mailing_id: int) -> None:
    """Send or print what is left of a mailing, with what the worker includes."""
    office = context.additional_context["post_office"]
    carry_out(office.database, office.render, mailing_id)

"""Every night, a signed head of the trail outside the database."""

from procrastinate import JobContext

from grants.config import Settings
from grants.platform.messages.jobs import jobs
from grants.platform.trail.anchoring import keep_head


@jobs.periodic(cron="30 2 * * *")
@jobs.task(name="trail.anchor", pass_context=True, queueing_lock="trail.anchor")
def anchor_trail(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At half past two in the morning (UTC)."""
    settings: Settings = context.additional_context["settings"]
    with context.additional_context["post_office"].database.transaction() as session:
        keep_head(session, settings)

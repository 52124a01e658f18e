"""Every hour, what was printed a day ago goes, though nobody prints more."""

from procrastinate import JobContext

from grants.papers.typesetting.shelf import shelf_in
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="25 * * * *")
@jobs.task(name="statements.clear", pass_context=True, queueing_lock="statements.clear")
def clear(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Printing clears them too, in an installation where much is printed."""
    shelf_in(context.additional_context["settings"].data_dir).clear()

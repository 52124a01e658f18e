"""Every hour, what was printed or drawn a day ago goes, though nobody makes more."""

from procrastinate import JobContext

from grants.papers.typesetting.shelf import shelf_in
from grants.platform.messages.jobs import jobs
from grants.platform.web.drawings import Drawings


@jobs.periodic(cron="25 * * * *")
@jobs.task(name="statements.clear", pass_context=True, queueing_lock="statements.clear")
def clear(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """A process that makes more clears them too."""
    settings = context.additional_context["settings"]
    shelf_in(settings.data_dir).clear()
    Drawings.of(settings).clear()

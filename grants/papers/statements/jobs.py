"""Every hour, what was printed or drawn a day ago goes."""

from procrastinate import JobContext

from grants.papers.typesetting.printed import clear_printed
from grants.platform.charts.drawings import Drawings
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="25 * * * *")
@jobs.task(name="statements.clear", pass_context=True, queueing_lock="statements.clear")
def clear(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """A process that draws clears drawings too."""
    settings = context.additional_context["settings"]
    clear_printed(settings.data_dir)
    Drawings.of(settings).clear()

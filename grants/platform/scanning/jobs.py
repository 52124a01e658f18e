"""Every minute: files that wait for the virus scanner."""

from procrastinate import JobContext

from grants.platform.documents.scanner import scanner
from grants.platform.messages.jobs import jobs
from grants.platform.scanning.service import AT_ONCE, scan_waiting


@jobs.periodic(cron="* * * * *")
@jobs.task(name="scanning.waiting", pass_context=True, queueing_lock="scanning.waiting")
def scan(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """As many as the scanner answers for; none where no scanner is configured."""
    found = scanner()
    database = context.additional_context["post_office"].database
    done = AT_ONCE if found else 0
    while found and done == AT_ONCE:
        with database.transaction() as session:
            done = scan_waiting(session, found)

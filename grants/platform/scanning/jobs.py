"""Every minute: files that wait for the virus scanner."""

from procrastinate import JobContext

from grants.platform.documents.scanner import scanner
from grants.platform.messages.jobs import jobs
from grants.platform.scanning.service import AT_ONCE, scan_waiting


@jobs.periodic(cron="* * * * *")
@jobs.task(name="scanning.waiting", pass_context=True, queueing_lock="scanning.waiting")
def scan(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """As many as the scanner answers for; none where no scanner is configured."""
    virus_scanner = scanner()
    database = context.additional_context["post_office"].database
    count = AT_ONCE if virus_scanner else 0
    while virus_scanner and count == AT_ONCE:
        with database.transaction() as session:
            count = scan_waiting(session, virus_scanner)

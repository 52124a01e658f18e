"""Files of a report: receipts, photographs, lists of what was bought, evidence of a rate."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.granting.reporting.models import FileKind, Report, ReportFile
from grants.granting.reporting.workflow import OPEN
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload

MOST_FILES = 40


def add_file(
    session: Session, report: Report, kind: FileKind, upload: Upload, act: Act
) -> ReportFile:
    """The grantee puts a file beside its report while it writes it. A picture loses what tells
    where it was taken. The same file again changes nothing.
    """
    _lock_open(session, report, act)
    document = keep(session, upload, act, organisation_id=report.award.organisation_id)
    files = files_of(session, report)
    for file in files:
        if file.document.sha256 == document.sha256:
            return file
    if len(files) >= MOST_FILES:
        raise DomainError(
            _(
                "A report can have up to %(most)s files. Combine several receipts into one file.",
                most=MOST_FILES,
            )
        )
    file = ReportFile(
        report_id=report.id, kind=kind, document_id=document.id, document=document, added_at=act.at
    )
    session.add(file)
    record(session, report, "attach", act, file=document.name, sha256=document.sha256)
    return file


def remove_file(session: Session, file: ReportFile, act: Act) -> None:
    """Take away a file that was not submitted yet; what was submitted stays with the report."""
    report = file.report
    _lock_open(session, report, act)
    if file.removed_at is not None or file.was_submitted:
        raise Conflict(_("This file was submitted with the report. It stays with it."))
    file.removed_at = act.at
    record(session, report, "remove", act, file=file.document.name)


def _lock_open(session: Session, report: Report, act: Act) -> None:
    act.demand(Permission.REPORT_WRITE, report.scope)
    session.refresh(report, with_for_update={"key_share": True})
    if report.state not in OPEN:
        raise Conflict(
            _("This report has been submitted. You can change it only if it is returned to you.")
        )


def files_of(
    session: Session, report: Report, *, submitted_only: bool = False
) -> Sequence[ReportFile]:
    """The files of a report; the fund sees those that were submitted."""
    query = select(ReportFile).where(
        ReportFile.report_id == report.id, ReportFile.removed_at.is_(None)
    )
    files = session.scalars(query.order_by(ReportFile.kind, ReportFile.id)).all()
    return [file for file in files if file.was_submitted] if submitted_only else files


def file_of(
    session: Session, report: Report, file_id: int, *, submitted_only: bool = False
) -> ReportFile:
    """One file of a report, or Missing."""
    for file in files_of(session, report, submitted_only=submitted_only):
        if file.id == file_id:
            return file
    raise Missing(_("File not found."))

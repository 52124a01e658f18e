"""Pages of the files of a report: uploaded and removed by the grantee, opened by both sides."""

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.granting.reporting import files, queries
from grants.granting.reporting.forms import FileForm
from grants.granting.reporting.models import FileKind, Report, ReportFile
from grants.granting.reporting.sections import FILES
from grants.granting.reporting.views import ONE, pages, report_url
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import OPEN
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document


@pages.route(f"{ONE}/files", methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def report_files(reference: str, number: int) -> ResponseReturnValue:
    """The files beside a report, and the form for one more."""
    report = queries.own_report(session(), reference, number, viewer())
    if report.state not in OPEN:
        return redirect(report_url("show", report))
    form = FileForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            upload = received(form.file.data)
            files.add_file(opened, report, FileKind.of(form.kind.data), upload, this_act())
        if outcome:
            flash(_("Uploaded."), "success")
            return redirect(report_url("report_files", report))
    return render_template(
        "granting/reporting/files.html",
        report=report,
        form=form,
        files=files.files_of(session(), report),
        place=len(Work(session(), report).shown_parts) + FILES,
    )


@pages.get(f"{ONE}/files/<int:file_id>")
@signed_in
def report_file(reference: str, number: int, file_id: int) -> Response:
    """One file of a report, as a download."""
    report = queries.report_for_viewer(session(), reference, number, viewer())
    file = files.file_of(session(), report, file_id, submitted_only=not _is_of_grantee(report))
    return send_document(file.document, report.scope)


def _is_of_grantee(report: Report) -> bool:
    return viewer().may(Permission.REPORT_WRITE, report.scope)


def _own_file(reference: str, number: int, file_id: int) -> ReportFile:
    report = queries.own_report(session(), reference, number, viewer())
    return files.file_of(session(), report, file_id)


StepPages(
    pages,
    None,
    _own_file,
    lambda file: report_url("report_files", file.report),
    lambda file: (file.report.award.reference,),
).act(
    "remove_file",
    Permission.REPORT_WRITE,
    f"{ONE}/files/<int:file_id>/remove",
    Form,
    lambda opened, file, _form, act: files.remove_file(opened, file, act),
    title=lambda file: _("Remove “%(name)s”", name=file.document.name),
    button=_l("Remove"),
    tone="warning",
    done=_l("Removed."),
)

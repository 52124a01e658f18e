"""Pages on which the fund answers a report: each part is accepted, or sections of it returned; and
the one on which the grantee opens another section of a returned report.
"""

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.granting.reporting import service
from grants.granting.reporting.forms import AcceptForm, OpenSectionForm, SendBackForm
from grants.granting.reporting.models import Report
from grants.granting.reporting.opening import open_section, sections_to_open
from grants.granting.reporting.projects import form_of
from grants.granting.reporting.questions import part_of_section
from grants.granting.reporting.views import (
    ONE,
    find_report,
    pages,
    render_report,
    report_url,
    sections_of,
)
from grants.granting.reporting.workflow import REPORT, ReportPart, ReportState
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.post(f"{ONE}/accept")
@needs(Permission.REPORT_ANSWER)
def accept(reference: str, number: int) -> ResponseReturnValue:
    """The narrative or the finances are good; with both accepted, its figures count."""
    report = find_report(reference, number)
    form = AcceptForm()
    part = next((part for part in ReportPart if part.value == form.part.data), None)
    if form.validate_on_submit() and part is not None:
        with attempt(form) as (opened, outcome):
            report.seen_at(counted(form.version.data))
            service.accept(opened, report, part, this_act())
        if outcome:
            flash(_message_of(report, part), "success")
            return redirect(report_url("show", report))
    return render_report(report, form, 422)


def _message_of(report: Report, part: ReportPart) -> str:
    if report.state is ReportState.ACCEPTED:
        return _("The report has been accepted and the organisation has been notified.")
    if part is ReportPart.NARRATIVE:
        return _("The narrative report has been accepted. The financial report is still open.")
    return _("The financial report has been accepted. The narrative report is still open.")


def _form_to_return(report: Report) -> SendBackForm:
    """A box for each section of the parts that this person may answer."""
    sections = [
        section
        for section in form_of(session(), report).sections
        if report.waits_for_answer(part := part_of_section(section.key))
        and viewer().may(part.permission, report.scope)
    ]
    return SendBackForm.about(sections, report.version)


def _send_back(opened: Session, report: Report, form: SendBackForm, act: Act) -> None:
    report.seen_at(counted(form.version.data))
    service.send_back(opened, report, form.corrections, act)


StepPages(
    pages,
    REPORT,
    find_report,
    lambda report: report_url("show", report),
    lambda report: (report.award.reference, report.award.organisation.name),
    _l("The report"),
).step(
    "send_back",
    f"{ONE}/send-back",
    _form_to_return,
    _send_back,
    title=_l("Return sections of the report"),
    lead=_l(
        "For each section that needs correcting, write what the organisation must correct. "
        "The organisation can change only these sections; the others stay as they were "
        "submitted."
    ),
    template="granting/reporting/send_back.html",
    facts=sections_of,
    button=_l("Return these sections"),
    tone="warning",
    done=_l("The report has been returned and the organisation has been notified of the reason."),
)


def _opening_form(report: Report) -> OpenSectionForm:
    return OpenSectionForm.about(sections_to_open(session(), report))


def _require_section_to_open(opened: Session, report: Report, _act: Act) -> None:
    if not sections_to_open(opened, report):
        raise Conflict(_("No other section of this report can be opened now."))


StepPages(
    pages,
    None,
    find_report,
    lambda report: report_url("show", report),
    lambda report: (report.award.reference, report.kind.label),
    _l("All sections"),
).act(
    "open_section",
    Permission.REPORT_WRITE,
    f"{ONE}/open-section",
    _opening_form,
    lambda opened, report, form, act: open_section(opened, report, form.section.data, act),
    check=_require_section_to_open,
    title=_l("Open another section"),
    lead=_l(
        "For example, if the text to be corrected is in a different section from the "
        "one that the fund named. The fund will read your explanation, with both "
        "versions of the section."
    ),
    button=_l("Open the section"),
    done=_l("Opened. Correct the section, then submit the report again."),
)

"""Sections of a returned report that the grantee opens itself, to correct what belongs there."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.granting.reporting.answers import typed_again
from grants.granting.reporting.models import Report, ReturnedSection
from grants.granting.reporting.questions import part_of_section
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import PartAnswer, ReportState
from grants.platform.questionnaires.form import Section


def sections_to_open(session: Session, report: Report) -> Sequence[Section]:
    """The sections of a returned report that stay as they were submitted, and may be opened too:
    those that the fund has not accepted.
    """
    return openable_in(Work(session, report))


def openable_in(work: Work) -> Sequence[Section]:
    """The sections that may be opened, of the work on a report that was read already."""
    report = work.report
    if report.state is not ReportState.SENT_BACK or not work.corrections:
        return []
    return [
        part.section
        for part in work.shown_parts
        if not work.is_open(part)
        and report.answer_to(part_of_section(part.section.key)) is not PartAnswer.ACCEPTED
    ]


def open_section(session: Session, report: Report, key: str, act: Act) -> None:
    """The grantee opens one more section of a returned report, and says what it corrects there:
    the fund reads it as a correction, with both versions.
    """
    act.demand(Permission.REPORT_WRITE, report.scope)
    session.refresh(report, with_for_update={"of": Report})
    if key not in {section.key for section in sections_to_open(session, report)}:
        raise Conflict(_("This section cannot be opened now."))
    why = (act.reason or "").strip()
    if not why:
        raise DomainError(_("Say what you will correct in this section."))
    session.add(
        ReturnedSection(
            report_id=report.id,
            times_sent=report.times_sent,
            section=key,
            correction=why,
            typed=typed_again(report, key),
            returned_at=act.at,
        )
    )
    part = part_of_section(key)
    if report.answer_to(part) is PartAnswer.NONE:
        report.set_answer(part, PartAnswer.RETURNED)
    record(session, report, "open_section", act, section=key)
    session.flush()

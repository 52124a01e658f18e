"""Keeping a report while it is written: whatever is typed, and no answer is overwritten by another
person's.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.granting.reporting.models import Report, ReportDraft
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import OPEN
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import Sheet
from grants.platform.questionnaires.saving import merge_answers, write_answers
from grants.platform.questions.reading import Typed


def save_section(
    session: Session,
    report: Report,
    key: str,
    typed: Typed,
    version: int,
    act: Act,
    *,
    sheet: Sheet | None = None,
) -> ReportDraft:
    """Keep a section as it was typed, whatever it is. `version` is that of the words it began from.

    What another person changed meanwhile in other questions stays. EditConflict if both changed the
    same question; nothing is ever overwritten unseen. A `sheet` may go on from what it sent
    itself, and what it sent earlier but arrives later changes nothing. A ticked box "attested"
    says that the writer has looked at the words which might identify a victim.
    """
    act.demand(Permission.REPORT_WRITE, report.scope)
    _lock_writable(session, report)
    work = Work(session, report)
    section = work.form.section(key)
    if not work.is_open(work.part(key)):
        raise Conflict(_("This section was not returned to you. It stays as you submitted it."))
    row = _draft_row(session, report, key, act)
    sheet = sheet or Sheet()
    result = merge_answers(row, section, typed, version, sheet)
    if result is None:
        return row
    attested = _still_attested(section, result.kept, row, ticked=any(typed.get("attested", ())))
    if (row.typed, row.attested) != (result.kept, attested):
        row.attested = attested
        write_answers(row, result, sheet, act)
        session.flush()
    return row


def _lock_writable(session: Session, report: Report) -> None:
    """Saves of a report wait for each other, and none comes after it was sent."""
    session.refresh(report, with_for_update={"key_share": True})
    if report.state not in OPEN:
        raise Conflict(
            _("This report has been submitted. You can change it only if it is returned to you.")
        )


def _draft_row(session: Session, report: Report, key: str, act: Act) -> ReportDraft:
    """The draft of a section, made now if nobody has written any."""
    fresh = {"typed": {}, "attested": [], "written": {}, "sheet": "", "turn": 0, "version": 0}
    session.execute(
        insert(ReportDraft)
        .values(report_id=report.id, section=key, saved_at=act.at, **fresh)
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(ReportDraft)
        .where(ReportDraft.report_id == report.id, ReportDraft.section == key)
        .execution_options(populate_existing=True)
    ).one()


def _still_attested(section: Section, typed: Typed, row: ReportDraft, *, ticked: bool) -> list[str]:
    doubts = [finding.digest for finding in section.doubts(typed)]
    return doubts if ticked else [digest for digest in row.attested if digest in doubts]

"""The finance questionnaire while it is written: kept as it is typed, with its files."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.deciding.awards.models import Award
from grants.granting.preparing.models import FinanceDraft, FinanceFile, Preparation
from grants.granting.preparing.queries import asked_of, preparation_of
from grants.granting.preparing.questions import as_one_page, finance_form_of, typed_in
from grants.granting.preparing.workflow import Part, PreparationState
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.merging import Sheet
from grants.platform.questionnaires.saving import merge_answers, write_answers
from grants.platform.questions.reading import Typed

MOST_FILES = 20


def draft_of(session: Session, award_id: int) -> FinanceDraft | None:
    """What is written of the questionnaire since it was submitted last."""
    return session.get(FinanceDraft, award_id, populate_existing=True)


def written_answers(session: Session, award: Award) -> Typed:
    """The answers with which the page begins: as written, else as submitted."""
    draft = draft_of(session, award.id)
    return draft.typed if draft else typed_in(preparation_of(session, award.id, Part.FINANCE))


def save_finance(
    session: Session, award: Award, typed: Typed, version: int, sheet: Sheet, act: Act
) -> FinanceDraft:
    """Keep the questionnaire as it was typed, whatever it is. `version` is that of the words it
    began from.

    EditConflict if two people changed the same question; Conflict once it was submitted.
    """
    act.demand(Permission.REPORT_WRITE, Scope(organisation_id=award.organisation_id))
    row = _lock_draft(session, award, act)
    _require_writable(session, award)
    section = as_one_page(finance_form_of(award))
    result = merge_answers(row, section, typed, version, sheet)
    if result is not None and result.kept != row.typed:
        write_answers(row, result, sheet, act)
        session.flush()
    return row


def require_unchanged(session: Session, award: Award, version: int) -> None:
    """Conflict if the draft was saved since a person read this version of it. It is locked until
    the transaction ends, before the award, as `add_file` does.
    """
    query = select(FinanceDraft).where(FinanceDraft.award_id == award.id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is not None and row.version != version:
        raise Conflict(_("Another user changed this while you had it open."))


def drop_draft(session: Session, award: Award) -> None:
    """The questionnaire was submitted: nothing of it is being written any more."""
    session.execute(delete(FinanceDraft).where(FinanceDraft.award_id == award.id))


def _lock_draft(session: Session, award: Award, act: Act) -> FinanceDraft:
    """The draft, made now of what was submitted before if nobody has written any."""
    before = typed_in(preparation_of(session, award.id, Part.FINANCE))
    fresh = {"typed": before, "written": {}, "sheet": "", "turn": 0, "version": 0}
    session.execute(
        insert(FinanceDraft)
        .values(award_id=award.id, saved_at=act.at, **fresh)
        .on_conflict_do_nothing()
    )
    query = select(FinanceDraft).where(FinanceDraft.award_id == award.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _require_writable(session: Session, award: Award) -> None:
    row = _fresh_preparation(session, award)
    is_open = row is None or row.state is PreparationState.SENT_BACK
    if not is_open:
        raise Conflict(_("This has been submitted. You can change it only if it is returned."))
    if not award.awaits_agreement or Part.FINANCE not in asked_of(session, award):
        raise Conflict(_("The fund does not ask for this now."))


def _fresh_preparation(session: Session, award: Award) -> Preparation | None:
    query = select(Preparation).where(
        Preparation.award_id == award.id, Preparation.part == Part.FINANCE
    )
    return session.scalar(query.execution_options(populate_existing=True))


def add_file(session: Session, award: Award, upload: Upload, act: Act) -> FinanceFile:
    """The grantee puts a file beside the questionnaire while it writes it: accounts, a procedure.
    The same file again changes nothing.
    """
    act.demand(Permission.REPORT_WRITE, Scope(organisation_id=award.organisation_id))
    _lock_draft(session, award, act)
    _require_writable(session, award)
    document = keep(session, upload, act, organisation_id=award.organisation_id)
    files = files_of(session, award)
    for file in files:
        if file.document.sha256 == document.sha256:
            return file
    if len(files) >= MOST_FILES:
        raise DomainError(
            _("Up to %(most)s files can be added. Combine several files into one.", most=MOST_FILES)
        )
    file = FinanceFile(award=award, document=document, added_at=act.at)
    session.add(file)
    record(session, award, "attach", act, file=document.name, sha256=document.sha256)
    return file


def remove_file(session: Session, file: FinanceFile, act: Act) -> None:
    """Take away a file that was not submitted yet; what was submitted stays."""
    award = file.award
    act.demand(Permission.REPORT_WRITE, Scope(organisation_id=award.organisation_id))
    _lock_draft(session, award, act)
    _require_writable(session, award)
    if file.removed_at is not None or _was_submitted(session, file):
        raise Conflict(_("This file was submitted. It stays with the questionnaire."))
    file.removed_at = act.at
    record(session, award, "remove", act, file=file.document.name)


def _was_submitted(session: Session, file: FinanceFile) -> bool:
    row = _fresh_preparation(session, file.award)
    return row is not None and file.added_at <= row.submitted_at


def files_of(
    session: Session, award: Award, *, submitted_only: bool = False
) -> Sequence[FinanceFile]:
    """The files beside the questionnaire; the fund sees those that were submitted."""
    query = select(FinanceFile).where(
        FinanceFile.award_id == award.id, FinanceFile.removed_at.is_(None)
    )
    files = session.scalars(query.order_by(FinanceFile.id)).all()
    if not submitted_only:
        return files
    row = _fresh_preparation(session, award)
    return [file for file in files if row is not None and file.added_at <= row.submitted_at]


def file_of(
    session: Session, award: Award, file_id: int, *, submitted_only: bool = False
) -> FinanceFile:
    """One file beside the questionnaire, or Missing."""
    for file in files_of(session, award, submitted_only=submitted_only):
        if file.id == file_id:
            return file
    raise Missing(_("File not found."))

"""Uploading a history, confirming it, and what the system does in between."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.funds.models import Fund
from grants.core.kernel.errors import FundError
from grants.core.people.permissions import Permission
from grants.desk.moving_in.faults import quoted
from grants.desk.moving_in.history.service import ImportedFile, take_over
from grants.desk.moving_in.history.sources import Given, given_by
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.workflow import IMPORT
from grants.platform.documents.service import content_of, keep
from grants.platform.file_checks.checks import Upload

ENDINGS = (".xlsx", ".zip")


def upload(session: Session, fund: Fund, file: Upload, act: Act) -> Import:
    """A history is submitted: kept as it is, and to be checked. Nothing of it is in the books.

    InvalidInput says what is wrong with the file itself.
    """
    act.demand(Permission.HISTORY_IMPORT, Import(fund_id=fund.id).scope)
    assert act.actor.person_id is not None
    document = keep(session, file, act, accept=ENDINGS)
    given_by(document.name, content_of(document))
    handed_in = Import(
        fund=fund,
        document=document,
        language=act.actor.language,
        uploaded_by_id=act.actor.person_id,
        uploaded_at=act.at,
    )
    begin(session, handed_in, IMPORT, act, sha256=document.sha256, fund=fund.code)
    return handed_in


def confirm(session: Session, handed_in: Import, act: Act) -> None:
    """Another person than who uploaded it has looked at what would happen: it is to be done."""
    advance(session, handed_in, IMPORT, "confirm", act)
    handed_in.done = handed_in.steps = 0


def discard(session: Session, handed_in: Import, act: Act) -> None:
    """Nothing of it is taken over. The file stays kept."""
    advance(session, handed_in, IMPORT, "discard", act)
    handed_in.settled_at = act.at


def by_worker() -> Act:
    """What the worker does, it does as "import", like the command line."""
    return Act.by_system("import")


def given_in(handed_in: Import) -> Given:
    """What the kept file holds."""
    return given_by(handed_in.document.name, content_of(handed_in.document))


def replay(session: Session, handed_in: Import, report: Any) -> list[ImportedFile]:
    """Everything in the file through the fund's own acts; the caller keeps it, or does not."""
    return take_over(session, handed_in.fund.code, given_in(handed_in), report)


def note_checked(
    session: Session, handed_in: Import, outcome: Sequence[ImportedFile], act: Act
) -> None:
    """Note that the import could be taken over, and what would happen."""
    handed_in.taken = _as_json(outcome)
    advance(session, handed_in, IMPORT, "check", act)


def note_taken_over(
    session: Session, handed_in: Import, outcome: Sequence[ImportedFile], act: Act
) -> None:
    """Note that the import is taken over, in this very transaction."""
    handed_in.taken, handed_in.settled_at = _as_json(outcome), act.at
    rows = {part.file: part.new for part in outcome}
    advance(session, handed_in, IMPORT, "take_over", act, new=rows)


def note_faults(session: Session, handed_in: Import, refusal: FundError, act: Act) -> None:
    """Note why the import cannot be taken over as it is: each fault with its row."""
    faults = quoted(refusal, given_in(handed_in))
    handed_in.faults, handed_in.fault_count = faults[:MOST_SHOWN], len(faults)
    advance(session, handed_in, IMPORT, "find_faults", act, faults=len(faults))


MOST_SHOWN = 200


def _as_json(outcome: Sequence[ImportedFile]) -> list[dict[str, Any]]:
    return [{"file": part.file, "rows": part.rows, "new": part.new} for part in outcome]

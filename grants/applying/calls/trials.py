"""Testing a call before it opens, with applications that count nowhere.

They have a table of their own, so that no list, figure, file or ranking can come across them.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call, TrialApplication
from grants.applying.calls.queries import lock
from grants.applying.calls.workflow import CALL, CallState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import Conflict, Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission


def begin_test(session: Session, call: Call, act: Act) -> None:
    """Let the fund's people fill in the call as applicants would."""
    advance(session, call, CALL, "begin_test", act)


def end_test(session: Session, call: Call, act: Act) -> int:
    """A draft again; the trial applications are deleted. Returns how many there were."""
    advance(session, call, CALL, "end_test", act, deleted=len(trials_of(session, call)))
    return clear(session, call)


def clear(session: Session, call: Call) -> int:
    """Delete the trial applications of a call; returns how many there were."""
    result = session.execute(delete(TrialApplication).where(TrialApplication.call_id == call.id))
    return int(result.rowcount)  # type: ignore[attr-defined]


def begin_trial(session: Session, call: Call, act: Act) -> TrialApplication:
    """One more trial application, empty."""
    act.demand(Permission.CALL_EDIT, call.scope)
    lock(session, call, read=True)
    _require_test(call)
    if act.actor.person_id is None:
        raise Forbidden(_("Your role does not allow this."))
    trial = TrialApplication(
        call_id=call.id, person_id=act.actor.person_id, given={}, saved_at=act.at
    )
    session.add(trial)
    session.flush()
    return trial


def keep_trial(
    session: Session,
    trial: TrialApplication,
    call: Call,
    typed: Mapping[str, Sequence[str]],
    act: Act,
    *,
    complete: bool,
) -> None:
    """Keep what was typed. A person changes only the trial applications of their own."""
    act.demand(Permission.CALL_EDIT, call.scope)
    _require_test(call)
    if trial.person_id != act.actor.person_id:
        raise Forbidden(_("This trial application is another person’s."))
    trial.given = {name: list(texts) for name, texts in typed.items()}
    trial.saved_at = act.at
    trial.submitted_at = act.at if complete else None
    session.flush()


def trials_of(session: Session, call: Call) -> Sequence[TrialApplication]:
    """The trial applications of a call, the newest first."""
    return session.scalars(
        select(TrialApplication)
        .where(TrialApplication.call_id == call.id)
        .order_by(TrialApplication.id.desc())
    ).all()


def trial_of(session: Session, call: Call, number: int) -> TrialApplication:
    """One trial application of a call, or Missing."""
    trial = session.get(TrialApplication, number)
    if trial is None or trial.call_id != call.id:
        raise Missing(_("Trial application not found. The test may have ended."))
    return trial


def _require_test(call: Call) -> None:
    if call.state is not CallState.TEST:
        raise Conflict(_("The call is not being tested."))

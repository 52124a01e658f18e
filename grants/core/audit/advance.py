"""The only function that assigns `.state`, and the writer of the trail."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.act import Act
from grants.core.audit.queries import has_acted
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


class Subject(Protocol):
    """A record the trail can speak of."""

    __tablename__: str

    @property
    def id(self) -> Any: ...


class Stateful(Subject, Protocol):
    """A record with a workflow."""

    state: Any

    @property
    def scope(self) -> Scope | None:
        """None: of no fund's own; a person who holds the permission for any fund may act on it."""


def record(session: Session, subject: Subject, action: str, act: Act, **facts: Any) -> int:
    """Write one trail row for an act that leaves the state as it is. Returns its number."""
    session.flush()
    (number,) = chain.write(session, [_trail_row(subject, action, act, None, None, facts)])
    return number


def advance(
    session: Session,
    subject: Stateful,
    workflow: Workflow,
    action: str,
    act: Act,
    **facts: Any,
) -> None:
    """Take one step of the workflow: legal? permitted? reasoned? then state and trail together.

    Conflict if the record is no longer in a state the step begins from, Forbidden if this person
    may not take it (no permission, or did an act it excludes), DomainError if a reason is missing.
    """
    step = require(session, subject, workflow, action, act)
    source: StrEnum = subject.state
    subject.state = step.target
    session.flush()
    chain.write(session, [_trail_row(subject, action, act, source, step.target, facts)])


def require(session: Session, subject: Stateful, workflow: Workflow, action: str, act: Act) -> Step:
    """Refuse as `advance` would, before anything has changed: for an act with rules of its own."""
    step = workflow.require(action, subject.state)
    if not step.is_open_to(subject):
        raise Conflict(str(step.closed) or _("The settings of this call do not include this step."))
    if step.not_by:  # for which the trail is asked
        session.flush()
    _require_permitted(session, subject, step, act)
    if step.needs_reason and not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    return step


def begin(session: Session, subject: Stateful, workflow: Workflow, act: Act, **facts: Any) -> None:
    """Enter a new record, in its workflow's initial state, with its first trail row."""
    begin_all(session, [subject], workflow, act, **facts)


def begin_all(
    session: Session, subjects: Sequence[Stateful], workflow: Workflow, act: Act, **facts: Any
) -> None:
    """Enter many new records at once, each with its first trail row."""
    for subject in subjects:
        subject.state = workflow.initial
    session.add_all(subjects)
    session.flush()
    rows = [_trail_row(new, "create", act, None, workflow.initial, facts) for new in subjects]
    chain.write(session, rows)


def may_take(session: Session, subject: Stateful, step: Step, act: Act) -> bool:
    """Would this person be let through? For buttons; `advance` asks again."""
    assert isinstance(step.permission, Permission)
    return (
        step.is_open_to(subject)
        and act.actor.may(step.permission, subject.scope)
        and not _is_excluded(session, subject, step, act)
    )


def _is_excluded(session: Session, subject: Subject, step: Step, act: Act) -> bool:
    return bool(step.not_by) and has_acted(
        session, subject.__tablename__, subject.id, step.not_by, act.actor
    )


def _require_permitted(session: Session, subject: Stateful, step: Step, act: Act) -> None:
    assert isinstance(step.permission, Permission)
    act.demand(step.permission, subject.scope)
    if _is_excluded(session, subject, step, act):
        raise Forbidden(
            _(
                "A different person must do this, because you took an earlier step in the same "
                "decision."
            )
        )


def _trail_row(
    subject: Subject,
    action: str,
    act: Act,
    source: StrEnum | None,
    target: StrEnum | None,
    facts: dict[str, Any],
) -> dict[str, Any]:
    """The columns of a row of the trail."""
    return {
        "subject": subject.__tablename__,
        "subject_id": subject.id,
        "at": act.at,
        "person_id": act.actor.person_id,
        "actor": act.actor.mark,
        "action": action,
        "source": source.value if source else None,
        "target": target.value if target else None,
        "reason": act.reason,
        "facts": facts,
    }

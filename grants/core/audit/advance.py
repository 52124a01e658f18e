"""The only function that assigns `.state`, and the writer of the trail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.act import Act
from grants.core.audit.queries import has_acted
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.late import flush, late, writing_late
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope

Row = dict[str, Any]
"""The columns of a row of the trail."""


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


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Acts on many records: what they change, and then their trail rows in the order of the acts,
    is written at the end in as few statements as for one. No act inside may ask the database for
    what another has changed.
    """
    with writing_late(session):
        yield


def _write_rows(session: Session, written: Sequence[tuple[Row, Subject]]) -> None:
    chain.write(session, [_about(subject, row) for row, subject in written])


def record(session: Session, subject: Subject, action: str, act: Act, **facts: Any) -> int | None:
    """Write one trail row for an act that leaves the state as it is. Returns its number; None where
    acts on many records are written together.
    """
    flush(session)
    rows = _keep(session, [(_row(action, act, None, None, facts), subject)])
    return rows[0] if rows else None


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
    flush(session)
    _keep(session, [(_row(action, act, source, step.target, facts), subject)])


def require(session: Session, subject: Stateful, workflow: Workflow, action: str, act: Act) -> Step:
    """Refuse as `advance` would, before anything has changed: for an act with rules of its own."""
    step = workflow.require(action, subject.state)
    if not step.is_open_to(subject):
        raise Conflict(str(step.closed) or _("The settings of this call do not include this step."))
    if step.not_by:  # for which the trail is asked
        flush(session)
    _permitted(session, subject, step, act)
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
    flush(session)
    row = _row("create", act, None, workflow.initial, facts)
    _keep(session, [(row, each) for each in subjects])


def may_take(session: Session, subject: Stateful, step: Step, act: Act) -> bool:
    """Would this person be let through? For buttons; `advance` asks again."""
    assert isinstance(step.permission, Permission)
    return (
        step.is_open_to(subject)
        and act.actor.may(step.permission, subject.scope)
        and not _excluded(session, subject, step, act)
    )


def _excluded(session: Session, subject: Subject, step: Step, act: Act) -> bool:
    return bool(step.not_by) and has_acted(
        session, subject.__tablename__, subject.id, step.not_by, act.actor
    )


def _permitted(session: Session, subject: Stateful, step: Step, act: Act) -> None:
    assert isinstance(step.permission, Permission)
    act.demand(step.permission, subject.scope)
    if _excluded(session, subject, step, act):
        raise Forbidden(
            _(
                "A different person must do this, because you took an earlier step in the same "
                "decision."
            )
        )


def _keep(session: Session, written: Sequence[tuple[Row, Subject]]) -> Sequence[int]:
    """The numbers of these trail rows; none where they are written at the end."""
    aside = late(session, _write_rows, list[tuple[Row, Subject]])
    if aside is not None:
        aside.extend(written)
        return ()
    return chain.write(session, [_about(subject, row) for row, subject in written])


def _about(subject: Subject, row: Row) -> Row:
    return row | {"subject": subject.__tablename__, "subject_id": subject.id}


def _row(
    action: str, act: Act, source: StrEnum | None, target: StrEnum | None, facts: dict[str, Any]
) -> Row:
    return {
        "at": act.at,
        "person_id": act.actor.person_id,
        "actor": act.actor.name,
        "action": action,
        "source": source.value if source else None,
        "target": target.value if target else None,
        "reason": act.reason,
        "facts": facts,
    }

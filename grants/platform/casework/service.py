"""Assigning a case, remarking on it, following it. Nothing of it is seen outside the fund."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import end_of_trail
from grants.core.audit.undoing import require_soon
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import InboxMail
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer, keep_apart
from grants.platform.casework.cases import Case, may_see
from grants.platform.casework.models import CaseFollower, CaseOwner, Remark
from grants.platform.casework.queries import colleagues, owner_of

LONGEST = 4000
"""Characters of a remark."""


def assign(
    session: Session, case: Case, person_id: int | None, before: int | None, act: Act
) -> None:
    """Give a case to a colleague, hand it over, or take it back (None). Conflict if its owner is no
    longer the person whom the page showed. Both the former and the new owner follow it.
    """
    _require(case, act)
    if person_id is None and before is None:
        return
    if person_id is not None:
        _require_colleagues(session, case, {person_id})
    owner = _locked_owner(session, case)
    if owner.person_id == person_id:
        return
    if owner.person_id != before:
        raise Conflict(
            _("Another user changed the owner. Check who has this case now before you decide.")
        )
    _begin_following(session, case, act.actor.person_id)
    _give_to(session, case, owner, person_id, act)


def undo_assignment(session: Session, case: Case, act: Act) -> None:
    """Take back, at once, who was made owner: the owner before has the case again. Conflict if
    another person has assigned it since.
    """
    _require(case, act)
    owner = _locked_owner(session, case)
    if owner.assigned_by_id != act.actor.person_id:
        raise Conflict(
            _("Another user changed the owner. Check who has this case now before you decide.")
        )
    require_soon(owner.assigned_at, act)
    rows = select(TrailRow).where(
        TrailRow.subject == CaseOwner.__tablename__, TrailRow.subject_id == owner.id
    )
    before = session.scalars(rows.order_by(TrailRow.id.desc()).limit(1)).one().facts["before"]
    if before is not None:
        _require_colleagues(session, case, {before})
    _give_to(session, case, owner, before, act)


def hand_over(
    session: Session, cases: Iterable[Case], before: int | None, successor: Viewer, act: Act
) -> int:
    """Give cases of a person to a successor, as far as they may have them; how many."""
    number = 0
    for case in cases:
        if not act.actor.system:
            _require(case, act)
        owner = _locked_owner(session, case)
        if owner.person_id == before and may_see(successor, case, Permission.CASEWORK_WRITE):
            _give_to(session, case, owner, successor.person_id, act)
            number += 1
    return number


def _give_to(
    session: Session, case: Case, owner: CaseOwner, person_id: int | None, act: Act
) -> None:
    before = owner.person_id
    _begin_following(session, case, person_id)
    owner.person_id, owner.assigned_at = person_id, act.at
    owner.assigned_by_id = act.actor.person_id
    facts = {"case": case.reference, "person": person_id, "before": before}
    record(session, owner, "assign_case", act, **facts)


def write_remark(
    session: Session, case: Case, text: str, mentioned: Collection[int], act: Act
) -> Remark:
    """Remark on a case, for colleagues alone. Who writes and who is mentioned follow it.

    DomainError if it is empty, too long, or mentions a person who may not read it.
    """
    _require(case, act)
    words = text.strip()
    if not words:
        raise DomainError(_("Write a remark first."))
    if len(words) > LONGEST:
        raise DomainError(_("A remark can have up to %(most)s characters.", most=LONGEST))
    _require_colleagues(session, case, mentioned)
    for person_id in (act.actor.person_id, *mentioned):
        _begin_following(session, case, person_id)
    remark = Remark(
        kind=case.kind.name,
        subject_id=case.id,
        fund_id=case.fund_id,
        text=words,
        mentioned=sorted(mentioned),
        written_at=act.at,
        written_by_id=act.actor.person_id,
    )
    session.add(remark)
    session.flush()
    record(session, remark, "write_remark", act, case=case.reference, mentioned=remark.mentioned)
    return remark


def withdraw_remark(session: Session, remark: Remark, case: Case, act: Act) -> None:
    """The author takes a remark back: it stays on record as withdrawn, and who wrote it. Withdrawn
    soon, colleagues no longer read its text.
    """
    _require(case, act)
    if remark.written_by_id != act.actor.person_id:
        raise Forbidden(_("Only the author of a remark can withdraw it."))
    session.refresh(remark, with_for_update=True)
    if remark.withdrawn_at is None:
        remark.withdrawn_at = act.at
        record(session, remark, "withdraw_remark", act, case=case.reference)


def undo_remark(session: Session, remark: Remark, case: Case, act: Act) -> None:
    """Take a remark back at once, or its withdrawal: then colleagues read it again."""
    _require(case, act)
    if remark.written_by_id != act.actor.person_id:
        raise Forbidden(_("Only the author of a remark can withdraw it."))
    session.refresh(remark, with_for_update=True)
    if remark.withdrawn_at is None:
        require_soon(remark.written_at, act)
        withdraw_remark(session, remark, case, act)
    else:
        require_soon(remark.withdrawn_at, act)
        remark.withdrawn_at = None
        record(session, remark, "restore_remark", act, case=case.reference)


def follow(session: Session, case: Case, act: Act) -> None:
    """Be told of what happens to a case."""
    _require(case, act)
    _begin_following(session, case, act.actor.person_id)


def stop_following(session: Session, case: Case, act: Act) -> None:
    """Be told no longer. DomainError for the owner, who has to know."""
    _require(case, act)
    owner = owner_of(session, case)
    if owner is not None and owner.id == act.actor.person_id:
        raise DomainError(_("You own this case. Hand it over first."))
    follower = CaseFollower.person_id == act.actor.person_id
    session.execute(delete(CaseFollower).where(follower, *_of_case(CaseFollower, case)))


def mark_read(session: Session, until: int, act: Act, case: tuple[str, int] | None = None) -> None:
    """Mark what concerns a person as read, up to a place in the trail: of one case, or of all."""
    query = update(CaseFollower).where(
        CaseFollower.person_id == act.actor.person_id, CaseFollower.read_to < until
    )
    if case:
        kind, number = case
        query = query.where(CaseFollower.kind == kind, CaseFollower.subject_id == number)
    position, _last = end_of_trail(session)
    session.execute(query.values(read_to=min(until, position)))


def choose_mail(session: Session, mail: InboxMail, act: Act) -> None:
    """How often a person gets e-mails of what concerns them; none of what was there before."""
    person = session.get_one(Person, act.actor.person_id)
    if person.inbox_mail is InboxMail.NONE:
        position, _last = end_of_trail(session)
        following = update(CaseFollower).where(CaseFollower.person_id == person.id)
        session.execute(following.values(mailed_to=position))
    person.inbox_mail = mail
    session.flush()


def carry_over(session: Session, kind: str, source: int, target: int) -> None:
    """Two records become one: its remarks, followers and owner are those of both; where both have
    an owner, that of the record which is kept stays.
    """
    for remark in session.scalars(select(Remark).where(*_of(Remark, kind, source))):
        remark.subject_id = target
    following = select(CaseFollower.person_id).where(*_of(CaseFollower, kind, target))
    moving = update(CaseFollower).where(*_of(CaseFollower, kind, source))
    session.execute(
        moving.where(CaseFollower.person_id.not_in(following)).values(subject_id=target)
    )
    session.execute(delete(CaseFollower).where(*_of(CaseFollower, kind, source)))
    former = session.scalar(select(CaseOwner).where(*_of(CaseOwner, kind, source)))
    present = session.scalar(select(CaseOwner).where(*_of(CaseOwner, kind, target)))
    if former and present is None:
        former.subject_id = target
    elif former and present and present.person_id is None:
        present.person_id, former.person_id = former.person_id, None
    session.flush()


def _require(case: Case, act: Act) -> None:
    act.demand(Permission.CASEWORK_WRITE, case.scope)
    if case.organisation_id is not None:
        keep_apart(act.actor, case.organisation_id)
    if not may_see(act.actor, case, Permission.CASEWORK_WRITE):
        raise Forbidden(_("This case is closed to you, because you review it or have a conflict."))


def _require_colleagues(session: Session, case: Case, people: Collection[int]) -> None:
    able = {person.person_id for person in colleagues(session, case)} if people else set()
    if not able.issuperset(people):
        raise DomainError(_("Choose a colleague who may read this case."))


def _locked_owner(session: Session, case: Case) -> CaseOwner:
    """The row of the case, made if there was none, and locked: of two who assign it at once, the
    second sees what the first did.
    """
    values = {"kind": case.kind.name, "subject_id": case.id, "fund_id": case.fund_id}
    session.execute(insert(CaseOwner).values(values).on_conflict_do_nothing())
    query = select(CaseOwner).where(*_of_case(CaseOwner, case)).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _begin_following(session: Session, case: Case, person_id: int | None) -> None:
    if person_id is None:
        return
    position, _last = end_of_trail(session)
    values = {
        "person_id": person_id,
        "kind": case.kind.name,
        "subject_id": case.id,
        "since": select(func.coalesce(func.max(TrailRow.id), 0)).scalar_subquery(),
        **dict.fromkeys(("read_to", "mailed_to"), position),
    }
    session.execute(insert(CaseFollower).values(values).on_conflict_do_nothing())


def _of_case(model: Any, case: Case) -> tuple[Any, ...]:
    return _of(model, case.kind.name, case.id)


def _of(model: Any, kind: str, number: int) -> tuple[Any, ...]:
    return model.kind == kind, model.subject_id == number

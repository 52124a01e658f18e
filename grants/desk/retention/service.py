"""Periods are set, legal holds placed and lifted, and what is due is purged once two agree."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_funds
from grants.desk.retention.models import LegalHold, Purge, RetentionRule
from grants.desk.retention.models import RetentionClass as Kind
from grants.desk.retention.periods import PARTS, due_of
from grants.desk.retention.queries import is_on_hold, last_day_kept, wait_for_holds
from grants.desk.retention.workflow import OPEN, PURGE
from grants.platform.messages.service import Recipient, send


def set_years(session: Session, kind: Kind, years: int, act: Act) -> None:
    """Keep a kind of data for so many years from now on."""
    act.demand(Permission.RETENTION_DECIDE, None)
    _require_reason(act)
    rule = session.scalar(select(RetentionRule).where(RetentionRule.kind == kind))
    before = rule.years if rule else None
    if rule is None:
        rule = RetentionRule(kind=kind)
        session.add(rule)
    assert act.actor.person_id is not None
    rule.years, rule.set_by_id, rule.set_at = years, act.actor.person_id, act.at
    record(session, rule, "set_years", act, kind=kind.value, before=before, years=years)


def place_hold(session: Session, person: Person, act: Act) -> LegalHold:
    """Let nothing about a person be purged or erased: an allegation, an audit, a dispute."""
    act.demand(Permission.RETENTION_DECIDE, None)
    _require_reason(act)
    wait_for_holds(session)
    if is_on_hold(session, person.id):
        raise Conflict(_("There is already a legal hold on this person."))
    hold = LegalHold(
        person=person,
        reason=(act.reason or "").strip(),
        placed_by_id=act.actor.person_id,
        placed_at=act.at,
    )
    session.add(hold)
    record(session, hold, "place_hold", act, person=person.id)
    return hold


def lift_hold(session: Session, hold: LegalHold, act: Act) -> None:
    """The reason is over: what is due about the person may go again."""
    act.demand(Permission.RETENTION_DECIDE, None)
    _require_reason(act)
    session.refresh(hold, with_for_update=True)
    if hold.lifted_at:
        raise Conflict(_("This legal hold has already been lifted."))
    hold.lifted_by_id, hold.lifted_at = act.actor.person_id, act.at
    record(session, hold, "lift_hold", act, person=hold.person_id)


def propose(session: Session, kind: Kind, before: date, act: Act) -> Purge:
    """Propose to purge what is older than a day; another person confirms. DomainError where the
    day is within the period, or nothing is due; Conflict while such a list waits.
    """
    act.demand(Permission.RETENTION_DECIDE, None)
    if before > last_day_kept(session, kind):
        raise DomainError(_("This is not due yet. Reload the list."))
    count, _oldest = due_of(session, kind, before)
    if not count:
        raise DomainError(_("Nothing is due."))
    wait_for_holds(session)
    if session.scalar(select(Purge.id).where(Purge.kind == kind, Purge.state.in_(OPEN))):
        raise Conflict(_("A purge of this kind is already waiting for confirmation."))
    purge = Purge(
        kind=kind,
        before_on=before,
        listed=count,
        proposed_by_id=act.actor.person_id,
        proposed_at=act.at,
    )
    begin(session, purge, PURGE, act, kind=kind.value, before=before.isoformat(), listed=count)
    _ask_others(session, purge, act)
    return purge


def _ask_others(session: Session, purge: Purge, act: Act) -> None:
    for officer in people_of_funds(session, Permission.RETENTION_DECIDE):
        if officer.id != act.actor.person_id:
            send(
                session,
                Recipient.of(officer),
                "desk/retention/proposed",
                event=f"purge:{purge.id}:proposed",
                url=absolute(f"/retention/purges/{purge.id}"),
                data=purge.kind.label,
                before=purge.before_on,
            )


def confirm(session: Session, purge: Purge, act: Act) -> None:
    """Confirm the list as the second person: the worker purges it. A period that was made longer
    since then counts.
    """
    session.refresh(purge, with_for_update=True)
    require(session, purge, PURGE, "confirm", act)
    _require_due(session, purge)
    purge.confirmed_by_id, purge.confirmed_at = act.actor.person_id, act.at
    advance(session, purge, PURGE, "confirm", act)


def _require_due(session: Session, purge: Purge) -> None:
    if purge.before_on > last_day_kept(session, purge.kind):
        raise DomainError(_("The period is longer now, and this is not due yet. Stop the purge."))


def stop(session: Session, purge: Purge, act: Act) -> None:
    """Stop a purge that was not carried out: nothing has gone."""
    session.refresh(purge, with_for_update=True)
    advance(session, purge, PURGE, "stop", act)


def carry_out(session: Session, purge: Purge, act: Act) -> None:
    """Let go what was on the list and is not on hold: all of it in one transaction, or nothing.
    The purge says which rows went.
    """
    wait_for_holds(session)
    session.refresh(purge, with_for_update=True)
    require(session, purge, PURGE, "carry_out", act)
    _require_due(session, purge)
    rows = {part.table.name: part.purge(session, purge.before_on) for part in PARTS[purge.kind]}
    purge.rows = {table: ranges for table, ranges in rows.items() if ranges}
    numbers = {
        table: sum(last - first + 1 for first, last in ranges)
        for table, ranges in purge.rows.items()
    }
    purge.purged, purge.done_at = sum(numbers.values()), act.at
    advance(session, purge, PURGE, "carry_out", act, purged=numbers)


def _require_reason(act: Act) -> None:
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))

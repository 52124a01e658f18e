"""Changing the period of a grant before its agreement is signed."""

from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.deciding.awards.period import check_period
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.queries import agreement_of, schedule_of
from grants.granting.agreements.schedule import check
from grants.granting.agreements.service import renew_reservation
from grants.granting.preparing.accepting import ask_again
from grants.granting.signing.queries import require_none_out
from grants.platform.messages.service import tell


def change_period(
    session: Session,
    award: Award,
    starts_on: date,
    ends_on: date,
    act: Act,
    *,
    version: int | None = None,
) -> bool:
    """Give an award that is not signed another period, for a reason; the organisation is told.

    The rules of its call hold. True if settled instalments and reports no longer fitted: they are
    dropped, and proposed again for the new period. Its grantee accepts the award again.
    """
    award = lock_award(session, award.id)
    if version is not None:
        award.seen_at(version)
    require(session, award, AWARD, "change_period", act)
    keep_apart(act.actor, award.organisation_id)
    require_none_out(session, award)
    check_period(award.application.call if award.application else None, starts_on, ends_on)
    before = award.starts_on, award.ends_on
    if before == (starts_on, ends_on):
        raise DomainError(_("The award already has this period. Change a date."))
    award.starts_on, award.ends_on = starts_on, ends_on
    dropped = _drop_what_does_not_fit(session, award)
    facts = {
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "before": " – ".join(day.isoformat() for day in before),
    }
    advance(session, award, AWARD, "change_period", act, **facts)
    ask_again(session, award)
    renew_reservation(session, award, schedule_of(session, award), act)
    _notify_grantee(session, award, act)
    return dropped


def _drop_what_does_not_fit(session: Session, award: Award) -> bool:
    settled = agreement_of(session, award)
    if settled is None:
        return False
    try:
        check(schedule_of(session, award), award.amount, award.starts_on, award.ends_on)
    except DomainError:
        session.delete(settled)
        session.flush()
        return True
    return False


def _notify_grantee(session: Session, award: Award, act: Act) -> None:
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE),
        "granting/agreements/period",
        act,
        event=f"award:{award.id}:period:{award.version}",
        **facts_of_grant(award),
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        reason=act.reason,
    )

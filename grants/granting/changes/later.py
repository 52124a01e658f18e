"""Changes that are agreed for a day to come: put in force on that day, or called off before it."""

import logging
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.database.db import Database
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Conflict, FundError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.changes import notices
from grants.granting.changes.effect import take_force
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import (
    as_drawn_up,
    refuse_more_on_hold,
    release,
    require_running,
)
from grants.granting.changes.workflow import CHANGE, ChangeState

LOG = logging.getLogger(__name__)


def take_effect(session: Session, change: GrantChange, act: Act) -> None:
    """The day of a change has come: its terms are in force, once, however often it is asked.

    Conflict before that day, and where the grant has changed in a way that was not agreed;
    DomainError for additional money of an organisation on hold.
    """
    award = lock_award(session, change.award_id)
    session.refresh(change)
    require(session, change, CHANGE, "take_effect", act)
    if change.is_for_later and change.effective_on:
        day = plain_day(change.effective_on)
        raise Conflict(_("This change is in force from %(day)s.", day=day))
    require_running(award)
    refuse_more_on_hold(session, change)
    now, new = as_drawn_up(session, change)
    take_force(session, change, now, new, act)
    advance(session, change, CHANGE, "take_effect", act)
    notices.tell_effect(session, change, act)


def call_off(session: Session, change: GrantChange, act: Act) -> None:
    """The terms stay as they are: the fund does not put in force what was agreed for a day to come,
    for a reason that the organisation reads. What was reserved is available again.
    """
    award = lock_award(session, change.award_id)
    session.refresh(change)
    require(session, change, CHANGE, "call_off", act)
    keep_apart(act.actor, award.organisation_id)
    release(session, change, act)
    advance(session, change, CHANGE, "call_off", act)
    notices.tell_grantee(session, change, "withdrawn", act)


def due_changes(session: Session) -> Sequence[int]:
    """Ids of the agreed changes whose day has come in the time of their fund."""
    due: list[int] = []
    for fund in all_funds(session):
        query = select(GrantChange.id).join(GrantChange.award)
        due += session.scalars(
            query.where(
                Award.fund_id == fund.id,
                GrantChange.state == ChangeState.AGREED,
                GrantChange.effective_on <= fund.today(),
            ).order_by(GrantChange.id)
        )
    return due


def follow(database: Database, act: Act) -> int:
    """Put in force every change whose day has come, each by itself; how many there were.

    One that cannot be waits for the fund, whose officers are told once.
    """
    with database.session() as session:
        due = due_changes(session)
    return sum(_is_put_in_force(database, change_id, act) for change_id in due)


def _is_put_in_force(database: Database, change_id: int, act: Act) -> bool:
    try:
        with database.transaction() as session:
            take_effect(session, session.get_one(GrantChange, change_id), act)
    except FundError as refusal:
        LOG.warning("change %s of a grant is not in force: %s", change_id, refusal)
        with database.transaction() as session:
            change = session.get_one(GrantChange, change_id)
            if change.state is ChangeState.AGREED:
                why = Act(act.actor, refusal.message)
                permission = Permission.GRANT_CHANGE_RECOMMEND
                notices.tell_fund(session, change, "stuck", permission, why)
        return False
    return True

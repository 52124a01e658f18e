"""An amendment signed on paper: returned by the organisation, recorded by the fund. One that is
signed online goes its way in the room `signing`.
"""

from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.locking import lock_award
from grants.granting.changes import notices
from grants.granting.changes.effect import bring_about
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import (
    as_drawn_up,
    require_no_hold_on_more,
    require_running,
)
from grants.granting.changes.workflow import CHANGE
from grants.granting.signing.queries import require_none_out
from grants.platform.documents.models import Document


def return_signed(session: Session, change: GrantChange, document: Document, act: Act) -> None:
    """The organisation submits the amendment with its signature; the fund is told to check it."""
    lock_award(session, change.award_id)
    session.refresh(change)
    require(session, change, CHANGE, "return_signed", act)
    require_none_out(session, change.award)
    change.returned_document = document
    advance(session, change, CHANGE, "return_signed", act, document=document.id)
    notices.tell_fund(session, change, "returned", Permission.AGREEMENT_SIGN, act)


def send_copy_back(session: Session, change: GrantChange, act: Act) -> None:
    """What the organisation signed cannot be recorded, for a reason that it reads."""
    award = lock_award(session, change.award_id)
    session.refresh(change)
    require(session, change, CHANGE, "send_copy_back", act)
    keep_apart(act.actor, award.organisation_id)
    change.returned_document = None
    advance(session, change, CHANGE, "send_copy_back", act)
    notices.tell_grantee(session, change, "copy_sent_back", act)


def put_in_force(
    session: Session, change: GrantChange, signed_on: date, document: Document | None, act: Act
) -> None:
    """Both parties have signed: the new terms are in force, what is unpaid and not reported is
    rescheduled, and the books follow; all that from the day which the amendment names, where
    it is still to come. Not by the person who approved it.

    Conflict where the grant has changed since in a way that the amendment does not tell.
    """
    award = lock_award(session, change.award_id)
    session.refresh(change)
    require(session, change, CHANGE, "put_in_force", act)
    keep_apart(act.actor, award.organisation_id)
    require_running(award)
    require_none_out(session, award)
    document = document or change.returned_document
    if document is None:
        raise DomainError(_("Add the signed copy of the amendment."))
    if not clock.day_of(change.requested_at) <= signed_on <= clock.today():
        raise DomainError(
            _(
                "Enter the day of the last signature. It cannot be before the request"
                " of %(day)s or in the future.",
                day=plain_day(clock.day_of(change.requested_at)),
            )
        )
    require_no_hold_on_more(session, change, act)
    now, new = as_drawn_up(session, change)
    change.document, change.returned_document = document, None
    day = signed_on.isoformat()
    bring_about(session, change, now, new, "put_in_force", act, signed_on=day)
    notices.tell_effect(session, change, act)

"""The note verbale or letter with which a donor announced a pledge."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.pledges.models import Pledge
from grants.platform.documents.models import Document


def attach_note(session: Session, pledge: Pledge, document: Document, act: Act) -> None:
    """The note stands with the papers of the pledge: sent in by the donor, or by the fund that got
    it. A later one takes its place; the trail keeps which it was.
    """
    by_donor = act.actor.may(Permission.PLEDGE_MAKE, Scope(organisation_id=pledge.donor_id))
    if not by_donor and not act.actor.may(Permission.PLEDGE_ENTER, Scope(pledge.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    require_standing(pledge)
    pledge.note_document = document
    record(session, pledge, "attach_note", act, document=document.id)


def require_standing(pledge: Pledge) -> None:
    """DomainError once the pledge is over, or before it is confirmed."""
    if not pledge.is_standing:
        raise DomainError(_("This pledge is no longer active."))

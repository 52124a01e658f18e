"""The order in which recommended awards are approved: the ranking, unless there is a reason."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.deciding.awards.queries import approval_queue
from grants.deciding.board.models import Advice, Endorsement
from grants.deciding.board.order import Placed, above_each, explained, placed


def awaiting_with(
    session: Session,
    applications: Sequence[Application],
    officer: Viewer,
    together: Collection[int] = (),
) -> dict[int, list[Placed]]:
    """What an approval of each of these would pass over, by its id: those of its call that are
    ranked above it, wait for this officer too, and that the Board did not advise against. Those
    that are approved `together` with it (by their ids) are not passed over.
    """
    waiting = approval_queue(officer).where(
        or_(Advice.endorsement.is_(None), Advice.endorsement != Endorsement.NOT_ENDORSED),
    )
    queue = placed(session, waiting, {application.call_id for application in applications}, officer)
    return above_each(
        applications, queue, lambda placed_above, _one: placed_above.id not in together
    )


def require_order(session: Session, application: Application, act: Act) -> dict[str, object]:
    """What the trail keeps of an approval before one that is ranked above it; DomainError without
    the act's reason.
    """
    above = awaiting_with(session, [application], act.actor)[application.id]
    how = _("Approve these first, or give the reason for another order.")
    return explained(above, act.reason or "", how)

"""Which applications a trustee may read, in the order of the ranking of their call."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import PRICED, RANKED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.deciding.interests.queries import denied_by, sits_for
from grants.deciding.portfolio.ranking import Ranking


def readable(viewer: Viewer) -> Select[Application]:
    """Reviewed applications that are open to this trustee: a conflict of interest was denied."""
    return (
        select(Application)
        .join(Application.call)
        .join(Application.organisation)
        # what was denied follows from what is open, and leads to the few at once
        .where(
            sits_for(viewer), denied_by(viewer), Application.state.in_(RANKED), open_to(viewer)
        )
        .options(contains_eager(Application.call), contains_eager(Application.organisation))
    )


def readable_application(session: Session, reference: str, viewer: Viewer) -> Application:
    """One of them; Missing for a trustee to whom it is shut, as if it did not exist."""
    found = session.scalar(readable(viewer).where(Application.reference == reference))
    if found is None:
        raise Missing(_("Application %(reference)s not found.", reference=reference))
    return found


def before_the_board(session: Session, call: Call, viewer: Viewer) -> Sequence[Application]:
    """The recommended applications of a call, and those approved since, open to this trustee."""
    recommended = readable(viewer).where(
        Application.call_id == call.id, Application.state.in_(PRICED)
    )
    return session.scalars(recommended.order_by(Application.id)).all()


def in_order(applications: Sequence[Application], ranking: Ranking) -> list[Application]:
    """The same, the best rank first."""
    ranks = {line.candidate.application.id: n for n, line in enumerate(ranking.lines)}
    return sorted(applications, key=lambda one: (ranks.get(one.id, len(ranks)), one.id))


def neighbours(
    application: Application, applications: Sequence[Application]
) -> tuple[Application | None, Application | None]:
    """The one before it and the one after it in a list that holds it."""
    place = [one.id for one in applications].index(application.id)
    before = applications[place - 1] if place else None
    after = applications[place + 1] if place + 1 < len(applications) else None
    return before, after

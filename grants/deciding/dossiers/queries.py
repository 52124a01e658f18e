"""Which applications a trustee may read, in the order of the ranking of their call."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, load_only

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import PRICED, RANKED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.deciding.interests.queries import denied_by, sits_for
from grants.deciding.reviews.adjusting import scored, that_ranks


def readable(viewer: Viewer) -> Select[Application]:
    """Reviewed applications that are open to this trustee: a conflict of interest was denied."""
    return (
        select(Application)
        .join(Application.call)
        .join(Application.organisation)
        # what was denied follows from what is open, and leads to the few at once
        .where(sits_for(viewer), denied_by(viewer), Application.state.in_(RANKED), open_to(viewer))
        .options(contains_eager(Application.call), contains_eager(Application.organisation))
    )


def newest_readable(session: Session, viewer: Viewer, most: int) -> Sequence[Application]:
    """The first readable applications, the newest calls first, with no more than a list shows."""
    columns = (
        load_only(
            *(Application.reference, Application.title, Application.country),
            *(Application.requested_minor, Application.state),
        ),
        contains_eager(Application.call).load_only(Call.reference, Call.title),
        contains_eager(Application.organisation).load_only(Organisation.name),
    )
    newest = readable(viewer).options(*columns).order_by(Call.id.desc(), Application.id)
    return session.scalars(newest.limit(most)).all()


def readable_application(session: Session, reference: str, viewer: Viewer) -> Application:
    """An application by its reference; Missing for a trustee to whom it is shut, as if it did not
    exist.
    """
    application = session.scalar(readable(viewer).where(Application.reference == reference))
    if application is None:
        raise Missing(_("Application %(reference)s not found.", reference=reference))
    return application


def readable_in_call(call: Call, viewer: Viewer) -> tuple[Select[Application], Sequence[Any]]:
    """The readable applications of a call, and their order: the best rank first."""
    scores = scored(call.id).subquery()
    score = that_ranks(call, scores.c.given, scores.c.adjusted)
    of_call = readable(viewer).where(Application.call_id == call.id)
    listed = of_call.outerjoin(scores, scores.c.id == Application.id)
    return listed, (score.desc().nulls_last(), Application.reference)


def before_the_board(session: Session, call: Call, viewer: Viewer) -> Sequence[Application]:
    """The recommended applications of a call, and those approved since, open to this trustee; the
    best rank first.
    """
    listed, order = readable_in_call(call, viewer)
    recommended = listed.where(Application.state.in_(PRICED)).order_by(*order)
    return session.scalars(recommended).all()

"""When reviews lie far apart: another one is asked for, and the panel's chair says what to make of
them.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import SCORED
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import keep_apart
from grants.deciding.reviews.models import Review, ReviewPanel
from grants.deciding.reviews.scoring import spread
from grants.platform.messages.service import Recipient, send


def are_divergent(call: Call, submitted: Sequence[Review]) -> bool:
    """Do the reviews lie further apart than the call allows?"""
    totals = [review.total for review in submitted if review.total is not None]
    return call.divergence is not None and len(totals) > 1 and spread(totals) > call.divergence


def ask_for_another(
    session: Session, application: Application, submitted: Sequence[Review], act: Act
) -> None:
    """The application needs one more review than the call asks for; those who assign reviewers are
    told by how much the reviews differ, not who gave them.
    """
    _panel_record(session, application).more = 1
    apart = spread([review.total for review in submitted if review.total is not None])
    record(session, application, "ask_for_another_review", act, spread=f"{apart}")
    for person in people_of_fund(session, Permission.REVIEW_ASSIGN, application.fund_id):
        send(
            session,
            Recipient.of(person),
            "deciding/reviews/divergent",
            event=f"application:{application.id}:divergent",
            application=application,
            spread=apart,
            url=absolute(f"/reviews/assign/{application.reference}"),
        )


def moderate(session: Session, application: Application, chair: str, note: str, act: Act) -> None:
    """Record what the chair of the panel says about the reviews. The scores stay as they are; a
    later note replaces it, and the trail keeps both.
    """
    locked(session, application.id)
    act.demand(Permission.REVIEW_ASSIGN, application.scope)
    keep_apart(act.actor, application.organisation_id)
    require_reviews(application)
    if not chair.strip() or not note.strip():
        raise DomainError(_("Enter the note and the name of the person who chaired the panel."))
    panel = _panel_record(session, application)
    panel.chair, panel.note = chair.strip()[:200], note.strip()
    panel.noted_by_id, panel.noted_at = act.actor.person_id, act.at
    record(session, application, "moderate_reviews", act, chair=panel.chair, note=panel.note)


def require_reviews(application: Application) -> None:
    """Conflict where there are no reviews to comment on."""
    if application.state not in SCORED:
        raise Conflict(_("There are no reviews to comment on."))


def _panel_record(session: Session, application: Application) -> ReviewPanel:
    panel = session.get(ReviewPanel, application.id)
    if panel is None:
        panel = ReviewPanel(application_id=application.id, more=0, chair="", note="")
        session.add(panel)
    return panel

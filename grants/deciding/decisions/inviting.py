"""After the first of two stages: inviting organisations to send a full proposal, or not."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.deciding.awards.refusing import refuse
from grants.deciding.board.service import lock_for
from grants.deciding.letters.service import send_outcome


def invite(session: Session, application: Application, act: Act) -> None:
    """Invite an organisation to send a full proposal; everyone who writes for it is told until
    when. What the act's reason says is added to the invitation. DomainError once full proposals
    are no longer accepted.
    """
    session.refresh(application.call, with_for_update={"of": Call, "read": True})
    lock_for(session, application, "invite_full_proposal", act)
    second = _second_stage(application)
    if act.at >= second.deadline_at:
        raise DomainError(_("The deadline for full proposals has passed."))
    advance(session, application, APPLICATION, "invite_full_proposal", act)
    send_outcome(
        session,
        application.organisation_id,
        "invited",
        f"application:{application.id}:invited",
        application=application,
        second=second,
        words=act.reason or "",
        url=absolute(f"/calls/{second.reference}/apply?note={application.reference}"),
    )


def not_invite(session: Session, application: Application, act: Act) -> None:
    """A concept note goes no further. The applicant gets the regret letter."""
    refuse(session, application, "not_invite", "not_invited", act)


def _second_stage(application: Application) -> Call:
    second = application.call.second_stage
    assert second is not None
    return second

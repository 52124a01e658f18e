"""The list of decisions of a session of the Board, or of a call, to be signed."""

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import Viewer
from grants.deciding.decision_lists.queries import (
    decisions_of_call,
    decisions_of_session,
    held_session,
)
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.queries import is_session
from grants.papers.typesetting.paper import Issuer, Paper
from grants.platform.forms.typed import counted


def decided_and_reader(session: Session, reference: str) -> tuple[BoardSession | Call, Viewer]:
    """Whose decisions for whom: SESSION/PERSON or CALL/PERSON. Missing for a person who does not
    read them.
    """
    name, _slash, person_id = reference.rpartition("/")
    reader = viewer_of(session, counted(person_id))
    if reader is None:
        raise Missing(_("Document %(name)s not found.", name=reference))
    if is_session(session, name):
        return held_session(session, name, reader), reader
    call = call_for_viewer(session, name, reader)
    if not reader.may(Permission.REVIEW_SEE, call.scope):
        raise Missing(_("Document %(name)s not found.", name=reference))
    return call, reader


def decision_list(session: Session, reference: str) -> Paper:
    """The decisions as one reader may have them."""
    subject, reader = decided_and_reader(session, reference)
    if isinstance(subject, Call):
        facts = decisions_of_call(session, subject, reader)
    else:
        facts = decisions_of_session(session, subject, reader)
    return Paper(
        document="decision-list",
        title=_("List of decisions"),
        reference=facts.subject,
        on=clock.today(subject.fund.zone),
        issuer=Issuer.of(subject.fund),
        facts=facts,
    )

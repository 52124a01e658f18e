"""The papers of the Board of Trustees: the dossier that each trustee reads before the session."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import Viewer
from grants.deciding.dossiers.case import Case, case_of
from grants.deciding.dossiers.queries import before_the_board, in_order
from grants.deciding.portfolio.ranking import ranking_of
from grants.papers.statements.records import call_called
from grants.papers.typesetting.paper import Issuer, Paper


@dataclass(frozen=True, slots=True)
class BoardDossier:
    """What one trustee may read of the recommended applications of a call."""

    call: str
    call_reference: str
    trustee: str
    cases: tuple[Case, ...]
    """Only applications in which the trustee has declared to have no conflict of interest."""


def call_and_trustee(session: Session, reference: str) -> tuple[Call, Viewer]:
    """Whose dossier of which call: CALL/PERSON. Missing unless that person sits on its Board."""
    name, _slash, person_id = reference.rpartition("/")
    call = call_called(session, name)
    trustee = viewer_of(session, int(person_id)) if person_id.isdecimal() else None
    if trustee is None or not trustee.may(Permission.BOARD_SIT, call.scope):
        raise Missing(_("Document %(name)s not found.", name=reference))
    return call, trustee


def board_dossier(session: Session, reference: str) -> Paper:
    """The recommended applications of a call for one trustee, the best rank first."""
    call, trustee = call_and_trustee(session, reference)
    ranking = ranking_of(session, call)
    applications = in_order(before_the_board(session, call, trustee), ranking)
    facts = BoardDossier(
        call=call.name,
        call_reference=call.reference,
        trustee=trustee.name,
        cases=tuple(case_of(session, one, ranking) for one in applications),
    )
    return Paper(
        document="board-dossier",
        title=_("Dossier for the Board of Trustees"),
        reference=reference,
        on=clock.today(call.fund.zone),
        issuer=Issuer.of(call.fund),
        facts=facts,
    )

"""The papers of the Board of Trustees: each trustee's dossier, and the minutes of a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import Viewer
from grants.deciding.board.queries import advice_on
from grants.deciding.dossiers.case import Case, cases_of
from grants.deciding.dossiers.queries import before_the_board
from grants.deciding.sessions import queries
from grants.deciding.sessions.models import AgendaItem, BoardSession, Choice
from grants.deciding.sessions.workflow import HELD
from grants.papers.statements.records import call_called
from grants.papers.typesetting.paper import Issuer, Paper
from grants.platform.forms.typed import counted


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
    trustee = viewer_of(session, counted(person_id))
    if trustee is None or not trustee.may(Permission.BOARD_SIT, call.scope):
        raise Missing(_("Document %(name)s not found.", name=reference))
    return call, trustee


def board_dossier(session: Session, reference: str) -> Paper:
    """The recommended applications of a call for one trustee, the best rank first."""
    call, trustee = call_and_trustee(session, reference)
    facts = BoardDossier(
        call=call.name,
        call_reference=call.reference,
        trustee=trustee.name,
        cases=cases_of(session, call, before_the_board(session, call, trustee)),
    )
    return Paper(
        document="board-dossier",
        title=_("Dossier for the Board of Trustees"),
        reference=call.reference,
        on=clock.today(call.fund.zone),
        issuer=Issuer.of(call.fund),
        facts=facts,
    )


@dataclass(frozen=True, slots=True)
class ItemOfMinutes:
    """What the Board said on one application. Of one that is shut to the reader, the title and the
    country.
    """

    title: str
    country: str | None
    shut: bool = False
    reference: str = ""
    organisation: str = ""
    amount: Money | None = None
    votes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """A choice in words, and the names of those who made it."""
    reasons: tuple[tuple[str, str], ...] = ()
    """Who gave a reason for a vote, and which."""
    advice: str = ""
    remarks: str = ""
    put_off: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A closed session of the Board."""

    session: str
    held_on: date
    place: str
    opened_at: datetime | None
    closed_at: datetime | None
    time_zone: str
    in_office: int
    quorum: int
    present: tuple[str, ...]
    absent: tuple[str, ...]
    items: tuple[ItemOfMinutes, ...]


def session_and_reader(session: Session, reference: str) -> tuple[BoardSession, Viewer]:
    """Which closed session for whom: SESSION/PERSON. Missing for a person who does not read it."""
    name, _slash, person_id = reference.rpartition("/")
    reader = viewer_of(session, counted(person_id))
    if reader is None:
        raise Missing(_("Document %(name)s not found.", name=reference))
    meeting = queries.session_for_viewer(session, name, reader)
    if meeting.state not in HELD:
        raise Missing(_("Document %(name)s not found.", name=reference))
    return meeting, reader


def board_minutes(session: Session, reference: str) -> Paper:
    """The minutes of a session with the list of the Board's advice, as one reader may have them."""
    meeting, reader = session_and_reader(session, reference)
    may_open = queries.open_items(session, meeting, reader)
    seats = queries.seats_of(session, meeting)
    facts = Minutes(
        session=meeting.reference,
        held_on=meeting.held_on,
        place=meeting.place,
        opened_at=meeting.opened_at,
        closed_at=meeting.closed_at,
        time_zone=meeting.fund.time_zone,
        in_office=meeting.in_office or 0,
        quorum=meeting.quorum or 0,
        present=tuple(seat.trustee.name for seat in seats if seat.present),
        absent=tuple(seat.trustee.name for seat in seats if not seat.present),
        items=_items_of(session, queries.items_of(session, meeting), may_open),
    )
    return Paper(
        document="board-minutes",
        title=_("Minutes of the Board of Trustees"),
        reference=meeting.reference,
        on=meeting.held_on,
        issuer=Issuer.of(meeting.fund),
        facts=facts,
    )


def _items_of(
    session: Session, items: Sequence[AgendaItem], may_open: frozenset[int]
) -> tuple[ItemOfMinutes, ...]:
    return tuple(
        _item_of(session, item)
        if item.application_id in may_open
        else ItemOfMinutes(item.application.title, item.application.country, shut=True)
        for item in items
    )


def _item_of(session: Session, item: AgendaItem) -> ItemOfMinutes:
    application = item.application
    advice = None if item.put_off else advice_on(session, application)
    return ItemOfMinutes(
        title=application.title,
        country=application.country,
        reference=application.reference,
        organisation=application.organisation.name,
        amount=item.amount,
        votes=tuple(
            (str(choice.label), names)
            for choice in Choice
            if (names := tuple(v.trustee.name for v in item.votes if v.choice is choice))
        ),
        reasons=tuple((vote.trustee.name, vote.reason) for vote in item.votes if vote.reason),
        advice=str(advice.endorsement.label) if advice else "",
        remarks=advice.remarks if advice else item.remarks,
        put_off=item.put_off,
    )

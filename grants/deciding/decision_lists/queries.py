"""The decisions of a session or of a call, as one reader may have them: page and paper alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import (
    APPLICATION,
    PRICED,
    SETTLED,
    ApplicationState,
)
from grants.applying.calls.models import Call
from grants.core.audit.models import TrailRow
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.approvals import standing_by_application
from grants.deciding.awards.models import Approval, Approved, Award
from grants.deciding.board.models import Advice, Recommendation
from grants.deciding.board.queries import by_application
from grants.deciding.decision_lists.facts import (
    AdviceGiven,
    DecisionList,
    DecisionTaken,
    Line,
    Signer,
    officers,
)
from grants.deciding.decision_lists.models import SignedDecisions
from grants.deciding.portfolio.ranking import as_seen_by, part_of_ranking, ranking_of
from grants.deciding.reviews.adjusting import Standing, is_scored, standings
from grants.deciding.sessions.models import AgendaItem, BoardSession
from grants.deciding.sessions.queries import (
    for_viewer,
    items_of,
    open_items,
    seats_of,
    session_for_viewer,
)
from grants.deciding.sessions.sitting import advice_of
from grants.deciding.sessions.workflow import HELD

S = ApplicationState
DECIDING = (
    "approve",
    "reject",
    "keep_in_reserve",
    "not_recommend",
    "invite_full_proposal",
    "not_invite",
)
"""Steps after which a list says who decided, and why."""


def held_session(session: Session, reference: str, reader: Viewer) -> BoardSession:
    """A session that was held, for a person who reads the Board's sessions; else Missing."""
    meeting = session_for_viewer(session, reference, reader)
    if meeting.state not in HELD:
        raise Missing(_("The decisions are listed once the session is closed."))
    return meeting


def decisions_of_session(session: Session, meeting: BoardSession, reader: Viewer) -> DecisionList:
    """What the Board advised in a session, and what was decided since."""
    items = items_of(session, meeting)
    records = _Records.of(session, [item.application for item in items])
    may_open = open_items(session, meeting, reader)
    lines = tuple(
        _agenda_line(records, meeting, item)
        if item.application_id in may_open
        else Line(item.application.title, item.application.country, shut=True)
        for item in items
    )
    present = [seat.trustee.name for seat in seats_of(session, meeting) if seat.present]
    return DecisionList(
        subject=meeting.reference,
        title=_("Session of the Board of Trustees"),
        held_on=meeting.held_on,
        lines=lines,
        left_out=0,
        signers=(*(Signer(name, _("Trustee")) for name in present), *_signers_of(lines)),
    )


def decisions_of_call(session: Session, call: Call, reader: Viewer) -> DecisionList:
    """What was decided on the reviewed applications of a call, the best rank first."""
    whole = ranking_of(session, call)
    visible = as_seen_by(session, whole, call, reader)
    places = {
        line.candidate.application.id: Standing(line.rank, line.candidate.score)
        for line in visible.lines
    }
    records = _Records.of(session, [line.candidate.application for line in visible.lines], places)
    lines = tuple(records.line(line.candidate.application) for line in visible.lines)
    return DecisionList(
        subject=call.reference,
        title=call.name,
        held_on=None,
        lines=lines,
        left_out=len(whole.lines) - len(visible.lines),
        signers=_signers_of(lines),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a call's list, and what the whole list comes to for this reader."""

    listed: DecisionList
    of: int
    """Lines in all."""
    awarded: Money
    pending: int


def page_of_call(session: Session, call: Call, reader: Viewer, first: int, most: int) -> Page:
    """A few lines of `decisions_of_call`: at most so many, after the `first` ones; no others are
    read.
    """
    ranking_lines = part_of_ranking(session, call, reader, first, most).ranking.lines
    applications = [line.candidate.application for line in ranking_lines]
    ranks = (Standing(line.rank, line.candidate.score) for line in ranking_lines)
    places = dict(zip((application.id for application in applications), ranks, strict=True))
    records = _Records.of(session, applications, places)
    is_open = open_to(reader).label("is_open")
    award = (Award.application_id == Application.id) & ~Award.is_cancelled
    count, awarded = func.count(), func.coalesce(func.sum(Award.amount_minor), 0)
    pending = count.filter(Application.state.not_in(SETTLED))
    sums = session.execute(
        select(is_open, count, awarded, pending)
        .select_from(Application)
        .outerjoin(Award, award)
        .where(Application.call_id == call.id, is_scored())
        .group_by(is_open)
    )
    by_openness = {may_open: (number, cents, waiting) for may_open, number, cents, waiting in sums}
    of, cents, waiting = by_openness.get(True, (0, 0, 0))
    left_out, *_rest = by_openness.get(False, (0,))
    lines = tuple(records.line(application) for application in applications)
    listed = DecisionList(call.reference, call.name, None, lines, left_out, ())
    return Page(listed, of, usd(int(cents)), waiting)


def _signers_of(lines: Sequence[Line]) -> tuple[Signer, ...]:
    approving = tuple(Signer(name, _("Approving officer")) for name in officers(lines))
    return (*approving, Signer("", _("Secretary of the Board")))


@dataclass(frozen=True, slots=True)
class _Records:
    """What the lines of a list rest on, read at once."""

    places: Mapping[int, Standing]
    recommended: Mapping[int, Recommendation]
    advised: Mapping[int, Advice]
    awards: Mapping[int, Award]
    approvals: Mapping[int, Sequence[Approval]]
    last: Mapping[int, TrailRow]

    @classmethod
    def of(
        cls,
        session: Session,
        applications: Sequence[Application],
        places: Mapping[int, Standing] | None = None,
    ) -> "_Records":
        ids = [application.id for application in applications]
        if places is None:
            calls = {application.call_id: application.call for application in applications}.values()
            standings_by_call = [standings(session, call, ids).by_id for call in calls]
            places = {
                key: place
                for call_standings in standings_by_call
                for key, place in call_standings.items()
            }
        awards = session.scalars(
            select(Award).where(Award.application_id.in_(ids), ~Award.is_cancelled)
        )
        return cls(
            places,
            by_application(session, Recommendation, ids),
            by_application(session, Advice, ids),
            {award.application_id or 0: award for award in awards},
            standing_by_application(session, ids),
            _last_decisions(session, ids),
        )

    def line(self, application: Application) -> Line:
        """An application with what is decided on it now."""
        number, state = application.id, application.state
        place, award = self.places.get(number), self.awards.get(number)
        proposed = self.recommended.get(number) if state in PRICED else None
        return Line(
            title=application.title,
            country=application.country,
            reference=application.reference,
            organisation=application.organisation.name,
            rank=place.rank if place else None,
            score=place.score if place else None,
            requested=application.requested,
            recommended=proposed.amount if proposed else None,
            departure=proposed.departure if proposed else "",
            advice=AdviceGiven.of(self.advised.get(number)),
            status=str(APPLICATION.names[state].staff),
            tone=APPLICATION.names[state].tone,
            pending=state not in SETTLED,
            award=award.reference if award else "",
            awarded=award.amount if award else None,
            decision=self._decision_on(application, award),
        )

    def _decision_on(self, application: Application, award: Award | None) -> DecisionTaken | None:
        row = self.last.get(application.id)
        if row is None or row.target != application.state:
            return None
        before: list[str] = []
        if award:
            terms = Approved(award.amount, award.starts_on, award.ends_on, award.psc_percent)
            approvals = self.approvals[application.id]
            before = [approval.person.name for approval in approvals if approval.approved == terms]
        return DecisionTaken((*before, row.actor), row.at, row.reason or "")


def _agenda_line(records: _Records, meeting: BoardSession, item: AgendaItem) -> Line:
    """An item of the agenda: the amount and the advice are those of the session."""
    line = records.line(item.application)
    advice = None if item.put_off else AdviceGiven.of(advice_of(meeting, item))
    pending = line.pending and not item.put_off
    return replace(
        line, recommended=item.amount, advice=advice, put_off=item.put_off, pending=pending
    )


def _last_decisions(session: Session, ids: Sequence[int]) -> dict[int, TrailRow]:
    """The newest step of each application that decided something."""
    newest = (
        select(func.max(TrailRow.id))
        .where(
            TrailRow.subject == "application",
            TrailRow.subject_id.in_(ids),
            TrailRow.action.in_(DECIDING),
        )
        .group_by(TrailRow.subject_id)
    )
    rows = session.scalars(select(TrailRow).where(TrailRow.id.in_(newest)))
    return {row.subject_id: row for row in rows}


def signed_lists(session: Session, meeting: BoardSession) -> Sequence[SignedDecisions]:
    """The signed lists of a session, the newest first."""
    return session.scalars(
        select(SignedDecisions)
        .where(SignedDecisions.meeting_id == meeting.id)
        .options(joinedload(SignedDecisions.document), joinedload(SignedDecisions.attached_by))
        .order_by(SignedDecisions.id.desc())
    ).all()


def is_open_whole(session: Session, meeting: BoardSession, reader: Viewer) -> bool:
    """Is every item of the agenda open to this person, so that a signed paper is too?"""
    on_agenda = {item.application_id for item in items_of(session, meeting)}
    sees = reader.may(Permission.APPLICATION_SEE, meeting.scope)
    return sees and on_agenda <= open_items(session, meeting, reader)


def lists_to_sign(viewer: Viewer) -> Select[BoardSession]:
    """Sessions that were held, of which every decision is made and no signed list is attached, and
    of which this person may attach one.
    """
    open_one = select(Application.id).where(
        Application.id == AgendaItem.application_id, open_to(viewer)
    )
    shut = select(AgendaItem.id).where(
        AgendaItem.meeting_id == BoardSession.id, ~open_one.correlate(AgendaItem).exists()
    )
    query = _held_sessions(viewer).where(
        _IS_DECIDED, ~shut.correlate(BoardSession).exists(), ~_IS_SIGNED
    )
    for permission in (Permission.AWARD_ADVISE, Permission.APPLICATION_SEE):
        query = query.where(in_funds_with(viewer, permission, BoardSession.fund_id))
    return query


def lists_signed(viewer: Viewer) -> Select[BoardSession]:
    """Sessions of which a signed list is attached or kept elsewhere, the newest first."""
    return _held_sessions(viewer).where(_IS_SIGNED).order_by(BoardSession.held_on.desc())


def _held_sessions(viewer: Viewer) -> Select[BoardSession]:
    return for_viewer(viewer).where(BoardSession.state.in_(HELD))


_IS_SIGNED = exists().where(SignedDecisions.meeting_id == BoardSession.id)
_ADVISED = (
    select(AgendaItem.id)
    .join(Application, Application.id == AgendaItem.application_id)
    .where(AgendaItem.meeting_id == BoardSession.id, AgendaItem.put_off == "")
    .correlate(BoardSession)
)
_IS_DECIDED = and_(_ADVISED.exists(), ~_ADVISED.where(Application.state.not_in(SETTLED)).exists())
"""The Board advised on something, and every decision on it is made."""


def to_sign_count(viewer: Viewer) -> Select[int]:
    """How many they are."""
    return counting(lists_to_sign(viewer))

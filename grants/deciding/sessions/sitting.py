"""In the session: attendance, votes, what is put off, and the advice that follows."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record, require
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import BoardAdvice, Votes, changed_amount, record_advice
from grants.deciding.interests.models import Interest
from grants.deciding.sessions.models import AgendaItem, BoardSession, Choice, Seat, Vote
from grants.deciding.sessions.queries import items_of, seats_of, trustees_called
from grants.deciding.sessions.service import locked_session
from grants.deciding.sessions.tally import counted, endorsement_of, is_carried, majority_of
from grants.deciding.sessions.workflow import BOARD_SESSION, SessionState


def open_session(
    session: Session, meeting: BoardSession, present: Collection[int], act: Act
) -> None:
    """Open a session on its day with the trustees present (by their ids). DomainError without the
    quorum: the fund's own, or else a majority of the trustees in office when it was called.

    What is no longer recommended is put off; the amounts are those recommended now.
    """
    locked_session(session, meeting)
    require(session, meeting, BOARD_SESSION, "open", act)
    require_its_day(meeting)
    in_office = {trustee.id for trustee in trustees_called(session, meeting)}
    if not in_office:
        raise DomainError(_("No trustee who was invited to the session is still in office."))
    meeting.in_office = len(in_office)
    meeting.quorum = min(meeting.fund.board_quorum or majority_of(len(in_office)), len(in_office))
    _require_quorum(meeting, in_office, present)
    session.add_all(
        Seat(meeting_id=meeting.id, trustee_id=trustee_id, present=trustee_id in present)
        for trustee_id in in_office
    )
    for item in items_of(session, meeting):
        _as_recommended(session, item)
    meeting.opened_at = act.at
    advance(session, meeting, BOARD_SESSION, "open", act, present=sorted(present))


def require_its_day(meeting: BoardSession) -> None:
    """DomainError before the day of the session."""
    if meeting.held_on > clock.today():
        raise DomainError(_("The session is planned for a later date. Change its date first."))


def _as_recommended(session: Session, item: AgendaItem) -> None:
    proposed = recommendation_for(session, item.application)
    if not item.application.is_recommended or proposed is None:
        item.put_off = _("No longer recommended.")
    else:
        item.amount_minor = proposed.amount_minor


def _require_quorum(
    meeting: BoardSession, in_office: Collection[int], present: Collection[int]
) -> None:
    if not set(present) <= set(in_office):
        raise DomainError(_("Only trustees in office can be present."))
    if len(set(present)) < (meeting.quorum or 1):
        raise DomainError(
            ngettext(
                "There is no quorum: %(num)s trustee must be present.",
                "There is no quorum: %(num)s trustees must be present.",
                meeting.quorum or 1,
            )
        )


def note_attendance(
    session: Session, meeting: BoardSession, present: Collection[int], act: Act
) -> None:
    """Note who is present from now on: a trustee comes late or leaves. Votes cast stay."""
    _lock_open(session, meeting, act)
    seats = seats_of(session, meeting)
    _require_quorum(meeting, {seat.trustee_id for seat in seats}, present)
    for seat in seats:
        seat.present = seat.trustee_id in present
    record(session, meeting, "note_attendance", act, present=sorted(present))


def _lock_open(session: Session, meeting: BoardSession, act: Act) -> None:
    locked_session(session, meeting)
    act.demand(Permission.AWARD_ADVISE, meeting.scope)
    require_open(meeting)


def require_open(meeting: BoardSession) -> None:
    """Conflict unless the Board is in session."""
    if meeting.state is not SessionState.OPEN:
        raise Conflict(_("The session is not open."))


@dataclass(frozen=True, slots=True)
class Ballot:
    """A trustee's vote: how, on which amount (as shown), and why."""

    choice: Choice
    amount: Money
    reason: str = ""


def cast_vote(session: Session, item: AgendaItem, ballot: Ballot, act: Act) -> Vote:
    """A trustee who is present and has no conflict of interest votes on an item, or votes again
    before the session is closed. Trustees vote at the same time without waiting for each other;
    the closing waits for votes that are being cast.
    """
    meeting = item.meeting
    session.refresh(meeting, with_for_update={"of": BoardSession, "read": True})
    act.demand(Permission.BOARD_SIT, meeting.scope)
    _may_vote(session, item, ballot, act)
    key = (item.id, act.actor.person_id)
    vote = session.get(Vote, key, populate_existing=True)
    if vote is None:
        vote = Vote(item_id=item.id, trustee_id=act.actor.person_id)
        session.add(vote)
    vote.choice, vote.reason, vote.cast_at = ballot.choice, ballot.reason.strip(), act.at
    record(
        session,
        meeting,
        "cast_vote",
        act,
        application=item.application.reference,
        choice=ballot.choice.value,
    )
    return vote


def cast_if_new(session: Session, item: AgendaItem, ballot: Ballot, act: Act) -> bool:
    """Cast a vote unless the trustee has voted just so already: then nothing is recorded again."""
    earlier = session.get(Vote, (item.id, act.actor.person_id))
    if earlier and (earlier.choice, earlier.reason) == (ballot.choice, ballot.reason.strip()):
        return False
    cast_vote(session, item, ballot, act)
    return True


def _may_vote(session: Session, item: AgendaItem, ballot: Ballot, act: Act) -> None:
    locked = _select_seat(item, act).with_for_update(of=Seat)
    session.scalar(locked.execution_options(populate_existing=True))
    session.refresh(item)
    require_vote(session, item, act)
    if item.amount != ballot.amount:
        raise Conflict(_("The amount has changed. Reload the page."))
    if ballot.choice is Choice.RECUSED:
        raise DomainError(_("Choose how you vote."))
    if ballot.choice is Choice.AGAINST and not ballot.reason.strip():
        raise DomainError(_("Give your reasons."))


def require_vote(session: Session, item: AgendaItem, act: Act) -> None:
    """Conflict or Forbidden unless this trustee has a vote on the item now."""
    require_open(item.meeting)
    seat = session.scalar(_select_seat(item, act))
    if seat is None or not seat.present:
        raise Forbidden(_("Only trustees who are recorded as present can vote."))
    this_one = select(Application.id).where(
        Application.id == item.application_id, open_to(act.actor)
    )
    if session.scalar(this_one) is None:
        raise Forbidden(_("You do not have access to this application."))
    if item.put_off:
        raise Conflict(_("The Board does not advise on this application in this session."))


def _select_seat(item: AgendaItem, act: Act) -> Select[Seat]:
    return select(Seat).where(
        Seat.meeting_id == item.meeting_id, Seat.trustee_id == act.actor.person_id
    )


def record_discussion(
    session: Session, item: AgendaItem, remarks: str, put_off: str, act: Act
) -> None:
    """Record the Board's remarks on an item, or why it is put off: then there is no advice on it
    in this session.
    """
    _lock_open(session, item.meeting, act)
    item.remarks, item.put_off = remarks.strip(), put_off.strip()
    record(
        session,
        item.meeting,
        "record_discussion",
        act,
        application=item.application.reference,
        put_off=item.put_off,
    )


def close_session(session: Session, meeting: BoardSession, act: Act) -> None:
    """Close a session: the votes on each item become the Board's advice, and nothing of it changes
    any more. DomainError says what is missing: the quorum, a vote, the Board's remarks.
    """
    locked_session(session, meeting)
    require(session, meeting, BOARD_SESSION, "close", act)
    seats = seats_of(session, meeting)
    items = [item for item in items_of(session, meeting) if not item.put_off]
    if items:
        present = [seat.trustee_id for seat in seats if seat.present]
        _require_quorum(meeting, [seat.trustee_id for seat in seats], present)
    conflicts = _find_conflicts(session, items)
    if faults := list(_find_faults(session, items, seats, conflicts)):
        raise DomainError(" ".join(faults))
    for item in items:
        _note_recusals(session, item, seats, conflicts, act)
        record_advice(session, item.application, advice_of(meeting, item), act)
    meeting.closed_at = act.at
    advance(session, meeting, BOARD_SESSION, "close", act, advised=len(items))


def _find_conflicts(session: Session, items: Sequence[AgendaItem]) -> frozenset[tuple[int, int]]:
    """(application, trustee) wherever a conflict of interest was declared."""
    ids = [item.application_id for item in items]
    rows = session.execute(
        select(Interest.application_id, Interest.trustee_id).where(
            Interest.application_id.in_(ids), Interest.conflict
        )
    )
    return frozenset((application_id, trustee_id) for application_id, trustee_id in rows)


def _find_faults(
    session: Session,
    items: Sequence[AgendaItem],
    seats: Sequence[Seat],
    conflicts: frozenset[tuple[int, int]],
) -> Iterator[str]:
    for item in items:
        reference = item.application.reference
        proposed = recommendation_for(session, item.application)
        if proposed is None or not item.application.is_recommended:
            yield _(
                "%(reference)s is no longer recommended: defer it to another session.",
                reference=reference,
            )
        elif proposed.amount != item.amount:
            yield f"{reference}{spaced(':')}{changed_amount(proposed)}"
        voted = {vote.trustee_id for vote in item.votes}
        for seat in seats:
            recused = (item.application_id, seat.trustee_id) in conflicts
            if seat.present and not recused and seat.trustee_id not in voted:
                name = seat.trustee.name
                yield _("%(name)s has not voted on %(item)s.", name=name, item=reference)
        if not is_carried(votes_on(item)) and not _reasons_against(item):
            yield _("Enter the Board’s remarks on %(reference)s.", reference=reference)


def _note_recusals(
    session: Session,
    item: AgendaItem,
    seats: Sequence[Seat],
    conflicts: frozenset[tuple[int, int]],
    act: Act,
) -> None:
    """A trustee with a conflict of interest left for this item; a vote cast before counts no
    more.
    """
    for seat in seats:
        if seat.present and (item.application_id, seat.trustee_id) in conflicts:
            vote = session.get(Vote, (item.id, seat.trustee_id))
            if vote is None:
                vote = Vote(item_id=item.id, trustee_id=seat.trustee_id)
                item.votes.append(vote)
            vote.choice, vote.reason, vote.cast_at = Choice.RECUSED, "", act.at
    session.flush()


def votes_on(item: AgendaItem) -> Votes:
    """The votes cast on an item so far."""
    return counted(vote.choice for vote in item.votes)


def _reasons_against(item: AgendaItem) -> str:
    """The Board's remarks as recorded, or else why trustees voted against."""
    against = [vote.reason for vote in item.votes if vote.choice is Choice.AGAINST]
    return item.remarks or "\n".join(against)


def advice_of(meeting: BoardSession, item: AgendaItem) -> BoardAdvice:
    """The advice that the votes on an item make."""
    votes = votes_on(item)
    remarks = item.remarks if is_carried(votes) else _reasons_against(item)
    endorsement = endorsement_of(votes, item.remarks)
    return BoardAdvice(meeting.held_on, endorsement, item.amount, remarks, votes=votes)

"""Finding calls: those the public sees, and those only the fund's people see."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, not_, or_, select, union_all
from sqlalchemy.orm import Session, defer, joinedload

from grants.applying.calls.models import THE_MINUTE, Call
from grants.applying.calls.workflow import PREPARED, CallState
from grants.core.database.moments import NOW
from grants.core.database.typed import Typed
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with, people_of_fund
from grants.core.people.viewer import Viewer

_IN_SHORT = (defer(Call.form), defer(Call.criteria), defer(Call.eligibility))
"""A list of calls shows none of their forms."""


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every call once it has been opened; drafts only for the fund's people who see calls."""
    ours = in_funds_with(viewer, Permission.CALL_SEE, Call.fund_id)
    return or_(Call.state.not_in(PREPARED), ours)


def call_for_viewer(session: Session, reference: str, viewer: Viewer) -> Call:
    """The call, or Missing if there is none that this person may know of."""
    call = session.scalar(
        select(Call)
        .where(Call.reference == reference, visible_to(viewer))
        .options(joinedload(Call.fund))
    )
    if call is None:
        raise Missing(_("Call for proposals not found."))
    return call


def require_shown(session: Session, digest: str, viewer: Viewer) -> None:
    """Missing unless the form of a call that this person may know of shows the file."""
    names_file = cast(Call.form, Text).contains(digest, autoescape=True)
    if session.scalar(select(Call.id).where(visible_to(viewer), names_file).limit(1)) is None:
        raise Missing(_("File not found."))


def find_by_reference(session: Session, reference: str) -> Call | None:
    """The call of whatever fund and state, if there is one."""
    return session.scalar(select(Call).where(Call.reference == reference))


def call_by_reference(session: Session, reference: str) -> Call:
    """The call of whatever fund and state, or Missing: for commands, which see everything."""
    call = find_by_reference(session, reference)
    if call is None:
        raise Missing(_("Call for proposals not found."))
    return call


def coming_calls(session: Session, at: datetime) -> Sequence[Call]:
    """Calls that are public and take applications later, the latest deadline first."""
    return session.scalars(
        select(Call)
        .where(
            Call.state == CallState.OPEN,
            Call.opens_at > at,
            Call.id.not_in(second_stages()),
        )
        .options(joinedload(Call.fund), *_IN_SHORT)
        .order_by(Call.deadline_at.desc(), Call.id.desc())
    ).all()


def past_calls(at: datetime) -> Select[Call]:
    """Calls that took applications once and do no more, but for those in the archive."""
    return (
        select(Call)
        .where(
            Call.state.not_in((*PREPARED, CallState.ARCHIVED)),
            Call.opens_at <= at,
            not_(taking_at(at)),
            Call.id.not_in(second_stages()),
        )
        .options(joinedload(Call.fund), *_IN_SHORT)
    )


def taking_at(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Calls that take applications at a moment: `Call.takes_applications`, as a condition."""
    return and_(
        Call.state == CallState.OPEN, Call.opens_at <= at, Call.deadline_at > at - THE_MINUTE
    )


def to_close(viewer: Viewer) -> Select[int]:
    """How many calls past their deadline this person has still to close."""
    ours = in_funds_with(viewer, Permission.CALL_OPEN, Call.fund_id)
    over = Call.state == CallState.OPEN, Call.deadline_at <= NOW - THE_MINUTE
    return select(func.count()).select_from(Call).where(*over, ours)


def open_calls(session: Session, at: datetime) -> Sequence[Call]:
    """Calls that take applications at this moment, the nearest deadline first."""
    return session.scalars(_open_at(at)).all()


def _open_at(at: datetime) -> Select[Call]:
    return (
        select(Call)
        .where(taking_at(at))
        .options(joinedload(Call.fund), *_IN_SHORT)
        .order_by(Call.deadline_at, Call.id)
    )


def calls_to_apply_for(
    session: Session, at: datetime, fund: Fund | None = None, most: int | None = None
) -> list[Call]:
    """Calls that take applications of anybody at this moment, none of full proposals by invitation;
    of one fund, the `most` whose deadline is nearest.
    """
    query = _open_at(at).where(Call.id.not_in(second_stages()))
    if fund is not None:
        query = query.where(Call.fund_id == fund.id)
    return list(session.scalars(query.limit(most)))


def second_stages() -> Select[int | None]:
    """The calls that take full proposals by invitation."""
    return select(Call.second_stage_id).where(Call.second_stage_id.is_not(None))


def first_stages() -> Select[int]:
    """The calls that take concept notes."""
    return select(Call.id).where(Call.second_stage_id.is_not(None))


def calls_of_staff(viewer: Viewer) -> Select[Call]:
    """The calls of the funds whose calls this person sees."""
    query = select(Call).options(joinedload(Call.fund), *_IN_SHORT)
    return query.where(in_funds_with(viewer, Permission.CALL_SEE, Call.fund_id))


def fitting(text: Typed) -> ColumnElement[bool]:
    """Calls of that number or title: each found for itself, titles by their index."""
    conditions = text.starts(Call.reference), text.is_in(Call.title["en"].as_string())
    return Call.id.in_(
        union_all(*(select(Call.id).where(condition).correlate(None) for condition in conditions))
    )


def listed_calls(viewer: Viewer, *, archived: bool = False, cycle: str = "") -> Select[Call]:
    """The calls that a list shows: those in use or those in the archive, of one cycle or all."""
    in_archive = Call.state == CallState.ARCHIVED
    query = calls_of_staff(viewer).where(in_archive if archived else not_(in_archive))
    return query.where(Call.cycle == cycle) if cycle else query


def cycles_of(session: Session, viewer: Viewer) -> list[str]:
    """The cycles of the calls that this person sees, the last one first."""
    cycles = calls_of_staff(viewer).where(Call.cycle != "").with_only_columns(Call.cycle)
    return list(session.scalars(cycles.distinct().order_by(Call.cycle.desc())))


def reference_is_free(session: Session, reference: str) -> bool:
    return session.scalar(select(Call.id).where(Call.reference == reference)) is None


def too_few_officers(session: Session, call: Call) -> list[str]:
    """A fault if the awards of the call would need more officers than there are: none would be
    made.
    """
    appointed = len(people_of_fund(session, Permission.AWARD_APPROVE, call.fund_id))
    if (call.approvers or 1) <= max(appointed, 1):
        return []
    return [
        ngettext(
            "Only %(num)s approving officer has been appointed. Appoint more, or "
            "lower the number that this call requires.",
            "Only %(num)s approving officers have been appointed. Appoint more, or "
            "lower the number that this call requires.",
            appointed,
        )
    ]


def lock(session: Session, call: Call, *, read: bool = False) -> None:
    """Nobody changes or deletes it before this act is over; with `read`, others may hold it, too.
    It is read again; Missing if it has been deleted meanwhile.
    """
    query = select(Call).where(Call.id == call.id).with_for_update(of=Call, read=read)
    if session.scalar(query.execution_options(populate_existing=True)) is None:
        raise Missing(_("The call has been deleted."))

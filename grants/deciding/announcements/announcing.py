"""The results of a call for the public: what they are, publishing and changing them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import numbers_of_call
from grants.applying.applications.workflow import (
    RANKED,
    SETTLED,
    TO_BE_REVIEWED,
    ApplicationState,
)
from grants.applying.call_pages.outcome import Announced, Outcome
from grants.applying.calls.models import Call
from grants.applying.calls.service import change_results, publish_results
from grants.applying.calls.workflow import CallState
from grants.core.audit.act import Act
from grants.core.countries.countries import country_name, regional_group
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.announcements.public_names import is_named
from grants.deciding.announcements.public_references import public_reference
from grants.deciding.awards.models import Announcement, Award

S = ApplicationState
UNSETTLED = tuple(state for state in S if state not in SETTLED)


def awards_of_call(session: Session, call: Call) -> Sequence[Award]:
    """The awards of a call that are not cancelled, in the order of their numbers."""
    return session.scalars(
        select(Award)
        .join(Award.application)
        .where(Application.call_id == call.id, ~Award.is_cancelled)
        .options(joinedload(Award.organisation))
        .order_by(Award.id)
    ).all()


def outcome_of(session: Session, call: Call) -> Outcome:
    """What is published of a call: an award that came later is not among it."""
    awards = [award for award in awards_of_call(session, call) if award.announced]
    unnamed = {award.id for award in awards if not is_named(award)}
    return _outcome_of(session, call, awards, unnamed)


def outcome_to_be(session: Session, call: Call, unnamed: Collection[int]) -> Outcome:
    """What would be published now, with these awards unnamed, and those whose organisation asked
    not to be named.
    """
    awards = awards_of_call(session, call)
    asked = {award.id for award in awards if award.organisation.may_be_named is False}
    return _outcome_of(session, call, awards, {*unnamed, *asked})


def _outcome_of(
    session: Session, call: Call, awards: Sequence[Award], unnamed: Collection[int]
) -> Outcome:
    numbers = numbers_of_call(session, call.id)
    received = sum(number for state, number in numbers.items() if state != S.DRAFT)
    lines = [_announced_award(award, is_named=award.id not in unnamed) for award in awards]
    eligible = sum(numbers.get(state, 0) for state in (*TO_BE_REVIEWED, *RANKED))
    reserve, whole = numbers.get(S.RESERVE, 0), total(line.amount for line in lines)
    return Outcome(received, eligible, reserve, lines, whole, _by_place(lines))


def _by_place(lines: Sequence[Announced]) -> list[tuple[str, int, Money]]:
    """The awards by country or region, the largest sum first."""
    of_place: dict[str, list[Money]] = {}
    for line in lines:
        of_place.setdefault(line.place, []).append(line.amount)
    rows = [(place, len(amounts), total(amounts)) for place, amounts in of_place.items()]
    return sorted(rows, key=lambda row: (-row[2].minor, row[0]))


def _announced_award(award: Award, *, is_named: bool) -> Announced:
    country = award.country or ""
    group = regional_group(country)
    return Announced(
        public_reference(award) if award.announced else "",
        award.organisation.name if is_named else "",
        award.title if is_named else "",
        country_name(country) if is_named else str(group.label if group else ""),
        award.amount,
        award.starts_on,
        award.ends_on,
    )


def publish(session: Session, call: Call, unnamed: Collection[int], act: Act) -> None:
    """Publish the results of a decided call, or publish them again for a reason: from now on
    everyone reads who was awarded what, without the names of those in `unnamed`.

    DomainError while an application is neither decided nor on the reserve list.
    """
    if waiting := undecided(session, call):
        raise DomainError(
            ngettext(
                "%(num)s application is not decided yet.",
                "%(num)s applications are not decided yet.",
                waiting,
            )
        )
    awards = awards_of_call(session, call)
    for award in awards:
        award.announced = Announcement.UNNAMED if award.id in unnamed else Announcement.NAMED
    facts = {
        "awards": [award.reference for award in awards],
        "unnamed": [award.reference for award in awards if award.id in unnamed],
    }
    if call.is_published:
        change_results(session, call, act, **facts)
    else:
        publish_results(session, call, act, **facts)


def undecided(session: Session, call: Call) -> int:
    """How many applications of a call keep its results from being published."""
    numbers = numbers_of_call(session, call.id)
    return sum(number for state, number in numbers.items() if state not in SETTLED)


def to_publish(viewer: Viewer) -> Select[Call]:
    """Closed calls on which everything is decided, and published ones with an award that came
    later, for a person who publishes.
    """
    query = select(Call).options(joinedload(Call.fund)).where(_TO_PUBLISH)
    return query.where(in_funds_with(viewer, Permission.CALL_OPEN, Call.fund_id))


_LATER_AWARDS = (
    select(Application.call_id)
    .join(Award, Award.application_id == Application.id)
    .where(~Award.is_cancelled, Award.announced.is_(None))
)
_OPEN_ONES = exists().where(Application.call_id == Call.id, Application.state.in_(UNSETTLED))
_TO_PUBLISH = or_(
    and_(Call.state == CallState.CLOSED, ~_OPEN_ONES),
    and_(Call.is_published, Call.id.in_(_LATER_AWARDS)),
)


def to_publish_count(viewer: Viewer) -> Select[int]:
    """How many calls wait for this person to publish their results."""
    ready = to_publish(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return ready.order_by(None)

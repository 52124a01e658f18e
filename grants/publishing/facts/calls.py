"""Calls for proposals and what became of them, in numbers: no name of anyone who was refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import RANKED, TO_BE_REVIEWED, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.queries import visible_to
from grants.applying.calls.workflow import CallState
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.viewer import VISITOR
from grants.deciding.awards.models import Award

ELIGIBLE = (*TO_BE_REVIEWED, *RANKED)
"""Found eligible, whatever was decided since."""


@dataclass(frozen=True, slots=True)
class CallResults:
    """What became of the applications to a call. USD."""

    received: int
    eligible: int
    funded: int
    awarded: Money
    reserve: int
    """On the reserve list still."""


@dataclass(frozen=True, slots=True)
class PublishedCall:
    """A call in public; with results once the fund has published them."""

    number: int
    call: Call
    status: str
    results: CallResults | None


def public_calls(fund: Fund | None = None) -> Select[Call]:
    """The calls that were ever opened, of a fund or of all."""
    query = select(Call).where(visible_to(VISITOR)).options(joinedload(Call.fund))
    return query.where(Call.fund_id == fund.id) if fund else query


def calls_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[PublishedCall]:
    """Calls in the order in which they were made; the next `most` after one."""
    query = public_calls(fund).where(Call.id > number).order_by(Call.id).limit(most)
    calls = session.scalars(query).all()
    results = _results_of(session, [call.id for call in calls if _has_results(call)])
    return [PublishedCall(call.id, call, _status_of(call), results.get(call.id)) for call in calls]


def _has_results(call: Call) -> bool:
    return CallState.PUBLISHED in (call.state, call.archived_as)


def _status_of(call: Call) -> str:
    """As the public reads it: open only while applications are taken."""
    if not call.is_open:
        return call.state.value
    now = clock.now()
    return "coming" if call.opens_at > now else "open" if call.deadline_at > now else "closed"


def _results_of(session: Session, calls: Sequence[int]) -> dict[int, CallResults]:
    numbers: dict[int, Counter[ApplicationState]] = {call: Counter() for call in calls}
    states = select(Application.call_id, Application.state, func.count()).where(
        Application.call_id.in_(calls), ~Application.is_draft
    )
    grouped = states.group_by(Application.call_id, Application.state)
    for call, state, number in session.execute(grouped):
        numbers[call][state] = number
    funded = {
        call: (count, usd(int(cents))) for call, count, cents in session.execute(_funded(calls))
    }
    return {
        call: CallResults(
            received=by_state.total(),
            eligible=sum(by_state[state] for state in ELIGIBLE),
            funded=funded.get(call, (0, usd(0)))[0],
            awarded=funded.get(call, (0, usd(0)))[1],
            reserve=by_state[ApplicationState.RESERVE],
        )
        for call, by_state in numbers.items()
    }


def _funded(calls: Sequence[int]) -> Select[int, int, int]:
    """Awards that the fund has published, by call: how many, and their cents."""
    return (
        select(Application.call_id, func.count(), func.sum(Award.amount_minor))
        .join(Award, Award.application_id == Application.id)
        .where(
            Application.call_id.in_(calls),
            Award.announced.is_not(None),
            ~Award.is_cancelled,
        )
        .group_by(Application.call_id)
    )


def results_published_at(session: Session, calls: Sequence[int]) -> dict[int, datetime]:
    """When the results of each of these calls were published."""
    rows = session.execute(
        select(TrailRow.subject_id, func.min(TrailRow.at))
        .where(
            TrailRow.subject == "call",
            TrailRow.subject_id.in_(calls),
            TrailRow.action == "publish_results",
        )
        .group_by(TrailRow.subject_id)
    )
    return {call: moment for call, moment in rows}  # noqa: C416 - rows are no pairs to mypy

"""Ordering a run, stopping it, letting it go on; and what the worker notes of it."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.funds.models import Fund
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.papers.printing.models import StatementRun
from grants.papers.printing.press.order import Tally
from grants.papers.printing.workflow import RUN
from grants.papers.typesetting.paper import Span


def order(
    session: Session, fund: Fund | None, span: Span, language: str | None, act: Act
) -> StatementRun:
    """Every donor's statement of a period is wanted: of one fund, or (None) of all together."""
    act.demand(Permission.STATEMENT_ISSUE, Scope(fund.id if fund else None))
    assert act.actor.person_id is not None
    run = StatementRun(
        fund=fund,
        first_on=span.since,
        last_on=span.until,
        language=language,
        ordered_by_id=act.actor.person_id,
        ordered_at=act.at,
    )
    begin(session, run, RUN, act, **run.order.as_record())
    return run


def cancel(session: Session, run: StatementRun, act: Act) -> None:
    """Stop it; what is printed stays, and it can go on from there."""
    advance(session, run, RUN, "cancel", act)
    run.ended_at = act.at


def resume(session: Session, run: StatementRun, act: Act) -> None:
    """Let it go on: what is present and correct is not printed again."""
    advance(session, run, RUN, "resume", act)
    run.ended_at, run.failures = None, []


def record_progress(session: Session, number: int, tally: Tally) -> None:
    """How far it is; beside the record's own life, so it blocks no other change."""
    noted: Any = update(StatementRun).where(StatementRun.id == number)
    session.execute(noted.values(done=tally.done, total=tally.total))


def record_end(session: Session, run: StatementRun, tally: Tally, act: Act) -> None:
    """Everything is printed, or all but some."""
    run.done, run.total, run.ended_at = tally.done, tally.total, act.at
    run.failures = [{"donor": failure.donor, "why": failure.why} for failure in tally.failures]
    advance(session, run, RUN, "leave_out" if run.failures else "finish", act)


def record_failure(session: Session, run: StatementRun, act: Act) -> None:
    """Note that the run cannot go on, for the reason in the act."""
    advance(session, run, RUN, "get_stuck", act)
    run.ended_at = act.at

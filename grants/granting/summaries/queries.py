"""Summaries for the public: those that wait for the fund, and those that everyone reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.announcements.public_names import named, published
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report
from grants.granting.reporting.public_summary import has_summary, summary_in
from grants.granting.reporting.queries import within
from grants.granting.summaries.measured import MeasuredResult
from grants.granting.summaries.models import PublicSummary, SummaryDecision


def to_decide(viewer: Viewer) -> Select[Award]:
    """Grants with a summary that this person may release: of organisations that are named."""
    decided = exists().where(PublicSummary.award_id == Award.id)
    written = exists().where(Report.award_id == Award.id, has_summary())
    return (
        select(Award)
        .join(Award.organisation)
        .join(Award.fund)
        .where(within(viewer, Permission.SUMMARY_RELEASE), published(), named(), written, ~decided)
        .options(contains_eager(Award.organisation), contains_eager(Award.fund))
    )


def to_decide_count(viewer: Viewer) -> Select[int]:
    """How many summaries wait for this person."""
    waiting = to_decide(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return waiting.order_by(None)


def report_with_summary(session: Session, award: Award) -> Report | None:
    """The accepted final report of a grant, where it says something for the public."""
    query = select(Report).where(Report.award_id == award.id, has_summary())
    return session.scalars(query.order_by(Report.number.desc())).first()


def decision_on(session: Session, award: Award) -> PublicSummary | None:
    """What was decided about the summary of a grant; None before that."""
    return session.scalar(select(PublicSummary).where(PublicSummary.award_id == award.id))


def with_results() -> ColumnElement[bool]:
    """Awards of which everyone reads measured results, where the organisation is named."""
    return exists().where(
        PublicSummary.award_id == Award.id,
        PublicSummary.decision == SummaryDecision.RELEASED,
        PublicSummary.results != [],
    )


@dataclass(frozen=True, slots=True)
class ReleasedSummary:
    """What everyone reads of a grant beside its amounts."""

    text: str
    results: tuple[MeasuredResult, ...]


def released_summaries(session: Session, numbers: Collection[int]) -> Mapping[int, ReleasedSummary]:
    """By grant, what everyone reads: released, of organisations that are named."""
    query = (
        select(PublicSummary)
        .join(PublicSummary.report)
        .join(PublicSummary.award)
        .join(Award.organisation)
        .join(Award.fund)
        .where(
            PublicSummary.award_id.in_(numbers),
            PublicSummary.decision == SummaryDecision.RELEASED,
            named(),
        )
        .options(contains_eager(PublicSummary.report))
    )
    return {
        summary.award_id: ReleasedSummary(
            summary_in(summary.report),
            tuple(MeasuredResult(**row) for row in summary.results),
        )
        for summary in session.scalars(query)
    }

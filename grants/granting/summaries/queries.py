"""Summaries for the public: those that wait for the fund, and those that everyone reads."""

from collections.abc import Collection, Mapping

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.public_names import named, published
from grants.granting.reporting.models import Report
from grants.granting.reporting.public_summary import has_summary, summary_in
from grants.granting.reporting.queries import within
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


def released_summaries(session: Session, numbers: Collection[int]) -> Mapping[int, str]:
    """By grant, the summaries that everyone reads: released, of organisations that are named."""
    query = (
        select(Report)
        .join(PublicSummary, PublicSummary.report_id == Report.id)
        .join(Award, Award.id == PublicSummary.award_id)
        .join(Organisation, Organisation.id == Award.organisation_id)
        .join(Fund, Fund.id == Award.fund_id)
        .where(
            PublicSummary.award_id.in_(numbers),
            PublicSummary.decision == SummaryDecision.RELEASED,
            named(),
        )
    )
    return {report.award_id: summary_in(report) for report in session.scalars(query)}

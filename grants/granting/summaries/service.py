"""Releasing the summary that a grantee wrote for the public, or keeping it from the public."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.public_names import is_named
from grants.granting.summaries.models import PublicSummary, SummaryDecision
from grants.granting.summaries.queries import decision_on, report_with_summary


def release_summary(session: Session, award: Award, act: Act) -> None:
    """From now on everyone reads the summary of this grant, as its final report has it.

    DomainError where the organisation is not named: its own words could tell who it is.
    """
    _require_right(award, act)
    lock_award(session, award.id)
    if not is_named(award):
        raise DomainError(
            _(
                "The name of this organisation is withheld, and its own words could tell it. "
                "Publish the name first, or do not publish the summary."
            )
        )
    _decide(session, award, SummaryDecision.RELEASED, "release_summary", act)


def withhold_summary(session: Session, award: Award, act: Act) -> None:
    """The summary of this grant is not published, or no longer; for a reason."""
    _require_right(award, act)
    lock_award(session, award.id)
    if not act.reason:
        raise DomainError(_("Give the reason why the summary is not published."))
    _decide(session, award, SummaryDecision.WITHHELD, "withhold_summary", act)


def _require_right(award: Award, act: Act) -> None:
    act.demand(Permission.SUMMARY_RELEASE, award.scope)
    keep_apart(act.actor, award.organisation_id)


def _decide(
    session: Session, award: Award, decision: SummaryDecision, action: str, act: Act
) -> None:
    report = report_with_summary(session, award)
    if report is None:
        raise DomainError(_("The final report of this grant has no summary for the public."))
    summary = decision_on(session, award)
    before = summary.decision if summary else None
    if summary is None:
        summary = PublicSummary(award=award)
        session.add(summary)
    summary.report, summary.decision, summary.decided_at = report, decision, act.at
    session.flush()
    record(session, summary, action, act, before=before, report=report.number)

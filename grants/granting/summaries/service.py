"""Releasing the summary that a grantee wrote for the public, or keeping it from the public."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.deciding.announcements.public_names import is_named
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report
from grants.granting.summaries.measured import publishable_results
from grants.granting.summaries.models import PublicSummary, SummaryDecision
from grants.granting.summaries.queries import decision_on, report_with_summary
from grants.platform.messages.service import tell

ACTIONS = {
    SummaryDecision.RELEASED: "release_summary",
    SummaryDecision.WITHHELD: "withhold_summary",
}


def release_summary(
    session: Session, award: Award, act: Act, results: Collection[int] = ()
) -> None:
    """From now on everyone reads the summary of this grant, as its final report has it, and those
    of its measured results that are chosen by their numbers.

    DomainError where the organisation is not named: its own words could tell who it is; and for a
    result that gives a small count.
    """
    _require_right(award, act)
    lock_award(session, award.id)
    if not is_named(award):
        raise DomainError(
            _(
                "The name of this organisation is withheld, and its own words could "
                "reveal it. Publish the name first, or do not publish the summary."
            )
        )
    report = _report_of(session, award)
    offered = publishable_results(report)
    if not offered.keys() >= set(results):
        raise DomainError(_("A result with a small number cannot be published."))
    released = [offered[number].as_row() for number in sorted(results)]
    _decide(session, award, SummaryDecision.RELEASED, released, act)


def withhold_summary(session: Session, award: Award, act: Act) -> None:
    """The summary of this grant is not published, or no longer; for a reason."""
    _require_right(award, act)
    lock_award(session, award.id)
    if not act.reason:
        raise DomainError(_("Give the reason why the summary is not published."))
    _decide(session, award, SummaryDecision.WITHHELD, [], act)


def _require_right(award: Award, act: Act) -> None:
    act.demand(Permission.SUMMARY_RELEASE, award.scope)
    keep_apart(act.actor, award.organisation_id)


def _report_of(session: Session, award: Award) -> Report:
    report = report_with_summary(session, award)
    if report is None:
        raise DomainError(_("The final report of this grant has no summary for the public."))
    return report


def _decide(
    session: Session,
    award: Award,
    decision: SummaryDecision,
    results: list[dict[str, Any]],
    act: Act,
) -> None:
    report = _report_of(session, award)
    summary = decision_on(session, award)
    before = summary.decision if summary else None
    if summary is None:
        summary = PublicSummary(award=award)
        session.add(summary)
    summary.report, summary.decision, summary.decided_at = report, decision, act.at
    summary.results = results
    session.flush()
    action = ACTIONS[decision]
    record(session, summary, action, act, before=before, report=report.number)
    _notify_grantee(session, summary, act)


def _notify_grantee(session: Session, summary: PublicSummary, act: Act) -> None:
    """Those who write the reports of the organisation learn what the fund decided."""
    award = summary.award
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE),
        f"granting/summaries/{summary.decision}",
        act,
        event=f"public_summary:{summary.id}:{summary.version}",
        fund=award.fund,
        reference=award.reference,
        title=award.title,
        reason=act.reason,
        url=absolute(
            f"/funds/{award.fund.code}/grants/{award.reference}"
            if summary.decision is SummaryDecision.RELEASED
            else f"/grants/{award.reference}/reports/{summary.report.number}"
        ),
    )

"""Reports begin with the agreement, are written, sent, accepted or sent back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.reporting import content as contents
from grants.granting.reporting.budget import RequestedLine, asked_for
from grants.granting.reporting.content import Content
from grants.granting.reporting.models import BudgetLine, Report
from grants.granting.reporting.queries import draft_of, figures, reports_of
from grants.granting.reporting.schedule import PlannedReport
from grants.granting.reporting.workflow import OPEN, REPORT, ReportState
from grants.platform.messages.service import tell


def set_budget(
    session: Session, award: Award, revised: Sequence[RequestedLine] | None = None
) -> None:
    """Fix what the grant reports its spending against, when its agreement is signed.

    The budget that the grantee revised; without one what was asked for is brought to the awarded
    sum in proportion, to the cent.
    """
    lines = revised or asked_for(session, award.application)
    amounts = [line.amount for line in lines]
    if any(amounts):
        amounts = award.amount.allocate([amount.minor for amount in amounts])
    session.add_all(
        BudgetLine(
            award_id=award.id,
            category=line.category,
            position=at,
            label=line.label,
            amount_minor=amount.minor,
        )
        for at, (line, amount) in enumerate(zip(lines, amounts, strict=True), 1)
    )
    session.flush()


def begin_reports(
    session: Session, award: Award, planned: Sequence[PlannedReport], act: Act
) -> None:
    """Enter the reports that a signed agreement asks for."""
    for number, plan in enumerate(planned, 1):
        report = Report(
            award=award,
            number=number,
            kind=plan.kind,
            covers_from=plan.covers_from,
            covers_to=plan.covers_to,
            due_on=plan.due_on,
        )
        begin(session, report, REPORT, act)


def drop_drafts(session: Session, report: Report) -> None:
    """A report that is not asked for any more leaves nothing of what was typed."""
    for draft in draft_of(session, report.id).values():
        session.delete(draft)
    session.flush()


def submit(session: Session, report: Report, content: Content, act: Act) -> None:
    """The grantee sends its report: complete, and with totals that agree."""
    _lock_reports(session, report)
    require(session, report, REPORT, "submit", act)
    if report.award.state is not AwardState.AGREED:
        raise Conflict(_("The grant is not active."))
    _period_is_over(report)
    _earlier_were_sent(session, report)
    _require_known_codes(content)
    totals = figures(session, report, content.expenditure)
    contents.check(content, totals, report.award.amount, final=report.kind.value == "final")
    _write_content(report, content)
    report.submitted_at = act.at
    advance(
        session,
        report,
        REPORT,
        "submit",
        act,
        people=content.people,
        spent=str(content.spent),
    )
    readers = people_of_fund(session, Permission.REPORT_ACCEPT, report.award.fund_id)
    _send_notice(session, report, readers, "submitted", act)


def accept(session: Session, report: Report, act: Act) -> None:
    """The fund accepts the report: its figures count from now on."""
    _lock_reports(session, report)
    require(session, report, REPORT, "accept", act)
    keep_apart(act.actor, report.award.organisation_id)
    if any(r.state is not ReportState.ACCEPTED for r in _earlier_reports(session, report)):
        raise DomainError(_("Accept the earlier report first."))
    report.decided_at = act.at
    advance(session, report, REPORT, "accept", act)
    _send_notice(session, report, _people_of_grantee(session, report), "accepted", act)


def send_back(session: Session, report: Report, act: Act) -> None:
    """The fund asks the grantee to complete the report; the reason says what is missing."""
    _lock_reports(session, report)
    keep_apart(act.actor, report.award.organisation_id)
    advance(session, report, REPORT, "send_back", act)
    _send_notice(session, report, _people_of_grantee(session, report), "sent_back", act)


def _lock_reports(session: Session, report: Report) -> None:
    """The reports of a grant change one after the other: their figures build on each other."""
    session.execute(select(Award.id).where(Award.id == report.award_id).with_for_update())
    session.refresh(report)


def _earlier_reports(session: Session, report: Report) -> list[Report]:
    return [r for r in reports_of(session, report.award_id) if r.number < report.number]


def _earlier_were_sent(session: Session, report: Report) -> None:
    if any(r.state in OPEN for r in _earlier_reports(session, report)):
        raise DomainError(
            _("Submit the earlier report first, because this one builds on its figures.")
        )


def _period_is_over(report: Report) -> None:
    if not report.may_be_submitted:
        raise DomainError(
            _(
                "This report covers the period to %(day)s. It can be submitted from that day.",
                day=plain_day(report.covers_to),
            )
        )


def _require_known_codes(content: Content) -> None:
    """A fault of the program, not of a person: pages offer the known codes only."""
    vocabularies = (
        (content.beneficiaries, Sex),
        (content.exploitation, Exploitation),
        (content.services, Service),
        ({b: 0 for bands in content.beneficiaries.values() for b in bands}, AgeBand),
    )
    for used, terms in vocabularies:
        if unknown := set(used) - {term.value for term in terms}:
            raise ValueError(f"unknown codes in a report: {sorted(unknown)}")


def _write_content(report: Report, content: Content) -> None:
    report.narrative, report.challenges = content.narrative, content.challenges
    report.explanation = content.explanation
    report.beneficiaries = {sex: dict(bands) for sex, bands in content.beneficiaries.items()}
    report.exploitation = dict(content.exploitation)
    report.services = dict(content.services)
    report.expenditure = {code: str(amount) for code, amount in content.expenditure.items()}
    report.people, report.spent_minor = content.people, content.spent.minor


def _people_of_grantee(session: Session, report: Report) -> Sequence[Any]:
    return people_of_organisation(session, report.award.organisation_id, Permission.REPORT_WRITE)


def _send_notice(
    session: Session, report: Report, people: Sequence[Any], what: str, act: Act
) -> None:
    """`version` tells apart the rounds of a report that goes back and forth."""
    award = report.award
    tell(
        session,
        people,
        f"granting/reporting/{what}",
        act,
        event=f"report:{report.id}:{what}:{report.version}",
        fund=award.fund,
        reference=award.reference,
        title=award.title,
        organisation=award.organisation.name,
        number=report.number,
        kind=report.kind.label,
        reason=act.reason,
        url=absolute(f"/grants/{award.reference}/reports/{report.number}"),
    )

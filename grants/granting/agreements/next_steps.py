"""What a grant waits for: from whom, and by when."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, exists, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import total
from grants.core.texts.formats import plain_money
from grants.deciding.awards.models import Award
from grants.deciding.awards.upcoming import Upcoming
from grants.granting.agreements.paper_steps import being_checked, of_acceptance, of_change, to_sign
from grants.granting.agreements.queries import GrantProgress
from grants.granting.agreements.step import NextStep, waits_for_fund
from grants.granting.closure.queries import Ending
from grants.granting.findings.models import Finding
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import PAID, InstalmentState
from grants.granting.preparing.models import AwardReply
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.workflow import OPEN, ReportState
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import OPEN as OUT


def next_steps(award: Award, progress: GrantProgress, on: date) -> list[NextStep]:
    """What both sides wait for, the earliest first: at most one payment, every report to write."""
    first: list[NextStep] = []
    if award.awaits_agreement:
        first += of_acceptance(award, progress)
        first.append(to_sign(award, progress.signing))
    if progress.to_prepare:
        text = _("Prepare what the fund asks for before the agreement")
        first.append(NextStep(text, "prepare", 0, from_grantee=True, by=None))
    if progress.needs_account:
        first.append(NextStep(_("Give the bank details"), "account", 0, from_grantee=True, by=None))
    first += being_checked(award, progress.checked)
    if not award.is_running:
        return first
    if progress.refused:
        text = _("Correct the bank details: a payment did not succeed")
        first.append(NextStep(text, "correct", progress.refused, from_grantee=True, by=None))
    first += [of_change(award, change, progress.signing) for change in progress.open_changes]
    first += [_to_refund(each, on) for each in progress.ending.open_requests if each.not_set_off]
    steps = _dated_steps(progress.instalments, progress.reports, on)
    findings = [_to_answer(finding, on) for finding in progress.findings]
    if award.suspended_on:
        return [*first, *(step for step in steps if step.kind == "confirm"), *findings]
    steps = steps or _to_finish(award, progress, on)
    if findings:
        steps = [step for step in steps if step.kind != "close"]
    return [*first, *steps, *findings]


def _to_answer(finding: Finding, on: date) -> NextStep:
    text = _("Answer finding %(reference)s", reference=finding.reference)
    return NextStep(
        text,
        "finding",
        0,
        from_grantee=True,
        by=finding.due_on,
        late=finding.due_on < on,
        reference=finding.reference,
    )


def _to_refund(request: RefundRequest, on: date) -> NextStep:
    if request.transferred_on:
        amount = plain_money(request.not_set_off)
        text = _("Find the refund of %(amount)s on the bank statement", amount=amount)
        seen_as = _("The fund is looking for your refund of %(amount)s", amount=amount)
        return waits_for_fund(text, seen_as, "request", request.number, request.transferred_on)
    text = _("Refund %(amount)s", amount=plain_money(request.not_set_off))
    by = request.due_on
    return NextStep(text, "request", request.number, from_grantee=True, by=by, late=by < on)


def _to_finish(award: Award, progress: GrantProgress, on: date) -> list[NextStep]:
    """Steps that remain once everything is paid, confirmed and submitted."""
    left = progress.balance - total(r.outstanding for r in progress.ending.open_requests)
    steps = list(_papers(progress.ending))
    if progress.reports and left.minor > 0:
        text = _("Refund %(amount)s that was not spent", amount=plain_money(left))
        steps.append(NextStep(text, "refund", 0, from_grantee=True, by=None))
    if steps or progress.ending.open_requests:
        return steps
    by = max(award.ends_on, on)
    text = _("Close the grant. Nothing more is needed from the organisation.")
    seen_as = _("The fund closes the grant. Nothing more is needed from you.")
    return [NextStep(text, "close", 0, from_grantee=False, by=by, seen_as=seen_as)]


def _papers(ending: Ending) -> Iterator[NextStep]:
    """What the organisation states at the end, and what the fund checks of it."""
    if ending.lacks_statement:
        text = _("State the assets and lessons")
        yield NextStep(text, "statement", 0, from_grantee=True, by=None)
    if ending.lacks_certificate:
        text = _("Submit a certificate of audit")
        yield NextStep(text, "certificate", 0, from_grantee=True, by=None)
    elif ending.certificate and ending.needs_certificate and ending.checks_certificate:
        since = ending.certificate.award.fund.day_of(ending.certificate.submitted_at)
        text = _("Check the certificate of audit")
        seen_as = _("The fund checks your certificate of audit")
        yield waits_for_fund(text, seen_as, "certificate", 0, since)


class _Part(NamedTuple):
    """What tells if an instalment is waited for."""

    award_id: int
    number: int
    due_on: date
    state: InstalmentState
    not_arrived_at: datetime | None

    @property
    def is_paid(self) -> bool:
        return self.state in PAID


class _Due(NamedTuple):
    """A report that is to be written: its number and its day."""

    award_id: int
    number: int
    due_on: date
    state: ReportState
    kind: ReportKind


def _dated_steps(
    instalments: Sequence[Instalment | _Part], reports: Sequence[Report | _Due], on: date
) -> list[NextStep]:
    steps = [_to_confirm(part) for part in instalments if part.state is InstalmentState.PAID]
    steps += [
        NextStep(
            _report_text(report),
            "report",
            report.number,
            from_grantee=True,
            by=report.due_on,
            late=report.due_on < on,
        )
        for report in reports
        if report.state in OPEN
    ]
    steps += [
        _to_check(report)
        for report in reports
        if isinstance(report, Report) and report.is_submitted
    ]
    unpaid = [part for part in instalments if not part.is_paid]
    steps += [
        NextStep(
            _("Instalment %(number)s will be paid", number=part.number),
            "payment",
            part.number,
            from_grantee=False,
            by=part.due_on,
            late=part.due_on < on,
        )
        for part in unpaid[:1]
    ]
    return sorted(steps, key=lambda step: step.by or on)


def _to_confirm(part: Instalment | _Part) -> NextStep:
    """A payment that the organisation misses waits for the fund."""
    if part.not_arrived_at:
        number, since = part.number, clock.day_of(part.not_arrived_at)
        text = _("Find out why instalment %(number)s did not arrive", number=number)
        seen_as = _("The fund is checking what happened to instalment %(number)s", number=number)
        return waits_for_fund(text, seen_as, "confirm", number, since)
    text = _("Confirm receipt of instalment %(number)s", number=part.number)
    return NextStep(text, "confirm", part.number, from_grantee=True, by=None)


def _to_check(report: Report) -> NextStep:
    kind, at = str(report.kind.label).lower(), report.submitted_at
    text = _("Check the %(kind)s", kind=kind)
    seen_as = _("The fund checks the %(kind)s", kind=kind)
    since = report.award.fund.day_of(at) if at else None
    return waits_for_fund(text, seen_as, "report", report.number, since)


def _report_text(report: Report | _Due) -> str:
    kind = str(report.kind.label).lower()
    if report.state is ReportState.SENT_BACK:
        return _("Correct the returned %(kind)s", kind=kind)
    return _("Submit the %(kind)s", kind=kind)


def upcoming(
    session: Session, running: Collection[int], unsigned: Collection[int]
) -> Mapping[int, Upcoming]:
    """What each of these grants waits for next, for the list of awards."""
    return {**_of_running(session, running), **_of_unsigned(session, unsigned)}


def _of_running(session: Session, awards: Collection[int]) -> dict[int, Upcoming]:
    if not awards:
        return {}
    parts: dict[int, list[_Part]] = {id_: [] for id_ in awards}
    reports: dict[int, list[_Due]] = {id_: [] for id_ in awards}
    for part in session.execute(_PARTS, {"awards": list(awards)}):
        parts[part.award_id].append(_Part._make(part))
    for due in session.execute(_DUES, {"awards": list(awards)}):
        reports[due.award_id].append(_Due._make(due))
    today = clock.today()
    steps = ((id_, _dated_steps(parts[id_], reports[id_], today)) for id_ in awards)
    return {id_: Upcoming(todo[0].what, todo[0].by, todo[0].late) for id_, todo in steps if todo}


def _of_unsigned(session: Session, awards: Collection[int]) -> dict[int, Upcoming]:
    if not awards:
        return {}
    replies = session.execute(_REPLIES, {"awards": list(awards)})
    return {reply.id: Upcoming(_reply_text(reply)) for reply in replies}


def _reply_text(reply: Any) -> str:
    """What the grantee of an award has said of it, before its agreement goes out."""
    if reply.to_answer:
        return _("Decide on another start of the grant")
    if reply.accepted_at:
        return _("Accepted by the organisation. Sign the agreement")
    return _("Not accepted by the organisation yet")


_AWARDS = any_(bindparam("awards", type_=ARRAY(BigInteger)))
_PARTS = (
    select(
        *(Instalment.award_id, Instalment.number, Instalment.due_on, Instalment.state),
        Instalment.not_arrived_at,
    )
    .where(Instalment.award_id == _AWARDS, ~Instalment.is_confirmed)
    .order_by(Instalment.number)
)
_DUES = (
    select(Report.award_id, Report.number, Report.due_on, Report.state, Report.kind)
    .where(Report.award_id == _AWARDS, Report.state.in_(OPEN))
    .order_by(Report.number)
)
_REPLIES = (
    select(Award.id, AwardReply.accepted_at, AwardReply.to_answer)
    .outerjoin(AwardReply, AwardReply.award_id == Award.id)
    .where(
        Award.id == _AWARDS,
        Award.awaits_agreement,
        ~exists().where(Signing.award_id == Award.id, Signing.state.in_(OUT)),
    )
)

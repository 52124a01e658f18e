"""A grantee's papers: award letter, agreement, and the statement of the grant."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money, total, usd
from grants.deciding.awards.models import Award
from grants.deciding.letters.texts import Frame
from grants.granting.agreements.queries import progress_of, schedule_of, worded_at
from grants.granting.agreements.schedule import Schedule, propose
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import changes_in_force, signed_terms
from grants.granting.clauses.service import clauses_of
from grants.granting.clauses.wording import Clause
from grants.granting.closure.queries import left_with, unspent_of
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import INSTALMENT, InstalmentState
from grants.granting.preparing.queries import accepted_budget
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.workflow import REPORT, ReportState
from grants.papers.statements.builders.grants.outcome import Words, awarding
from grants.papers.statements.records import award_called
from grants.papers.typesetting.paper import Addressee, Issuer, Paper, Span
from grants.platform.signatures.stamps import Stamp


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """An instalment, as the agreement sets it."""

    number: int
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """A report, as the agreement asks for it."""

    number: int
    kind: ReportKind
    covers_from: date
    covers_to: date
    due_on: date


@dataclass(frozen=True, slots=True)
class PlannedCost:
    """A line of the budget that the grantee revised to the award and the fund accepted."""

    category: str
    description: str
    amount: Money


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One payment under the agreement, and what followed."""

    number: int
    amount: Money
    due_on: date
    state: str
    """In words, as the grantee knows it."""
    paid_on: date | None
    bank_reference: str | None
    sent_as: Money | None = None
    """What was sent to an account in another currency."""
    rate: str | None = None
    """Units of that currency for 1 USD."""
    set_off: Money | None = None
    """What of it was deducted as a refund."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report owed or given."""

    number: int
    kind: ReportKind
    covers_from: date
    covers_to: date
    due_on: date
    state: str
    spent: Money | None
    """Reported expenditure; none before the report is sent."""
    accepted: bool


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money the grantee sent back."""

    refunded_on: date
    amount: Money
    bank_reference: str
    came_as: Money | None = None
    """What the bank credited instead of dollars."""
    rate: str | None = None
    """Units of its currency for 1 USD, as the grant was paid."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of the terms that has come into force."""

    number: int
    kind: str
    in_force_on: date
    amendment: int | None
    """None for a revision by notice."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What award letter and agreement say of the grant."""

    grant: str
    application: str | None
    call: str | None
    organisation: Addressee
    title: str
    country: str | None
    award: Money
    approved_on: date
    starts_on: date
    ends_on: date
    instalments: tuple[PlannedPayment, ...]
    reports: tuple[PlannedReport, ...]
    clauses: tuple[Clause, ...]
    """Of the agreement; a letter holds none."""

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""


@dataclass(frozen=True, slots=True)
class Awarded(Grant):
    """What the letter of an award says besides."""

    requested: Money | None
    """What the organisation applied for; None where it is awarded in full, or not known."""
    words: Words
    frame: Frame
    before_agreement: str
    """The address of the page that says what is to be done before the agreement is signed."""
    bank_details: str
    """The address of the page on which the organisation gives its bank details."""


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """The money of a grant."""

    grant: str
    organisation: str
    title: str
    country: str | None
    from_: date
    to: date
    award: Money
    agreement_signed_on: date | None
    starts_on: date
    ends_on: date
    instalments: tuple[InstalmentLine, ...]
    paid: Money
    still_to_pay: Money
    reports: tuple[ReportLine, ...]
    reported_expenditure: Money
    """Of every report sent in."""
    accepted_expenditure: Money
    refunds: tuple[RefundLine, ...]
    refunded: Money
    changes: tuple[ChangeLine, ...]
    """In the order in which they came into force; the terms above are those in force."""
    written_off: Money
    """What was given up as the grant was closed."""
    balance: Money
    """Paid, less what accepted reports spent on what is eligible, less what came back."""

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""


@dataclass(frozen=True, slots=True)
class ToAgree(Grant):
    """What the agreement says besides: the accepted budget, where the fund asked for one, and who
    has signed, once both sides have done so online.
    """

    budget: tuple[PlannedCost, ...] = ()
    signatures: tuple[Stamp, ...] = ()


def award_letter(session: Session, reference: str) -> Paper:
    """The letter that tells an organisation of its award."""
    award = award_called(session, reference)
    grant = _grant_facts(session, award, ())
    values = {item.name: getattr(grant, item.name) for item in fields(Grant)}
    words, frame = awarding(session, award)
    requested = award.application.requested if award.application else None
    page = absolute(f"/grants/{award.reference}")
    facts = Awarded(
        **values,
        requested=requested if requested != grant.award else None,
        words=words,
        frame=frame,
        before_agreement=f"{page}/before-agreement",
        bank_details=f"{page}/bank-details",
    )
    return _paper_of("award-letter", _("Award of a grant"), award, facts)


def agreement(session: Session, reference: str) -> Paper:
    """The grant agreement, ready for both signatures."""
    award = award_called(session, reference)
    moment = worded_at(session, award)
    grant = _grant_facts(session, award, clauses_of(session, award.fund_id, moment))
    values = {item.name: getattr(grant, item.name) for item in fields(Grant)}
    facts = ToAgree(**values, budget=_costs_of(session, award))
    return _paper_of("agreement", _("Grant agreement"), award, facts)


def agreement_to_be(fund: Fund, wording: tuple[Clause, ...]) -> Paper:
    """An agreement with an organisation that does not exist, for a look at its clauses."""
    day = fund.today()
    starts_on = months_after(day, 1)
    schedule = propose(usd(3_000_000), starts_on, months_after(starts_on, 12) - timedelta(1))
    facts = ToAgree(
        grant=f"{fund.code}-G-0000-001",
        application=None,
        call=None,
        organisation=Addressee(_("Example Organisation"), None, None),
        title=_("Example project"),
        country=None,
        award=schedule.amount,
        approved_on=day,
        starts_on=starts_on,
        ends_on=schedule.reports[-1].covers_to,
        instalments=_payments_in(schedule),
        reports=_reports_in(schedule),
        clauses=wording,
    )
    return Paper("agreement", _("Grant agreement"), facts.grant, day, Issuer.of(fund), facts)


def grant_statement(session: Session, reference: str, span: Span | None) -> Paper:
    """Award, instalments, expenditure, refunds and balance, over the grant's life or a period."""
    award = award_called(session, reference)
    facts = _statement_of(session, award, span)
    return Paper(
        document="grant-statement",
        title=_("Grant statement"),
        reference=award.reference,
        on=facts.to,
        issuer=Issuer.of(award.fund),
        facts=facts,
    )


def _paper_of(document: str, title: str, award: Award, facts: Grant) -> Paper:
    issuer = Issuer.of(award.fund)
    return Paper(document, title, award.reference, award.approved_on, issuer, facts)


def _grant_facts(session: Session, award: Award, terms: tuple[Clause, ...]) -> Grant:
    application, schedule = award.application, schedule_of(session, award)
    signed = signed_terms(session, award)
    return Grant(
        grant=award.reference,
        application=application.reference if application else None,
        call=application.call.name if application else None,
        organisation=Addressee.of(award.organisation),
        title=award.title,
        country=signed.country or None,
        award=signed.amount,
        approved_on=award.approved_on,
        starts_on=award.starts_on,
        ends_on=signed.ends_on,
        instalments=_payments_in(schedule),
        reports=_reports_in(schedule),
        clauses=terms,
    )


def _costs_of(session: Session, award: Award) -> tuple[PlannedCost, ...]:
    return tuple(
        PlannedCost(in_language(category.label), line.words, line.amount)
        for category in accepted_budget(session, award) or ()
        for line in category.lines
    )


def _payments_in(schedule: Schedule) -> tuple[PlannedPayment, ...]:
    return tuple(
        PlannedPayment(number, part.amount, part.due_on)
        for number, part in enumerate(schedule.instalments, 1)
    )


def _reports_in(schedule: Schedule) -> tuple[PlannedReport, ...]:
    return tuple(
        PlannedReport(number, due.kind, due.covers_from, due.covers_to, due.due_on)
        for number, due in enumerate(schedule.reports, 1)
    )


def _instalment_line(part: Instalment, until: date | None) -> InstalmentLine:
    """An instalment; paid after `until`, it is not paid yet."""
    day = part.paid_on if part.is_paid and _is_by(part.paid_on, until) else None
    state = part.state if day or not part.is_paid else InstalmentState.DUE
    return InstalmentLine(
        number=part.number,
        amount=part.amount,
        due_on=part.due_on,
        state=str(INSTALMENT.names[state].public),
        paid_on=day,
        bank_reference=part.bank_reference if day else None,
        sent_as=part.transfer.amount if day and part.transfer else None,
        rate=part.transfer.plain_rate if day and part.transfer else None,
        set_off=part.set_off if day and part.set_off else None,
    )


def _report_line(report: Report, zone: ZoneInfo, until: date | None) -> ReportLine:
    """A report; sent after `until`, it is not sent yet, accepted after it, not accepted."""
    state = report.state
    if state is ReportState.ACCEPTED and not _is_by(_day_in(report.decided_at, zone), until):
        state = ReportState.SUBMITTED
    if not _is_by(_day_in(report.submitted_at, zone), until):
        state = ReportState.DUE
    return ReportLine(
        number=report.number,
        kind=report.kind,
        covers_from=report.covers_from,
        covers_to=report.covers_to,
        due_on=report.due_on,
        state=str(REPORT.names[state].public),
        spent=None if state is ReportState.DUE else report.spent,
        accepted=state is ReportState.ACCEPTED,
    )


def _day_in(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return clock.day_of(moment, zone) if moment else None


def _is_by(day: date | None, until: date | None) -> bool:
    """Had it happened at the end of that day? (None: now)"""
    return day is not None and (until is None or day <= until)


def _statement_of(session: Session, award: Award, span: Span | None) -> GrantStatement:
    until, progress = span.until if span else None, progress_of(session, award)
    instalments = tuple(_instalment_line(part, until) for part in progress.instalments)
    reports = tuple(_report_line(report, award.fund.zone, until) for report in progress.reports)
    refunds = tuple(
        RefundLine(
            row.refunded_on,
            row.amount,
            row.bank_reference,
            row.transfer.amount if row.transfer else None,
            row.transfer.plain_rate if row.transfer else None,
        )
        for row in progress.refunds
        if _is_by(row.refunded_on, until)
    )
    changes = [
        change
        for change in changes_in_force(session, award)
        if _is_by(_day_in(change.in_force_at, award.fund.zone), until)
    ]
    paid = total(line.amount for line in instalments if line.paid_on)
    refunded = total(line.amount for line in refunds)
    closing = progress.ending.forced
    is_closed = closing is not None and _is_by(closing.written_off_on, until)
    written_off = progress.ending.written_off if is_closed else total(())
    accepted = total(line.spent for line in reports if line.accepted and line.spent)
    return GrantStatement(
        grant=award.reference,
        organisation=award.organisation.name,
        title=award.title,
        country=award.country,
        from_=span.since if span else award.approved_on,
        to=until or _latest_day(award, instalments, reports, refunds),
        award=award.amount,
        agreement_signed_on=award.agreement_signed_on,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        instalments=instalments,
        paid=paid,
        still_to_pay=award.amount - paid,
        reports=reports,
        reported_expenditure=total(line.spent for line in reports if line.spent),
        accepted_expenditure=accepted,
        refunds=refunds,
        refunded=refunded,
        changes=tuple(_change_line(change, award.fund.zone) for change in changes),
        written_off=written_off,
        balance=left_with(
            unspent_of(paid, accepted, refunded, progress.ending.recovered), written_off
        ),
    )


def _change_line(change: GrantChange, zone: ZoneInfo) -> ChangeLine:
    assert change.in_force_at is not None
    day = clock.day_of(change.in_force_at, zone)
    return ChangeLine(change.number, str(change.label), day, change.amendment)


def _latest_day(
    award: Award,
    instalments: Sequence[InstalmentLine],
    reports: Sequence[ReportLine],
    refunds: Sequence[RefundLine],
) -> date:
    """The last day on which something happened to the grant, so that a statement of all of it
    reads the same until something happens again.
    """
    days = [award.approved_on, award.agreement_signed_on]
    days += [line.paid_on for line in instalments]
    days += [line.covers_to for line in reports if line.spent is not None]
    days += [line.refunded_on for line in refunds]
    return max(day for day in days if day)

"""A grantee's papers: award letter, agreement, and the statement of the grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements.queries import schedule_of
from grants.awards.models import Award
from grants.awards.workflow import AwardState
from grants.disbursements.models import GrantRefund, Instalment
from grants.disbursements.workflow import INSTALMENT, InstalmentState
from grants.kernel.countries import country_name
from grants.kernel.language import gettext as _
from grants.kernel.money import Money, total, usd
from grants.reporting.models import Report, ReportKind
from grants.reporting.workflow import REPORT, ReportState
from grants.statements.builders.clauses import Clause, clauses
from grants.statements.paper import Addressee, Issuer, Paper, Span
from grants.statements.records import award_called


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One payment under the agreement."""

    number: int
    amount: Money
    due_on: date
    state: str
    """In words, as the grantee knows it."""
    paid_on: date | None
    bank_reference: str | None


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

    @property
    def kind_name(self) -> str:
        return _("Final report") if self.kind is ReportKind.FINAL else _("Interim report")


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money the grantee sent back."""

    refunded_on: date
    amount: Money
    bank_reference: str


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
    instalments: tuple[InstalmentLine, ...]
    reports: tuple[ReportLine, ...]
    clauses: tuple[Clause, ...]
    """Of the agreement; a letter holds none."""

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """Where the money of a grant stands."""

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
    balance: Money
    """Paid, less what was spent by accepted reports, less what came back: with the grantee."""

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""


def award_letter(session: Session, reference: str) -> Paper:
    """The letter that tells an organisation of its award."""
    award = award_called(session, reference)
    facts = _grant(session, award, ())
    return _paper("award-letter", _("Award of a grant"), award, facts)


def agreement(session: Session, reference: str) -> Paper:
    """The grant agreement, ready for both signatures."""
    award = award_called(session, reference)
    facts = _grant(session, award, clauses())
    return _paper("agreement", _("Grant agreement"), award, facts)


def grant_statement(session: Session, reference: str, span: Span | None) -> Paper:
    """Award, instalments, expenditure, refunds and balance, over the grant's life or a period."""
    award = award_called(session, reference)
    facts = _statement(session, award, span)
    return Paper(
        document="grant-statement",
        title=_("Grant statement"),
        reference=award.reference,
        on=facts.to,
        issuer=Issuer.of(award.fund),
        facts=facts,
    )


def _paper(document: str, title: str, award: Award, facts: Grant) -> Paper:
    issuer = Issuer.of(award.fund)
    return Paper(document, title, award.reference, award.approved_on, issuer, facts)


def _grant(session: Session, award: Award, terms: tuple[Clause, ...]) -> Grant:
    application = award.application
    return Grant(
        grant=award.reference,
        application=application.reference if application else None,
        call=application.call.name if application else None,
        organisation=Addressee.of(award.organisation),
        title=award.title,
        country=award.country,
        award=award.amount,
        approved_on=award.approved_on,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        instalments=_instalments(session, award, None),
        reports=_reports(session, award, None),
        clauses=terms,
    )


def _instalments(session: Session, award: Award, until: date | None) -> tuple[InstalmentLine, ...]:
    """The grant's instalments; a payment after `until` has not happened yet. Before the signature
    they are those of the terms that will be signed.
    """
    if award.state is AwardState.APPROVED:
        return _promised(session, award)
    query = select(Instalment).where(Instalment.award_id == award.id).order_by(Instalment.number)
    return tuple(_instalment(part, until) for part in session.scalars(query))


def _promised(session: Session, award: Award) -> tuple[InstalmentLine, ...]:
    state = INSTALMENT.names[InstalmentState.DUE].public
    planned = schedule_of(session, award).instalments
    return tuple(
        InstalmentLine(number, part.amount, part.due_on, state, None, None)
        for number, part in enumerate(planned, 1)
    )


def _owed(session: Session, award: Award) -> tuple[ReportLine, ...]:
    state = REPORT.names[ReportState.DUE].public
    planned = schedule_of(session, award).reports
    return tuple(
        ReportLine(
            number=number,
            kind=report.kind,
            covers_from=report.covers_from,
            covers_to=report.covers_to,
            due_on=report.due_on,
            state=state,
            spent=None,
            accepted=False,
        )
        for number, report in enumerate(planned, 1)
    )


def _instalment(part: Instalment, until: date | None) -> InstalmentLine:
    paid_on = part.paid_on if part.paid_on and (until is None or part.paid_on <= until) else None
    state = part.state if paid_on or not part.paid_on else InstalmentState.DUE
    return InstalmentLine(
        number=part.number,
        amount=part.amount,
        due_on=part.due_on,
        state=INSTALMENT.names[state].public,
        paid_on=paid_on,
        bank_reference=part.bank_reference if paid_on else None,
    )


def _reports(session: Session, award: Award, until: date | None) -> tuple[ReportLine, ...]:
    """The grant's reports; one sent after `until` has not been sent yet."""
    if award.state is AwardState.APPROVED:
        return _owed(session, award)
    query = select(Report).where(Report.award_id == award.id).order_by(Report.number)
    return tuple(_report(report, until) for report in session.scalars(query))


def _report(report: Report, until: date | None) -> ReportLine:
    sent = report.submitted_at.date() if report.submitted_at else None
    known = sent is not None and (until is None or sent <= until)
    state = report.state if known else ReportState.DUE
    return ReportLine(
        number=report.number,
        kind=report.kind,
        covers_from=report.covers_from,
        covers_to=report.covers_to,
        due_on=report.due_on,
        state=REPORT.names[state].public,
        spent=usd(report.spent_minor) if known else None,
        accepted=state is ReportState.ACCEPTED,
    )


def _statement(session: Session, award: Award, span: Span | None) -> GrantStatement:
    until = span.until if span else None
    instalments, reports = _instalments(session, award, until), _reports(session, award, until)
    refunds = _refunds(session, award, until)
    paid = total(line.amount for line in instalments if line.paid_on)
    refunded = total(line.amount for line in refunds)
    accepted = total(line.spent for line in reports if line.accepted and line.spent)
    return GrantStatement(
        grant=award.reference,
        organisation=award.organisation.name,
        title=award.title,
        country=award.country,
        from_=span.since if span else award.approved_on,
        to=until or _latest(award, instalments, reports, refunds),
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
        balance=paid - accepted - refunded,
    )


def _refunds(session: Session, award: Award, until: date | None) -> tuple[RefundLine, ...]:
    query = select(GrantRefund).where(GrantRefund.award_id == award.id)
    if until:
        query = query.where(GrantRefund.refunded_on <= until)
    found = session.scalars(query.order_by(GrantRefund.refunded_on, GrantRefund.id))
    return tuple(
        RefundLine(row.refunded_on, usd(row.amount_minor), row.bank_reference) for row in found
    )


def _latest(
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

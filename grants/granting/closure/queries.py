"""Grants at their end: what is still open, for whom it waits, and which can be closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.queries import handled_by
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.changes.models import GrantChange
from grants.granting.changes.workflow import OPEN
from grants.granting.closure.models import AuditCertificate, ClosingStatement, ForcedClosing
from grants.granting.closure.workflow import SUBMITTED, CertificateState, ForcedState
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import has_unfinished
from grants.granting.monitoring.queries import has_announced
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import paid, refunded
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import requests_by_grant
from grants.granting.recovery.workflow import RefundCause
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import read_by, spent, within, written_by
from grants.granting.set_offs.queries import holds_up_closing

_REPORTS = select(Report).where(Report.award_id == Award.id)


@dataclass(frozen=True, slots=True)
class Recovered:
    """Ineligible cost of a grant that its organisation has refunded, USD cents."""

    of_reports: int = 0
    """Found in a report: what that report says was spent is less by it."""
    elsewhere: int = 0
    """Found by a visit, an audit or a letter: a report may have said it was spent, or not."""


def unspent_of(paid: Money, reported: Money, refunded: Money, recovered: Recovered) -> Money:
    """What stays with an organisation: paid, and neither spent on what is eligible nor refunded.

    Refunded ineligible cost does not count as spent. Where no report is known to have said that it
    was, it counts only as far as the organisation would seem to have spent its own money.
    """
    returned = int(refunded.minor)
    of_reports = min(recovered.of_reports, returned)
    unspent = int((paid - reported).minor) - returned + of_reports
    return usd(unspent + min(recovered.elsewhere, returned - of_reports, max(-unspent, 0)))


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end of a grant needs of its organisation, as far as it has come."""

    needs_certificate: bool = False
    needs_statement: bool = False
    """Of a grant that was applied for here."""
    statement: ClosingStatement | None = None
    certificate: AuditCertificate | None = None
    """The newest one."""
    requests: Sequence[RefundRequest] = field(default_factory=tuple)
    forced: ForcedClosing | None = None
    """The newest proposal to close it with a write-off."""
    recovered: Recovered = Recovered()

    @property
    def open_requests(self) -> list[RefundRequest]:
        return [r for r in self.requests if r.is_awaited]

    @property
    def lacks_statement(self) -> bool:
        return self.needs_statement and self.statement is None

    @property
    def lacks_certificate(self) -> bool:
        """Has the organisation to submit one?"""
        given = self.certificate is not None and self.certificate.state in SUBMITTED
        return self.needs_certificate and not given

    @property
    def checks_certificate(self) -> bool:
        """Has the fund to check one?"""
        return self.certificate is not None and (
            self.certificate.state is CertificateState.SUBMITTED
        )

    @property
    def written_off(self) -> Money:
        closing = self.forced
        is_approved = closing is not None and closing.state is ForcedState.APPROVED
        return closing.amount if closing is not None and is_approved else usd(0)


def endings(session: Session, awards: Sequence[Award]) -> dict[int, Ending]:
    """What the end of several grants needs, by the id of the grant."""
    ids = [award.id for award in awards]
    statements = {
        row.award_id: row
        for row in session.scalars(
            select(ClosingStatement).where(ClosingStatement.award_id.in_(ids))
        )
    }
    certificates = {
        row.award_id: row
        for row in session.scalars(
            select(AuditCertificate)
            .where(AuditCertificate.award_id.in_(ids))
            .order_by(AuditCertificate.id)
        )
    }
    forced = {
        row.award_id: row
        for row in session.scalars(
            select(ForcedClosing).where(ForcedClosing.award_id.in_(ids)).order_by(ForcedClosing.id)
        )
    }
    requests = requests_by_grant(session, ids)
    recovered = recovered_of(session, ids, requests)
    return {
        award.id: Ending(
            _asks_for_audit(award),
            award.application_id is not None,
            statements.get(award.id),
            certificates.get(award.id),
            requests[award.id],
            forced.get(award.id),
            recovered[award.id],
        )
        for award in awards
    }


def recovered_of(
    session: Session, ids: Sequence[int], requests: Mapping[int, Sequence[RefundRequest]]
) -> dict[int, Recovered]:
    """Ineligible cost that came back on several grants: by findings, and by letters without one."""
    of_reports, elsewhere = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    with_finding = set[int | None]()
    for finding in session.scalars(select(Finding).where(Finding.award_id.in_(ids), _IS_REFUNDED)):
        sums = elsewhere if finding.report_id is None else of_reports
        sums[finding.award_id] += finding.claimed_minor
        with_finding.add(finding.request_id)
    for award_id, letters in requests.items():
        elsewhere[award_id] += sum(
            letter.received_minor
            for letter in letters
            if letter.cause is RefundCause.INELIGIBLE and letter.id not in with_finding
        )
    return {award_id: Recovered(of_reports[award_id], elsewhere[award_id]) for award_id in ids}


_IS_REFUNDED = Finding.refund_id.is_not(None)
"""The refund of its ineligible cost has come."""


def left_with(unspent: Money, written_off: Money) -> Money:
    """What stays with a grantee once this is written off: cost that was reported as spent, and is
    given up as ineligible, was no money that stayed with it.
    """
    return unspent - min(written_off, max(unspent, usd(0), key=_minor_of), key=_minor_of)


def _minor_of(amount: Money) -> int:
    return amount.minor


def ending_of(session: Session, award: Award) -> Ending:
    """What the end of one grant needs; before its agreement nothing of it has come."""
    if award.awaits_agreement:
        return Ending(_asks_for_audit(award), award.application_id is not None)
    return endings(session, [award])[award.id]


def _asks_for_audit(award: Award) -> bool:
    least = award.fund.audit_from_minor
    return least > 0 and award.amount_minor >= least


@dataclass(frozen=True, slots=True)
class AtEnd:
    """The money of a grant at its end, USD, and what its end needs."""

    ending: Ending
    paid: Money
    reported: Money
    refunded: Money

    @property
    def unspent(self) -> Money:
        """What was paid and is neither spent on what is eligible nor refunded."""
        return unspent_of(self.paid, self.reported, self.refunded, self.ending.recovered)

    @property
    def balance(self) -> Money:
        """What stays with the organisation after a write-off."""
        return left_with(self.unspent, self.ending.written_off)

    @property
    def to_write_off(self) -> Money:
        """What would be given up if the grant were closed now: what its organisation holds, or what
        letters have asked back where that is more.
        """
        asked = total(request.outstanding for request in self.ending.open_requests)
        return max(self.unspent, asked, usd(0), key=_minor_of)


def at_end(session: Session, award: Award) -> AtEnd:
    """The money of a grant and what its end needs, read together."""
    sums = paid(session, award.id), spent(session, award.id), refunded(session, award.id)
    return AtEnd(ending_of(session, award), *sums)


def finished(viewer: Viewer) -> Select[Award]:
    """Grants that this person may close: their end has come, everything is paid, confirmed and
    reported, what was not spent is refunded, the papers are there, and no visit is announced. It
    agrees with `to_close`, which says what is open of one grant.
    """
    return (
        select(Award)
        .join(Award.fund)
        .where(
            _is_settled(),
            Award.ends_on <= clock.today(),
            within(viewer, Permission.REPORT_ACCEPT),
            ~_REPORTS.exists() | (_unspent_balance() <= 0),
            ~_lacks_statement(),
            ~_needs_audit() | _has_certificate(CertificateState.ACCEPTED),
            ~_has_open_request(),
            ~has_unfinished(),
            ~has_announced(),
        )
        .options(joinedload(Award.organisation))
    )


def refunds_to_make(viewer: Viewer) -> Select[int]:
    """How many grants of this person's organisations have money left that was not spent, and that
    no letter has asked for yet.
    """
    return _count_grants(written_by(viewer), _has_unspent())


def refunds_to_ask(viewer: Viewer) -> Select[int]:
    """On how many grants this person is to ask back, by a letter, what was not spent."""
    return _count_grants(within(viewer, Permission.REFUND_REQUEST), _has_unspent())


def to_ask_back(viewer: Viewer) -> Select[Award]:
    """The grants on which this person is to ask back what was not spent."""
    return _asked_by(viewer).where(_has_unspent())


def asked_by(viewer: Viewer) -> Select[Award]:
    """Every grant on which this person may ask for a refund."""
    return _asked_by(viewer).options(joinedload(Award.organisation))


def _asked_by(viewer: Viewer) -> Select[Award]:
    return select(Award).join(Award.fund).where(within(viewer, Permission.REFUND_REQUEST))


def only_unspent_left(session: Session, awards: Sequence[Award]) -> set[int]:
    """Grants on which only money is left that no letter has asked for yet: the ids."""
    ids = [award.id for award in awards]
    query = select(Award.id).join(Award.fund).where(Award.id.in_(ids), _has_unspent())
    return set(session.scalars(query))


def statements_to_write(viewer: Viewer) -> Select[int]:
    """How many closing statements this person's organisations have to write."""
    return _count_grants(written_by(viewer), _is_settled(), _lacks_statement())


def certificates_to_submit(viewer: Viewer) -> Select[int]:
    """How many certificates of audit this person's organisations have to submit."""
    given = _has_certificate(*SUBMITTED)
    return _count_grants(written_by(viewer), _is_settled(), _needs_audit(), ~given)


def certificates_to_check(viewer: Viewer) -> Select[int]:
    """How many certificates of audit wait for this person."""
    submitted = _has_certificate(CertificateState.SUBMITTED)
    return _count_grants(within(viewer, Permission.REPORT_ACCEPT), submitted)


def closings_to_approve(viewer: Viewer) -> Select[int]:
    """How many proposals to close with a write-off wait for this person: none of their own."""
    waiting = select(ForcedClosing).where(
        ForcedClosing.award_id == Award.id,
        ForcedClosing.state == ForcedState.PROPOSED,
        ForcedClosing.id.not_in(handled_by(viewer, ForcedClosing, "create")),
    )
    return _count_grants(within(viewer, Permission.GRANT_CLOSING_APPROVE), waiting.exists())


def ending_grants(viewer: Viewer) -> Select[Award]:
    """Grants of the person's funds of which a certificate or a write-off waits for a decision, or
    what was not spent is to be asked back.
    """
    waiting = select(ForcedClosing).where(
        ForcedClosing.award_id == Award.id, ForcedClosing.state == ForcedState.PROPOSED
    )
    return (
        select(Award)
        .join(Award.fund)
        .where(
            within(viewer, Permission.DISBURSEMENT_SEE),
            or_(waiting.exists(), _has_certificate(CertificateState.SUBMITTED), _has_unspent()),
        )
        .options(joinedload(Award.organisation))
    )


def certificate_for_viewer(session: Session, reference: str, viewer: Viewer) -> AuditCertificate:
    """The newest certificate of a grant, or Missing."""
    query = select(AuditCertificate).join(AuditCertificate.award).where(_seen(reference, viewer))
    certificate = session.scalars(query.order_by(AuditCertificate.id.desc()).limit(1)).first()
    if certificate is None:
        raise Missing(_("Certificate of audit not found."))
    return certificate


def forced_for_viewer(session: Session, reference: str, viewer: Viewer) -> ForcedClosing:
    """The newest proposal to close a grant with a write-off, for the fund's people, or Missing."""
    ours = within(viewer, Permission.DISBURSEMENT_SEE), Award.reference == reference
    query = select(ForcedClosing).join(ForcedClosing.award).where(*ours)
    closing = session.scalars(query.order_by(ForcedClosing.id.desc()).limit(1)).first()
    if closing is None:
        raise Missing(_("No closure with a write-off is proposed for this grant."))
    return closing


def _seen(reference: str, viewer: Viewer) -> ColumnElement[bool]:
    seen = or_(within(viewer, Permission.DISBURSEMENT_SEE), read_by(viewer))
    return and_(seen, Award.reference == reference)


def _is_settled() -> ColumnElement[bool]:
    """Running grants of which everything is paid, confirmed, reported, and no change is open."""
    unconfirmed = select(Instalment).where(
        Instalment.award_id == Award.id, ~Instalment.is_confirmed
    )
    unread = _REPORTS.where(~Report.is_accepted)
    unfinished = select(GrantChange).where(
        GrantChange.award_id == Award.id, GrantChange.state.in_(OPEN)
    )
    waits = unconfirmed.exists() | unread.exists() | unfinished.exists()
    return Award.is_running & Award.suspended_on.is_(None) & ~waits & ~holds_up_closing()


def _has_unspent() -> ColumnElement[bool]:
    """Grants of which only money is left, that no letter has asked for yet."""
    return and_(_is_settled(), _REPORTS.exists(), _unspent_balance() > 0, ~_has_open_request())


def _needs_audit() -> ColumnElement[bool]:
    return (Fund.audit_from_minor > 0) & (Award.amount_minor >= Fund.audit_from_minor)


def _has_certificate(*states: CertificateState) -> ColumnElement[bool]:
    return (
        select(AuditCertificate)
        .where(AuditCertificate.award_id == Award.id, AuditCertificate.state.in_(states))
        .exists()
    )


def _lacks_statement() -> ColumnElement[bool]:
    statement = select(ClosingStatement).where(ClosingStatement.award_id == Award.id)
    return Award.application_id.is_not(None) & ~statement.exists()


def _has_open_request() -> ColumnElement[bool]:
    return (
        select(RefundRequest)
        .where(RefundRequest.award_id == Award.id, RefundRequest.is_awaited)
        .exists()
    )


def _unspent_balance() -> ColumnElement[int]:
    """What was paid on a grant, and neither spent on what is eligible nor refunded, in USD cents:
    what `unspent_of` says where that is above 0.
    """
    of_reports = _IS_REFUNDED & Finding.report_id.is_not(None)
    return (
        _sum_of(Instalment.amount_minor, Instalment.award_id)
        - _sum_of(Report.spent_minor, Report.award_id)
        - _sum_of(GrantRefund.amount_minor, GrantRefund.award_id)
        + _sum_of(Finding.claimed_minor, Finding.award_id, of_reports)
    )


def _sum_of(cents: Any, of: Any, *also: ColumnElement[bool]) -> ScalarSelect[int]:
    summed = select(func.coalesce(func.sum(cents), 0))
    return summed.where(of == Award.id, *also).scalar_subquery()


def _count_grants(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(Award).join(Award.fund)
    return query.where(*conditions)


def finished_count(viewer: Viewer) -> Select[int]:
    """How many grants wait for this person to close them."""
    ready = finished(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return ready.order_by(None)

"""What the records of earlier grants say of an organisation: facts, no score."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, total, usd
from grants.core.texts.formats import plain_money
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED, AwardState
from grants.granting.findings.models import Finding
from grants.granting.findings.workflow import UNFINISHED, FindingState, Severity
from grants.granting.payments.models import GrantRefund
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.workflow import RequestState
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import OPEN


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """How one signed grant went, or goes. Sums without support cost."""

    award: Award
    findings: int
    """But those that were withdrawn."""
    high: int
    """Of high severity."""
    unfinished: int
    """Not closed."""
    refunded: Money
    owed: Money
    """Asked back, and not received."""
    written_off: Money
    reports: int = 0
    """Those due by now, or submitted before."""
    late: int = 0
    """Submitted after their day, or still missing after it."""
    returned: int = 0
    """Returned at least once."""

    @property
    def is_signed(self) -> bool:
        return self.award.state in SIGNED

    @property
    def is_closed(self) -> bool:
        return self.award.state is AwardState.CLOSED

    @property
    def went_well(self) -> bool:
        """Closed, with every report in time, nothing of high severity and nothing written off."""
        return self.is_closed and not (self.late or self.high or self.written_off)


@dataclass(frozen=True, slots=True)
class Performance:
    """The grants of an organisation, the newest first; those not signed yet among them."""

    grants: Sequence[GrantRecord] = field(default_factory=tuple)

    @property
    def signed(self) -> Sequence[GrantRecord]:
        """What there is a record of."""
        return [grant for grant in self.grants if grant.is_signed]

    @property
    def summary(self) -> str:
        """In one line; what did not happen is left out. Empty without a grant."""
        if not self.signed:
            return ""
        return " · ".join(part for part in self._parts() if part)

    def _parts(self) -> Iterable[str]:
        number = len(self.signed)
        yield ngettext("%(num)s earlier grant", "%(num)s earlier grants", number)
        well = sum(grant.went_well for grant in self.grants)
        yield _("%(num)s closed without problems", num=well) if well else ""
        late = sum(grant.late for grant in self.grants)
        yield ngettext("%(num)s report late", "%(num)s reports late", late) if late else ""
        returned = sum(grant.returned for grant in self.grants)
        yield (
            ngettext("%(num)s report returned", "%(num)s reports returned", returned)
            if returned
            else ""
        )
        high = sum(grant.high for grant in self.grants)
        yield (
            ngettext("%(num)s finding of high severity", "%(num)s findings of high severity", high)
            if high
            else ""
        )
        unfinished = sum(grant.unfinished for grant in self.grants)
        yield (
            ngettext("%(num)s finding open", "%(num)s findings open", unfinished)
            if unfinished
            else ""
        )
        owed = total(grant.owed for grant in self.grants)
        yield (
            _("%(amount)s of refunds requested and not received", amount=plain_money(owed))
            if owed
            else ""
        )
        lost = total(grant.written_off for grant in self.grants)
        yield _("%(amount)s written off", amount=plain_money(lost)) if lost else ""

    @property
    def has_problems(self) -> bool:
        """Is there anything to look at before another grant?"""
        return any(
            grant.late or grant.high or grant.unfinished or grant.owed or grant.written_off
            for grant in self.grants
        )


def performance_of_each(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[int, Performance]:
    """How these organisations did with their grants, in every fund here."""
    rows = session.execute(
        select(Award, *_FIGURES)
        .where(
            Award.organisation_id.in_(organisation_ids),
            Award.state.in_((*SIGNED, AwardState.APPROVED)),
        )
        .options(joinedload(Award.fund))
        .order_by(Award.id.desc())
    ).all()
    reports = _reports_by_award(session, [row[0].id for row in rows]) if rows else {}
    grants: dict[int, list[GrantRecord]] = {number: [] for number in organisation_ids}
    for award, findings, high, unfinished, refunded, owed, lost in rows:
        sums = usd(refunded), usd(owed), usd(lost)
        record = GrantRecord(
            award, findings, high, unfinished, *sums, *reports.get(award.id, (0, 0, 0))
        )
        grants[award.organisation_id].append(record)
    return {number: Performance(tuple(records)) for number, records in grants.items()}


def summaries(session: Session, organisation_ids: Collection[int]) -> Mapping[int, str]:
    """The performance of organisations in one line each."""
    performances = performance_of_each(session, organisation_ids)
    return {number: performance.summary for number, performance in performances.items()}


def _count_findings(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    counted = select(func.count(Finding.id)).where(
        Finding.award_id == Award.id, Finding.state != FindingState.WITHDRAWN, *conditions
    )
    return counted.correlate(Award).scalar_subquery()


def _outstanding(state: RequestState) -> ScalarSelect[int]:
    """USD cents of the requests in this state that have not come back."""
    missing = RefundRequest.amount_minor - RefundRequest.received_minor
    summed = select(func.coalesce(func.sum(missing), 0)).where(
        RefundRequest.award_id == Award.id, RefundRequest.state == state
    )
    return summed.correlate(Award).scalar_subquery()


_REFUNDED = (
    select(func.coalesce(func.sum(GrantRefund.amount_minor), 0))
    .where(GrantRefund.award_id == Award.id)
    .correlate(Award)
    .scalar_subquery()
)
_FIGURES = (
    _count_findings(),
    _count_findings(Finding.severity == Severity.HIGH),
    _count_findings(Finding.state.in_(UNFINISHED)),
    _REFUNDED,
    _outstanding(RequestState.SENT),
    _outstanding(RequestState.WRITTEN_OFF),
)


def _reports_by_award(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Due by now or submitted, late, and returned reports, by grant. A report that was returned
    counts from the day on which it was submitted first.
    """
    first_sent = (
        select(func.min(TrailRow.at))
        .where(
            TrailRow.subject == "report",
            TrailRow.subject_id == Report.id,
            TrailRow.action == "submit",
        )
        .correlate(Report)
        .scalar_subquery()
    )
    reports: Iterable[tuple[Report, datetime | None]] = session.execute(
        select(Report, first_sent)
        .join(Report.award)
        .where(Report.award_id.in_(ids))
        .options(contains_eager(Report.award).joinedload(Award.fund))
    ).all()
    today = clock.today()
    counts: dict[int, tuple[int, int, int]] = {}
    for report, sent_at in reports:
        sent_late = sent_at is not None and report.award.fund.day_of(sent_at) > report.due_on
        missing = sent_at is None and report.state in OPEN and report.due_on < today
        due, late, returned = counts.get(report.award_id, (0, 0, 0))
        counts[report.award_id] = (
            due + (sent_at is not None or report.due_on <= today),
            late + (sent_late or missing),
            returned + (report.times_sent > 1 or report.is_returned),
        )
    return counts

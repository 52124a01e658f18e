"""Grants that are finished, and wait only to be closed."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload

from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.changes.models import GrantChange
from grants.granting.changes.workflow import OPEN
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import within, written_by
from grants.granting.reporting.workflow import ReportState

_REPORTS = select(Report).where(Report.award_id == Award.id)


def finished(viewer: Viewer) -> Select[Award]:
    """Grants that this person may close: their end has come, everything is paid, confirmed and
    reported, and what was not spent is refunded. It agrees with `to_close`, which says what is
    open of one grant.
    """
    return (
        select(Award)
        .where(
            _is_settled(),
            Award.ends_on <= clock.today(),
            within(viewer, Permission.REPORT_ACCEPT),
            ~_REPORTS.exists() | (_unspent_balance() <= 0),
        )
        .options(joinedload(Award.organisation))
    )


def refunds_to_make(viewer: Viewer) -> Select[int]:
    """How many grants of this person's organisations have money left that was not spent."""
    query = select(func.count()).select_from(Award)
    return query.where(written_by(viewer), _is_settled(), _REPORTS.exists(), _unspent_balance() > 0)


def _is_settled() -> ColumnElement[bool]:
    """Running grants of which everything is paid, confirmed and reported."""
    unconfirmed = select(Instalment).where(
        Instalment.award_id == Award.id, Instalment.state != InstalmentState.CONFIRMED
    )
    unread = _REPORTS.where(Report.state != ReportState.ACCEPTED)
    unfinished = select(GrantChange).where(
        GrantChange.award_id == Award.id, GrantChange.state.in_(OPEN)
    )
    waits = unconfirmed.exists() | unread.exists() | unfinished.exists()
    return (Award.state == AwardState.AGREED) & Award.suspended_on.is_(None) & ~waits


def _unspent_balance() -> ColumnElement[int]:
    """What was paid on a grant, and neither reported as spent nor refunded, in USD cents."""
    return (
        _sum_of(Instalment.amount_minor, Instalment.award_id)
        - _sum_of(Report.spent_minor, Report.award_id)
        - _sum_of(GrantRefund.amount_minor, GrantRefund.award_id)
    )


def _sum_of(cents: Any, of: Any) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(cents), 0)).where(of == Award.id).scalar_subquery()


def finished_count(viewer: Viewer) -> Select[int]:
    """How many grants wait for this person to close them."""
    ready = finished(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return ready.order_by(None)

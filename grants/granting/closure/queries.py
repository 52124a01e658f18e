"""Grants that are finished, and wait only to be closed."""

from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload

from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import within
from grants.granting.reporting.workflow import ReportState


def finished(viewer: Viewer) -> Select[Award]:
    """Grants that this person may close: their end has come, everything is paid, confirmed and
    reported, and what was not spent is refunded. It agrees with `to_close`, which says what is
    open of one grant.
    """
    unconfirmed = select(Instalment).where(
        Instalment.award_id == Award.id, Instalment.state != InstalmentState.CONFIRMED
    )
    reports = select(Report).where(Report.award_id == Award.id)
    balance = (
        _sum(Instalment.amount_minor, Instalment.award_id)
        - _sum(Report.spent_minor, Report.award_id)
        - _sum(GrantRefund.amount_minor, GrantRefund.award_id)
    )
    return (
        select(Award)
        .where(
            Award.state == AwardState.AGREED,
            Award.ends_on <= clock.today(),
            within(viewer, Permission.REPORT_ACCEPT),
            ~unconfirmed.exists(),
            ~reports.where(Report.state != ReportState.ACCEPTED).exists(),
            ~reports.exists() | (balance <= 0),
        )
        .options(joinedload(Award.organisation))
    )


def _sum(cents: Any, of: Any) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(cents), 0)).where(of == Award.id).scalar_subquery()


def finished_count(viewer: Viewer) -> Select[int]:
    """How many grants wait for this person to close them."""
    ready = finished(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return ready.order_by(None)

"""Samples of payments, and the payments among which one is drawn."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.desk.audit_samples.models import AuditSample
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import PAID


def payments_between(fund_id: int, paid_from: date, paid_until: date) -> Select[Instalment]:
    """Instalments of a fund that were paid on these days, both included."""
    return (
        select(Instalment)
        .join(Instalment.award)
        .options(contains_eager(Instalment.award))
        .where(
            Award.fund_id == fund_id,
            Instalment.state.in_(PAID),
            Instalment.paid_on.between(paid_from, paid_until),
        )
        .order_by(Instalment.id)
    )


def samples(viewer: Viewer) -> Select[AuditSample]:
    """Every sample of the funds whose auditor this person is."""
    return (
        select(AuditSample)
        .where(_within_funds_of(viewer))
        .options(joinedload(AuditSample.fund), joinedload(AuditSample.drawn_by))
    )


def sample_for_viewer(session: Session, number: int, viewer: Viewer) -> AuditSample:
    """One sample; Missing if it is of another fund."""
    sample = session.scalar(samples(viewer).where(AuditSample.id == number))
    if sample is None:
        raise Missing(_("Sample not found."))
    return sample


def payments_of(session: Session, sample: AuditSample) -> Sequence[Instalment]:
    """The payments of a sample, in the order of the draw."""
    query = (
        select(Instalment)
        .where(Instalment.id.in_(sample.instalments))
        .options(joinedload(Instalment.award).joinedload(Award.organisation))
    )
    by_id = {payment.id: payment for payment in session.scalars(query)}
    return [by_id[number] for number in sample.instalments]


def _within_funds_of(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.AUDIT_SAMPLE, AuditSample.fund_id)

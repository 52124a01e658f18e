"""The rating that holds, and the flags that are raised."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.integrity.risk.models import Flag, RiskRating, SafeguardingAssessment, Severity
from grants.integrity.risk.workflow import FlagState

TONES = {Severity.OBSERVATION: "neutral", Severity.YELLOW: "waiting", Severity.RED: "bad"}


def rating_of(session: Session, organisation_id: int, fund_id: int) -> RiskRating | None:
    """The newest rating of an organisation by a fund."""
    return session.scalar(
        select(RiskRating)
        .where(RiskRating.organisation_id == organisation_id, RiskRating.fund_id == fund_id)
        .order_by(RiskRating.id.desc())
        .limit(1)
    )


def ratings_of(session: Session, organisation_id: int) -> Sequence[RiskRating]:
    """Every rating of an organisation, the newest first."""
    query = select(RiskRating).where(RiskRating.organisation_id == organisation_id)
    with_names = query.options(joinedload(RiskRating.fund), joinedload(RiskRating.rated_by))
    return session.scalars(with_names.order_by(RiskRating.id.desc()).limit(60)).all()


def assessments_of(session: Session, organisation_id: int) -> Sequence[SafeguardingAssessment]:
    """Every assessment of an organisation's safeguarding, the newest first."""
    query = select(SafeguardingAssessment).where(
        SafeguardingAssessment.organisation_id == organisation_id
    )
    with_names = query.options(
        joinedload(SafeguardingAssessment.fund), joinedload(SafeguardingAssessment.assessed_by)
    )
    newest = with_names.order_by(SafeguardingAssessment.id.desc())
    return session.scalars(newest.limit(60)).all()


def assessment_of(session: Session, organisation_id: int) -> SafeguardingAssessment | None:
    """The newest assessment of an organisation's safeguarding, also one that has expired."""
    return next(iter(assessments_of(session, organisation_id)), None)


def with_safeguarding(session: Session, organisation_ids: Collection[int]) -> set[int]:
    """The organisations among these whose newest assessment of safeguarding holds today."""
    newest = (
        select(func.max(SafeguardingAssessment.id))
        .where(SafeguardingAssessment.organisation_id.in_(organisation_ids))
        .group_by(SafeguardingAssessment.organisation_id)
    )
    return set(
        session.scalars(
            select(SafeguardingAssessment.organisation_id).where(
                SafeguardingAssessment.id.in_(newest),
                SafeguardingAssessment.valid_until >= clock.today(),
            )
        )
    )


def assessment_for_viewer(session: Session, number: int, viewer: Viewer) -> SafeguardingAssessment:
    """One assessment, or Missing for a person who does not see due diligence."""
    assessment = session.get(SafeguardingAssessment, number)
    if assessment is None or not viewer.may(Permission.DUE_DILIGENCE_SEE, assessment.scope):
        raise Missing(_("Assessment not found."))
    return assessment


def flags_of(session: Session, organisation_id: int) -> Sequence[Flag]:
    """The flags of an organisation, those that are raised first, then the newest."""
    query = select(Flag).where(Flag.organisation_id == organisation_id)
    ordered = query.order_by((Flag.state == FlagState.RAISED).desc(), Flag.id.desc())
    return session.scalars(ordered.limit(60)).all()


def raised_on(session: Session, organisation_id: int) -> Sequence[Flag]:
    """The flags that are raised on an organisation, the newest first."""
    return [flag for flag in flags_of(session, organisation_id) if flag.state is FlagState.RAISED]


def has_red_flag() -> ColumnElement[bool]:
    """Is a red flag raised on the organisation of a query?"""
    return (
        select(Flag.id)
        .where(Flag.organisation_id == Organisation.id, *_RAISED_RED)
        .correlate(Organisation)
        .exists()
    )


def with_red_flag(session: Session, organisation_ids: Collection[int]) -> set[int]:
    """The organisations among these on which a red flag is raised."""
    return set(
        session.scalars(
            select(Flag.organisation_id).where(
                Flag.organisation_id.in_(organisation_ids), *_RAISED_RED
            )
        )
    )


_RAISED_RED = Flag.state == FlagState.RAISED, Flag.severity == Severity.RED


def flag_for_viewer(session: Session, number: int, viewer: Viewer) -> Flag:
    """One flag, or Missing for a person who does not see due diligence."""
    flag = session.get(Flag, number)
    if flag is None or not viewer.may(Permission.DUE_DILIGENCE_SEE, flag.scope):
        raise Missing(_("Flag not found."))
    return flag

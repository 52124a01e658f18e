"""Rating the risk of an organisation; raising, regrading and lifting flags."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, keep_apart
from grants.core.texts.formats import plain_day
from grants.integrity.risk.models import (
    Capacity,
    Concern,
    Flag,
    Risk,
    RiskRating,
    SafeguardingAssessment,
    Severity,
)
from grants.integrity.risk.workflow import FLAG
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload


def rate_risk(
    session: Session, organisation: Organisation, fund: Fund, level: Risk, act: Act
) -> RiskRating:
    """Rate an organisation for the grants of a fund; the act's reason says what it rests on.

    The rating sets how a grant is paid and reported on, until its terms are settled.
    """
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, Scope(fund.id))
    keep_apart(act.actor, organisation.id)
    reasons = (act.reason or "").strip()
    if not reasons:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    rating = RiskRating(
        organisation_id=organisation.id,
        fund_id=fund.id,
        level=level,
        reasons=reasons,
        rated_by_id=act.actor.person_id,
        rated_at=act.at,
    )
    session.add(rating)
    record(session, rating, "rate_risk", act, organisation=organisation.code, level=level.value)
    return rating


MOST_YEARS = 5
"""An assessment of safeguarding holds so many years at most."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment of safeguarding: how far the organisation is, what is to be improved, when it
    was assessed and the last day on which that holds.
    """

    capacity: Capacity
    measures: str
    assessed_on: date
    valid_until: date


def assess_safeguarding(
    session: Session,
    organisation: Organisation,
    fund: Fund,
    assessed: Assessed,
    evidence: Upload,
    act: Act,
) -> SafeguardingAssessment:
    """Record how far an organisation can prevent and answer sexual exploitation and abuse; the
    act's reason says what it rests on. It takes the place of the one before, in every fund.
    """
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, Scope(fund.id))
    keep_apart(act.actor, organisation.id)
    reasons, measures = (act.reason or "").strip(), assessed.measures.strip()
    if not reasons:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    if assessed.capacity is not Capacity.FULL and not measures:
        raise DomainError(_("Say what the organisation must improve, and by when."))
    _require_validity(assessed)
    assessment = SafeguardingAssessment(
        organisation_id=organisation.id,
        fund_id=fund.id,
        capacity=assessed.capacity,
        reasons=reasons,
        measures=measures,
        assessed_on=assessed.assessed_on,
        valid_until=assessed.valid_until,
        document=keep(session, evidence, act),
        assessed_by_id=act.actor.person_id,
        assessed_at=act.at,
    )
    session.add(assessment)
    facts = {"organisation": organisation.code, "capacity": assessed.capacity.value}
    record(session, assessment, "assess_safeguarding", act, **facts)
    return assessment


def _require_validity(assessed: Assessed) -> None:
    if assessed.assessed_on > clock.today():
        raise DomainError(_("This date is in the future."))
    latest = months_after(assessed.assessed_on, 12 * MOST_YEARS)
    if not assessed.assessed_on < assessed.valid_until <= latest:
        raise DomainError(
            _(
                "An assessment is valid for up to %(years)s years. Enter a day up to %(day)s.",
                years=MOST_YEARS,
                day=plain_day(latest),
            )
        )


@dataclass(frozen=True, slots=True)
class Raised:
    """What is raised: how severe, about what, in words."""

    severity: Severity
    concern: Concern
    text: str


def raise_flag(
    session: Session, organisation: Organisation, fund: Fund, raised: Raised, act: Act
) -> Flag:
    """Put a flag on an organisation's file. A red one stops its awards and payments at once."""
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, Scope(fund.id))
    keep_apart(act.actor, organisation.id)
    if not raised.text.strip():
        raise DomainError(_("Describe the concern."))
    flag = Flag(
        organisation_id=organisation.id,
        fund_id=fund.id,
        severity=raised.severity,
        concern=raised.concern,
        text=raised.text.strip(),
        raised_at=act.at,
    )
    begin(session, flag, FLAG, act, organisation=organisation.code, severity=raised.severity.value)
    return flag


def regrade(session: Session, flag: Flag, severity: Severity, act: Act) -> None:
    """A flag weighs more or less than before, for a reason. A red one only becomes more: it is
    lifted, by another person.
    """
    session.refresh(flag, with_for_update={"of": Flag})
    keep_apart(act.actor, flag.organisation_id)
    if severity is flag.severity:
        raise DomainError(_("The flag already has this severity."))
    if flag.severity is Severity.RED:
        raise DomainError(_("A red flag must be lifted by another person."))
    before, flag.severity = flag.severity, severity
    facts = {"before": before.value, "severity": severity.value}
    advance(session, flag, FLAG, "regrade", act, **facts)


def lift(session: Session, flag: Flag, act: Act) -> None:
    """The concern is dealt with: another person than who raised it says why."""
    session.refresh(flag, with_for_update={"of": Flag})
    keep_apart(act.actor, flag.organisation_id)
    advance(session, flag, FLAG, "lift", act)

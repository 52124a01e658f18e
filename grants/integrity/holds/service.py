"""Placing, reviewing and lifting holds on organisations, and the gate that they close."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import lock_organisation
from grants.core.people.viewer import Scope, keep_apart
from grants.integrity.holds.models import HoldCoverage, OrganisationHold
from grants.integrity.holds.queries import funds_holding, in_words
from grants.integrity.holds.workflow import HOLD
from grants.platform.messages.service import tell


@dataclass(frozen=True, slots=True)
class Terms:
    """What a hold stops, what the organisation must do, if it is told, and by when the fund looks
    at it again.
    """

    coverage: HoldCoverage
    remedy: str
    is_notified: bool
    review_on: date


def place_hold(
    session: Session, organisation: Organisation, fund: Fund, terms: Terms, act: Act
) -> OrganisationHold:
    """A fund holds payments to an organisation, its new applications, or both, for a reason.

    What is being paid at this moment is finished first, or meets the hold. Conflict for an
    organisation that was merged with another one.
    """
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, Scope(fund.id))
    keep_apart(act.actor, organisation.id)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    _require_terms(terms, fund)
    lock(session, fund.id)
    lock_organisation(session, organisation.id)
    hold = OrganisationHold(
        organisation=organisation,
        fund=fund,
        coverage=terms.coverage,
        reason=reason,
        remedy=terms.remedy.strip(),
        is_notified=terms.is_notified,
        review_on=terms.review_on,
        placed_at=act.at,
    )
    begin(session, hold, HOLD, act, organisation=organisation.code, coverage=terms.coverage.value)
    _tell_organisation(session, hold, "placed", act)
    return hold


def _require_terms(terms: Terms, fund: Fund) -> None:
    if terms.is_notified and not terms.remedy.strip():
        raise DomainError(_("Say what the organisation must do."))
    if not terms.is_notified and terms.coverage is not HoldCoverage.PAYMENTS:
        raise DomainError(
            _(
                "Applicants see a hold on applications when they submit. Notify the organisation, "
                "or hold payments only."
            )
        )
    if terms.review_on <= fund.today():
        raise DomainError(_("Enter a day in the future."))


def review(session: Session, hold: OrganisationHold, review_on: date, act: Act) -> None:
    """The hold stays, for a reason, and is looked at again by another day."""
    session.refresh(hold, with_for_update={"of": OrganisationHold})
    keep_apart(act.actor, hold.organisation_id)
    if review_on <= hold.fund.today():
        raise DomainError(_("Enter a day in the future."))
    advance(session, hold, HOLD, "review", act, review_on=review_on.isoformat())
    hold.review_on = review_on


def lift(session: Session, hold: OrganisationHold, act: Act) -> None:
    """Payments and applications go on: another person than who placed the hold says why."""
    session.refresh(hold, with_for_update={"of": OrganisationHold})
    keep_apart(act.actor, hold.organisation_id)
    advance(session, hold, HOLD, "lift", act)
    _tell_organisation(session, hold, "lifted", act)


def require_no_hold(session: Session, organisation: Organisation, fund: Fund, act: Act) -> None:
    """DomainError while the fund holds anything of the organisation; what the system takes over
    from earlier records has happened already.
    """
    if not act.actor.system:
        refuse_held(session, organisation, fund)


def refuse_held(session: Session, organisation: Organisation, fund: Fund) -> None:
    """DomainError while the fund holds anything of the organisation, also in jobs."""
    if (fund.id, organisation.id) in funds_holding(session, [organisation.id]):
        raise DomainError(in_words(organisation, fund))


def _tell_organisation(session: Session, hold: OrganisationHold, what: str, act: Act) -> None:
    if not hold.is_notified:
        return
    organisation = hold.organisation_id
    tell(
        session,
        people_of_organisation(session, organisation, Permission.GRANT_CHANGE_REQUEST),
        f"integrity/holds/{what}",
        act,
        event=f"organisation_hold:{hold.id}:{what}",
        fund=hold.fund,
        organisation=hold.organisation.name,
        coverage=hold.coverage.label,
        remedy=hold.remedy,
        url=absolute("/start"),
    )

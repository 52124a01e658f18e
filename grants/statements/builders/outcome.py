"""The letter that tells an applicant that there is no grant, and why."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applications.models import Application
from grants.applications.workflow import ApplicationState
from grants.audit.models import TrailRow
from grants.audit.queries import trail_of
from grants.kernel.clock import VIENNA
from grants.kernel.errors import DomainError
from grants.kernel.language import gettext as _
from grants.kernel.language import in_language
from grants.screening.models import Check
from grants.statements.paper import Addressee, Issuer, Paper
from grants.statements.records import application_called

DECISIONS = {
    ApplicationState.INELIGIBLE: "find_ineligible",
    ApplicationState.REJECTED: "reject",
}


@dataclass(frozen=True, slots=True)
class UnmetCriterion:
    """A criterion of eligibility that the application does not meet."""

    criterion: str
    reason: str


@dataclass(frozen=True, slots=True)
class Regret:
    """An application that does not lead to a grant."""

    application: str
    organisation: Addressee
    title: str
    call: str
    call_reference: str
    decided_on: date
    eligible: bool
    """False: it was not assessed, because criteria of eligibility are not met."""
    unmet: tuple[UnmetCriterion, ...]
    reason: str | None
    """Of the decision, as recorded."""


def regret_letter(session: Session, reference: str) -> Paper:
    """The letter of regret; it exists once the decision is taken."""
    application = application_called(session, reference)
    decision = _decision(session, application)
    eligible = application.state is not ApplicationState.INELIGIBLE
    decided_on = decision.at.astimezone(VIENNA).date()
    facts = Regret(
        application=application.reference,
        organisation=Addressee.of(application.organisation),
        title=application.title,
        call=application.call.name,
        call_reference=application.call.reference,
        decided_on=decided_on,
        eligible=eligible,
        unmet=() if eligible else _unmet(session, application),
        reason=decision.reason,
    )
    return Paper(
        document="regret-letter",
        title=_("Outcome of your application"),
        reference=application.reference,
        on=decided_on,
        issuer=Issuer.of(application.call.fund),
        facts=facts,
    )


def _decision(session: Session, application: Application) -> TrailRow:
    """The act that ended the application's way."""
    action = DECISIONS.get(application.state)
    rows = trail_of(session, "application", application.id)
    decided = [row for row in rows if row.action == action]
    if not decided:
        raise DomainError(_("There is no decision on this application that a letter could tell."))
    return decided[-1]


def _unmet(session: Session, application: Application) -> tuple[UnmetCriterion, ...]:
    """In the order of the call's checklist."""
    reasons = {
        check.criterion: check.reason
        for check in session.scalars(
            select(Check).where(Check.application_id == application.id, Check.met.is_(False))
        )
    }
    return tuple(
        UnmetCriterion(in_language(item["label"]), reasons[item["key"]])
        for item in application.call.eligibility
        if item["key"] in reasons
    )

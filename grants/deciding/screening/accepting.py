"""Screening by what the system knows: the applications about which no criterion leaves a doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.deciding.screening.queries import Item, checklist
from grants.deciding.screening.service import Answer, decide


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one application. `why_not`: what a person has to judge first, else empty."""

    evidence: Sequence[str]
    """For each criterion, why it counts as met."""
    why_not: str = ""


def finding(application: Application, items: Sequence[Item]) -> Finding:
    """Clear if every criterion is met: by the answers and the fund's records, or because a person
    marked it so. What a person marked goes before what is suggested.
    """
    if application.state != ApplicationState.SUBMITTED:
        status = APPLICATION.names[application.state].staff
        return Finding((), _("This cannot be done now: the status is “%(state)s”.", state=status))
    evidence = [f"{item.label}: {_because(item)}" for item in items if _met(item)]
    unmet = [item.label for item in items if _met(item) is False]
    unknown = [item.label for item in items if _met(item) is None]
    if unmet:
        return Finding(evidence, _("Not met: %(criteria)s.", criteria="; ".join(unmet)))
    if unknown or not items:
        named = "; ".join(unknown)
        return Finding(evidence, _("A person must check: %(criteria)s.", criteria=named))
    return Finding(evidence)


def _met(item: Item) -> bool | None:
    if item.met is not None:
        return item.met
    return item.suggestion.met if item.suggestion else None


def _because(item: Item) -> str:
    if item.met is None and item.suggestion:
        return item.suggestion.because
    return item.reason or _("marked as met")


def accept_suggestions(session: Session, application: Application, act: Act) -> None:
    """Find an application eligible because every criterion is known to be met; the evidence is
    kept with each. DomainError if one of them is not, or if a person has to judge it.
    """
    items = checklist(session, application)
    if why_not := finding(application, items).why_not:
        raise DomainError(why_not)
    decide(session, application, {item.key: Answer(True, _kept(item)) for item in items}, act)


def _kept(item: Item) -> str:
    """What the record keeps as the reason why it is met."""
    if item.met is None and item.suggestion:
        return item.suggestion.because
    return item.reason

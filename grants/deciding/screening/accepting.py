"""Screening by what the system knows: the applications about which no criterion leaves a doubt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.core.texts.marks import spaced
from grants.deciding.screening.queries import Item, checklists
from grants.deciding.screening.service import Answer, decide_all


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one application. `why_not`: what a person has to judge first, else empty."""

    evidence: Sequence[str]
    """For each criterion, why it counts as met."""
    why_not: str = ""


def finding(
    application: Application, items: Sequence[Item], checked: Collection[str] = ()
) -> Finding:
    """Clear if every criterion is met: by the answers and the fund's records, or because a person
    marked it so. What a person marked goes before what is suggested. `checked`: criteria that the
    person who decides has checked, where the system does not know.
    """
    if not application.awaits_screening:
        status = APPLICATION.names[application.state].staff
        return Finding((), _("This cannot be done now: the status is “%(state)s”.", state=status))
    evidence = [_evidence_text(item, checked) for item in items if _is_met(item, checked)]
    unmet = [_criterion_name(item) for item in items if _is_met(item, checked) is False]
    unknown = [_evidence_text(item) for item in items if _is_met(item, checked) is None]
    if unmet:
        return Finding(evidence, _("Not met: %(criteria)s.", criteria=spaced(";").join(unmet)))
    if unknown or not items:
        to_check = spaced(";").join(text.rstrip(".") for text in unknown)
        return Finding(evidence, _("A person must check: %(criteria)s.", criteria=to_check))
    return Finding(evidence)


def confirms(application: Application, items: Sequence[Item], viewer: Viewer) -> bool:
    """Would this person decide, or leave it complete for the second one whom the call wants?"""
    answered_by_viewer = [
        item for item in items if item.met is None or item.answered_by == viewer.person_id
    ]
    return not (application.call.second_screener and answered_by_viewer)


def _is_met(item: Item, checked: Collection[str]) -> bool | None:
    if item.met is not None:
        return item.met
    suggested = item.suggestion.met if item.suggestion else None
    return True if suggested is None and item.key in checked else suggested


def _criterion_name(item: Item) -> str:
    return item.label.rstrip(".")


def _evidence_text(item: Item, checked: Collection[str] = ()) -> str:
    """A criterion with the facts about it, and who says that it is met where a person does."""
    facts = [item.suggestion.because] if item.suggestion and item.met is None else [item.reason]
    if item.met:
        facts.append(_("Marked as met."))
    elif _is_met(item, checked) and _is_met(item, ()) is None:
        facts.append(_("Checked by you."))
    return " ".join([f"{_criterion_name(item)}:", *filter(None, facts)]).removesuffix(":")


def accept_suggestions(
    session: Session,
    applications: Sequence[Application],
    act: Act,
    checked: Collection[str] = (),
) -> None:
    """Find applications eligible because every criterion is known to be met; the evidence is kept
    with each. DomainError if one of them is not, or if a person has to judge it.
    """
    items = checklists(session, applications)
    for application in applications:
        if why_not := finding(application, items[application.id], checked).why_not:
            raise DomainError(why_not)
    answered = [
        (
            application,
            {item.key: Answer(True, _reason_kept(item)) for item in items[application.id]},
        )
        for application in applications
    ]
    decide_all(session, answered, act)


def _reason_kept(item: Item) -> str:
    """What the record keeps as the reason why it is met."""
    if item.met is None and item.suggestion:
        return item.suggestion.because
    return item.reason

"""Screening an application against its call's eligibility criteria."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext, use_language
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.letters.service import attached, send_outcome
from grants.deciding.screening.models import Check
from grants.deciding.screening.queries import checks
from grants.deciding.screening.suggestions import Facts, suggest


@dataclass(frozen=True, slots=True)
class Answer:
    """One criterion: met, not met with the reason, or not looked at yet (None)."""

    met: bool | None
    reason: str = ""


def keep_checks(
    session: Session, application: Application, answers: Mapping[str, Answer], act: Act
) -> None:
    """Keep a checklist half-done: whatever is there stays until it is decided."""
    locked(session, application.id)
    if not act.actor.may(Permission.SCREENING_DECIDE, application.scope):
        raise Forbidden(_("Your role does not allow this."))
    keep_apart(act.actor, application.organisation_id)
    APPLICATION.require("find_eligible", application.state)
    known, facts = checks(session, application), Facts.of(session, application)
    for criterion in application.call.eligibility:
        answer = answers.get(criterion["key"])
        if answer is not None:
            suggestion = suggest(criterion, facts)
            check = known.get(criterion["key"]) or Check(
                application_id=application.id, criterion=criterion["key"]
            )
            check.met, check.reason = answer.met, answer.reason.strip()
            check.suggested = suggestion.met if suggestion else None
            check.checked_by_id, check.checked_at = act.actor.person_id, act.at
            session.add(check)
    session.flush()


def decide(
    session: Session, application: Application, answers: Mapping[str, Answer], act: Act
) -> ApplicationState:
    """Decide on eligibility: all criteria met, or one of them not, which ends the application.

    DomainError while a criterion is open or a "not met" lacks its reason: the reasons are given
    to the applicant, by e-mail and letter. Returns the new state of the application.
    """
    keep_checks(session, application, answers, act)
    known = checks(session, application)
    _require_complete(application, known)
    for check in known.values():
        check.decided_at = act.at
    unmet = [key for key, check in known.items() if not check.met]
    if unmet:
        reasons = _reasons(application, known)
        found = replace(act, reason=reasons)
        advance(session, application, APPLICATION, "find_ineligible", found, unmet=sorted(unmet))
    else:
        as_suggested = sum(1 for check in known.values() if check.suggested)
        facts = {"criteria": len(known), "as_suggested": as_suggested}
        advance(session, application, APPLICATION, "find_eligible", act, **facts)
    _tell_applicant(session, application, known)
    return application.state


def _require_complete(application: Application, known: Mapping[str, Check]) -> None:
    keys = [criterion["key"] for criterion in application.call.eligibility]
    if not keys:
        raise DomainError(_("This call has no eligibility criteria to screen against."))
    open_rows = sum(1 for key in keys if key not in known or known[key].met is None)
    if open_rows:
        raise DomainError(
            ngettext(
                "%(num)s criterion is not answered yet.",
                "%(num)s criteria are not answered yet.",
                open_rows,
            )
        )
    if any(known[key].met is False and not known[key].reason for key in keys):
        raise DomainError(
            _("Give the reason for each criterion that is not met. It will appear in the letter.")
        )


def _reasons(application: Application, known: Mapping[str, Check]) -> str:
    """One line for each criterion not met, in the application's language."""
    with use_language(application.language):
        return "\n".join(
            f"{in_language(criterion['label'])}: {known[criterion['key']].reason}"
            for criterion in application.call.eligibility
            if known[criterion["key"]].met is False
        )


def _tell_applicant(session: Session, application: Application, known: Mapping[str, Check]) -> None:
    eligible = application.state == ApplicationState.ELIGIBLE
    letter = attached("regret-letter", application.reference, application.language)
    send_outcome(
        session,
        application.organisation_id,
        "eligible" if eligible else "ineligible",
        f"application:{application.id}:screened",
        attachments=[] if eligible else letter,
        application=application,
        reasons=[] if eligible else _reasons(application, known).splitlines(),
        url=absolute(f"/applying/{application.reference}"),
    )

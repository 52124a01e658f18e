"""Screening an application against its call's eligibility criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked_all
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext, use_language
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer, keep_apart
from grants.core.texts.marks import spaced
from grants.deciding.letters.models import LetterKind
from grants.deciding.letters.service import Outcome, attached, send_outcomes
from grants.deciding.letters.writing import say_with
from grants.deciding.screening.models import Check
from grants.deciding.screening.queries import checks_of
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
    _keep_all(session, [(application, answers)], act)
    session.flush()


Answered = tuple[Application, Mapping[str, Answer]]
"""An application, and an answer for each criterion of its call."""
Checks = dict[str, Check]
"""What the checklist of one application holds, by criterion."""


def _keep_all(session: Session, answered: Sequence[Answered], act: Act) -> Mapping[int, Checks]:
    applications = [application for application, _answers in answered]
    locked_all(session, [application.id for application in applications])
    for application in applications:
        if not act.actor.may(Permission.SCREENING_DECIDE, application.scope):
            raise Forbidden(_("Your role does not allow this."))
        keep_apart(act.actor, application.organisation_id)
        APPLICATION.require("find_eligible", application.state)
    checks, facts = checks_of(session, applications), Facts.of_all(session, applications)
    for application, answers in answered:
        _keep_answers(checks[application.id], facts[application.id], answers, act)
        session.add_all(checks[application.id].values())
    return checks


def _keep_answers(checks: Checks, facts: Facts, answers: Mapping[str, Answer], act: Act) -> None:
    for criterion in facts.application.call.eligibility:
        answer = answers.get(criterion["key"])
        if answer is not None:
            suggestion = suggest(criterion, facts)
            check = checks.setdefault(
                criterion["key"],
                Check(
                    application_id=facts.application.id,
                    criterion=criterion["key"],
                    met=None,
                    reason="",
                    checked_at=act.at,
                ),
            )
            check.suggested = suggestion.met if suggestion else None
            new = answer.met, answer.reason.strip()
            if new != (check.met, check.reason):  # unchanged, it is still the first one's
                check.met, check.reason = new
                check.checked_by_id, check.checked_at = act.actor.person_id, act.at


def decide(
    session: Session,
    application: Application,
    answers: Mapping[str, Answer],
    act: Act,
    paragraph: str = "",
) -> ApplicationState:
    """Decide on eligibility: all criteria met, or one of them not, which ends the application.
    Where the call wants a second person, nobody decides whose own answers stand in the checklist:
    it is kept, complete, for another person.

    DomainError while a criterion is open or a "not met" lacks its reason: the reasons are given
    to the applicant, by e-mail and letter, with a paragraph of the fund's own if there is one.
    Returns the new state of the application.
    """
    decide_all(session, [(application, answers)], act)
    if application.is_ineligible:
        say_with(session, application, LetterKind.REGRET, paragraph, act)
    return application.state


def decide_all(session: Session, answered: Sequence[Answered], act: Act) -> None:
    """Decide on several applications, as `decide` does."""
    checks = _keep_all(session, answered, act)
    for application, _answers in answered:
        _require_complete(application, checks[application.id])
    decided = [
        application
        for application, _answers in answered
        if not for_another(application, checks[application.id], act.actor)
    ]
    for application in decided:
        _advance_screened(session, application, checks[application.id], act)
    _tell_applicants(session, decided, checks)


def for_another(application: Application, checks: Checks, viewer: Viewer) -> bool:
    """Does the call want another person to decide, because answers of this one stand?"""
    return application.call.second_screener and any(
        check.checked_by_id == viewer.person_id for check in checks.values()
    )


def _advance_screened(session: Session, application: Application, checks: Checks, act: Act) -> None:
    for check in checks.values():
        check.decided_at = act.at
    unmet = [key for key, check in checks.items() if not check.met]
    if unmet:
        reasons = _reasons_unmet(application, checks)
        with_reasons = replace(act, reason=reasons)
        advance(
            session, application, APPLICATION, "find_ineligible", with_reasons, unmet=sorted(unmet)
        )
    else:
        as_suggested = sum(1 for check in checks.values() if check.suggested)
        facts = {"criteria": len(checks), "as_suggested": as_suggested}
        advance(session, application, APPLICATION, "find_eligible", act, **facts)
        if not application.call.reviewers:
            advance(session, application, APPLICATION, "pass_without_review", act)


def _require_complete(application: Application, checks: Mapping[str, Check]) -> None:
    keys = [criterion["key"] for criterion in application.call.eligibility]
    if not keys:
        raise DomainError(_("This call has no eligibility criteria to screen against."))
    open_rows = sum(1 for key in keys if key not in checks or checks[key].met is None)
    if open_rows:
        raise DomainError(
            ngettext(
                "%(num)s criterion is not answered yet.",
                "%(num)s criteria are not answered yet.",
                open_rows,
            )
        )
    if any(checks[key].met is False and not checks[key].reason for key in keys):
        raise DomainError(
            _("Give the reason for each criterion that is not met. It will appear in the letter.")
        )


def _reasons_unmet(application: Application, checks: Mapping[str, Check]) -> str:
    """One line for each criterion not met, in the application's language."""
    with use_language(application.language):
        return "\n".join(
            spaced(":").join((in_language(criterion["label"]), checks[criterion["key"]].reason))
            for criterion in application.call.eligibility
            if checks[criterion["key"]].met is False
        )


def _tell_applicants(
    session: Session, applications: Sequence[Application], checks: Mapping[int, Checks]
) -> None:
    send_outcomes(
        session, [_outcome_of(application, checks[application.id]) for application in applications]
    )


def _outcome_of(application: Application, checks: Checks) -> Outcome:
    eligible = not application.is_ineligible
    letter = attached("regret-letter", application.reference, application.language)
    return Outcome(
        application.organisation_id,
        "eligible" if eligible else "ineligible",
        f"application:{application.id}:screened",
        {
            "application": application,
            "reasons": [] if eligible else _reasons_unmet(application, checks).splitlines(),
            "url": absolute(f"/applying/{application.reference}"),
        },
        [] if eligible else letter,
    )

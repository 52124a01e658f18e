"""Screening an application against its call's eligibility criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked_all
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, together
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext, use_language
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer, keep_apart
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
Known = dict[str, Check]
"""What the checklist of one application holds, by criterion."""


def _keep_all(session: Session, answered: Sequence[Answered], act: Act) -> Mapping[int, Known]:
    applications = [application for application, _answers in answered]
    locked_all(session, [application.id for application in applications])
    for application in applications:
        if not act.actor.may(Permission.SCREENING_DECIDE, application.scope):
            raise Forbidden(_("Your role does not allow this."))
        keep_apart(act.actor, application.organisation_id)
        APPLICATION.require("find_eligible", application.state)
    known, facts = checks_of(session, applications), Facts.of_all(session, applications)
    for application, answers in answered:
        _answer(known[application.id], facts[application.id], answers, act)
        session.add_all(known[application.id].values())
    return known


def _answer(known: Known, facts: Facts, answers: Mapping[str, Answer], act: Act) -> None:
    for criterion in facts.application.call.eligibility:
        answer = answers.get(criterion["key"])
        if answer is not None:
            suggestion = suggest(criterion, facts)
            check = known.setdefault(
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
            given = answer.met, answer.reason.strip()
            if given != (check.met, check.reason):  # unchanged, it is still the first one's
                check.met, check.reason = given
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
    if application.state == ApplicationState.INELIGIBLE:
        say_with(session, application, LetterKind.REGRET, paragraph, act)
    return application.state


def decide_all(session: Session, answered: Sequence[Answered], act: Act) -> None:
    """The same for several applications, under the same rules, in as few statements as for one."""
    known = _keep_all(session, answered, act)
    for application, _answers in answered:
        _require_complete(application, known[application.id])
    decided = [one for one, _answers in answered if not for_another(one, known[one.id], act.actor)]
    with together(session):
        for application in decided:
            _advance(session, application, known[application.id], act)
    _tell_applicants(session, decided, known)


def for_another(application: Application, known: Known, viewer: Viewer) -> bool:
    """Does the call want another person to decide, because answers of this one stand?"""
    return application.call.second_screener and any(
        check.checked_by_id == viewer.person_id for check in known.values()
    )


def _advance(session: Session, application: Application, known: Known, act: Act) -> None:
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
        if not application.call.reviewers:
            advance(session, application, APPLICATION, "pass_without_review", act)


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


def _tell_applicants(
    session: Session, applications: Sequence[Application], known: Mapping[int, Known]
) -> None:
    send_outcomes(session, [_outcome(one, known[one.id]) for one in applications])


def _outcome(application: Application, known: Known) -> Outcome:
    eligible = application.state != ApplicationState.INELIGIBLE
    letter = attached("regret-letter", application.reference, application.language)
    return Outcome(
        application.organisation_id,
        "eligible" if eligible else "ineligible",
        f"application:{application.id}:screened",
        {
            "application": application,
            "reasons": [] if eligible else _reasons(application, known).splitlines(),
            "url": absolute(f"/applying/{application.reference}"),
        },
        [] if eligible else letter,
    )

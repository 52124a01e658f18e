"""An organisation asks to be verified; the fund's people answer five questions, with reasons."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from grants.applying.organisations.facts import FACTS, profile_of
from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.queries import papers_of
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.queries import verification_of
from grants.applying.organisations.verification.questions import CHECKS, Check
from grants.applying.organisations.verification.workflow import VERIFICATION, VerificationState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import lock_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.marks import spaced
from grants.platform.messages.service import tell

YEARS = 5
"""How long a verification holds."""
RENEWED = timedelta(days=90)
"""So long before its end it may be asked for again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of the fund's people found on one question, and where they looked."""

    answer: bool
    note: str


def open_file(session: Session, organisation: Organisation, act: Act) -> Verification:
    """The verification of an organisation, begun now if it is new."""
    lock_organisation(session, organisation.id)
    verification = verification_of(session, organisation.id)
    if verification is None:
        verification = Verification(organisation=organisation)
        begin(session, verification, VERIFICATION, act)
    return verification


def missing(session: Session, organisation: Organisation) -> list[str]:
    """What the profile must say before it can be verified, in words."""
    profile = profile_of(organisation)
    needed = [fact for fact in FACTS if fact.uses.verified == "needed"]
    lacking = [str(fact.label) for fact in needed if fact.of(profile) == fact.kind.blank]
    if not papers_of(session, organisation.id, PaperKind.CERTIFICATE):
        lacking.append(_("Registration certificate, uploaded"))
    return lacking


def ask(session: Session, organisation: Organisation, act: Act) -> Verification:
    """An administrator of the organisation asks. DomainError with what the profile lacks."""
    if organisation.id not in act.actor.organisations_with(Permission.ORGANISATION_EDIT):
        raise Forbidden(_("Your role does not allow this."))
    verification = open_file(session, organisation, act)
    session.refresh(verification, with_for_update=True)
    require_ready(session, organisation, verification)
    verification.asked_at = act.at
    if verification.state is VerificationState.VERIFIED:
        advance(session, verification, VERIFICATION, "renew", act)
    else:
        advance(session, verification, VERIFICATION, "ask", act)
    return verification


def require_ready(
    session: Session, organisation: Organisation, verification: Verification | None
) -> None:
    """DomainError if verification cannot be asked for now, with what is missing."""
    if lacking := missing(session, organisation):
        raise DomainError(
            _("Complete the profile first: %(what)s.", what=spaced(",").join(lacking))
        )
    if verification is None:
        return
    if verification.state is VerificationState.VERIFIED and not may_renew(verification):
        raise DomainError(
            _("Your organisation is verified. Ask again when the verification expires.")
        )
    if verification.state is not VerificationState.VERIFIED:
        VERIFICATION.require("ask", verification.state)


def may_renew(verification: Verification) -> bool:
    """Does it end so soon that it may be asked for again?"""
    until = verification.valid_until
    return until is not None and clock.today() >= until - RENEWED


def verify(
    session: Session, verification: Verification, answers: Mapping[str, Answer], act: Act
) -> None:
    """Every question has the answer that it needs: verified for five years. The organisation is
    told.

    DomainError naming the questions that are not answered so: then return or reject it.
    """
    _lock_examined(session, verification, "verify", act)
    wrong = [check for check in CHECKS if not _is_passed(check, answers.get(check.key))]
    if wrong:
        raise DomainError(
            _(
                "Not verified, because of: %(questions)s Return it to the organisation, or reject "
                "it, and say why.",
                questions=" ".join(f"“{check.text}”" for check in wrong),
            )
        )
    verification.answers = {check.key: asdict(answers[check.key]) for check in CHECKS}
    verification.reason, verification.valid_until = (
        "",
        clock.months_after(clock.today(), 12 * YEARS),
    )
    _record_decision(session, verification, "verify", act)


def return_(session: Session, verification: Verification, act: Act) -> None:
    """The organisation is to correct or add something: the reason says what."""
    _with_reason(session, verification, "return", act)


def reject(session: Session, verification: Verification, act: Act) -> None:
    """The organisation is not accepted; the fund's people can return it later."""
    _with_reason(session, verification, "reject", act)


def suspend(session: Session, verification: Verification, act: Act) -> None:
    """A concern about a verified organisation is looked into."""
    _with_reason(session, verification, "suspend", act)


def reinstate(session: Session, verification: Verification, act: Act) -> None:
    """The concern was settled: it is verified until the same day as before."""
    _lock_examined(session, verification, "reinstate", act)
    _record_decision(session, verification, "reinstate", act)
    verification.reason = ""
    session.flush()


def _with_reason(session: Session, verification: Verification, action: str, act: Act) -> None:
    _lock_examined(session, verification, action, act)
    verification.reason = (act.reason or "").strip()
    _record_decision(session, verification, action, act)


def _lock_examined(session: Session, verification: Verification, action: str, act: Act) -> None:
    keep_apart(act.actor, verification.organisation_id)
    session.refresh(verification, with_for_update=True)
    require(session, verification, VERIFICATION, action, act)


def _record_decision(session: Session, verification: Verification, action: str, act: Act) -> None:
    verification.decided_at, verification.decided_by = act.at, act.actor.person_id
    advance(session, verification, VERIFICATION, action, act)
    admins = people_of_organisation(
        session, verification.organisation_id, Permission.ORGANISATION_EDIT
    )
    tell(
        session,
        admins,
        MAILS[action],
        act,
        event=f"verification:{verification.id}:{verification.version}:{action}",
        organisation=verification.organisation.name,
        reason=verification.reason,
        until=verification.valid_until,
        url=absolute(f"/organisations/{verification.organisation.code}/verification"),
    )


MAILS = {
    "verify": "applying/organisations/verification_verified",
    "reinstate": "applying/organisations/verification_verified",
    "return": "applying/organisations/verification_returned",
    "reject": "applying/organisations/verification_rejected",
    "suspend": "applying/organisations/verification_suspended",
}


def _is_passed(check: Check, answer: Answer | None) -> bool:
    return answer is not None and answer.answer is check.passes

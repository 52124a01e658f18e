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
    found = verification_of(session, organisation.id)
    if found is None:
        found = Verification(organisation=organisation)
        begin(session, found, VERIFICATION, act)
    return found


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
    found = open_file(session, organisation, act)
    session.refresh(found, with_for_update=True)
    require_ready(session, organisation, found)
    found.asked_at = act.at
    if found.state is VerificationState.VERIFIED:
        advance(session, found, VERIFICATION, "renew", act)
    else:
        advance(session, found, VERIFICATION, "ask", act)
    return found


def require_ready(session: Session, organisation: Organisation, found: Verification | None) -> None:
    """DomainError if verification cannot be asked for now, with what is missing."""
    if lacking := missing(session, organisation):
        raise DomainError(_("Complete the profile first: %(what)s.", what=", ".join(lacking)))
    if found is None:
        return
    if found.state is VerificationState.VERIFIED and not may_renew(found):
        raise DomainError(_("Your organisation is verified. Ask again when it expires."))
    if found.state is not VerificationState.VERIFIED:
        VERIFICATION.require("ask", found.state)


def may_renew(found: Verification) -> bool:
    """Does it end so soon that it may be asked for again?"""
    until = found.valid_until
    return until is not None and clock.today() >= until - RENEWED


def verify(session: Session, found: Verification, answers: Mapping[str, Answer], act: Act) -> None:
    """Every question has the answer that it needs: verified for five years. The organisation is
    told.

    DomainError naming the questions that are not answered so: then return or reject it.
    """
    _examining(session, found, "verify", act)
    wrong = [check for check in CHECKS if not _passes(check, answers.get(check.key))]
    if wrong:
        raise DomainError(
            _(
                "Not verified, because of: %(questions)s Return it to the organisation, or reject "
                "it, and say why.",
                questions=" ".join(f"“{check.text}”" for check in wrong),
            )
        )
    found.answers = {check.key: asdict(answers[check.key]) for check in CHECKS}
    found.reason, found.valid_until = "", clock.months_after(clock.today(), 12 * YEARS)
    _decide(session, found, "verify", act)


def return_(session: Session, found: Verification, act: Act) -> None:
    """The organisation is to correct or add something: the reason says what."""
    _with_reason(session, found, "return", act)


def reject(session: Session, found: Verification, act: Act) -> None:
    """The organisation is not accepted; the fund's people can return it later."""
    _with_reason(session, found, "reject", act)


def suspend(session: Session, found: Verification, act: Act) -> None:
    """A concern about a verified organisation is looked into."""
    _with_reason(session, found, "suspend", act)


def reinstate(session: Session, found: Verification, act: Act) -> None:
    """The concern was settled: it is verified until the same day as before."""
    _examining(session, found, "reinstate", act)
    _decide(session, found, "reinstate", act)
    found.reason = ""
    session.flush()


def _with_reason(session: Session, found: Verification, action: str, act: Act) -> None:
    _examining(session, found, action, act)
    found.reason = (act.reason or "").strip()
    _decide(session, found, action, act)


def _examining(session: Session, found: Verification, action: str, act: Act) -> None:
    keep_apart(act.actor, found.organisation_id)
    session.refresh(found, with_for_update=True)
    require(session, found, VERIFICATION, action, act)


def _decide(session: Session, found: Verification, action: str, act: Act) -> None:
    found.decided_at, found.decided_by = act.at, act.actor.person_id
    advance(session, found, VERIFICATION, action, act)
    admins = people_of_organisation(session, found.organisation_id, Permission.ORGANISATION_EDIT)
    tell(
        session,
        admins,
        MAILS[action],
        act,
        event=f"verification:{found.id}:{found.version}:{action}",
        organisation=found.organisation.name,
        reason=found.reason,
        until=found.valid_until,
        url=absolute(f"/organisations/{found.organisation.code}/verification"),
    )


MAILS = {
    "verify": "applying/organisations/verification_verified",
    "reinstate": "applying/organisations/verification_verified",
    "return": "applying/organisations/verification_returned",
    "reject": "applying/organisations/verification_rejected",
    "suspend": "applying/organisations/verification_suspended",
}


def _passes(check: Check, given: Answer | None) -> bool:
    return given is not None and given.answer is check.passes

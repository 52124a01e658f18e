"""The letters that tell an applicant that there is no grant, or none yet, and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import application_by_reference
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.reserve import letter_confirmed
from grants.deciding.feedback.models import LetterKind
from grants.deciding.feedback.queries import feedback_by_criterion, sent_with
from grants.deciding.reviews.queries import score_summary
from grants.deciding.screening.queries import grounds
from grants.papers.typesetting.paper import Addressee, Issuer, Paper

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
class Mark:
    """The average mark for one criterion, out of 5."""

    criterion: str
    weight: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The reviews in figures, out of 100."""

    average: Decimal
    pass_mark: int
    reviews: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What the secretariat adds to a letter, as it was sent: a paragraph, and feedback by criterion
    (its label, the text).
    """

    paragraph: str = ""
    feedback: tuple[tuple[str, str], ...] = ()


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
    score: Score | None
    """None where it was not reviewed."""
    words: Words


@dataclass(frozen=True, slots=True)
class Reserved:
    """An application on the reserve list, with its place on it."""

    application: str
    organisation: Addressee
    title: str
    call: str
    call_reference: str
    confirmed_on: date
    place: int
    of: int
    """How many applications of the call are on the list."""
    requested: Money
    score: Score | None
    words: Words


def reserve_letter(session: Session, reference: str) -> Paper:
    """The letter to an applicant on the reserve list; it exists once the list is confirmed."""
    application = application_by_reference(session, reference)
    confirmed = letter_confirmed(session, application)
    if confirmed is None:
        raise DomainError(
            _("There is no decision on this application to communicate by letter yet.")
        )
    confirmed_on = application.call.fund.day_of(confirmed.at)
    facts = Reserved(
        application=application.reference,
        organisation=Addressee.of(application.organisation),
        title=application.title,
        call=application.call.name,
        call_reference=application.call.reference,
        confirmed_on=confirmed_on,
        place=confirmed.facts["place"],
        of=confirmed.facts["of"],
        requested=application.requested or usd(0),
        score=_score(session, application),
        words=_words(session, application, LetterKind.RESERVE),
    )
    return Paper(
        document="reserve-letter",
        title=_("Your application is on the reserve list"),
        reference=application.reference,
        on=confirmed_on,
        issuer=Issuer.of(application.call.fund),
        facts=facts,
    )


def regret_letter(session: Session, reference: str) -> Paper:
    """The letter of regret; it exists once the decision is taken."""
    application = application_by_reference(session, reference)
    decision = _decision(session, application)
    eligible = application.state is not ApplicationState.INELIGIBLE
    decided_on = application.call.fund.day_of(decision.at)
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
        score=_score(session, application) if eligible else None,
        words=_words(session, application, LetterKind.REGRET),
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
        raise DomainError(
            _("There is no decision on this application to communicate by letter yet.")
        )
    return decided[-1]


def _unmet(session: Session, application: Application) -> tuple[UnmetCriterion, ...]:
    return tuple(UnmetCriterion(*found) for found in grounds(session, application))


def _score(session: Session, application: Application) -> Score | None:
    found = score_summary(session, application)
    if found is None:
        return None
    marks = tuple(Mark(*row) for row in found.criteria)
    return Score(found.average, found.pass_mark, found.reviews, marks)


def _words(session: Session, application: Application, kind: LetterKind) -> Words:
    sent = sent_with(session, application, kind)
    feedback = feedback_by_criterion(application, sent)
    return Words(sent.paragraph if sent else "", tuple(feedback))

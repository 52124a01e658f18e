"""The letters that tell an applicant that there is no grant, or none yet, and why."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import application_by_reference
from grants.applying.applications.workflow import BEFORE_A_LETTER, ApplicationState
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import reason_not_recommended
from grants.deciding.feedback.queries import feedback_by_criterion, sent_with
from grants.deciding.letters.models import Letter, LetterKind, OutcomeLetter
from grants.deciding.letters.texts import Frame, frame_of
from grants.deciding.letters.writing import draft_of
from grants.deciding.reserve_list.reserve import letter_confirmed, places_on_list
from grants.deciding.reviews.queries import score_summary
from grants.deciding.screening.queries import grounds
from grants.papers.typesetting.paper import Addressee, Issuer, Paper

DECISIONS = {
    ApplicationState.INELIGIBLE: "find_ineligible",
    ApplicationState.REJECTED: "reject",
    ApplicationState.NOT_INVITED: "not_invite",
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
    frame: Frame
    """How the letter begins and ends."""


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
    frame: Frame


def reserve_letter(session: Session, reference: str) -> Paper:
    """The letter to an applicant on the reserve list; it exists once the list is confirmed."""
    application = application_by_reference(session, reference)
    confirmed = letter_confirmed(session, application)
    if confirmed is None:
        raise DomainError(
            _("There is no decision on this application to communicate by letter yet.")
        )
    place = Place(confirmed.facts["place"], confirmed.facts["of"])
    words = _words_sent(session, application, LetterKind.RESERVE)
    return _reserve_letter(session, application, confirmed.at, place, words)


def regret_letter(session: Session, reference: str) -> Paper:
    """The letter of regret; it exists once the decision is taken."""
    application = application_by_reference(session, reference)
    decision = _decision_on(session, application)
    words = _words_sent(session, application, LetterKind.REGRET)
    return _regret_letter(session, application, decision.at, decision.reason, words)


def letter_to_be(session: Session, application: Application, at: datetime) -> Paper:
    """The letter of regret, or the one on the reserve list, as it would go out at this moment.

    DomainError where neither can follow. It says of itself that it is provisional.
    """
    if application.state not in BEFORE_A_LETTER:
        raise DomainError(
            _(
                "No letter of regret and no letter about the reserve list"
                " will be sent for this application."
            )
        )
    words = _words_of(application, draft_of(session, application))
    if application.is_on_reserve:
        places = places_on_list(session, application.call_id)
        place = Place(places[application.id], len(places))
        paper = _reserve_letter(session, application, at, place, words)
    else:
        reason = reason_not_recommended(session, application)
        paper = _regret_letter(session, application, at, reason, words)
    return replace(paper, unsigned=True)


@dataclass(frozen=True, slots=True)
class Place:
    """On the reserve list of a call."""

    number: int
    of: int


def _reserve_letter(
    session: Session, application: Application, at: datetime, place: Place, words: Words
) -> Paper:
    fund = application.call.fund
    facts = Reserved(
        application=application.reference,
        organisation=Addressee.of(application.organisation),
        title=application.title,
        call=application.call.name,
        call_reference=application.call.reference,
        confirmed_on=fund.day_of(at),
        place=place.number,
        of=place.of,
        requested=application.requested or usd(0),
        score=_score_of(session, application),
        words=words,
        frame=frame_of(session, fund, Letter.RESERVE, named(application), at),
    )
    title = _("Your application is on the reserve list")
    issuer = Issuer.of(fund)
    return Paper("reserve-letter", title, application.reference, facts.confirmed_on, issuer, facts)


def _regret_letter(
    session: Session, application: Application, at: datetime, reason: str | None, words: Words
) -> Paper:
    fund, eligible = application.call.fund, not application.is_ineligible
    letter = Letter.REGRET if eligible else Letter.INELIGIBLE
    if application.call.is_first_stage and eligible:
        letter = Letter.NOT_INVITED
    facts = Regret(
        application=application.reference,
        organisation=Addressee.of(application.organisation),
        title=application.title,
        call=application.call.name,
        call_reference=application.call.reference,
        decided_on=fund.day_of(at),
        eligible=eligible,
        unmet=() if eligible else _unmet_criteria(session, application),
        reason=reason,
        score=_score_of(session, application) if eligible else None,
        words=words,
        frame=frame_of(session, fund, letter, named(application), at),
    )
    title, issuer = _("Outcome of your application"), Issuer.of(fund)
    return Paper("regret-letter", title, application.reference, facts.decided_on, issuer, facts)


def _decision_on(session: Session, application: Application) -> TrailRow:
    """The act that ended the application's way."""
    action = DECISIONS.get(application.state)
    rows = trail_of(session, "application", application.id)
    decided = [row for row in rows if row.action == action]
    if not decided:
        raise DomainError(
            _("There is no decision on this application to communicate by letter yet.")
        )
    return decided[-1]


def _unmet_criteria(session: Session, application: Application) -> tuple[UnmetCriterion, ...]:
    return tuple(UnmetCriterion(*ground) for ground in grounds(session, application))


def _score_of(session: Session, application: Application) -> Score | None:
    summary = score_summary(session, application)
    if summary is None:
        return None
    marks = tuple(Mark(*row) for row in summary.criteria)
    return Score(summary.average, summary.pass_mark, summary.reviews, marks)


def awarding(session: Session, award: Award) -> tuple[Words, Frame]:
    """What the letter of an award says in the fund's words. An award that was moved in from
    elsewhere has no application, and the words of its day.
    """
    application, fund = award.application, award.fund
    sent = sent_with(session, application, LetterKind.AWARD) if application else None
    at = sent.sent_at if sent else None
    facts = {
        "fund": fund.title,
        "organisation": award.organisation.name,
        "project": award.title,
        "application": application.reference if application else award.reference,
        "call": application.call.name if application else "",
    }
    at = at or datetime.combine(award.approved_on, time.max, fund.zone)
    frame = frame_of(session, fund, Letter.AWARD, facts, at)
    words = _words_sent(session, application, LetterKind.AWARD) if application else Words()
    return words, frame


def named(application: Application) -> dict[str, str]:
    """What the words of a letter may name."""
    return {
        "fund": application.call.fund.title,
        "organisation": application.organisation.name,
        "project": application.title,
        "application": application.reference,
        "call": application.call.name,
    }


def _words_sent(session: Session, application: Application, kind: LetterKind) -> Words:
    return _words_of(application, sent_with(session, application, kind))


def _words_of(application: Application, letter: OutcomeLetter | None) -> Words:
    feedback = feedback_by_criterion(application, letter)
    return Words(letter.paragraph if letter else "", tuple(feedback))

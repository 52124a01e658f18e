"""Proposing a decision: recommend, keep in reserve, do not recommend; the Board's advice."""

from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import APPLICATION
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.board.models import Advice, Endorsement, Recommendation
from grants.deciding.board.order import explained, passed_over
from grants.deciding.reviews.queries import score_summary
from grants.deciding.visits.queries import not_reported
from grants.platform.documents.models import Document


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the secretariat proposes: USD, why, and why it goes beyond a limit where it does, or
    departs from the ranking.
    """

    amount: Money
    rationale: str
    override: str = ""
    departure: str = ""


def recommend(session: Session, application: Application, proposal: Proposal, act: Act) -> None:
    """Recommend an award, from the review or from the reserve list.

    DomainError beyond what was asked for, beyond the call's highest sum or below its pass mark, or
    while an application ranked above it is left undecided, unless a person who may override gives
    the reason.
    """
    _propose_amount(session, application, "recommend", proposal, act)


def revise(session: Session, application: Application, proposal: Proposal, act: Act) -> None:
    """Change a recommendation before the decision; the act's reason says why. The Board's advice
    on another sum no longer counts.
    """
    _propose_amount(session, application, "revise", proposal, act)


def _propose_amount(
    session: Session, application: Application, action: str, proposal: Proposal, act: Act
) -> None:
    lock_for(session, application, action, act)
    if missing := not_reported(session, application):
        raise DomainError(missing)
    if not proposal.rationale.strip():
        raise DomainError(_("Explain why this application is recommended."))
    if proposal.amount.currency != FUNCTIONAL_CURRENCY or proposal.amount.minor <= 0:
        raise DomainError(_("Recommend an amount in USD above 0."))
    _within_limits(session, application, proposal, act)
    departs = _departure_facts(session, application, proposal, act)
    recommendation = session.get(Recommendation, application.id)
    if recommendation is None:
        recommendation = Recommendation(application_id=application.id)
        session.add(recommendation)
    recommendation.amount_minor = proposal.amount.minor
    recommendation.rationale = proposal.rationale.strip()
    recommendation.override = proposal.override.strip()
    if departs or action == "recommend":
        recommendation.departure = proposal.departure.strip() if departs else ""
    recommendation.recommended_by_id = act.actor.person_id
    recommendation.recommended_at = act.at
    advance(
        session,
        application,
        APPLICATION,
        action,
        act,
        amount=str(proposal.amount),
        override=recommendation.override,
        **departs,
    )


def _within_limits(
    session: Session, application: Application, proposal: Proposal, act: Act
) -> None:
    exceeded = limits_exceeded(session, application, proposal.amount)
    if not exceeded:
        return
    if not proposal.override.strip():
        raise DomainError(" ".join([*exceeded, _("Enter a reason for exceeding this limit.")]))
    act.demand(Permission.AWARD_OVERRIDE, application.scope)


def _departure_facts(
    session: Session, application: Application, proposal: Proposal, act: Act
) -> dict[str, object]:
    """What the trail keeps if applications ranked above this one are left undecided, and why."""
    above = passed_over(session, [application], act.actor)[application.id]
    how = _("Decide on these first, or give the reason for departing from the ranking.")
    facts = explained(above, proposal.departure, how)
    if facts:
        act.demand(Permission.AWARD_OVERRIDE, application.scope)
        facts["departure"] = proposal.departure.strip()
    return facts


def limits_exceeded(session: Session, application: Application, amount: Money) -> list[str]:
    """Each limit that an award of this amount would go beyond, in a sentence."""
    call = application.call
    exceeded = []
    requested = usd(application.requested_minor or 0)
    if requested < amount:
        exceeded.append(_("%(sum)s was requested.", sum=plain_money(requested)))
    if call.highest_minor < amount.minor:
        highest = plain_money(usd(call.highest_minor))
        exceeded.append(_("The maximum grant under the call is %(sum)s.", sum=highest))
    summary = score_summary(session, application)
    if call.reviewers and (summary is None or summary.average < call.pass_mark):
        exceeded.append(
            _(
                "The weighted score is %(score)s and the minimum score is %(mark)s.",
                score=summary.average if summary else "–",
                mark=call.pass_mark,
            )
        )
    return exceeded


def keep_in_reserve(session: Session, application: Application, act: Act) -> None:
    """Keep an application on the reserve list, with the reason, in case more money comes."""
    lock_for(session, application, "keep_in_reserve", act)
    advance(session, application, APPLICATION, "keep_in_reserve", act)


def not_recommend(session: Session, application: Application, act: Act) -> None:
    """Do not recommend an application; the reason is for the file and the approving officer."""
    lock_for(session, application, "not_recommend", act)
    advance(session, application, APPLICATION, "not_recommend", act)


@dataclass(frozen=True, slots=True)
class Votes:
    """How many trustees voted how; who has a conflict of interest does not vote."""

    in_favour: int = 0
    against: int = 0
    abstained: int = 0
    recused: int = 0


@dataclass(frozen=True, slots=True)
class BoardAdvice:
    """What the Board of Trustees said in its session on a recommendation of this amount: by its
    votes here, or on paper with the signed minutes.
    """

    session_on: date
    endorsement: Endorsement
    amount: Money
    remarks: str = ""
    votes: Votes | None = None
    minutes: Document | None = None


def record_advice(
    session: Session, application: Application, advice: BoardAdvice, act: Act
) -> None:
    """Record the Board's advice from its session. Recording it again replaces it; the trail keeps
    both. Conflict if the recommended amount is no longer the one the Board was shown; DomainError
    without votes or signed minutes.
    """
    lock_for(session, application, "record_advice", act)
    if not application.call.board_advises:
        raise DomainError(_("The Board does not advise on the applications of this call."))
    recommendation = recommendation_of(session, application)
    if advice.amount != recommendation.amount:
        raise Conflict(changed_amount(recommendation))
    if advice.session_on > clock.today():
        raise DomainError(_("The session has not taken place yet."))
    if advice.endorsement != Endorsement.ENDORSED and not advice.remarks.strip():
        raise DomainError(_("Enter the Board’s remarks."))
    if (advice.votes is None) == (advice.minutes is None):
        raise DomainError(_("Attach the signed minutes of the session."))
    _keep_advice(session, application, advice, act)
    facts = {
        "session_on": advice.session_on.isoformat(),
        "endorsement": advice.endorsement.value,
        "amount": str(advice.amount),
        "remarks": advice.remarks.strip(),
        "votes": list(astuple(advice.votes)) if advice.votes else None,
        "minutes": advice.minutes.sha256 if advice.minutes else None,
    }
    advance(session, application, APPLICATION, "record_advice", act, **facts)


def _keep_advice(session: Session, application: Application, advice: BoardAdvice, act: Act) -> None:
    record = session.get(Advice, application.id)
    if record is None:
        record = Advice(application_id=application.id)
        session.add(record)
    record.session_on, record.endorsement = advice.session_on, advice.endorsement
    record.amount_minor, record.remarks = advice.amount.minor, advice.remarks.strip()
    record.recorded_by_id, record.recorded_at = act.actor.person_id, act.at
    counts: tuple[int | None, ...] = astuple(advice.votes) if advice.votes else (None,) * 4
    record.votes_for, record.votes_against, record.abstentions, record.recusals = counts
    record.minutes_document_id = advice.minutes.id if advice.minutes else None


def lock_for(session: Session, application: Application, action: str, act: Act) -> None:
    """Lock the application and refuse what its workflow refuses, before anything changes."""
    locked(session, application.id)
    require(session, application, APPLICATION, action, act)
    keep_apart(act.actor, application.organisation_id)


def recommendation_of(session: Session, application: Application) -> Recommendation:
    recommendation = session.get(Recommendation, application.id)
    if recommendation is None:
        raise DomainError(_("No award has been recommended yet."))
    return recommendation


def changed_amount(recommendation: Recommendation) -> str:
    return _(
        "The recommended amount has changed to %(amount)s. Check it again.",
        amount=plain_money(recommendation.amount),
    )

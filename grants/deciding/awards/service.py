"""Deciding: approve within the money available, reject, cancel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import release_reservation, reserve_award
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.audit.queries import has_acted
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money, usd
from grants.core.kernel.slots import Slot
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards import approvals
from grants.deciding.awards.examined import Unknown, require_examined
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Approved, Award
from grants.deciding.awards.order import require_order
from grants.deciding.awards.period import check_not_before_submission, check_period
from grants.deciding.awards.queries import award_of, awarded_in_call
from grants.deciding.awards.refusing import refuse
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.deciding.board.models import Advice, Endorsement, Recommendation
from grants.deciding.board.service import changed_amount, recommendation_of
from grants.deciding.letters.models import LetterKind
from grants.deciding.letters.service import attached, send_outcome
from grants.deciding.letters.writing import keep_as_sent
from grants.integrity.diligence.grantees import Integrity, require_clear
from grants.integrity.enquiries.queries import references_of_each, too_few
from grants.integrity.holds.queries import in_words
from grants.integrity.holds.service import require_no_hold

ENDED: Slot[Callable[[Session, Award, Act], None]] = Slot("grants.deciding.awards.service.ENDED")
"""What ends with an award that is cancelled: papers that are out to be signed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the approving officer saw and sets: the recommended USD, and the grant's period."""

    amount: Money
    starts_on: date
    ends_on: date
    psc_percent: Decimal | None = None
    """Programme support cost by agreement; None for the fund's own rate."""
    psc_reason: str | None = None
    """Why it is not the fund's rate."""


def approve(session: Session, application: Application, terms: Terms, act: Act) -> Award:
    """Approve the recommended award. It and its programme support cost are reserved in the books
    at once; the applicant gets the award letter.

    The approving officer is neither who recommended nor who recorded the Board's advice; where the
    fund asks for more officers, the others have approved the same terms already. Refused
    without advice on this amount, against the advice or before one ranked above it without a
    reason, beyond the call's envelope and beyond what is available, however many approve at once.
    Repeating it (a double click) returns the same award.
    """
    fund = lock(session, application.fund_id)
    locked(session, application.id)
    if earlier := _approved_before(session, application, terms, act):
        return earlier
    require(session, application, APPLICATION, "approve", act)
    approved = _require_approvable(session, application, terms, act)
    departs = require_order(session, application, act)
    if (needed := approvals.missing(session, application, approved, act.actor)) > 1:
        raise DomainError(_too_few(needed))
    award = _new_award(session, fund, application, terms)
    begin(session, award, AWARD, act, **_approved_facts(award, application))
    reserve_award(
        session, _award_voucher(fund, award, "reserved", act), terms.amount, award.psc_percent
    )
    keep_as_sent(session, application, LetterKind.AWARD, act)
    advance(session, application, APPLICATION, "approve", act, award=award.reference, **departs)
    send_outcome(
        session,
        award.organisation_id,
        "approved",
        f"award:{award.id}:approved",
        attachments=attached("award-letter", award.reference, application.language),
        award=award,
        url=absolute(f"/grants/{award.reference}"),
    )
    return award


def give_approval(
    session: Session, application: Application, terms: Terms, act: Act
) -> Award | None:
    """Approve an award where the fund may ask for several officers. The last of them makes it, as
    `approve`; until then None. What would refuse the award refuses each approval.
    """
    lock(session, application.fund_id)
    locked(session, application.id)
    if not application.is_recommended:
        return approve(session, application, terms, act)
    require(session, application, APPLICATION, "give_approval", act)
    approved = _require_approvable(session, application, terms, act)
    needed = approvals.missing(session, application, approved, act.actor)
    if needed <= 1:
        return approve(session, application, terms, act)
    departs = require_order(session, application, act)
    approvals.keep(session, application, approved, act)
    facts = {"amount": str(terms.amount), "still_needed": needed - 1, **departs}
    period = {"starts_on": f"{terms.starts_on}", "ends_on": f"{terms.ends_on}"}
    advance(session, application, APPLICATION, "give_approval", act, **facts, **period)
    return None


def _require_approvable(
    session: Session, application: Application, terms: Terms, act: Act
) -> Approved:
    """Refuse what is refused to every approving officer; else what exactly would be approved."""
    _as_seen(session, application, terms)
    advice = require_ready(session, application, act)
    if advice and advice.endorsement == Endorsement.NOT_ENDORSED and not (act.reason or "").strip():
        raise DomainError(_("The Board did not endorse this. Give the reason to approve it."))
    check_period(application.call, terms.starts_on, terms.ends_on)
    check_not_before_submission(application, terms.starts_on)
    percent, _reason = support_cost(application.call.fund, terms.psc_percent, terms.psc_reason)
    return Approved(terms.amount, terms.starts_on, terms.ends_on, percent)


def _too_few(needed: int) -> str:
    return ngettext(
        "The approval of %(num)s officer is still needed.",
        "The approval of %(num)s officers is still needed.",
        needed,
    )


def _approved_facts(award: Award, application: Application) -> dict[str, str]:
    """What the trail keeps of an approval."""
    facts = {"application": application.reference, "amount": str(award.amount)}
    if award.psc_reason:
        facts |= {"psc_percent": f"{award.psc_percent:f}", "psc_reason": award.psc_reason}
    return facts


def _approved_before(
    session: Session, application: Application, terms: Terms, act: Act
) -> Award | None:
    if application.state != ApplicationState.APPROVED:
        return None
    award = award_of(session, application)
    same = award is not None and (
        (award.state, award.amount, award.starts_on, award.ends_on)
        == (AwardState.APPROVED, terms.amount, terms.starts_on, terms.ends_on)
        and terms.psc_percent in {None, award.psc_percent}
    )
    approved_by_actor = has_acted(session, "application", application.id, ("approve",), act.actor)
    return award if same and approved_by_actor else None


def _as_seen(session: Session, application: Application, terms: Terms) -> None:
    recommendation = recommendation_of(session, application)
    if terms.amount != recommendation.amount:
        raise Conflict(changed_amount(recommendation))


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a page has read already and shows beside the form."""

    gate: Integrity
    """The state of the organisation's case."""
    unknown: Sequence[Unknown]
    """What the call asks to know of the organisation, and nobody knows."""
    references: int
    """How many were answered."""
    is_held: bool
    """Has the fund put the organisation on hold?"""
    awarded: Money
    """Under the call so far."""


def require_ready(
    session: Session, application: Application, act: Act, facts: CaseFacts | None = None
) -> Advice | None:
    """The Board's advice on the recommended amount, None where the call does without; DomainError
    while the award cannot be approved, whatever its terms.
    """
    keep_apart(act.actor, application.organisation_id)
    require_clear(session, application.organisation, act, integrity=facts.gate if facts else None)
    if facts is None:
        require_no_hold(session, application.organisation, application.call.fund, act)
    elif facts.is_held:
        raise DomainError(in_words(application.organisation, application.call.fund))
    unknown = facts.unknown if facts else None
    require_examined(session, application.organisation, application.call, act, unknown)
    _require_references(session, application, facts.references if facts else None)
    recommendation = recommendation_of(session, application)
    awarded = facts.awarded if facts else awarded_in_call(session, application.call)
    _within_envelope(application.call, awarded, recommendation.amount)
    if not application.call.board_advises:
        return None
    return _advice_on(session, recommendation)


def _advice_on(session: Session, recommendation: Recommendation) -> Advice:
    advice = session.get(Advice, recommendation.application_id)
    if advice is None:
        raise DomainError(
            _("The Board of Trustees has not yet given its advice on this recommendation.")
        )
    if advice.amount_minor != recommendation.amount_minor:
        raise DomainError(
            _(
                "The Board advised on %(seen)s, but %(now)s is now recommended. Record its "
                "advice on this amount first.",
                seen=plain_money(usd(advice.amount_minor)),
                now=plain_money(recommendation.amount),
            )
        )
    return advice


def _require_references(session: Session, application: Application, answered: int | None) -> None:
    """DomainError until as many references on the organisation have been answered as the call
    asks for.
    """
    needed, number = application.call.references_needed, application.organisation_id
    if needed and answered is None:
        answered = references_of_each(session, [number]).get(number, 0)
    if why_not := too_few(answered or 0, needed):
        raise DomainError(why_not)


def _within_envelope(call: Call, awarded: Money, amount: Money) -> None:
    remaining = usd(call.envelope_minor) - awarded
    if remaining < amount:
        raise DomainError(
            _(
                "The total amount of the call is %(envelope)s, of which %(awarded)s has been "
                "awarded. Only %(left)s remains for this award of %(amount)s.",
                envelope=plain_money(usd(call.envelope_minor)),
                awarded=plain_money(awarded),
                left=plain_money(remaining),
                amount=plain_money(amount),
            )
        )


def _new_award(session: Session, fund: Fund, application: Application, terms: Terms) -> Award:
    today = clock.today()
    percent, reason = support_cost(fund, terms.psc_percent, terms.psc_reason)
    number = next_number(session, f"{fund.code}/grant/{today.year}")
    return Award(
        reference=f"{fund.code}-G-{today.year}-{number:03d}",
        fund_id=fund.id,
        application_id=application.id,
        organisation_id=application.organisation_id,
        title=application.title,
        country=application.country,
        amount_minor=terms.amount.minor,
        psc_percent=percent,
        psc_reason=reason,
        approved_on=today,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
    )


def support_cost(
    fund: Fund, agreed: Decimal | None, reason: str | None
) -> tuple[Decimal, str | None]:
    """A grant's programme support cost in percent, and why it is not the fund's.

    DomainError if it is no share, or another than the fund's without a reason.
    """
    standard = Decimal(fund.psc_percent)
    if agreed is None or agreed == standard:
        return standard, None
    if not 0 <= agreed <= 100 or agreed != round(agreed, 2):
        raise DomainError(
            _("Enter programme support costs of 0 to 100 per cent, with no more than two decimals.")
        )
    if not (reason or "").strip():
        raise DomainError(
            _("Give the reason why programme support costs differ from the fund’s rate.")
        )
    return agreed, reason


def reject(session: Session, application: Application, act: Act) -> None:
    """Decide against an award. The applicant gets the regret letter."""
    refuse(session, application, "reject", "rejected", act)


def cancel_award(session: Session, award: Award, act: Act) -> None:
    """Cancel an award whose agreement is not signed: its money is available again, and its
    application waits for a decision as it did before. The organisation is told the reason.
    """
    award = lock_award(session, award.id)
    require(session, award, AWARD, "cancel", act)
    keep_apart(act.actor, award.organisation_id)
    _end_award(session, award.fund, award, "cancel", act)
    for end in ENDED:
        end(session, award, act)
    send_outcome(
        session,
        award.organisation_id,
        "cancelled",
        f"award:{award.id}:cancelled",
        award=award,
        reason=act.reason,
    )


def lapse_award(session: Session, award: Award, act: Act) -> None:
    """An award whose agreement was not signed in time: as if it were cancelled, by the day's work,
    which has locked the fund and the grant and tells both sides.
    """
    _end_award(session, award.fund, award, "lapse", act)


def _end_award(session: Session, fund: Fund, award: Award, action: str, act: Act) -> None:
    """The money of an award is available again, and its application waits for a decision."""
    release_reservation(session, _award_voucher(fund, award, "released", act))
    advance(session, award, AWARD, action, act)
    if award.application is not None:
        application = locked(session, award.application.id)
        approvals.void(session, application)
        advance(session, application, APPLICATION, "cancel_award", act, award=award.reference)


def _award_voucher(fund: Fund, award: Award, event: str, act: Act) -> Voucher:
    return Voucher(fund, clock.today(), award.account, f"{award.account}:{event}", act)

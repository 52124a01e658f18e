"""What would happen to several applications if they were recommended, approved or rejected now.

Read for all of them at once; each act asks everything again for itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.requested_period import RequestedPeriod, requested_periods
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_money
from grants.deciding.awards.approvals import officers_for, standing_by_application
from grants.deciding.awards.examined import Unknown, missing_in_words, unknown_of_each
from grants.deciding.awards.models import Approval
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import approval_queue, awarded_in_call, rejection_queue
from grants.deciding.awards.service import Terms
from grants.deciding.board.models import Advice, Endorsement, Recommendation
from grants.deciding.board.queries import by_application
from grants.deciding.reviews.adjusting import adjusted_scores, given_scores
from grants.deciding.visits.queries import missing_of_each
from grants.integrity.diligence.grantees import standing_cases
from grants.integrity.enquiries.queries import references_of_each, too_few
from grants.integrity.holds.queries import funds_holding, in_words

S = ApplicationState
WHOLE = Decimal(100)
"""Per cent of what is requested."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One application and what would come of it. `why_not`: why nothing would, else empty."""

    application: Application
    score: Decimal | None
    """Weighted average of the reviews, out of 100."""
    amount: Money
    """USD that would be recommended, or awarded."""
    why_not: str = ""
    terms: Terms | None = None
    approval: str = ""
    """Which of the approvals it would be: "1 of 2"."""
    running: Money | None = None
    """What the awards down to this one cost the fund, with programme support costs. USD."""
    reason: str = ""
    """What the letter of regret would say."""


def recommendable(
    session: Session, applications: Sequence[Application], share: Decimal
) -> list[Prospect]:
    """The best score first: an award of so many per cent of the request, in whole dollars, never
    above the call's highest grant.
    """
    scores, missing = scores_of(session, applications), missing_of_each(session, applications)
    return [
        _recommended_prospect(
            application,
            scores.get(application.id),
            part_of(application, share),
            missing.get(application.id, ""),
        )
        for application in ranked(session, applications, scores)
    ]


def part_of(application: Application, share: Decimal) -> Money:
    requested = application.requested_minor or 0
    dollars = (requested * share / WHOLE / 100).to_integral_value(ROUND_FLOOR)
    part = requested if share == WHOLE else int(dollars) * 100
    return usd(min(part, application.call.highest_minor))


def _recommended_prospect(
    application: Application, score: Decimal | None, amount: Money, missing: str
) -> Prospect:
    why_not = ""
    if not can(application, "recommend"):
        why_not = not_now(application)
    elif missing:
        why_not = missing
    elif application.call.reviewers and (score is None or score < application.call.pass_mark):
        mark = application.call.pass_mark
        why_not = _("The score is below the minimum score of %(mark)s.", mark=mark)
    elif amount.minor <= 0 or (application.requested_minor or 0) < amount.minor:
        why_not = _("Recommend an amount in USD above 0.")
    return Prospect(application, score, amount, why_not)


def turned_down(
    session: Session, applications: Sequence[Application], action: str
) -> list[Prospect]:
    """The best score first: they would be placed on the reserve list, or not be recommended."""
    scores = scores_of(session, applications)
    return [
        Prospect(
            application,
            scores.get(application.id),
            application.requested or usd(0),
            "" if can(application, action) else not_now(application),
        )
        for application in ranked(session, applications, scores)
    ]


def approvable(
    session: Session, applications: Sequence[Application], viewer: Viewer
) -> list[Prospect]:
    """The best score first, each for the recommended amount and the requested period, as far as
    the money goes: the call's envelope, and what the fund has available.
    """
    facts = _Approvals.of(session, applications, viewer)
    prospects = []
    for application in ranked(session, applications, facts.scores):
        prospect = facts.prospect(application)
        if not prospect.why_not:
            prospect = facts.spend(prospect)
        prospects.append(prospect)
    return prospects


@dataclass(frozen=True, slots=True)
class _Approvals:
    """What approvals rest on, read at once, and the money that is left while they go on."""

    scores: Mapping[int, Decimal]
    recommended: Mapping[int, Recommendation]
    advised: Mapping[int, Advice]
    periods: Mapping[int, RequestedPeriod]
    approvals: Mapping[int, Sequence[Approval]]
    """Approvals of other officers that stand."""
    in_queue: set[int]
    """Applications on which this person may decide."""
    cases: Mapping[int, str]
    """Why an organisation cannot be awarded anything, by organisation."""
    held: Collection[tuple[int, int]]
    """Ids of the funds and organisations where a hold stands."""
    unknown: Mapping[int, Sequence[Unknown]]
    """What is not known of the organisation although the call asks for it, by application."""
    references: Mapping[int, int]
    """How many were answered, by organisation."""
    available: dict[int, Money]
    """By fund."""
    envelope: dict[int, Money]
    """What is left, by call."""
    spent: dict[int, Money]

    @classmethod
    def of(
        cls, session: Session, applications: Sequence[Application], viewer: Viewer
    ) -> "_Approvals":
        ids = [application.id for application in applications]
        queue = approval_queue(viewer).where(Application.id.in_(ids))
        funds = {application.fund_id: application.call.fund for application in applications}
        calls = {application.call_id: application.call for application in applications}
        return cls(
            scores_of(session, applications),
            by_application(session, Recommendation, ids),
            by_application(session, Advice, ids),
            requested_periods(session, applications),
            standing_by_application(session, ids),
            {application.id for application in session.scalars(queue)},
            standing_cases(session, [application.organisation_id for application in applications]),
            funds_holding(session, [application.organisation_id for application in applications]),
            _unknown_facts(session, applications),
            references_of_each(
                session, [application.organisation_id for application in applications]
            ),
            {key: balances(session, fund).available for key, fund in funds.items()},
            {key: usd(c.envelope_minor) - awarded_in_call(session, c) for key, c in calls.items()},
            dict.fromkeys(funds, usd(0)),
        )

    def prospect(self, application: Application) -> Prospect:
        """What would come of an application if there were money for all of them."""
        recommendation = self.recommended.get(application.id)
        amount = recommendation.amount if recommendation else usd(0)
        approvals = self.approvals[application.id]
        terms = self._terms_for(application, amount)
        needed = max(officers_for(application.call, amount), len(approvals) + 1)
        return Prospect(
            application,
            self.scores.get(application.id),
            amount,
            self._why_not(application, recommendation),
            terms,
            _("%(number)s of %(count)s", number=len(approvals) + 1, count=needed),
        )

    def _terms_for(self, application: Application, amount: Money) -> Terms:
        """The terms of the officer who approved before; else the period that is asked for."""
        for approval in self.approvals[application.id]:
            return Terms(amount, approval.starts_on, approval.ends_on, approval.psc_percent)
        period = proposed_terms(self.periods[application.id], application.call)
        return Terms(amount, period["starts_on"], period["ends_on"])

    def _why_not(self, application: Application, recommendation: Recommendation | None) -> str:
        advice = self.advised.get(application.id)
        if not application.is_recommended or recommendation is None:
            return not_now(application)
        agreed = advice is not None and advice.amount_minor == recommendation.amount_minor
        if application.call.board_advises and not agreed:
            return _("The Board of Trustees has not given its advice on this amount.")
        if advice and advice.endorsement == Endorsement.NOT_ENDORSED:
            return _("The Board did not endorse this. Decide on its own page, with the reason.")
        if application.id not in self.in_queue:
            return _("Another person must decide, because you took an earlier step.")
        number, needed = application.organisation_id, application.call.references_needed
        return (
            self.cases.get(number, "")
            or self._hold_on(application)
            or missing_in_words(self.unknown.get(application.id, ()))
            or too_few(self.references.get(number, 0), needed)
        )

    def _hold_on(self, application: Application) -> str:
        fund = application.call.fund
        is_held = (fund.id, application.organisation_id) in self.held
        return in_words(application.organisation, fund) if is_held else ""

    def spend(self, prospect: Prospect) -> Prospect:
        """The prospect unchanged if the money reaches so far down the list, which it then uses up;
        else with why not.
        """
        application, amount = prospect.application, prospect.amount
        cost = with_support_cost([amount], application.call.fund.psc_percent)
        if self.envelope[application.call_id] < amount:
            return replace(
                prospect,
                why_not=_(
                    "The total amount of the call is used up by applications ranked above this one."
                ),
            )
        if self.available[application.fund_id] - self.spent[application.fund_id] < cost:
            remaining = plain_money(
                self.available[application.fund_id] - self.spent[application.fund_id]
            )
            return replace(prospect, why_not=_("Only %(left)s is still available.", left=remaining))
        self.envelope[application.call_id] -= amount
        self.spent[application.fund_id] += cost
        return replace(prospect, running=self.spent[application.fund_id])


def _unknown_facts(
    session: Session, applications: Sequence[Application]
) -> Mapping[int, Sequence[Unknown]]:
    asking = [application for application in applications if application.call.examines_grantees]
    unknown: dict[int, Sequence[Unknown]] = {}
    for fund in {application.fund_id: application.call.fund for application in asking}.values():
        ours = [application for application in asking if application.fund_id == fund.id]
        unknown_by_organisation = unknown_of_each(
            session, [application.organisation_id for application in ours], fund
        )
        unknown |= {
            application.id: unknown_by_organisation[application.organisation_id]
            for application in ours
        }
    return unknown


def rejectable(
    session: Session, applications: Sequence[Application], viewer: Viewer
) -> list[Prospect]:
    """The applications, each with the reason for which it was not recommended: it goes into its
    letter.
    """
    ids = [application.id for application in applications]
    in_queue = {
        application.id
        for application in session.scalars(rejection_queue(viewer).where(Application.id.in_(ids)))
    }
    reasons = _rejection_reasons(session, ids)
    scores = scores_of(session, applications)
    return [
        Prospect(
            application,
            scores.get(application.id),
            application.requested or usd(0),
            _why_not_rejected(
                application, reasons.get(application.id, ""), decides=application.id in in_queue
            ),
            reason=reasons.get(application.id, ""),
        )
        for application in ranked(session, applications, scores)
    ]


def _why_not_rejected(application: Application, reason: str, *, decides: bool) -> str:
    if not application.is_not_recommended:
        return not_now(application)
    if not decides:
        return _("Another person must decide, because you took an earlier step.")
    return "" if reason else _("Enter a reason. It will be kept on record.")


def _rejection_reasons(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(TrailRow.subject_id, TrailRow.reason)
        .where(
            TrailRow.subject == "application",
            TrailRow.subject_id.in_(ids),
            TrailRow.action == "not_recommend",
        )
        .order_by(TrailRow.id)
    )
    return {row[0]: row[1] or "" for row in rows}


def scores_of(session: Session, applications: Sequence[Application]) -> dict[int, Decimal]:
    """The average of the submitted reviews of each application that has some."""
    of_these = Application.id.in_([application.id for application in applications])
    return {row.id: row.given for row in session.execute(given_scores(of_these))}


def ranked(
    session: Session, applications: Sequence[Application], scores: Mapping[int, Decimal]
) -> list[Application]:
    """The best score first, as in the ranking of their call."""
    calls = {application.call_id: application.call for application in applications}
    by_rank = dict(scores)
    for call in calls.values():
        if call.ranks_adjusted:
            by_rank |= adjusted_scores(session, call, by_rank)
    return sorted(
        applications,
        key=lambda application: (-by_rank.get(application.id, Decimal(0)), application.reference),
    )


def can(application: Application, action: str) -> bool:
    """Does the workflow lead on by this step from where the application is?"""
    step = APPLICATION.step(action)
    return application.state in step.sources and step.is_open_to(application)


def not_now(application: Application) -> str:
    """Why a step cannot be taken from here."""
    status = APPLICATION.names[application.state].staff
    return _("This cannot be done now: the status is “%(state)s”.", state=status)

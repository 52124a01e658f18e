"""The assurance plan of a grant: proposed from its risk and its amount, decided by a person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, keep_apart
from grants.core.texts.formats import plain_money
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.monitoring.models import ActivityKind, AssurancePlan, AssuranceRules
from grants.granting.monitoring.queries import activities_of, plan_of
from grants.granting.monitoring.service import ActivityFacts, plan_activity
from grants.granting.monitoring.workflow import ActivityState
from grants.integrity.risk.models import Risk
from grants.integrity.risk.queries import rating_of

AFTER_END = timedelta(90)
"""An audit looks at the whole: it is due three months after the end of the grant."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to look at a grant, and why."""

    kind: ActivityKind
    why: str


def rules_of(session: Session, fund: Fund) -> AssuranceRules:
    """The rules of a fund; those that every fund begins with, until it sets its own."""
    rules = session.get(AssuranceRules, fund.id)
    if rules is not None:
        return rules
    return AssuranceRules(
        fund_id=fund.id,
        visit_minor=50_000_00,
        spot_check_minor=50_000_00,
        audit_minor=100_000_00,
        version=0,
    )


def proposal_of(session: Session, award: Award) -> list[Proposal]:
    """How a grant should be looked at by the rules of its fund; nothing for a small grant of low
    risk.
    """
    rules = rules_of(session, award.fund)
    rating = rating_of(session, award.organisation_id, award.fund_id)
    proposals = []
    for kind in ActivityKind:
        reasons = []
        if rating and rating.level is Risk.HIGH and kind is not ActivityKind.AUDIT:
            reasons.append(_("the risk is rated high"))
        if award.amount.minor > rules.above(kind).minor:
            least = plain_money(rules.above(kind))
            reasons.append(_("the award is above %(amount)s", amount=least))
        if reasons:
            proposals.append(Proposal(kind, spaced(";").join(reasons)))
    return proposals


def decide_plan(
    session: Session, award: Award, kinds: Collection[ActivityKind], act: Act
) -> AssurancePlan:
    """Accept the proposal, or depart from it with a reason. What is not planned yet is planned."""
    award = lock_award(session, award.id)
    act.demand(Permission.MONITORING_PLAN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    require_running(award)
    proposed = [proposal.kind for proposal in proposal_of(session, award)]
    chosen = [kind for kind in ActivityKind if kind in kinds]
    reason = (act.reason or "").strip()
    if chosen != proposed and not reason:
        raise DomainError(_("Say why the plan is not as proposed."))
    plan = plan_of(session, award) or AssurancePlan(award_id=award.id)
    plan.kinds = [kind.value for kind in chosen]
    plan.proposed = [kind.value for kind in proposed]
    plan.reason, plan.decided_at = reason, act.at
    session.add(plan)
    record(session, award, "plan_assurance", act, kinds=plan.kinds, proposed=plan.proposed)
    there = {
        activity.kind
        for activity in activities_of(session, award.id)
        if activity.state is not ActivityState.CANCELLED
    }
    lead = session.get_one(Person, act.actor.person_id)
    for kind in chosen:
        if kind not in there:
            facts = ActivityFacts(kind, usual_day(award, kind), _purpose_of(kind), lead)
            plan_activity(session, award, facts, act)
    return plan


def require_plannable(session: Session, award: Award, act: Act) -> None:
    """Refuse a plan as proposed as `decide_plan` would, and one that is there already."""
    act.demand(Permission.MONITORING_PLAN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    require_running(award)
    if plan_of(session, award):
        raise Conflict(_("The plan of this grant has already been decided."))


def require_running(award: Award) -> None:
    """Conflict unless the grant runs."""
    if not award.is_running:
        raise Conflict(_("Only an active grant is monitored."))


def usual_day(award: Award, kind: ActivityKind) -> date:
    """By when it is held if nothing else is said: a spot check in the first half of the grant, a
    visit in the second; not before a month from now.
    """
    length = award.ends_on - award.starts_on
    days: Mapping[ActivityKind, date] = {
        ActivityKind.SPOT_CHECK: award.starts_on + length / 2,
        ActivityKind.VISIT: award.starts_on + length * 2 / 3,
        ActivityKind.AUDIT: award.ends_on + AFTER_END,
    }
    return max(days[kind], award.fund.today() + timedelta(30))


def _purpose_of(kind: ActivityKind) -> str:
    return {
        ActivityKind.VISIT: _("See the services, and talk to those who provide them."),
        ActivityKind.SPOT_CHECK: _("Compare a sample of the expenditure with its receipts."),
        ActivityKind.AUDIT: _("Audit all the expenditure of the grant."),
    }[kind]


def set_rules(
    session: Session, fund: Fund, amounts: Mapping[ActivityKind, Money], act: Act
) -> None:
    """Change from which amounts on grants are looked at. Plans that are decided stay."""
    act.demand(Permission.FINDING_OVERSEE, Scope(fund.id))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    rules = session.get(AssuranceRules, fund.id) or AssuranceRules(fund_id=fund.id)
    for kind, amount in amounts.items():
        setattr(rules, f"{kind.value}_minor", amount.minor)
    session.add(rules)
    record(
        session,
        fund,
        "set_assurance_rules",
        act,
        **{kind.value: str(amounts[kind]) for kind in amounts},
    )

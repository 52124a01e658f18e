"""A call from its closing to the letters, through everyone's acts: many applications, reviewers and
trustees with conflicts of interest, and less money than is asked for.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import application_for_viewer
from grants.applying.applications.workflow import PROPOSALS, ApplicationState
from grants.applying.calls.models import Call
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError, Missing
from grants.core.kernel.money import total, usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Approval, Award
from grants.deciding.awards.queries import approval_queue, award_for_viewer, rejection_queue
from grants.deciding.awards.service import give_approval, reject
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import advice_on, recommendation_for
from grants.deciding.board.service import Proposal, keep_in_reserve, not_recommend, recommend
from grants.deciding.decisions.confirming import confirm_reserve
from grants.deciding.decisions.prospects import approvable
from grants.deciding.interests.models import Interest
from grants.deciding.interests.service import Declaration, declare
from grants.deciding.portfolio.models import Scenario
from grants.deciding.portfolio.scenarios import ScenarioQuestion, lines_of, solve_scenario
from grants.deciding.reserve_list.reserve import unconfirmed
from grants.deciding.reviews.candidates import proposals
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import may_open, own_reviews, score_summary
from grants.deciding.reviews.service import assign, declare_no_conflict, recuse, submit
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.screening.service import Answer, decide
from grants.deciding.sessions import service, sitting
from grants.deciding.sessions.models import AgendaItem, Choice, Vote
from grants.deciding.sessions.queries import items_of, trustees
from grants.deciding.sessions.sitting import Ballot
from grants.platform.messages.models import Message
from tests.factories import (
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    act_of,
    an_organisation,
    member,
    money_for_awards,
    staff,
)

S = ApplicationState
LETTERS = {S.APPROVED: "award-letter", S.RESERVE: "reserve-letter"}
COUNTRIES = ("KE", "NP", "HN", "AL", "GH", "PH", "PE", "MD")


@dataclass
class Whole:
    """The call, and everyone who decides on it."""

    session: Session
    fund: Fund
    call: Call
    applications: list[Application]
    manager: Person
    officer: Person
    approvers: list[Person]
    reviewers: list[Person]
    board: list[Person]
    stepped_aside: set[tuple[int, int]] = field(default_factory=set)
    """(application, reviewer)."""

    def act(self, person: Person, reason: str | None = None) -> Any:
        return act_of(self.session, person, reason)

    def of_state(self, *states: ApplicationState) -> list[Application]:
        return [one for one in self.applications if one.state in states]


def a_whole_call(session: Session, fund: Fund, number: int) -> Whole:
    """So many applications of 20,000 USD; money for about a third of them."""
    money_for_awards(session, fund, f"{number * 7_000}.00")
    fund.approval_tiers = [
        {"from_usd": "0.00", "approvers": 1},
        {"from_usd": "18000.00", "approvers": 2},
    ]
    call = a_closed_call(session, fund)
    call.envelope_minor = number * 600_000
    applications = []
    for at in range(number):
        house = an_organisation(session, f"House {at}", COUNTRIES[at % len(COUNTRIES)])
        member(session, house, name=f"Director {at}")
        one = a_submitted_application(session, call, house)
        one.country = house.country
        applications.append(one)
    return Whole(
        session,
        fund,
        call,
        applications,
        staff(session, Role.FUND_MANAGER),
        staff(session, Role.PROGRAMME_OFFICER),
        [staff(session, Role.APPROVING_OFFICER, f"Approver {n}") for n in range(2)],
        [staff(session, Role.REVIEWER, f"Reviewer {n}") for n in range(max(6, number * 30 // 500))],
        [staff(session, Role.TRUSTEE, f"Trustee {n}") for n in range(5)],
    )


def screen(whole: Whole) -> None:
    """Every seventeenth is not eligible, with its reason."""
    for at, one in enumerate(whole.applications):
        late = at % 17 == 11
        answers = {row["key"]: Answer(True) for row in whole.call.eligibility}
        if late:
            answers["registered_by"] = Answer(False, "Registered after the day of the call.")
        decide(whole.session, one, answers, whole.act(whole.officer))


def ask_reviewers(whole: Whole) -> None:
    """As proposed evenly; whoever has a conflict steps aside, and another is asked."""
    turn = count()
    while waiting := whole.of_state(S.ELIGIBLE, S.UNDER_REVIEW):
        proposed = proposals(whole.session, waiting)
        lacking = [one for one in waiting if proposed[one.id].places]
        if not lacking:
            return
        for one in lacking:
            people = [candidate.person for candidate in proposed[one.id].chosen]
            for review in assign(whole.session, one, people, whole.act(whole.officer)):
                answer_assignment(whole, review, conflict=next(turn) % 23 == 7)


def answer_assignment(whole: Whole, review: Review, *, conflict: bool) -> None:
    act = whole.act(review.reviewer, "My sister works there.")
    assert not may_open(whole.session, review.application, act.actor)
    if conflict:
        recuse(whole.session, review, act)
        whole.stepped_aside.add((review.application_id, review.reviewer_id))
    else:
        declare_no_conflict(whole.session, review, act)


def score(whole: Whole) -> None:
    for reviewer in whole.reviewers:
        act = whole.act(reviewer)
        own = own_reviews(act.actor).where(Review.state == ReviewState.DECLARED)
        for review in whole.session.scalars(own.order_by(Review.id)).all():
            mark = 2 + (review.application_id * 7 + reviewer.id) % 4
            submit(whole.session, review, a_full_draft(review.application, mark), act)


def propose(whole: Whole) -> Scenario:
    """The best selection for a little more money than there is; the next ones are in reserve."""
    act = whole.act(whole.manager, "Others scored higher.")
    weights = {row["key"]: Decimal(row["weight"]) for row in whole.call.criteria}
    rule = {"trait": "region=african", "bound": "share_at_most", "limit": "0.40"}
    envelope = usd(whole.call.envelope_minor * 6 // 5)
    asked = ScenarioQuestion("Balanced", envelope, 90, weights, [rule])
    scenario = solve_scenario(whole.session, whole.call, asked, act)
    chosen = {line["application"]: line["amount_minor"] for line in scenario.chosen}
    for place, one in enumerate(whole.of_state(S.REVIEWED)):
        if one.id in chosen:
            amount = usd(chosen[one.id])
            proposal = Proposal(amount, "The best selection.", departure="A balance of regions.")
            recommend(whole.session, one, proposal, act)
        elif place % 3:
            not_recommend(whole.session, one, act)
        else:
            keep_in_reserve(whole.session, one, act)
    return scenario


def advise(whole: Whole) -> None:
    """Trustees declare their interests, then vote; one is conflicted in each ninth application."""
    before = whole.of_state(S.REVIEWED, S.RECOMMENDED, S.RESERVE, S.NOT_RECOMMENDED)
    shown = [one.id for one in before]
    for at, trustee in enumerate(whole.board):
        conflicts = shown[at::9] if at < 2 else []
        said = Declaration(shown, conflicts, "I advised them." if conflicts else "")
        declare(whole.session, whole.call, said, whole.act(trustee))
    act = whole.act(whole.manager)
    agenda = [one.id for one in whole.of_state(S.RECOMMENDED)]
    plan = service.Plan(clock.today(), "Vienna", agenda)
    meeting = service.schedule(whole.session, whole.fund, plan, act)
    service.invite(whole.session, meeting, act)
    everybody = [one.id for one in trustees(whole.session, whole.fund.id)]
    sitting.open_session(whole.session, meeting, everybody, act)
    for number, item in enumerate(items_of(whole.session, meeting)):
        for trustee in whole.board:
            vote(whole, item, trustee, against=number % 13 == 5)
    sitting.close_session(whole.session, meeting, act)


def vote(whole: Whole, item: AgendaItem, trustee: Person, *, against: bool) -> None:
    """A recused trustee is refused."""
    choice = Choice.AGAINST if against else Choice.FOR
    ballot = Ballot(choice, item.amount, "Too dear." if against else "")
    key = (item.application_id, trustee.id)
    conflict = select(Interest.conflict).where(
        Interest.application_id == key[0], Interest.trustee_id == key[1]
    )
    if whole.session.scalar(conflict):
        with pytest.raises(FundError):
            sitting.cast_vote(whole.session, item, ballot, whole.act(trustee))
    else:
        sitting.cast_vote(whole.session, item, ballot, whole.act(trustee))


def approve(whole: Whole) -> None:
    """Two officers go through their lists as far as the money reaches, turn down the rest and
    confirm the reserve list.
    """
    for approver in whole.approvers:
        act = whole.act(approver)
        waiting = whole.session.scalars(approval_queue(act.actor).order_by(Application.id)).all()
        for prospect in approvable(whole.session, waiting, act.actor):
            if not prospect.why_not and prospect.terms:
                give_approval(whole.session, prospect.application, prospect.terms, act)
    act = whole.act(whole.approvers[0], "Others scored higher, and the money is used up.")
    for one in whole.session.scalars(rejection_queue(act.actor)).all():
        reject(whole.session, one, act)
    for one in whole.of_state(S.RECOMMENDED):
        reject(whole.session, one, act)
    for one in whole.session.scalars(unconfirmed(act.actor)).all():
        confirm_reserve(whole.session, one, act)


# What must hold afterwards -----------------------------------------------------------------------


def everyone_has_one_answer(whole: Whole) -> None:
    counted = Counter(one.state for one in whole.applications)
    assert set(counted) == {S.APPROVED, S.REJECTED, S.RESERVE, S.INELIGIBLE}
    for at, one in enumerate(whole.applications):
        sent = select(Message).where(Message.recipient == f"director.{at}@example.org")
        papers = [
            attached["document"]
            for message in whole.session.scalars(sent)
            for attached in message.attachments
        ]
        assert papers == [LETTERS.get(one.state, "regret-letter")], one.reference


def no_money_is_awarded_that_is_not_there(whole: Whole) -> None:
    awards = whole.session.scalars(select(Award)).all()
    assert awards
    assert total(award.amount for award in awards) <= whole.call.envelope
    assert balances(whole.session, whole.fund).available >= usd(0)
    assert not breaches(whole.session)


def each_decision_is_traced_to_persons_and_reasons(whole: Whole) -> None:
    rows: dict[int, list[TrailRow]] = {one.id: [] for one in whole.applications}
    for row in whole.session.scalars(
        select(TrailRow).where(TrailRow.subject == "application").order_by(TrailRow.id)
    ):
        rows[row.subject_id].append(row)
    for one in whole.applications:
        taken = rows[one.id]
        proposed = {row.person_id for row in taken if row.action in PROPOSALS}
        decided = [r for r in taken if r.action in {"give_approval", "approve", "reject"}]
        assert not proposed & {row.person_id for row in decided}
        if one.state is S.APPROVED:
            recommendation = recommendation_for(whole.session, one)
            advice = advice_on(whole.session, one)
            assert recommendation
            assert advice
            assert advice.amount_minor == recommendation.amount_minor
            assert advice.endorsement is not Endorsement.NOT_ENDORSED
            officers = 2 if recommendation.amount_minor >= 1_800_000 else 1
            assert len({row.person_id for row in decided}) == officers
        elif one.state is S.REJECTED:
            assert decided[-1].reason
        elif one.state is S.INELIGIBLE:
            assert taken[-1].reason


def each_departure_from_the_ranking_has_its_reason(whole: Whole) -> None:
    """Nobody is recommended while one with a higher score and no decision is passed over, unless
    the trail names it with the reason.
    """
    steps = ("recommend", "keep_in_reserve", "not_recommend")
    taken = whole.session.scalars(
        select(TrailRow)
        .where(TrailRow.subject == "application", TrailRow.action.in_(steps))
        .order_by(TrailRow.id)
    ).all()
    scores = {
        one.id: summary.average
        for one in whole.applications
        if (summary := score_summary(whole.session, one))
    }
    decided_at = {row.subject_id: row.id for row in taken}
    references = {one.id: one.reference for one in whole.applications}
    departed = 0
    for row in (row for row in taken if row.action == "recommend"):
        above = {
            references[other]
            for other, at in decided_at.items()
            if at > row.id
            and scores[other] > scores[row.subject_id]
            and scores[other] >= whole.call.pass_mark
        }
        assert above == set(row.facts.get("passed_over", ()))
        if above:
            assert row.facts["departure"]
            departed += 1
    assert departed


def who_has_a_conflict_took_no_part(whole: Whole, scenario: Scenario) -> None:
    for application_id, reviewer_id in sorted(whole.stepped_aside)[:20]:
        application = whole.session.get_one(Application, application_id)
        viewer = whole.act(whole.session.get_one(Person, reviewer_id)).actor
        assert not may_open(whole.session, application, viewer)
    scored = select(Review.application_id, Review.reviewer_id).where(
        Review.state == ReviewState.SUBMITTED
    )
    assert not whole.stepped_aside & {tuple(row) for row in whole.session.execute(scored)}
    conflicts = {
        tuple(row)
        for row in whole.session.execute(
            select(Interest.application_id, Interest.trustee_id).where(Interest.conflict)
        )
    }
    assert conflicts
    voted = select(AgendaItem.application_id, Vote.trustee_id).join(AgendaItem.votes)
    cast = whole.session.execute(voted.where(Vote.choice != Choice.RECUSED))
    assert not conflicts & {tuple(row) for row in cast}
    for trustee in whole.board[:2]:
        viewer = whole.act(trustee).actor
        shut = {number for number, person in conflicts if person == trustee.id}
        seen = {line.application.id for line in lines_of(whole.session, scenario, viewer)}
        assert not seen & shut
        for award in whole.session.scalars(select(Award).where(Award.application_id.in_(shut))):
            with pytest.raises(Missing):
                award_for_viewer(whole.session, award.reference, viewer)
        for number in list(shut)[:5]:
            reference = whole.session.get_one(Application, number).reference
            with pytest.raises(Missing):
                application_for_viewer(whole.session, reference, viewer)


@pytest.mark.parametrize(
    "number", [18, pytest.param(500, marks=(pytest.mark.long, pytest.mark.timeout(1800)))]
)
def test_a_call_from_its_closing_to_the_letters(session: Session, fund: Fund, number: int) -> None:
    whole = a_whole_call(session, fund, number)
    screen(whole)
    ask_reviewers(whole)
    score(whole)
    scenario = propose(whole)
    advise(whole)
    approve(whole)
    everyone_has_one_answer(whole)
    no_money_is_awarded_that_is_not_there(whole)
    each_decision_is_traced_to_persons_and_reasons(whole)
    each_departure_from_the_ranking_has_its_reason(whole)
    who_has_a_conflict_took_no_part(whole, scenario)
    two = whole.session.scalar(select(func.count()).select_from(Approval))
    assert two

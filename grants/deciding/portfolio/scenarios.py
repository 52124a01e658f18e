"""Scenarios of a call: computing one, finding them, and what they mean for the portfolio."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import DECIDED, RANKED, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import PREPARED
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.queries import awarded_in_call
from grants.deciding.board.queries import recommendations_in_call
from grants.deciding.decisions.prospects import part_of
from grants.deciding.portfolio.models import Scenario
from grants.deciding.portfolio.problem import Bound, Candidate, Measure, Problem, Rule
from grants.deciding.portfolio.reading import BOUNDS
from grants.deciding.portfolio.solver import solve
from grants.deciding.portfolio.traits import labels_of, traits_of
from grants.deciding.reviews.adjusting import adjusted_averages
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import submitted_of_each
from grants.deciding.reviews.scoring import average, weighted_total

S = ApplicationState
IN_PLAY = tuple(state for state in RANKED if state not in DECIDED)
"""Reviewed, and neither awarded nor rejected."""
SECONDS = 20.0
"""How long a page waits for an answer."""
MOST = 50
"""Scenarios of one call."""
EARMARKS = "earmarks"
"""The tag of candidates whose money together is bounded by earmarks for others."""
KEPT_FROM: Slot[
    Callable[[Session, Call, Sequence[Application]], Sequence[tuple[frozenset[int], Money]]]
] = Slot("portfolio.scenarios.KEPT_FROM")
"""Groups of applications, and the earmarked money that fits none of them: known in rooms above."""


@dataclass(frozen=True, slots=True)
class ScenarioQuestion:
    """A question: what may be spent, which share of each request, the weights, the rules."""

    name: str
    envelope: Money
    share: int
    weights: Mapping[str, Decimal]
    rules: Sequence[Mapping[str, str]]
    """Each with "trait", "bound" (as in the contract: at_least, share_at_most …) and "limit"."""


def solve_scenario(session: Session, call: Call, question: ScenarioQuestion, act: Act) -> Scenario:
    """Compute the selection with the highest total score and keep it as a scenario of the call.

    Candidates are the reviewed applications that are not decided and reach the minimum score under
    these weights; they score as the call ranks, as given or adjusted. DomainError where no
    selection keeps the rules: it names those that clash.
    """
    act.demand(Permission.AWARD_RECOMMEND, call.scope)
    _require_sensible(session, call, question)
    applications = candidates_of(session, call)
    scored = _score_all(session, call, question.weights)
    able = [
        application
        for application in applications
        if application.id in scored and scored[application.id].passes
    ]
    traits = traits_of(session, able)
    amounts = _amounts_by_application(session, call, able, question.share)
    labels = labels_of(call, [application.country or "" for application in able])
    earmarks = _earmark_rules(session, call, question, able)
    problem = Problem(
        question.envelope.minor,
        tuple(
            Candidate(
                application.id,
                scored[application.id].score,
                amounts[application.id],
                {
                    **_tags_of(traits[application.id], labels),
                    EARMARKS: frozenset(
                        rule.value for rule, ids in earmarks if application.id in ids
                    ),
                },
            )
            for application in able
            if amounts[application.id]
        ),
        (
            *(_rule_of(number, rule, labels) for number, rule in enumerate(question.rules, 1)),
            *(rule for rule, _ids in earmarks),
        ),
    )
    choice = solve(problem, SECONDS)
    chosen = {candidate.id for candidate in choice.chosen}
    scenario = Scenario(
        call_id=call.id,
        call=call,
        name=question.name.strip(),
        envelope_minor=question.envelope.minor,
        share=question.share,
        weights={key: f"{weight:f}" for key, weight in question.weights.items()},
        rules=[dict(rule) for rule in question.rules],
        lines=[
            {
                "application": candidate.id,
                "score": str(candidate.score),
                "amount_minor": candidate.amount,
                "chosen": candidate.id in chosen,
                "traits": traits[int(candidate.id)],
            }
            for candidate in problem.candidates
        ],
        score=choice.score,
        binding={
            str(number): str(cost)
            for number, cost in choice.binding.items()
            if number <= len(question.rules)
        },
        optimal=choice.optimal,
        solved_at=act.at,
        made_by_id=act.actor.person_id,
    )
    session.add(scenario)
    record(session, scenario, "solve", act, call=call.reference, name=scenario.name)
    return scenario


def _require_sensible(session: Session, call: Call, question: ScenarioQuestion) -> None:
    if call.state in PREPARED:
        raise DomainError(
            _("The call has not been published, so there are no applications to choose from.")
        )
    if not call.reviewers:
        raise DomainError(_("This call has no reviews, so there are no scores to choose by."))
    if not question.name.strip():
        raise DomainError(_("Enter a name for the scenario."))
    if question.envelope.minor <= 0 or question.envelope.currency != "USD":
        raise DomainError(_("Enter an amount in USD above 0."))
    if not 1 <= question.share <= 100:
        raise DomainError(_("Enter a share of 1 to 100 per cent."))
    if any(weight < 0 for weight in question.weights.values()) or not any(
        question.weights.values()
    ):
        raise DomainError(_("Enter weights of 0 or more, at least one of them above 0."))
    if len(scenarios_of(session, call)) >= MOST:
        raise DomainError(
            _("This call already has %(most)s scenarios. No more can be added.", most=MOST)
        )


def candidates_of(session: Session, call: Call) -> Sequence[Application]:
    """The reviewed applications of a call on which nothing is decided."""
    return session.scalars(
        select(Application)
        .where(Application.call_id == call.id, Application.state.in_(IN_PLAY))
        .options(joinedload(Application.organisation), joinedload(Application.call))
        .order_by(Application.id)
    ).all()


def countries_of_candidates(session: Session, call: Call) -> dict[str, int]:
    """How many of them there are in each country; "" where none is given."""
    country = func.coalesce(Application.country, "")
    in_play = Application.call_id == call.id, Application.state.in_(IN_PLAY)
    rows = session.execute(select(country, func.count()).where(*in_play).group_by(country))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class _Scored:
    """What an application would score, by the rule that ranks in its call."""

    score: Decimal
    passes: bool
    """The average as it was given reaches the minimum score."""


def _score_all(session: Session, call: Call, weights: Mapping[str, Any]) -> dict[int, _Scored]:
    """Each reviewed application of the call, under these weights."""
    criteria = [
        {**criterion, "weight": weights.get(criterion["key"], criterion["weight"])}
        for criterion in call.criteria
    ]
    ranked = select(Application.id).where(
        Application.call_id == call.id, Application.state.in_(RANKED)
    )
    reviews = submitted_of_each(session, session.scalars(ranked).all())
    totals = {
        number: [
            (review.reviewer_id, weighted_total(criteria, _marks_of(review)))
            for review in application_reviews
        ]
        for number, application_reviews in reviews.items()
        if application_reviews
    }
    averages = {
        number: average(total for _by, total in own_totals) for number, own_totals in totals.items()
    }
    scores = adjusted_averages(totals) if call.ranks_adjusted else averages
    return {
        number: _Scored(scores[number], score >= call.pass_mark)
        for number, score in averages.items()
    }


def _marks_of(review: Review) -> dict[str, int]:
    return {key: mark["score"] for key, mark in review.scores.items()}


def _amounts_by_application(
    session: Session, call: Call, applications: Sequence[Application], share: int
) -> dict[int, int]:
    """USD cents of each: as recommended, else the share of what is requested."""
    recommended = recommendations_in_call(session, call.id)
    return {
        application.id: recommended[application.id].amount_minor
        if application.is_recommended
        else part_of(application, Decimal(share)).minor
        for application in applications
    }


def _earmark_rules(
    session: Session, call: Call, question: ScenarioQuestion, able: Sequence[Application]
) -> list[tuple[Rule, frozenset[int]]]:
    """What applications may cost together at most, because the rest of the money is earmarked for
    others: of what is available, or of the envelope where more is planned than is there. Each with
    the ids of the applications it is about.
    """
    (kept_from,) = KEPT_FROM
    factor = 100 + Decimal(call.fund.psc_percent)
    planned = max(
        Decimal(balances(session, call.fund).available.minor),
        question.envelope.minor * factor / 100,
    )
    rules = []
    for place, (ids, unfit) in enumerate(kept_from(session, call, able), len(question.rules) + 1):
        limit = max((planned - unfit.minor) * 100 / factor, Decimal(0))
        bound = Bound(Measure.AMOUNT, least=False, limit=limit)
        rules.append((Rule(place, EARMARKS, str(place), (bound,)), ids))
    return rules


def _tags_of(
    traits: Sequence[str], labels: Mapping[str, tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """The traits in words, as the rules and the message on clashing rules name them."""
    answers_by_question: dict[str, set[str]] = {}
    for question, answer in (labels[trait] for trait in traits if trait in labels):
        answers_by_question.setdefault(question, set()).add(answer)
    return {question: frozenset(answers) for question, answers in answers_by_question.items()}


def _rule_of(number: int, rule: Mapping[str, str], labels: Mapping[str, tuple[str, str]]) -> Rule:
    if rule["trait"] not in labels or rule["bound"] not in BOUNDS:
        raise DomainError(_("Choose what the rule is about."))
    question, answer = labels[rule["trait"]]
    measure, least = BOUNDS[rule["bound"]]
    limit = Decimal(rule["limit"])
    if limit < 0 or (measure is Measure.SHARE and limit > 1):
        raise DomainError(_("Enter a limit of 0 or more, and a share of 100 per cent at most."))
    limit = limit * 100 if measure is Measure.AMOUNT else limit
    return Rule(number, question, answer, (Bound(measure, least, limit),))


def left_of_envelope(session: Session, call: Call) -> Money:
    """What the call's envelope still holds after its awards."""
    return usd(call.envelope_minor) - awarded_in_call(session, call)


def scenarios_of(session: Session, call: Call) -> Sequence[Scenario]:
    """The scenarios of a call, the newest first."""
    return session.scalars(
        select(Scenario).where(Scenario.call_id == call.id).order_by(Scenario.id.desc()).limit(MOST)
    ).all()


def scenario_of(session: Session, call: Call, number: int) -> Scenario:
    """One scenario of a call, or Missing."""
    scenario = session.get(Scenario, number, options=[joinedload(Scenario.made_by)])
    if scenario is None or scenario.call_id != call.id:
        raise Missing(_("Scenario not found."))
    return scenario


@dataclass(frozen=True, slots=True)
class Line:
    """An application in a scenario, with the rank of its score among the candidates."""

    rank: int
    application: Application
    score: Decimal
    amount: Money
    chosen: bool
    traits: Sequence[str]


def lines_of(session: Session, scenario: Scenario, viewer: Viewer) -> list[Line]:
    """The candidates of a scenario, the best score first, without those shut to this person."""
    ids = [line["application"] for line in scenario.lines]
    rows = select(Application).where(Application.id.in_(ids), open_to(viewer))
    applications = {
        application.id: application
        for application in session.scalars(rows.options(joinedload(Application.organisation)))
    }
    ordered = sorted(
        scenario.lines, key=lambda line: (-Decimal(line["score"]), line["application"])
    )
    ranks = _rank_scores([Decimal(line["score"]) for line in ordered])
    return [
        Line(
            rank,
            applications[line["application"]],
            Decimal(line["score"]),
            usd(line["amount_minor"]),
            line["chosen"],
            line["traits"],
        )
        for rank, line in zip(ranks, ordered, strict=True)
        if line["application"] in applications
    ]


def _rank_scores(scores: Sequence[Decimal]) -> list[int]:
    """Equal scores share a rank."""
    return [scores.index(score) + 1 for score in scores]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a scenario means for the portfolio: of the lines that a person may see."""

    number: int
    amount: Money
    average: Decimal | None
    by_trait: Mapping[str, tuple[int, Money]]
    """For each trait, how many are chosen and for how much."""

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Effect":
        chosen = [line for line in lines if line.chosen]
        numbers: Counter[str] = Counter()
        money: Counter[str] = Counter()
        for line in chosen:
            for trait in line.traits:
                numbers[trait] += 1
                money[trait] += line.amount.minor
        return cls(
            len(chosen),
            usd(sum(line.amount.minor for line in chosen)),
            average([line.score for line in chosen]) if chosen else None,
            {trait: (count, usd(money[trait])) for trait, count in numbers.items()},
        )


def passed_over(lines: Sequence[Line]) -> list[Line]:
    """Applications that are not chosen though a lower score is."""
    lowest = min((line.score for line in lines if line.chosen), default=None)
    return [
        line for line in lines if not line.chosen and lowest is not None and line.score > lowest
    ]

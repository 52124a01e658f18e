from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.deciding.portfolio.problem import Bound, Candidate, Measure, Problem, Rule
from grants.deciding.portfolio.solver import Infeasible, solve

TAGS = {"region": ("Africa", "Asia", "Europe"), "survivor_led": ("yes", "no")}


BEYOND = Decimal("9" * 30)
"""A limit that somebody may type, and that no choice comes to."""


@st.composite
def candidates(draw: st.DrawFn, most: int = 8) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            f"A{number}",
            Decimal(draw(st.integers(0, 1000))) / 10,
            draw(st.integers(0, 9_000_00)),
            {tag: frozenset([draw(st.sampled_from(values))]) for tag, values in TAGS.items()},
        )
        for number in range(draw(st.integers(0, most)))
    )


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    made = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        tag = draw(st.sampled_from(sorted(TAGS)))
        measure = draw(st.sampled_from(Measure))
        limit = {
            Measure.COUNT: st.integers(0, 4).map(Decimal),
            Measure.AMOUNT: st.integers(0, 2_000_000).map(Decimal),
            Measure.SHARE: st.integers(0, 100).map(lambda percent: Decimal(percent) / 100),
        }[measure]
        bound = Bound(measure, draw(st.booleans()), draw(limit | st.just(BEYOND)))
        made.append(Rule(number, tag, draw(st.sampled_from(TAGS[tag])), (bound,)))
    return tuple(made)


def choices(problem: Problem) -> Iterator[tuple[Candidate, ...]]:
    sizes = range(len(problem.candidates) + 1)
    return chain.from_iterable(combinations(problem.candidates, size) for size in sizes)


def best_by_trying(problem: Problem, kept: tuple[Rule, ...]) -> Decimal | None:
    """The highest score of all choices, each tried; none where none is allowed."""
    sums = [
        sum((candidate.score for candidate in chosen), Decimal(0))
        for chosen in choices(problem)
        if problem.allows(chosen, kept)
    ]
    return max(sums, default=None)


@given(candidates(), rules(), st.integers(0, 2_500_000))
def test_the_answer_is_the_best_of_all_choices(
    entered: tuple[Candidate, ...], asked: tuple[Rule, ...], envelope: int
) -> None:
    problem = Problem(envelope, entered, asked)
    best = best_by_trying(problem, asked)
    if best is None:
        with pytest.raises(Infeasible) as refusal:
            solve(problem)
        clash = refusal.value.rules
        assert best_by_trying(problem, clash) is None
        for rule in clash:
            others = tuple(other for other in clash if other is not rule)
            assert best_by_trying(problem, others) is not None
        return
    found = solve(problem)
    assert problem.allows(found.chosen, asked)
    assert found.score == best
    assert found.optimal
    without = {
        r.number: best_by_trying(problem, tuple(o for o in asked if o is not r)) for r in asked
    }
    assert found.binding == {
        number: score - best for number, score in without.items() if score and score > best
    }


def test_a_cent_over_the_envelope_is_over_it() -> None:
    entered = tuple(Candidate(n, Decimal(1), 33_333_34, {}) for n in range(3))
    assert len(solve(Problem(100_000_00, entered, ())).chosen) == 2
    assert len(solve(Problem(100_000_02, entered, ())).chosen) == 3


def test_a_share_is_counted_exactly() -> None:
    third = Candidate("third", Decimal(5), 100_00, {"region": frozenset(["Africa"])})
    rest = Candidate("rest", Decimal(9), 200_00, {"region": frozenset(["Asia"])})
    share = Bound(Measure.SHARE, least=True, limit=Decimal("0.34"))
    found = solve(Problem(1000_00, (third, rest), (Rule(1, "region", "Africa", (share,)),)))
    assert found.chosen == (third,)
    assert found.binding == {1: Decimal(9)}


def test_an_envelope_for_more_than_all_takes_all() -> None:
    entered = tuple(Candidate(n, Decimal(1), 33_333_34, {}) for n in range(3))
    assert len(solve(Problem(int(BEYOND), entered, ())).chosen) == 3


@pytest.mark.parametrize("measure", [Measure.COUNT, Measure.AMOUNT, Measure.SHARE])
def test_a_limit_that_nothing_can_reach_is_refused_at_once(measure: Measure) -> None:
    amounts = (5219, 5565, 5738, 5130, 4876, 5301, 5544, 4990, 5012, 5478, 5333, 5201, 5699)
    entered = tuple(
        Candidate(
            n, Decimal(150 + n), amount * 1000, {"region": frozenset(["Africa", "Asia"][n % 2 :])}
        )
        for n, amount in enumerate(amounts)
    )
    least = Bound(measure, least=True, limit=BEYOND)
    one = Bound(Measure.COUNT, least=True, limit=Decimal(1))
    asked = (Rule(1, "region", "Africa", (least,)), Rule(2, "region", "Asia", (one,)))
    with pytest.raises(Infeasible) as refusal:
        solve(Problem(16_666_000, entered, asked), seconds=2)
    assert 1 in [rule.number for rule in refusal.value.rules]


def test_nothing_is_chosen_where_there_is_nothing_to_choose_from() -> None:
    found = solve(Problem(100, (), ()))
    assert found.chosen == ()
    assert found.amount == 0

"""The arithmetic of reviews is exact."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from grants.deciding.reviews.scoring import HIGHEST, average, outlying, spread, weighted_total

WEIGHTS = st.lists(st.integers(1, 100), min_size=1, max_size=12)


def criteria(weights: list[int]) -> list[dict[str, object]]:
    return [{"key": str(place), "weight": weight} for place, weight in enumerate(weights)]


@st.composite
def marked(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    weights = draw(WEIGHTS)
    size = len(weights)
    return weights, draw(st.lists(st.integers(0, HIGHEST), min_size=size, max_size=size))


def total(weights: list[int], marks: list[int]) -> Decimal:
    return weighted_total(criteria(weights), {str(place): mark for place, mark in enumerate(marks)})


@given(marked())
def test_a_total_is_the_exact_share_rounded_half_even_once(
    case: tuple[list[int], list[int]],
) -> None:
    weights, marks = case
    exact = Fraction(100 * sum(w * m for w, m in zip(weights, marks, strict=True)))
    exact /= HIGHEST * sum(weights)
    found = total(weights, marks)
    assert found.as_tuple().exponent == -2
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)
    if (exact * 1000).denominator == 1:  # it can be written with three decimals: Decimal agrees
        written = Decimal(int(exact * 1000)).scaleb(-3)
        assert found == written.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


@given(marked())
def test_a_total_lies_between_the_worst_and_the_best_mark(
    case: tuple[list[int], list[int]],
) -> None:
    weights, marks = case
    assert min(marks) * 20 <= total(weights, marks) <= max(marks) * 20


@given(marked(), st.data())
def test_a_better_mark_never_lowers_a_total(
    case: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    weights, marks = case
    place = data.draw(st.integers(0, len(marks) - 1))
    better = [*marks]
    better[place] = min(better[place] + 1, HIGHEST)
    assert total(weights, better) >= total(weights, marks)


@given(marked(), st.randoms())
def test_the_order_of_the_criteria_does_not_matter(
    case: tuple[list[int], list[int]], chance: Random
) -> None:
    pairs = list(zip(*case, strict=True))
    chance.shuffle(pairs)
    weights, marks = zip(*pairs, strict=True)
    assert total(list(weights), list(marks)) == total(*case)


@given(marked(), st.integers(2, 9))
def test_only_the_proportion_of_weights_matters(
    case: tuple[list[int], list[int]], factor: int
) -> None:
    weights, marks = case
    assert total([w * factor for w in weights], marks) == total(weights, marks)


def test_the_fives_and_thirds_of_a_real_call() -> None:
    assert total([40, 35, 25], [4, 3, 5]) == Decimal("78.00")
    assert total([1, 1, 1], [5, 5, 4]) == Decimal("93.33")
    assert total([1, 1, 1], [5, 4, 4]) == Decimal("86.67")
    assert total([3, 13], [1, 0]) == Decimal("3.75")


SCORES = st.lists(
    st.integers(0, 10_000).map(lambda cents: Decimal(cents).scaleb(-2)), min_size=1, max_size=9
)


@given(SCORES)
def test_an_average_is_the_exact_mean_half_even(scores: list[Decimal]) -> None:
    exact = sum(map(Fraction, scores), Fraction(0)) / len(scores)
    assert abs(Fraction(average(scores)) - exact) <= Fraction(1, 200)
    assert min(scores) <= average(scores) <= max(scores)


def test_halves_go_to_the_even_neighbour() -> None:
    assert average([Decimal("70.00"), Decimal("70.01")]) == Decimal("70.00")
    assert average([Decimal("70.01"), Decimal("70.02")]) == Decimal("70.02")


def test_a_review_far_from_the_middle_of_the_others_is_pointed_out() -> None:
    scores = [Decimal(70), Decimal(74), Decimal(40)]
    assert spread(scores) == 34
    assert outlying(scores) == [False, False, True]
    assert outlying([Decimal(50), Decimal(90)]) == [False, False]
    assert outlying([Decimal(50), Decimal(70), Decimal(70)]) == [False, False, False]
    assert outlying([Decimal(50), Decimal("70.01"), Decimal("70.01")]) == [True, False, False]
    assert outlying([Decimal(10)]) == [False]

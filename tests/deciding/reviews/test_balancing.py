"""Reviews are shared out evenly, never to a person who may not review."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from grants.deciding.reviews.balancing import Task, balanced

REVIEWERS = range(1, 7)
FITS = st.dictionaries(st.sampled_from(REVIEWERS), st.integers(0, 3), max_size=6)
TASKS = st.lists(st.tuples(st.integers(1, 3), FITS), max_size=12).map(
    lambda given: [Task(number, places, fit) for number, (places, fit) in enumerate(given)]
)
LOADS = st.dictionaries(st.sampled_from(REVIEWERS), st.integers(0, 5))


def loads_after(chosen: Mapping[int, Sequence[int]], before: Mapping[int, int]) -> Counter[int]:
    after = Counter(before)
    for reviewers in chosen.values():
        after.update(reviewers)
    return after


def could_be_lighter(
    tasks: Sequence[Task], chosen: Mapping[int, Sequence[int]], loads: Counter[int]
) -> bool:
    """Could a review go from a reviewer to one with two less to do, over others or directly?"""
    handed = {
        (giver, taker)
        for task in tasks
        for giver in chosen[task.id]
        for taker in set(task.fit) - set(chosen[task.id])
    }
    reach = set(handed)
    for middle, giver, taker in product(REVIEWERS, repeat=3):
        if (giver, middle) in reach and (middle, taker) in reach:
            reach.add((giver, taker))
    return any(loads[giver] >= loads[taker] + 2 for giver, taker in reach)


@given(TASKS, LOADS)
@settings(max_examples=60)
def test_nobody_reviews_what_they_may_not_and_every_place_that_can_be_filled_is(
    tasks: list[Task], before: dict[int, int]
) -> None:
    chosen = balanced(tasks, before)
    for task in tasks:
        assert set(chosen[task.id]) <= set(task.fit)
        assert len(chosen[task.id]) == len(set(chosen[task.id])) == task.wanted


@given(TASKS, LOADS)
@settings(max_examples=60)
def test_loads_differ_by_one_at_most_unless_a_conflict_forbids_it(
    tasks: list[Task], before: dict[int, int]
) -> None:
    chosen = balanced(tasks, before)
    assert not could_be_lighter(tasks, chosen, loads_after(chosen, before))


@given(st.integers(1, 40), st.integers(3, 6), st.integers(1, 3))
@settings(max_examples=25)
def test_without_conflicts_no_two_loads_differ_by_more_than_one(
    applications: int, reviewers: int, places: int
) -> None:
    fit = dict.fromkeys(range(reviewers), 0)
    chosen = balanced([Task(n, places, fit) for n in range(applications)], {})
    loads = loads_after(chosen, dict.fromkeys(range(reviewers), 0))
    assert max(loads.values()) - min(loads.values()) <= 1


SMALL = st.lists(
    st.tuples(st.integers(1, 2), st.dictionaries(st.integers(1, 3), st.integers(0, 3), max_size=3)),
    max_size=4,
).map(lambda given: [Task(number, places, fit) for number, (places, fit) in enumerate(given)])


@given(SMALL, st.dictionaries(st.integers(1, 3), st.integers(0, 2)))
@settings(max_examples=60)
def test_no_other_way_is_more_even_or_as_even_and_fits_better(
    tasks: list[Task], before: dict[int, int]
) -> None:
    def worth(chosen: Mapping[int, Sequence[int]]) -> tuple[int, int]:
        uneven = sum(load * load for load in loads_after(chosen, before).values())
        return uneven, -sum(task.fit[one] for task in tasks for one in chosen[task.id])

    ways = product(*(combinations(sorted(task.fit), task.wanted) for task in tasks))
    ids = [task.id for task in tasks]
    best = min(worth(dict(zip(ids, way, strict=True))) for way in ways)
    assert worth(balanced(tasks, before)) == best

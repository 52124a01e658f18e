"""Sharing reviews out so that everyone has about as much to do, found by HiGHS.

First the loads are as even as the conflicts of interest allow: the sum of their squares is least,
so that where nothing forbids it no two differ by more than one. Among all even ways the one is
chosen in which reviewers know most of what they review. It is a flow in a network, of which the
best answer is in whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """An application that lacks reviewers. `fit`: who may review it, and how well they know it."""

    id: int
    places: int
    fit: Mapping[int, int]

    @property
    def wanted(self) -> int:
        """How many can be found at most."""
        return min(self.places, len(self.fit))


def balanced(tasks: Sequence[Task], loads: Mapping[int, int]) -> Mapping[int, Sequence[int]]:
    """The reviewers of each task, fewer than its places only where too few may review it.

    `loads`: what reviewers have to do already.
    """
    pairs = [(task, reviewer) for task in tasks for reviewer in sorted(task.fit)]
    chosen: dict[int, list[int]] = {task.id: [] for task in tasks}
    if pairs:
        for (task, reviewer), is_chosen in zip(
            pairs, _choose_pairs(tasks, pairs, loads), strict=True
        ):
            if is_chosen:
                chosen[task.id].append(reviewer)
    return chosen


def _choose_pairs(
    tasks: Sequence[Task], pairs: Sequence[tuple[Task, int]], loads: Mapping[int, int]
) -> list[bool]:
    """Which of the pairs are chosen."""
    import highspy  # with numpy: only where reviews are shared out

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("solver", "simplex")  # it ends on a corner, which is in whole numbers
    for task, reviewer in pairs:
        model.addCol(-task.fit[reviewer], 0, 1, 0, [], [])
    steps = _add_steps(model, tasks, pairs, loads)
    for task in tasks:
        columns = [at for at, (of_pair, _reviewer) in enumerate(pairs) if of_pair is task]
        model.addRow(task.wanted, task.wanted, len(columns), columns, [1.0] * len(columns))
    for reviewer, own_steps in steps.items():
        columns = [at for at, (_task, of_pair) in enumerate(pairs) if of_pair == reviewer]
        values = [1.0] * len(columns) + [-1.0] * len(own_steps)
        model.addRow(0, 0, len(values), [*columns, *own_steps], values)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"reviews were not shared out: {model.getModelStatus()}")
    return [value > 0.5 for value in model.getSolution().col_value[: len(pairs)]]


def _add_steps(
    model: object,
    tasks: Sequence[Task],
    pairs: Sequence[tuple[Task, int]],
    loads: Mapping[int, int],
) -> dict[int, list[int]]:
    """A column for each review that a reviewer could get: every further one costs more, and one
    step of balance more than all that fit could gain.
    """
    weight = 1 + sum(task.wanted * max(task.fit.values(), default=0) for task in tasks)
    at = len(pairs)
    steps: dict[int, list[int]] = {}
    for _task, reviewer in pairs:
        reviewer_steps = steps.setdefault(reviewer, [])
        load = loads.get(reviewer, 0) + len(reviewer_steps)
        model.addCol(weight * (2 * load + 1), 0, 1, 0, [], [])  # type: ignore[attr-defined]
        reviewer_steps.append(at)
        at += 1
    return steps

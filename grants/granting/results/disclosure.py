"""Which figures of published tables must be hidden, so that nobody can work out a small group.

A figure below the smallest count is hidden, 0 as well. Then as many others as it takes that
nobody who knows everything printed, and that counts are whole numbers of zero or more, can bound
any hidden figure to an interval narrower than the smallest count. The others are chosen so that
little is lost: HiGHS looks for the cheapest set (totals are dearer than cells, large groups dearer
than small ones), and each answer is attacked before it is given.
"""

from collections.abc import Iterable
from math import ceil, floor, inf, log2

import highspy

from grants.granting.results.tables import Sheet

SECONDS = 5.0
"""How long one search for further figures to hide may take before its best answer is used."""
CLEAR_UP_TO = 160
"""With more figures than this, a hidden one is not tried again for whether it may be shown."""


def to_hide(sheet: Sheet, smallest: int) -> frozenset[int]:
    """The numbers of the figures to hide, with `smallest` as the smallest count to be shown."""
    small = frozenset(n for n, value in enumerate(sheet.values) if value < smallest)
    hidden, margin = set(small), dict.fromkeys(range(len(sheet.values)), smallest)
    while exposed := exposed_figures(sheet, hidden, smallest):
        for number in exposed:
            more = _further_to_hide(sheet, hidden, number, margin[number])
            if more <= hidden:  # hidden enough by fractions of people, not by whole ones
                margin[number] += 1
            hidden |= more
    return frozenset(_shown_again(sheet, hidden, small, smallest))


def exposed_figures(
    sheet: Sheet, hidden: Iterable[int], smallest: int, among: Iterable[int] | None = None
) -> list[int]:
    """The hidden figures, or some `among` them, that can be bound to an interval narrower than
    `smallest`.
    """
    attack = _Attack(sheet, frozenset(hidden))
    numbers = sorted(attack.hidden if among is None else among)
    return [number for number in numbers if attack.width(number) < smallest]


def interval(sheet: Sheet, hidden: Iterable[int], number: int) -> tuple[int, float]:
    """The least and the most that a hidden figure can be, by all that is printed."""
    return _Attack(sheet, frozenset(hidden)).interval(number)


def _shown_again(sheet: Sheet, hidden: set[int], small: frozenset[int], smallest: int) -> set[int]:
    """Without the figures that turn out not to be needed, the dearest first."""
    if len(sheet.values) > CLEAR_UP_TO:
        return hidden
    for number in sorted(hidden - small, key=lambda n: (-_information_loss(sheet, n), n)):
        fewer = hidden - {number}
        if not exposed_figures(sheet, fewer, smallest):
            hidden = fewer
    return hidden


def _information_loss(sheet: Sheet, number: int) -> float:
    """How much is lost by hiding a figure: more for totals, and for more people."""
    rank = {2: 1, 1: 4, 0: 16}[min(len(sheet.keys[number]), 2)]
    return rank * (1 + log2(1 + sheet.values[number]) / 8)


class _Attack:
    """What can be worked out from the printed figures: a polytope of all tables that fit them."""

    def __init__(self, sheet: Sheet, hidden: frozenset[int]) -> None:
        self.hidden = hidden
        self.model = _quiet_model()
        for number, value in enumerate(sheet.values):
            low, high = (0, inf) if number in hidden else (value, value)
            self.model.addCol(0, low, high, 0, [], [])
        _add_sums(self.model, sheet, 0)

    def width(self, number: int) -> float:
        least, most = self.interval(number)
        return most - least

    def interval(self, number: int) -> tuple[int, float]:
        sense = highspy.ObjSense
        least = self._extreme_value(number, sense.kMinimize)
        most = self._extreme_value(number, sense.kMaximize)
        return ceil(least - 1e-6), most if most == inf else floor(most + 1e-6)

    def _extreme_value(self, number: int, sense: highspy.ObjSense) -> float:
        """The least or most of one figure; in whole people where fractions would say otherwise."""
        model, status = self.model, highspy.HighsModelStatus
        model.changeColCost(number, 1)
        model.changeObjectiveSense(sense)
        model.run()
        edge: float = model.getInfo().objective_function_value
        if model.getModelStatus() in (status.kUnbounded, status.kUnboundedOrInfeasible):
            edge = inf
        elif any(abs(x - round(x)) > 1e-6 for x in model.getSolution().col_value):
            edge = self._whole_edge()
        model.changeColCost(number, 0)
        return edge

    def _whole_edge(self) -> float:
        kinds = highspy.HighsVarType
        for number in self.hidden:
            self.model.changeColIntegrality(number, kinds.kInteger)
        self.model.run()
        edge: float = self.model.getInfo().objective_function_value
        for number in self.hidden:
            self.model.changeColIntegrality(number, kinds.kContinuous)
        return edge


def _further_to_hide(sheet: Sheet, hidden: set[int], target: int, width: int) -> set[int]:
    """The cheapest figures to hide besides, so that two tables that fit everything printed differ
    by `width` in the target.
    """
    model, number = _quiet_model(), len(sheet.values)
    model.setOptionValue("time_limit", SECONDS)
    model.setOptionValue("mip_rel_gap", 0.02)
    reach = 2 * width
    for _table in range(2):  # the table with the most in the target, and that with the least
        for value in sheet.values:
            model.addCol(0, max(0, value - reach), value + reach, 0, [], [])
    for at in range(number):
        cost = 0 if at in hidden else _information_loss(sheet, at)
        model.addCol(cost, at in hidden, 1, 0, [], [])
        model.changeColIntegrality(2 * number + at, highspy.HighsVarType.kInteger)
    for start in (0, number):
        _add_sums(model, sheet, start)
        for at, value in enumerate(sheet.values):
            switch = 2 * number + at
            model.addRow(-inf, value, 2, [start + at, switch], [1, -reach])
            model.addRow(value, inf, 2, [start + at, switch], [1, min(value, reach)])
    model.addRow(width, inf, 2, [target, number + target], [1, -1])
    model.run()
    if not model.getSolution().value_valid:  # too large to search in the time: hide it all
        return set(range(number))
    solved = model.getSolution().col_value
    return {at for at in range(number) if solved[2 * number + at] > 0.5} | hidden


def _add_sums(model: highspy.Highs, sheet: Sheet, start: int) -> None:
    for total, parts in sheet.sums:
        at = [start + total, *(start + part for part in parts)]
        model.addRow(0, 0, len(at), at, [-1, *(1 for _part in parts)])


def _quiet_model() -> highspy.Highs:
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    return model

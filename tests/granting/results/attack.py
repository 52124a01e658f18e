"""What a reader can work out of printed tables: the least and the most that a count can be, by
whole numbers, from every figure of one or two editions at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

import highspy

Cell = tuple[int, int, str]
"""Edition, year and category."""
Figure = tuple[frozenset[Cell], int]
"""The counts that a printed figure adds up, and how many people it says."""


class Attack:
    """All tables that fit what is printed, as a system of equations of whole numbers."""

    def __init__(self, figures: Iterable[Figure], grow: Iterable[tuple[Cell, Cell]] = ()) -> None:
        """`grow`: pairs of counts of which the second is no less than the first."""
        self.model = highspy.Highs()
        self.model.setOptionValue("output_flag", False)
        self.place: dict[Cell, int] = {}
        for cells, people in figures:
            self._row(people, people, {self._at(cell): 1 for cell in cells})
        for before, after in grow:
            self._row(0, inf, {self._at(after): 1, self._at(before): -1})

    def _at(self, cell: Cell) -> int:
        if cell not in self.place:
            self.place[cell] = len(self.place)
            self.model.addCol(0, 0, 1000, 0, [], [])
            self.model.changeColIntegrality(self.place[cell], highspy.HighsVarType.kInteger)
        return self.place[cell]

    def _row(self, low: float, high: float, signs: Mapping[int, int]) -> None:
        self.model.addRow(low, high, len(signs), list(signs), list(signs.values()))

    def between(self, cells: Sequence[Cell]) -> tuple[int, int]:
        """The least and the most that these counts can be together."""
        for cell in cells:
            self.model.changeColCost(self._at(cell), 1)
        edges = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.model.changeObjectiveSense(sense)
            self.model.run()
            edges.append(round(self.model.getInfo().objective_function_value))
        for cell in cells:
            self.model.changeColCost(self._at(cell), 0)
        return edges[0], edges[1]

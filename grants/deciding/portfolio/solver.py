"""The best choice within an envelope and rules of balance, found by HiGHS and checked exactly.

HiGHS counts in floating point. So scores and amounts are handed to it as whole numbers, no gap is
left open, and each answer is counted again in exact figures; an answer that breaks a rule by a
rounding is excluded and the question asked again.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd
from time import monotonic

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.deciding.portfolio.problem import Bound, Candidate, Choice, Measure, Problem, Rule

SECONDS = 60.0
"""How long one question may take in all before the best answer so far is given."""

Row = tuple[dict[int, int], float, float]
"""Weights by position of the candidate, and the least and the most that they may sum to."""


def solve(problem: Problem, seconds: float = SECONDS) -> Choice:
    """The candidates with the highest total score within the envelope and the rules.

    A rule binds if without it alone the best score would be higher. Raises Infeasible, which names
    the clashing rules, where no choice keeps them all.
    """
    search = _Search(problem, monotonic() + seconds)
    best = search.best(problem.rules)
    if best is None:
        raise Infeasible(clashing(problem, seconds))
    score = _total_score(best)
    binding = {}
    for rule in problem.rules:
        freed = search.best([other for other in problem.rules if other is not rule], start=best)
        if freed is not None and _total_score(freed) > score:
            binding[rule.number] = _total_score(freed) - score
    return Choice(tuple(best), binding, optimal=search.proved)


def clashing(problem: Problem, seconds: float = SECONDS) -> list[Rule]:
    """The fewest rules, taken from the front, of which no choice within the envelope keeps all."""
    search = _Search(problem, monotonic() + seconds)
    needed = list(problem.rules)
    for rule in problem.rules:
        fewer = [other for other in needed if other is not rule]
        if search.best(fewer) is None:
            needed = fewer
    return needed


def _total_score(chosen: Iterable[Candidate]) -> Decimal:
    return sum((candidate.score for candidate in chosen), Decimal(0))


class Infeasible(DomainError):
    """No choice within the envelope keeps these rules together; without any one of them there is
    one.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        rules_in_words = ", ".join(rule.in_words() for rule in rules)
        super().__init__(
            _(
                "No selection within the total amount available meets %(rules)s. Relax the rule.",
                rules=rules_in_words,
            )
            if len(rules) == 1
            else _(
                "No selection meets all of these rules: %(rules)s. Relax one of them.",
                rules=rules_in_words,
            )
        )


class _Search:
    """Questions about the same candidates with more or fewer rules."""

    def __init__(self, problem: Problem, until: float) -> None:
        self.problem, self.until, self.proved = problem, until, True
        self.worth = _whole_numbers([candidate.score for candidate in problem.candidates])
        total = sum(candidate.amount for candidate in problem.candidates)
        self.beyond = {
            Measure.COUNT: len(self.worth) + 1,
            Measure.AMOUNT: total + 1,
            Measure.SHARE: 2,
        }
        """What no choice comes to: a higher limit says the same, but is too much for floats."""

    def best(
        self, rules: Sequence[Rule], start: Sequence[Candidate] = ()
    ) -> list[Candidate] | None:
        """The best choice under some of the rules; None where there is none. A `start` choice that
        they allow saves time.
        """
        if not self.problem.candidates:
            return [] if self.problem.allows([], rules) else None
        rows = [self._envelope_row(), *(row for rule in rules for row in self._rule_rows(rule))]
        while monotonic() < self.until:
            positions = self._solve_rows(rows, start)
            if positions is None:
                return None
            chosen = [self.problem.candidates[at] for at in positions]
            if self.problem.allows(chosen, rules):
                return chosen
            rows.append(self._other_than(positions))
        raise DomainError(_("Time ran out before a selection was found."))

    def _envelope_row(self) -> Row:
        amounts = {at: c.amount for at, c in enumerate(self.problem.candidates) if c.amount}
        limit = min(self.problem.envelope, self.beyond[Measure.AMOUNT])
        return _smallest_row(amounts, Fraction(limit), least=False)

    def _rule_rows(self, rule: Rule) -> list[Row]:
        return [self._bound_row(rule, bound) for bound in rule.bounds]

    def _bound_row(self, rule: Rule, bound: Bound) -> Row:
        limit = min(Fraction(bound.limit), Fraction(self.beyond[bound.measure]))
        weights = {}
        for at, candidate in enumerate(self.problem.candidates):
            carries = candidate.carries(rule.tag, rule.value)
            if bound.measure is Measure.COUNT:
                weight = Fraction(carries)
            elif bound.measure is Measure.AMOUNT:
                weight = Fraction(carries * candidate.amount)
            else:  # what it adds to the part, less the limit's part of what it adds to the whole
                weight = candidate.amount * (carries - limit)
            weights[at] = weight
        if bound.measure is Measure.SHARE:
            limit = Fraction(0)
        return _smallest_row(weights, limit, least=bound.least)

    def _other_than(self, positions: Sequence[int]) -> Row:
        """A row that allows any choice but this one: at least one candidate more or one less."""
        chosen = set(positions)
        weights = {at: -1 if at in chosen else 1 for at in range(len(self.worth))}
        return weights, 1 - len(chosen), float("inf")

    def _solve_rows(
        self, rows: Sequence[Row], start_choice: Sequence[Candidate]
    ) -> list[int] | None:
        """Positions of the best choice under these rows, by HiGHS."""
        import highspy  # with numpy: only where a choice is asked for

        seconds_left = self.until - monotonic()
        model = highspy.Highs()
        for option, value in {**_EXACT, "time_limit": max(seconds_left, 1.0)}.items():
            model.setOptionValue(option, value)
        for at, worth in enumerate(self.worth):
            model.addCol(worth, 0, 1, 0, [], [])
            model.changeColIntegrality(at, highspy.HighsVarType.kInteger)
        for weights, low, high in rows:
            model.addRow(low, high, len(weights), list(weights), list(weights.values()))
        model.changeObjectiveSense(highspy.ObjSense.kMaximize)
        if start_choice:
            start = highspy.HighsSolution()
            chosen = {candidate.id for candidate in start_choice}
            start.col_value = [
                float(candidate.id in chosen) for candidate in self.problem.candidates
            ]
            model.setSolution(start)
        model.run()
        status = model.getModelStatus()
        if status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            self.proved = False
        values = model.getSolution().col_value
        return [at for at, value in enumerate(values) if value > 0.5]


_EXACT = {
    "output_flag": False,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.999,  # less than one: scores are whole numbers here
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}


def _whole_numbers(numbers: Sequence[Decimal]) -> list[int]:
    """The numbers times one factor that makes all of them whole."""
    ratios = [Fraction(number) for number in numbers]
    scale = 1
    for ratio in ratios:
        scale = scale * ratio.denominator // gcd(scale, ratio.denominator)
    return [int(ratio * scale) for ratio in ratios]


def _smallest_row(
    weights: dict[int, Fraction] | dict[int, int], limit: Fraction, *, least: bool
) -> Row:
    """A row in the smallest whole numbers that say the same."""
    parts = {at: Fraction(weight) for at, weight in weights.items() if weight}
    scale = limit.denominator
    for weight in parts.values():
        scale = scale * weight.denominator // gcd(scale, weight.denominator)
    whole = {at: int(weight * scale) for at, weight in parts.items()}
    common = gcd(*whole.values()) or 1
    bound = limit * scale / common
    edge = float(-(-bound // 1) if least else bound // 1)
    small = {at: weight // common for at, weight in whole.items()}
    return (small, edge, float("inf")) if least else (small, float("-inf"), edge)

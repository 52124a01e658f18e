"""Results of a grant that everyone may read: what its indicators should reach, and reached."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grants.granting.reporting.models import Report
from grants.granting.reporting.projects import promise_of


@dataclass(frozen=True, slots=True)
class MeasuredResult:
    """What the project was to reach, by an indicator where it has one, and what it has reached; in
    the words of the organisation.
    """

    number: int
    """Its place among the results of the grant."""
    indicator: str
    baseline: str
    target: str
    reached: str

    def says_few(self, smallest: int) -> bool:
        """Is one of its figures a count below the smallest that is published?

        Nobody can tell from the words alone whether it counts people, so it is taken to.
        """
        texts = (self.indicator, self.baseline, self.target, self.reached)
        figures = (int(figure) for text in texts for figure in _whole_numbers(text))
        return any(0 < figure < smallest for figure in figures)

    def as_row(self) -> dict[str, Any]:
        """What is kept of it once it is published."""
        return asdict(self)


def publishable_results(report: Report) -> Mapping[int, MeasuredResult]:
    """By their numbers, the measured results of a report that give no small count."""
    smallest = report.award.fund.smallest_count
    return {
        result.number: result
        for result in _measured_results(report)
        if not result.says_few(smallest)
    }


def _measured_results(report: Report) -> Iterator[MeasuredResult]:
    for number, result in enumerate(promise_of(report.award).results, 1):
        reached = str((report.results or {}).get(str(number), {}).get("so_far") or "").strip()
        if reached:
            words = result.indicator or result.text
            yield MeasuredResult(number, words, result.baseline, result.target, reached)


def _whole_numbers(text: str) -> list[str]:
    """Numbers of a text, with what stands between their thousands taken out."""
    return re.findall(r"\d+", re.sub(r"(?<=\d)[ ,.'’\u00a0\u202f](?=\d{3}(?!\d))", "", text))

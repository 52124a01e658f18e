"""When a grantee reports, reckoned from the length of the grant. Plain values, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.granting.reporting.models import ReportKind

INTERIM_DAYS = 30
FINAL_DAYS = 60
"""Days from the end of what a report covers to the day it is due."""


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """A report to be: the days it covers, both included, and when it is due."""

    kind: ReportKind
    covers_from: date
    covers_to: date
    due_on: date

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "covers_from": self.covers_from.isoformat(),
            "covers_to": self.covers_to.isoformat(),
            "due_on": self.due_on.isoformat(),
        }

    @classmethod
    def from_json(cls, planned: dict[str, Any]) -> "PlannedReport":
        days = [date.fromisoformat(planned[key]) for key in ("covers_from", "covers_to", "due_on")]
        return cls(ReportKind.of(planned["kind"]), *days)


def is_long(starts_on: date, ends_on: date) -> bool:
    """Longer than six months: such a grant owes an interim report."""
    return ends_on >= months_after(starts_on, 6)


def part_of(starts_on: date, ends_on: date, part: int, parts: int) -> date:
    """The last day of so many of the equal parts of a grant."""
    return starts_on + (ends_on - starts_on) * part // parts


def propose_reports(starts_on: date, ends_on: date, more: int = 0) -> tuple[PlannedReport, ...]:
    """A final report after the end, and an interim one on the first half of a long grant; `more`
    interim reports where a grant is watched closely, each on an equal part of it.
    """
    parts = (2 if is_long(starts_on, ends_on) else 1) + more
    ends = [part_of(starts_on, ends_on, part, parts) for part in range(1, parts)]
    interim = [(end, end + timedelta(INTERIM_DAYS)) for end in ends]
    return reports_until(starts_on, [*interim, (ends_on, ends_on + timedelta(FINAL_DAYS))])


def reports_until(starts_on: date, ends: Sequence[tuple[date, date]]) -> tuple[PlannedReport, ...]:
    """Reports that follow each other without a gap, from (last day covered, day due) of each."""
    begins = [starts_on, *(covers_to + timedelta(1) for covers_to, _due in ends)]
    last = len(ends) - 1
    return tuple(
        PlannedReport(
            ReportKind.FINAL if at == last else ReportKind.INTERIM, begins[at], covers_to, due_on
        )
        for at, (covers_to, due_on) in enumerate(ends)
    )


def check_reports(reports: Sequence[PlannedReport], starts_on: date, ends_on: date) -> None:
    """DomainError unless the reports cover the whole grant, one after the other."""
    if not reports or reports[-1].covers_to != ends_on:
        raise DomainError(_("The last report must cover the grant to its last day."))
    if reports[0].covers_from != starts_on:
        raise DomainError(_("The first report must begin with the grant."))
    for number, report in enumerate(reports, 1):
        if not report.covers_from <= report.covers_to <= report.due_on:
            raise DomainError(
                _(
                    "Report %(number)s must end after it begins, and be due after it ends.",
                    number=number,
                )
            )
    for earlier, later in pairwise(reports):
        if earlier.due_on > later.due_on:
            raise DomainError(_("The due dates of the reports must be in chronological order."))

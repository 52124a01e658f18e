"""What a grant is paid and when, and when it reports: proposed, checked. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from grants.kernel.errors import DomainError
from grants.kernel.language import gettext as _
from grants.kernel.money import Money, total
from grants.reporting.schedule import (
    PlannedReport,
    check_reports,
    is_long,
    propose_reports,
)

SHORT_SHARES = (80, 20)
LONG_SHARES = (40, 40, 20)
"""Percent of the award in each instalment. The last one waits for the final report."""


@dataclass(frozen=True, slots=True)
class PlannedInstalment:
    """A payment to be, and the day it is due."""

    amount: Money
    due_on: date

    def as_json(self) -> dict[str, Any]:
        return {"amount": str(self.amount), "due_on": self.due_on.isoformat()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "PlannedInstalment":
        return cls(Money.parse(kept["amount"], "USD"), date.fromisoformat(kept["due_on"]))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments and the reports of a grant, each in order."""

    instalments: Sequence[PlannedInstalment]
    reports: Sequence[PlannedReport]

    @property
    def amount(self) -> Money:
        return total(part.amount for part in self.instalments)


def propose(amount: Money, starts_on: date, ends_on: date) -> Schedule:
    """Two instalments up to six months, else three: at the start, with the interim report, and
    with the final one. Their sum is the award to the cent.
    """
    reports = propose_reports(starts_on, ends_on)
    shares = LONG_SHARES if is_long(starts_on, ends_on) else SHORT_SHARES
    days = [starts_on, *(report.due_on for report in reports)]
    parts = [part for part in amount.allocate(shares) if part]
    instalments = [PlannedInstalment(part, day) for part, day in zip(parts, days, strict=False)]
    return Schedule(tuple(instalments), reports)


def check(schedule: Schedule, amount: Money, starts_on: date, ends_on: date) -> None:
    """DomainError unless the schedule fits the award: sums to the cent, days in order."""
    if not schedule.instalments or any(part.amount.minor <= 0 for part in schedule.instalments):
        raise DomainError(_("Each instalment has an amount of more than 0."))
    if schedule.amount != amount:
        raise DomainError(
            _(
                "The instalments add up to %(sum)s USD, and the award is %(award)s USD. "
                "They differ by %(difference)s USD.",
                sum=schedule.amount,
                award=amount,
                difference=schedule.amount - amount,
            )
        )
    for earlier, later in pairwise(schedule.instalments):
        if earlier.due_on > later.due_on:
            raise DomainError(_("The instalments must be due one after the other."))
    if schedule.reports:
        check_reports(schedule.reports, starts_on, ends_on)

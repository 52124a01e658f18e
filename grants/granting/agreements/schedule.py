"""What a grant is paid and when, and when it reports: proposed, checked. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from grants.books.ledger.spending import with_support_cost
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.texts.formats import plain_day, plain_money
from grants.granting.reporting.schedule import (
    PlannedReport,
    check_reports,
    is_long,
    propose_reports,
)
from grants.integrity.risk.models import Risk

Shares = tuple[int, ...]
SHORT_SHARES: Mapping[Risk | None, Shares] = {
    None: (80, 20),
    Risk.LOW: (80, 20),
    Risk.MEDIUM: (60, 40),
    Risk.HIGH: (40, 40, 20),
}
LONG_SHARES: Mapping[Risk | None, Shares] = {
    None: (40, 40, 20),
    Risk.LOW: (40, 40, 20),
    Risk.MEDIUM: (30, 40, 30),
    Risk.HIGH: (25, 25, 30, 20),
}
"""Percent of the award in each instalment, by the risk rating of the grantee. The first is paid in
advance, each further one follows a report; the last one waits for the final report.
"""


@dataclass(frozen=True, slots=True)
class PlannedInstalment:
    """A payment to be, and the day it is due."""

    amount: Money
    due_on: date

    def as_json(self) -> dict[str, Any]:
        return {"amount": str(self.amount), "due_on": self.due_on.isoformat()}

    @classmethod
    def from_json(cls, planned: dict[str, Any]) -> "PlannedInstalment":
        return cls(Money.parse(planned["amount"], "USD"), date.fromisoformat(planned["due_on"]))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments and the reports of a grant, each in order."""

    instalments: Sequence[PlannedInstalment]
    reports: Sequence[PlannedReport]

    @property
    def amount(self) -> Money:
        return total(part.amount for part in self.instalments)


def propose(
    amount: Money,
    starts_on: date,
    ends_on: date,
    psc_percent: Decimal = Decimal(0),
    risk: Risk | None = None,
) -> Schedule:
    """Two instalments up to six months, else three: at the start, with the interim report, and
    with the final one. A grantee of higher risk is paid less in advance, one of high risk in one
    instalment more, after one report more. Their sum is the award to the cent, and with programme
    support cost they take no more than the award reserved.
    """
    reports = propose_reports(starts_on, ends_on, more=int(risk is Risk.HIGH))
    shares = (LONG_SHARES if is_long(starts_on, ends_on) else SHORT_SHARES)[risk]
    days = [starts_on, *(report.due_on for report in reports)]
    parts = _within_reservation([part for part in amount.allocate(shares) if part], psc_percent)
    if 1 < len(parts) < len(days):  # of a few cents: the last one still follows the final report
        days = [*days[: len(parts) - 1], days[-1]]
    instalments = [PlannedInstalment(part, day) for part, day in zip(parts, days, strict=False)]
    return Schedule(tuple(instalments), reports)


FURTHEST_SHIFT = 300
"""Cents that a proposal may move from one instalment to another."""


def _within_reservation(parts: list[Money], psc_percent: Decimal) -> list[Money]:
    """The instalments, with a few cents moved where their support cost, rounded for each,
    would otherwise be more than that of the whole award.
    """
    reserved = with_support_cost([total(parts)], psc_percent)
    for step in range(FURTHEST_SHIFT if len(parts) > 1 else 1):
        for cents in (step, -step):
            moved = [*parts[:-2], *_shift_cents(parts[-2:], cents)]
            fits = with_support_cost(moved, psc_percent) <= reserved
            if fits and all(part.minor > 0 for part in moved):
                return moved
    return parts


def _shift_cents(parts: list[Money], cents: int) -> list[Money]:
    if not cents:
        return parts
    earlier, later = parts
    return [earlier - usd(cents), later + usd(cents)]


def check(schedule: Schedule, amount: Money, starts_on: date, ends_on: date) -> None:
    """DomainError unless the schedule fits the award: sums to the cent, days in order."""
    if not schedule.instalments or any(part.amount.minor <= 0 for part in schedule.instalments):
        raise DomainError(_("Each instalment must be more than 0."))
    _add_up(schedule.amount, amount)
    for earlier, later in pairwise(schedule.instalments):
        if earlier.due_on > later.due_on:
            raise DomainError(_("The due dates of the instalments must be in chronological order."))
    if schedule.reports:
        _last_after_end(schedule.instalments, ends_on)
        check_reports(schedule.reports, starts_on, ends_on)


def require_first_unblocked(schedule: Schedule) -> None:
    """DomainError where a report is due by the first payment, which would wait for it: a report on
    money that was never received.
    """
    first = schedule.instalments[0].due_on
    early = [report.due_on for report in schedule.reports if report.due_on <= first]
    if early:
        raise DomainError(
            _(
                "The first payment, due on %(paid)s, would wait for the report that is due on "
                "%(report)s. Enter a later day for the report.",
                paid=plain_day(first),
                report=plain_day(early[0]),
            )
        )


def _add_up(planned: Money, award: Money) -> None:
    sums = {"sum": plain_money(planned), "award": plain_money(award)}
    if planned.minor < award.minor:
        raise DomainError(
            _(
                "The instalments add up to %(sum)s. Add %(more)s to reach the award of %(award)s.",
                more=plain_money(award - planned),
                **sums,
            )
        )
    if planned.minor > award.minor:
        raise DomainError(
            _(
                "The instalments add up to %(sum)s. Reduce them by %(less)s to match "
                "the award of %(award)s.",
                less=plain_money(planned - award),
                **sums,
            )
        )


def _last_after_end(instalments: Sequence[PlannedInstalment], ends_on: date) -> None:
    """A single instalment is an advance; the last of several is not paid before the grant ends."""
    if len(instalments) > 1 and instalments[-1].due_on < ends_on:
        raise DomainError(
            _(
                "The last instalment is paid when the grant has ended. Enter %(day)s as its due "
                "date, or a later day.",
                day=plain_day(ends_on),
            )
        )

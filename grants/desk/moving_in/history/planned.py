"""What a history asks to be done: its rows as acts, in order of date."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from grants.core.kernel import clock
from grants.core.texts.tabular import Row
from grants.desk.moving_in.history.plan import PLEDGES, Files


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One act of the history: on which day, for which row, and in which order on that day."""

    on: date
    rank: int
    file: str
    row: Row[Any]
    column: str
    """Which cell to look at when the fund refuses it."""
    day: str
    """Which column holds the day."""

    @classmethod
    def undated(cls, file: str, column: str, row: Row[Any]) -> "PlannedAct":
        """What is done before everything that has a day."""
        return cls(date.min, 0, file, row, column, column)


_ACTS = (
    ("other.csv opening_balance", "booked_on", "amount"),
    ("pledges.csv", "pledged_on", "amount"),
    ("pledges.csv", "agreement_signed_on", "agreement_signed_on"),
    ("deposits.csv", "value_on", "amount"),
    ("other.csv interest", "booked_on", "amount"),
    ("grants.csv", "agreement_signed_on", "award_usd"),
    ("payments.csv", "paid_on", "paid_on"),
    ("grant_refunds.csv", "refunded_on", "amount_usd"),
    ("other.csv bank_charge", "booked_on", "amount"),
    ("other.csv direct_cost", "booked_on", "amount"),
    ("other.csv administration_fee", "booked_on", "amount"),
    ("other.csv refund_to_donor", "booked_on", "amount"),
)
"""On one day donors' money comes in before it goes out, and a refund follows its payment:
(file and kind, day, what to look at when it is refused).
"""


def noon(on: date) -> AbstractContextManager[None]:
    """What is done inside is done at noon of this day."""
    return clock.at(datetime.combine(on, time(12), clock.zone()))


def planned_acts(files: Files) -> list[PlannedAct]:
    """Everything with a date, in the order it happened."""
    return sorted(_all_planned(files), key=lambda act: (act.on, act.rank, act.row.line))


def _all_planned(files: Files) -> Iterator[PlannedAct]:
    first = _first_days(files)
    for rank, (name, day, look_at) in enumerate(_ACTS):
        file, _blank, kind = name.partition(" ")
        for row in files.sound(file):
            on = getattr(row.value, day)
            if day == "pledged_on":
                on = min(on, first.get(row.value.reference, on))
            if on is not None and (not kind or row.value.kind == kind):
                yield PlannedAct(on, rank, file, row, look_at, day)


def _first_days(files: Files) -> dict[str, date]:
    """The first day on which something happens to each pledge: it is entered by then, even where
    the records name a later day for the pledge itself.
    """
    days: dict[str, date] = {}
    signed = ((row.value.reference, row.value.agreement_signed_on) for row in files.rows(PLEDGES))
    came = ((row.value.pledge, row.value.value_on) for row in files.rows("deposits.csv"))
    for pledge, on in chain(signed, came):
        if pledge is not None and on is not None:
            days[pledge] = min(on, days.get(pledge, on))
    return days

"""When a reminder is due: a pure reckoning with days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term

LATEST = 14
"""A reminder that was not sent this many days after its day is not sent at all."""


class Letter(Term):
    """What a reminder says."""

    SOON = "soon", _l("Due soon")
    OVERDUE = "overdue", _l("Overdue")
    AGAIN = "again", _l("Second reminder")


@dataclass(frozen=True, slots=True)
class Rule:
    """So many days after the day of payment (before it: less than 0) this letter goes out."""

    days: int
    letter: Letter
    active: bool = True


USUAL = (
    Rule(-30, Letter.SOON),
    Rule(-7, Letter.SOON),
    Rule(14, Letter.OVERDUE),
    Rule(45, Letter.AGAIN),
)
"""The rules of a fund that has not made its own."""


def rule_on(day: date, due_on: date, rules: Iterable[Rule], sent: Collection[int]) -> Rule | None:
    """The reminder that goes out on `day` for a payment due on `due_on`; None if none does.

    `sent` holds the days of those that went out already. Of several whose day has come only the
    latest is sent; none after a later one; and none before the due day once that has passed.
    """
    elapsed = (day - due_on).days
    timely = [
        rule
        for rule in rules
        if rule.active
        and rule.days <= elapsed < rule.days + LATEST
        and (rule.days >= 0 or elapsed <= 0)
    ]
    last = max(timely, key=lambda rule: rule.days, default=None)
    return None if last is None or any(days >= last.days for days in sent) else last

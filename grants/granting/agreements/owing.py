"""What a grantee owes the fund, and what the fund owes it, over all of its grants on one page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, total
from grants.core.texts.marks import spaced
from grants.deciding.awards.models import Award
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.queries import GrantProgress
from grants.granting.agreements.step import NextStep
from grants.granting.payments.checks import Check, checklists
from grants.granting.payments.models import Instalment


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that one side owes the other."""

    award: Award
    step: NextStep
    amount: Money | None = None
    """Of a payment."""
    waits_for: Sequence[str] = ()
    """What is still missing before a payment can be made."""

    def days_in_words(self, on: date) -> str:
        """How much time is left, or how late it is; empty without a day."""
        return days_in_words(self.step.by, on)


def days_in_words(by: date | None, on: date) -> str:
    """How far away a day is."""
    if by is None:
        return ""
    days = (by - on).days
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days)
    return ngettext("in %(num)s day", "in %(num)s days", days) if days else _("today")


@dataclass(frozen=True, slots=True)
class Owing:
    """Both sides of the account, each the earliest first."""

    by_grantee: Sequence[Owed]
    to_grantee: Sequence[Owed]
    to_pay: Money
    """All that the fund still is to pay on running grants."""
    to_refund: Money
    """All that the grantee is asked to send back, without what it has reported as sent."""


def owing_on(
    session: Session, awards: Sequence[Award], progress: Mapping[int, GrantProgress], on: date
) -> Owing:
    """What each side owes on a day; what payments wait for is read for all of them at once."""
    steps = [
        (award, step) for award in awards for step in next_steps(award, progress[award.id], on)
    ]
    parts = {
        (award.id, step.number): _instalment_of(progress[award.id], step.number)
        for award, step in steps
        if step.kind == "payment"
    }
    checks = checklists(session, list(parts.values()), on) if parts else {}
    owed = [
        _owed_item(award, step, parts.get((award.id, step.number)), checks) for award, step in steps
    ]
    owed.sort(key=lambda line: line.step.by or on)
    running = [progress[award.id] for award in awards if award.is_running]
    return Owing(
        [line for line in owed if line.step.from_grantee],
        [line for line in owed if not line.step.from_grantee],
        total(figures.to_pay for figures in running),
        total(
            request.not_set_off
            for figures in running
            for request in figures.ending.open_requests
            if not request.transferred_on
        ),
    )


def coming_up(
    awards: Sequence[Award], progress: Mapping[int, GrantProgress], on: date
) -> list[Owed]:
    """What is next on grants, the earliest first: what the organisation owes, and what the fund
    does by a day. What the fund checks at present has no day and stands with what waits for it.
    """
    steps = [
        Owed(award, step) for award in awards for step in next_steps(award, progress[award.id], on)
    ]
    coming = [each for each in steps if each.step.from_grantee or each.step.by]
    return sorted(coming, key=lambda each: each.step.by or on)


def _instalment_of(progress: GrantProgress, number: int) -> Instalment:
    return next(part for part in progress.instalments if part.number == number)


def _owed_item(
    award: Award, step: NextStep, part: Instalment | None, checks: Mapping[int, Sequence[Check]]
) -> Owed:
    if step.kind != "payment" or part is None:
        return Owed(award, step)
    return Owed(award, step, part.net, tuple(_missing_conditions(checks[part.id])))


def _missing_conditions(checks: Sequence[Check]) -> Iterator[str]:
    """What is not met, in the words of the grantee's own page; not what is known of it."""
    for check in checks:
        if not check.met and not check.by_reason:
            yield check.topic if check.unknown else f"{check.topic}{spaced(':')}{check.note}"

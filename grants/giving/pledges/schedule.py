"""The payments a pledge is promised in: which of them have come, and how the plan is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.workflow import STANDING


@dataclass(frozen=True, slots=True)
class Due:
    """A payment to be made by a day."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Payment:
    """A promised payment, and how much of it has come."""

    number: int
    due_on: date
    amount: Money
    left: Money

    @property
    def paid(self) -> bool:
        return not self.left

    @property
    def part_paid(self) -> bool:
        return bool(self.left) and self.left != self.amount

    @property
    def overdue(self) -> bool:
        return self.overdue_on(clock.today())

    def overdue_on(self, day: date) -> bool:
        return not self.paid and self.due_on < day


def covered(dues: Iterable[Due], came: Money) -> list[Payment]:
    """What has come pays the promised payments in their order, the first one first."""
    parts = []
    for number, due in enumerate(dues, 1):
        paid = min(came, due.amount)
        came -= paid
        parts.append(Payment(number, due.due_on, due.amount, due.amount - paid))
    return parts


def payments(pledge: Pledge, came: Money) -> list[Payment]:
    """The promised payments of a pledge with what is left of each."""
    return covered(dues_of(pledge), came)


def next_payment(pledge: Pledge, came: Money) -> Payment | None:
    """The first promised payment that has not come in full; none if no day was promised."""
    if pledge.state not in STANDING and not pledge.awaits_transfer:
        return None
    return next((due for due in payments(pledge, came) if not due.paid), None)


def dues_of(pledge: Pledge) -> list[Due]:
    """The plan of payments that holds now."""
    return [Due(part.due_on, part.amount) for part in pledge.instalments]


def promised_dues(pledge: Pledge) -> list[Due]:
    """The payments as the donor promised them, whatever was planned since."""
    first = (part for part in pledge.all_instalments if part.revision == 1)
    return [Due(part.due_on, part.amount) for part in first]


def shortened(dues: Sequence[Due], by: Money) -> list[Due]:
    """The plan without what will not come: the last payments fall away or are less."""
    remaining: list[Due] = []
    for due in reversed(dues):
        less = min(by, due.amount)
        by -= less
        if due.amount != less:
            remaining.insert(0, Due(due.due_on, due.amount - less))
    return remaining


def in_order(dues: Iterable[Due]) -> list[Due]:
    return sorted(dues, key=lambda due: due.due_on)


def add_up(dues: Sequence[Due], promised: Money) -> None:
    """DomainError unless each payment is more than 0 and together they are what is promised."""
    if any(due.amount.minor <= 0 for due in dues):
        raise DomainError(_("Each payment must be more than 0."))
    parts = total((due.amount for due in dues), promised.currency)
    if dues and parts != promised:
        raise DomainError(
            _(
                "The payments add up to %(promised)s %(currency)s, but the pledge is "
                "%(amount)s %(currency)s.",
                promised=parts,
                amount=promised,
                currency=promised.currency,
            )
        )


def plan(pledge: Pledge, dues: Iterable[Due]) -> None:
    """Write the payments down as the pledge's present revision."""
    pledge.all_instalments.extend(
        PledgeInstalment(
            revision=pledge.revision,
            number=number,
            due_on=due.due_on,
            amount_minor=due.amount.minor,
        )
        for number, due in enumerate(in_order(dues), 1)
    )


def replan(session: Session, pledge: Pledge, dues: Sequence[Due], act: Act) -> None:
    """Another plan holds from today; the earlier one is kept. It adds up to the amount in force."""
    add_up(dues, pledge.standing)
    _revise_plan(session, pledge, dues)
    record(session, pledge, "reschedule", act, revision=pledge.revision, payments=len(dues))


def _revise_plan(session: Session, pledge: Pledge, dues: Sequence[Due]) -> None:
    pledge.revision += 1
    plan(pledge, dues)
    session.flush()
    session.expire(pledge, ["instalments"])


def set_due_day(session: Session, pledge: Pledge, accepted_on: date, came: Money, act: Act) -> None:
    """What is still to come of a pledge without a payment date is due so many days after the fund
    accepted it, as the fund has set them. Where days were agreed, they stay.
    """
    if pledge.instalments or came >= pledge.standing:
        return
    due_on = accepted_on + timedelta(days=pledge.fund.payment_days)
    _revise_plan(session, pledge, [Due(due_on, pledge.standing)])
    facts = {"revision": pledge.revision, "day": due_on.isoformat()}
    record(session, pledge, "set_due_day", act, **facts)

"""What an amount typically pays for, as the fund's own accepted reports tell; nothing without."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, exponent
from grants.core.kernel.slots import Slot
from grants.core.texts.formats import plain_percent, whole_money

COST_OF_HELP: Slot[Callable[[Session, Fund], Money | None]] = Slot("pledging.worth.COST_OF_HELP")
"""Rooms above say here what helping one person typically costs, in USD; None without a basis."""


def cost_of_help(session: Session, fund: Fund) -> Money | None:
    """What helping one person typically costs, in USD; None without a basis."""
    (cost_of,) = COST_OF_HELP
    return cost_of(session, fund)


@dataclass(frozen=True, slots=True)
class Worth:
    """An amount, and what it typically pays for."""

    amount: str
    words: str


def worth_of(cost: Money, amounts: Iterable[Money], rate: Decimal) -> list[Worth]:
    """What each amount pays for; `rate` is units of their currency for 1 USD."""
    return [Worth(whole_money(amount), _in_words(cost, amount, rate)) for amount in amounts]


def _in_words(cost: Money, amount: Money, rate: Decimal) -> str:
    dollars = Decimal(amount.minor).scaleb(-exponent(amount.currency)) / rate
    people = int(dollars / cost.decimal)
    if people:
        return ngettext("help for about %(num)s person", "help for about %(num)s people", people)
    share = plain_percent(dollars / cost.decimal)
    return _("about %(share)s of the help for one person", share=share)

"""Kinds of facts that only an organisation's profile has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grants.applying.organisations.profile import YearBudget
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import plain_money
from grants.core.texts.marks import spaced
from grants.platform.forms import typed
from grants.platform.profiles.kinds import Several, Text

ACCOUNTS_IN = "accounts_in"
"""The input for the currency of all budgets."""


@dataclass(frozen=True, kw_only=True)
class Portal(Text):
    """The number that the UN Partner Portal gives to an organisation: digits alone."""

    def imported(self, text: str) -> str:
        return portal_number(text)


def portal_number(text: str) -> str:
    plain = re.sub(r"^unpp|[\s#:.-]", "", typed.latin_digits(text), flags=re.IGNORECASE)
    if not re.fullmatch(r"[1-9]\d{1,8}", plain, re.ASCII):
        raise InvalidInput(
            _("Enter the number from the UN Partner Portal: 2 to 9 digits, such as 23145.")
        )
    return plain


@dataclass(frozen=True, kw_only=True)
class Budgets(Several):
    """What it had to spend in each financial year, the newest first, in one currency."""

    def value(self, stored: Any) -> tuple[YearBudget, ...]:
        return tuple(map(YearBudget.of, stored or ()))

    def stored(self, value: tuple[YearBudget, ...]) -> list[dict[str, str]]:
        return [budget.plain() for budget in value]

    def typed(self, key: str, value: tuple[YearBudget, ...]) -> Mapping[str, Any]:
        rows = [{"year": budget.year, "amount": str(budget.amount)} for budget in value]
        return {key: rows, ACCOUNTS_IN: value[0].amount.currency if value else "USD"}

    def answered(self, key: str, data: Mapping[str, Any]) -> tuple[YearBudget, ...]:
        currency = data[ACCOUNTS_IN] or "USD"
        budgets = [
            YearBudget(row["year"], Money.parse(str(row["amount"]), currency)) for row in data[key]
        ]
        return tuple(sorted(budgets, key=lambda budget: budget.year, reverse=True))

    def words(self, value: tuple[YearBudget, ...]) -> str:
        return "\n".join(
            f"{budget.year}{spaced(':')}{plain_money(budget.amount)}" for budget in value
        )

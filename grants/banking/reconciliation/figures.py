"""What a reconciliation says, as plain figures; and as the JSON that is kept once it is signed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from grants.books.ledger.accounts import Event
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that one side has by the end of the month, and the other has not."""

    on: date
    text: str
    """Who and what, as the bank calls it."""
    reference: str
    amount: Money
    note: str = ""
    """Why it was set aside."""
    event: str = ""
    """What happened in the books; it is named in the language of a person who reads."""
    support_cost: bool = field(default=False, compare=False)
    """Charged by the fund with an instalment, or given back with a refund; not transferred yet."""

    @property
    def what(self) -> str:
        if self.support_cost:
            return _("Programme support costs")
        return str(Event(self.event).label) if self.event else self.text


@dataclass(frozen=True, slots=True)
class Open:
    """All that is open on one side, added up."""

    number: int
    sum: Money
    mark: str = ""
    """Tells it from anything else that could be open, without naming each."""

    @classmethod
    def of(cls, items: Sequence[OpenItem], currency: str) -> "Open":
        return cls(len(items), total((item.amount for item in items), currency))


@dataclass(frozen=True, slots=True)
class Figures:
    """A reconciliation: both balances at the end of the month, and what explains the difference."""

    account: str
    name: str
    number: str
    """Masked."""
    currency: str
    from_: date
    to: date
    statements_until: date | None
    """The last day that the bank's statements reach."""
    bank_balance: Money
    ledger_balance: Money
    only_bank: tuple[OpenItem, ...]
    """Lines of the bank that are not in the books; on a page the first of them."""
    only_ledger: tuple[OpenItem, ...]
    """Entries in the books that are not on a statement of the bank, support costs that are not
    transferred among them; on a page the first of each."""
    matched: int
    """Lines of the month that are in the books."""
    all_bank: Open = field(compare=False)
    all_ledger: Open = field(compare=False)
    all_support_cost: Open = field(compare=False)
    """Of the entries, what is support cost."""

    @property
    def difference(self) -> Money:
        return self.bank_balance - self.ledger_balance

    @property
    def only_bank_sum(self) -> Money:
        return self.all_bank.sum

    @property
    def only_ledger_sum(self) -> Money:
        """Without support costs."""
        return self.all_ledger.sum - self.all_support_cost.sum

    @property
    def support_cost_sum(self) -> Money:
        """Charged and not transferred yet: less than 0, as cash that will leave the bank."""
        return self.all_support_cost.sum

    @property
    def entries(self) -> tuple[OpenItem, ...]:
        """Entries that are not on a statement, without support costs."""
        return tuple(item for item in self.only_ledger if not item.support_cost)

    @property
    def support_costs(self) -> tuple[OpenItem, ...]:
        return tuple(item for item in self.only_ledger if item.support_cost)

    @property
    def unexplained(self) -> Money:
        """What no open item explains. A reconciliation has none."""
        return self.difference - self.only_bank_sum + self.all_ledger.sum

    @property
    def complete(self) -> bool:
        """Do the statements of the bank reach the end of the month?"""
        return self.statements_until is not None and self.statements_until >= self.to

    @property
    def holds(self) -> bool:
        return self.complete and not self.unexplained

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: a person who signs names what they saw."""
        marks = [self.all_bank.mark, self.all_ledger.mark]
        return hashlib.sha256(json.dumps([_plain_balances(self), *marks]).encode()).hexdigest()


def as_plain(figures: Figures) -> dict[str, Any]:
    """The figures as JSON, for the record of what was signed."""

    def item(open_item: OpenItem) -> dict[str, str | bool]:
        return {
            "on": open_item.on.isoformat(),
            "text": open_item.text,
            "reference": open_item.reference,
            "amount": str(open_item.amount),
            "note": open_item.note,
            "event": open_item.event,
            "support_cost": open_item.support_cost,
        }

    return {
        **_plain_balances(figures),
        "only_bank": [item(entry) for entry in figures.only_bank],
        "only_ledger": [item(entry) for entry in figures.only_ledger],
        "digest": figures.digest,
    }


def _plain_balances(figures: Figures) -> dict[str, Any]:
    until = figures.statements_until
    return {
        "account": figures.account,
        "name": figures.name,
        "number": figures.number,
        "currency": figures.currency,
        "from": figures.from_.isoformat(),
        "to": figures.to.isoformat(),
        "statements_until": until.isoformat() if until else None,
        "bank_balance": str(figures.bank_balance),
        "ledger_balance": str(figures.ledger_balance),
        "matched": figures.matched,
    }


def from_plain(facts: dict[str, Any]) -> Figures:
    """What was signed, as figures again."""

    def money(text: str) -> Money:
        return Money.parse(text, facts["currency"])

    def items(of: str) -> tuple[OpenItem, ...]:
        return tuple(
            OpenItem(
                date.fromisoformat(item["on"]),
                item["text"],
                item["reference"],
                money(item["amount"]),
                item["note"],
                item.get("event", ""),
                item.get("support_cost", False),
            )
            for item in facts[of]
        )

    until = facts["statements_until"]
    only_bank, only_ledger = items("only_bank"), items("only_ledger")
    return Figures(
        account=facts["account"],
        name=facts["name"],
        number=facts["number"],
        currency=facts["currency"],
        from_=date.fromisoformat(facts["from"]),
        to=date.fromisoformat(facts["to"]),
        statements_until=date.fromisoformat(until) if until else None,
        bank_balance=money(facts["bank_balance"]),
        ledger_balance=money(facts["ledger_balance"]),
        only_bank=only_bank,
        only_ledger=only_ledger,
        matched=facts["matched"],
        all_bank=Open.of(only_bank, facts["currency"]),
        all_ledger=Open.of(only_ledger, facts["currency"]),
        all_support_cost=Open.of(
            [item for item in only_ledger if item.support_cost], facts["currency"]
        ),
    )

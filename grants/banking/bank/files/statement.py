"""A bank's statement as plain values, whatever its format; and whether it agrees with itself."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date

from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total

RETURN_REASON = "RtrInf "
"""Before the code that says why a payment came back, in the text of a line."""


class UnreadableStatement(InvalidInput):
    """A file with faults: nothing of it is taken. The message has one line for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = [_on_one_line(fault) for fault in faults]
        super().__init__("\n".join(self.faults))


MOST_ENTRIES = 100_000
"""Of one file; a busy account of a fund has some thousands in a month."""


def too_many(most: int) -> str:
    return _("it has more than %(most)s entries; ask the bank for shorter periods", most=most)


def _on_one_line(text: str) -> str:
    """Whatever the file contained, one fault is one line of the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A booked entry: a credit is more than 0, a debit less."""

    booked_on: date
    value_on: date
    amount: Money
    bank_reference: str = ""
    end_to_end: str = ""
    """The reference that the payer gave it, the pledge's if all is well."""
    counterparty: str = ""
    counterparty_account: str = ""
    text: str = ""
    """What the payer wrote, and what the bank adds."""
    code: str = ""
    """The bank's kind of transaction, such as PMNT/RCDT/ESCT or NCHG."""
    fee: Money | None = None
    """Charges withheld from this amount on the way."""
    original: Money | None = None
    """What the payer sent, where it was in another currency."""


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of one account: opening balance, booked entries, closing balance."""

    reference: str
    account: str
    """IBAN or the bank's own number, without spaces."""
    opens_on: date
    closes_on: date
    opening: Money
    closing: Money
    lines: tuple[ReadLine, ...]
    kind: str
    """camt.053 or MT940."""

    @property
    def from_on(self) -> date:
        return min(self.opens_on, self.closes_on)

    @property
    def to_on(self) -> date:
        return max(self.opens_on, self.closes_on)

    @property
    def currency(self) -> str:
        return self.opening.currency

    @property
    def references(self) -> list[str]:
        """What distinguishes each entry from the others: the bank's reference, of which a second
        entry gets " (2)", a third " (3)"; empty where the bank gave none.
        """
        counts: Counter[str] = Counter()
        facts = []
        for line in self.lines:
            counts[line.bank_reference] += 1
            times = counts[line.bank_reference]
            more = f" ({times})" if line.bank_reference and times > 1 else ""
            facts.append(line.bank_reference[: 80 - len(more)] + more)
        return facts

    @property
    def digest(self) -> str:
        """A hash of the content, whatever the form of the file was."""
        text = json.dumps(_plain_value(self), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain_value(value: object) -> object:
    if isinstance(value, Money):
        return f"{value} {value.currency}"
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, ReadLine | ReadStatement):
        return [_plain_value(getattr(value, field.name)) for field in fields(value)]
    return value.isoformat() if isinstance(value, date) else value


def faults_of(statement: ReadStatement) -> Iterator[str]:
    """What is wrong with a statement in itself: currencies, days, and above all the sum."""
    if statement.to_on > clock.today():
        yield _("it ends on %(day)s, which is in the future", day=statement.to_on.isoformat())
    currencies = {line.amount.currency for line in statement.lines} | {statement.closing.currency}
    if currencies - {statement.currency}:
        yield _(
            "the account is in %(currency)s, but there are amounts in %(others)s",
            currency=statement.currency,
            others=", ".join(sorted(currencies - {statement.currency})),
        )
        return
    booked = total((line.amount for line in statement.lines), statement.currency)
    if statement.opening + booked != statement.closing:
        yield _(
            "the opening balance of %(opening)s and booked entries of %(booked)s add up to "
            "%(sum)s, but the closing balance is %(closing)s",
            opening=statement.opening,
            booked=booked,
            sum=statement.opening + booked,
            closing=statement.closing,
        )


def warnings_of(statement: ReadStatement) -> Iterator[str]:
    """What a person should look at in a statement that adds up."""
    if statement.closes_on < statement.opens_on:
        yield _(
            "the closing balance is dated %(closing)s, before the opening balance of %(opening)s",
            closing=statement.closes_on.isoformat(),
            opening=statement.opens_on.isoformat(),
        )
    counts = Counter(line.bank_reference for line in statement.lines if line.bank_reference)
    for reference, times in counts.items():
        if times > 1:
            yield _(
                "%(times)s entries have the reference %(reference)s",
                times=times,
                reference=reference,
            )

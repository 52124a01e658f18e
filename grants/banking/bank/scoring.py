"""How well a line of the bank fits a pledge, with the reasons in words. Pure reckoning."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from grants.core.kernel.formats import plain_day, plain_money
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent
from grants.core.kernel.numbering import check_mark
from grants.giving.pledges.schedule import Payment

SURE = 80
"""From here on a proposal may be accepted with one press of a button."""
WORTH_SHOWING = 25

Reason = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the bank is about a payment."""

    amount: Money
    fee: Money
    value_on: date
    counterparty: str
    texts: tuple[str, ...]
    """Where a reference may be: the end-to-end reference, the remittance text."""

    @property
    def sent(self) -> Money:
        return self.amount + self.fee


@dataclass(frozen=True, slots=True)
class Owed:
    """What is known of a pledge that waits for money."""

    reference: str
    names: tuple[str, ...]
    left: Money
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """How well they fit, of 100, and why."""

    score: int
    reasons: tuple[str, ...]


def fit(seen: Seen, owed: Owed) -> Fit:
    """Reference, amount, name and day, each with its weight."""
    found = [
        reason
        for reason in (
            _by_reference(seen, owed.reference),
            _by_amount(seen, owed),
            _by_name(seen.counterparty, owed.names),
            _by_day(seen, owed.payments),
        )
        if reason
    ]
    return Fit(min(sum(points for points, _words in found), 100), tuple(w for _p, w in found))


def quoted(texts: Iterable[str]) -> Iterator[str]:
    """What looks like a reference: words of a text, and the words of it drawn together."""
    for text in texts:
        plain = text.upper()
        yield from re.findall(r"[A-Z0-9][A-Z0-9-]{3,}", plain)
        if compact := re.sub(r"[^A-Z0-9-]", "", plain):
            yield compact


def bare(text: str) -> str:
    """Letters and digits alone: many banks drop the strokes of a reference."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _by_reference(seen: Seen, reference: str) -> Reason | None:
    words = list(quoted(seen.texts))
    within = len(reference) >= 8 and any(bare(reference) in bare(text) for text in seen.texts)
    if within or reference in words:
        return 55, _("The line quotes the pledge’s reference.")
    near = [(slip[1], word) for word in words for slip in slips(word, [reference]).items()]
    distance, word = min(near, default=(9, ""))
    if distance > 2:
        return None
    points = 35 if distance == 1 else 20
    return points, _(
        "The line quotes “%(word)s”, which may be a mistyped reference for this pledge.",
        word=word,
    )


MOST_SLIPS = 50
"""So many references that a word could be a mistyping of, the nearest first."""


def slips(word: str, references: Iterable[str]) -> dict[str, int]:
    """The references that a word could be a mistyping of, and in how many characters: one or two.

    A word whose check character fits is the reference of another pledge, not a typing error.
    """
    body, _mark, sign = word.rpartition("-")
    if len(word) < 10 or (body and sign == check_mark(body)):
        return {}
    near = process.extract(
        word, list(references), scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=MOST_SLIPS
    )
    return {reference: int(distance) for reference, distance, _place in near if distance}


def _by_amount(seen: Seen, owed: Owed) -> Reason | None:
    for sent, points in ((seen.sent, 30), (seen.amount, 30)):
        if sent == owed.left:
            return points, _("The amount is the full amount outstanding.")
        for payment in owed.payments:
            if payment.left and sent == payment.left:
                return points, _(
                    "The amount is that of payment %(number)s, due on %(day)s.",
                    number=payment.number,
                    day=plain_day(payment.due_on),
                )
    return _nearly(seen.sent, [owed.left, *(p.left for p in owed.payments if p.left)])


def _nearly(sent: Money, wanted: Sequence[Money]) -> Reason | None:
    """A little less than is due: correspondent banks keep a fee."""
    usual = max(50 * 10 ** exponent(sent.currency), sent.minor // 200)
    for due in wanted:
        if 0 < due.minor - sent.minor <= usual:
            return 15, _(
                "The amount is %(less)s less than the %(due)s due, which may be a bank fee "
                "deducted in transit.",
                less=plain_money(due - sent),
                due=plain_money(due),
            )
    return None


def _by_name(counterparty: str, names: Sequence[str]) -> Reason | None:
    """Is the sender called as the donor is, in whatever script?"""
    plain = plain_name(counterparty)
    if len(plain) < 3:
        return None
    likeness = max((fuzz.token_sort_ratio(plain, plain_name(name)) for name in names), default=0)
    within = max((fuzz.token_set_ratio(plain, plain_name(name)) for name in names), default=0)
    if likeness >= 90:
        return 25, _("The sender’s name is the donor’s name.")
    if max(likeness, within) >= 85:
        return 15, _("The sender’s name, “%(name)s”, resembles the donor’s.", name=counterparty)
    return None


def plain_name(name: str) -> str:
    """A name in small Latin letters, whatever its script."""
    return " ".join(re.findall(r"[a-z0-9]+", anyascii(name).lower()))


def _by_day(seen: Seen, payments: Sequence[Payment]) -> Reason | None:
    for payment in payments:
        if payment.left and abs((payment.due_on - seen.value_on).days) <= 14:
            return 5, _("A payment is due on %(day)s.", day=plain_day(payment.due_on))
    return None

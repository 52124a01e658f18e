"""How well a line of the bank fits a pledge, with the reasons in words. Pure reckoning."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from grants.core.database.numbering import check_mark
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent
from grants.core.texts.formats import plain_day, plain_money
from grants.giving.pledges.schedule import Payment

SURE = 80
"""From here on a proposal may be accepted with one press of a button."""
WORTH_SHOWING = 25

FULL_SUM, NEARLY, SAME_NAME, LIKE_NAME, DUE_SOON = 30, 15, 25, 15, 5
"""What the sum, the sender's name and the day are worth."""
SOON = 14
"""Days around the day of the payment on which it may be due."""

Reason = tuple[int, str]


@dataclass(frozen=True, slots=True)
class IncomingPayment:
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


def fit(incoming: IncomingPayment, owed: Owed) -> Fit:
    """Reference, amount, name and day, each with its weight."""
    reasons = [
        reason
        for reason in (
            _by_reference(incoming, owed.reference),
            _by_amount(incoming, owed),
            _by_name(incoming.counterparty, owed.names),
            _by_day(incoming, owed.payments),
        )
        if reason
    ]
    return Fit(min(sum(points for points, _words in reasons), 100), tuple(w for _p, w in reasons))


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


@dataclass(frozen=True, slots=True)
class Quoted:
    """What looks like a reference in what the bank says."""

    words: Sequence[str]
    doubtful: Sequence[str]
    """Of these what may be mistyped."""
    with_digits: Sequence[str]
    """Of these what is looked for among all references."""
    plain: Sequence[str]
    """All of it without strokes."""
    endings: frozenset[str]
    """How a reference that it quotes may end, without strokes."""

    def has(self, reference: str) -> bool:
        """Does it quote this one, with or without its strokes?"""
        within = len(reference) >= ENDING and any(bare(reference) in text for text in self.plain)
        return within or reference in self.words


@lru_cache(maxsize=200)
def quoted_in(texts: tuple[str, ...]) -> Quoted:
    """The references that may be in what the bank says."""
    words = tuple(dict.fromkeys(quoted(texts)))
    plain = tuple(bare(text) for text in texts)
    endings = {
        text[start : start + ENDING] for text in plain for start in range(len(text) - ENDING + 1)
    }
    endings.update(bare(word)[-ENDING:] for word in words)
    doubtful = [word for word in words if may_be_slip(word)]
    with_digits = [word for word in doubtful if len(word) <= LONGEST and re.search(r"[0-9]", word)]
    return Quoted(words, doubtful, with_digits, plain, frozenset(endings))


def _by_reference(incoming: IncomingPayment, reference: str) -> Reason | None:
    texts_quoted = quoted_in(incoming.texts)
    if texts_quoted.has(reference):
        return 55, _("The line quotes the pledge’s reference.")
    slipped = ((_count_slips(word, reference), word) for word in texts_quoted.doubtful)
    distance, word = min(slipped, default=(9, ""))
    if distance > MOST_SLIPS:
        return None
    points = 35 if distance == 1 else 20
    return points, _(
        "The line quotes “%(word)s”, which may be a mistyped reference for this pledge.",
        word=word,
    )


MOST_SLIPS = 2
"""Mistyped characters of a reference; two swapped are one."""
LONGEST = 40 + MOST_SLIPS
"""Characters of a reference with what was added by mistake."""
MOST_ALIKE = 50
"""So many references that a word could be a mistyping of, the nearest first."""


def may_be_slip(word: str) -> bool:
    """Could it be a mistyped reference? If its check character fits, it is that of another pledge,
    not a typing error.
    """
    body, _mark, sign = word.rpartition("-")
    return len(word) >= 10 and not (body and sign == check_mark(body))


def slips(word: str, references: Iterable[str]) -> dict[str, int]:
    """The references that a word could be a mistyping of, and in how many characters: 1 or 2."""
    if not may_be_slip(word):
        return {}
    near = process.extract(
        word,
        list(references),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=MOST_SLIPS,
        limit=MOST_ALIKE,
    )
    return {reference: int(distance) for reference, distance, _place in near if distance}


def _count_slips(word: str, reference: str) -> int:
    return DamerauLevenshtein.distance(word, reference, score_cutoff=MOST_SLIPS)


ENDING = 8
"""Characters of a reference by which it is found, with or without strokes or though mistyped."""


def _by_amount(incoming: IncomingPayment, owed: Owed) -> Reason | None:
    for sent in (incoming.sent, incoming.amount):
        if sent == owed.left:
            return FULL_SUM, _("The amount is the full amount outstanding.")
        for payment in owed.payments:
            if payment.left and sent == payment.left:
                return FULL_SUM, _(
                    "The amount is that of payment %(number)s, due on %(day)s.",
                    number=payment.number,
                    day=plain_day(payment.due_on),
                )
    return _by_fee(incoming.sent, [owed.left, *(p.left for p in owed.payments if p.left)])


def usual_fee(sent: Money) -> int:
    """What correspondent banks keep at most, in minor units."""
    least: int = 50 * 10 ** exponent(sent.currency)
    return max(least, sent.minor // 200)


def _by_fee(sent: Money, dues: Sequence[Money]) -> Reason | None:
    """A little less than is due: correspondent banks keep a fee."""
    usual = usual_fee(sent)
    for due in dues:
        if 0 < due.minor - sent.minor <= usual:
            return NEARLY, _(
                "The amount is %(less)s less than the %(due)s due, which may be a bank fee "
                "deducted in transit.",
                less=plain_money(due - sent),
                due=plain_money(due),
            )
    return None


def _by_name(counterparty: str, names: Sequence[str]) -> Reason | None:
    """Is the sender called as the donor is, in whatever script?"""
    same = is_called(counterparty, names)
    if same is None:
        return None
    if same:
        return SAME_NAME, _("The sender’s name is the donor’s name.")
    return LIKE_NAME, _("The sender’s name, “%(name)s”, resembles the donor’s.", name=counterparty)


def is_called(counterparty: str, names: Sequence[str]) -> bool | None:
    """Does the bank's name of a party equal one of these, in whatever script? False if it only
    resembles one, None if it is another.
    """
    plain = plain_name(counterparty)
    if len(plain) < 3:
        return None
    likeness = max((fuzz.token_sort_ratio(plain, plain_name(name)) for name in names), default=0)
    within = max((fuzz.token_set_ratio(plain, plain_name(name)) for name in names), default=0)
    if likeness >= 90:
        return True
    return False if max(likeness, within) >= 85 else None


@lru_cache(maxsize=20_000)
def plain_name(name: str) -> str:
    """A name in small Latin letters, whatever its script."""
    return " ".join(re.findall(r"[a-z0-9]+", anyascii(name).lower()))


def _by_day(incoming: IncomingPayment, payments: Sequence[Payment]) -> Reason | None:
    for payment in payments:
        if payment.left and abs((payment.due_on - incoming.value_on).days) <= SOON:
            return DUE_SOON, _("A payment is due on %(day)s.", day=plain_day(payment.due_on))
    return None

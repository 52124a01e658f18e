"""What a cell of a file can hold: each reader turns its text into one typed value, or raises
InvalidInput with what is wrong and what is expected.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.iso4217 import DECIMALS, WITHDRAWN
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent

Reader = Callable[[str], Any]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def shown(text: str) -> str:
    """A cell as a message quotes it."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def optional(reader: Callable[[str], T]) -> Callable[[str], T | None]:
    """An empty cell is None."""
    return lambda text: reader(text) if text else None


def words(limit: int) -> Callable[[str], str]:
    """A text that is there, of at most `limit` characters; spaces and line breaks count as one
    space, and letters are kept in one of the ways Unicode can write them.
    """

    def read(text: str) -> str:
        text = unicodedata.normalize("NFC", " ".join(text.split()))
        if not text:
            raise InvalidInput(_("empty; expected text"))
        if len(text) > limit:
            raise InvalidInput(
                _(
                    "%(length)s characters; expected at most %(limit)s",
                    length=len(text),
                    limit=limit,
                )
            )
        return text

    return read


def day(text: str) -> date:
    """A date written YYYY-MM-DD."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            _("“%(text)s” is not a date; expected YYYY-MM-DD", text=shown(text))
        ) from error


def currency_code(text: str) -> str:
    """An ISO 4217 code in capitals, in use today or on some day before."""
    if text not in DECIMALS and text not in WITHDRAWN:
        raise InvalidInput(
            _(
                "“%(text)s” is not a currency; expected an ISO 4217 code such as EUR",
                text=shown(text),
            )
        )
    return text


def plain_decimal(text: str) -> Decimal:
    """Digits with a decimal point, above 0: no grouping, no exponent, no plus or minus."""
    if not re.fullmatch(r"\d{1,20}(\.\d{1,20})?", text, re.ASCII) or not Decimal(text):
        raise InvalidInput(
            _(
                "“%(text)s” is not a number above 0; expected digits such as 1234.50",
                text=shown(text),
            )
        )
    return Decimal(text)


def whole_number(text: str) -> int:
    """A whole number from 1."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise InvalidInput(_("“%(text)s” is not a number; expected 1, 2, 3 …", text=shown(text)))
    return int(text)


def yes_or_no(text: str) -> bool:
    """The word yes or no."""
    if text not in {"yes", "no"}:
        raise InvalidInput(_("“%(text)s” is not an answer; expected yes or no", text=shown(text)))
    return text == "yes"


def one_of(kind: type[E]) -> Callable[[str], E]:
    """Reads a cell that holds a code of a list."""
    members = {member.value: member for member in kind}

    def read(text: str) -> E:
        if text not in members:
            raise InvalidInput(
                _(
                    "“%(text)s” is not known; expected one of %(codes)s",
                    text=shown(text),
                    codes=", ".join(members),
                )
            )
        return members[text]

    return read


LARGEST = 10**15
"""Minor units. Beyond it a person mistyped."""


def amount_in(amount: Decimal, currency: str) -> Money:
    """An amount that was read as a number, in its row's currency; InvalidInput if it is written
    with more decimals than the currency has, or is too large to be meant.
    """
    places = exponent(currency)
    if -int(amount.as_tuple().exponent) > places:
        raise InvalidInput(
            _(
                "%(amount)s has too many decimals; expected %(places)s for %(code)s",
                amount=f"{amount:f}",
                places=places,
                code=currency,
            )
        )
    minor = int(amount.scaleb(places))
    if minor > LARGEST:
        raise InvalidInput(
            _(
                "%(amount)s is too large; expected at most %(most)s",
                amount=f"{amount:f}",
                most=f"{Decimal(LARGEST).scaleb(-places):f}",
            )
        )
    return Money(minor, currency)

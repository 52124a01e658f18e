"""Answers as a script or an earlier record gives them, checked piece by piece."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

Cells = Iterator[tuple[str, list[str]]]
"""Inputs and what is typed into them."""


class NotAnAnswer(Exception):
    """The value has not the form of an answer to this question."""


def text_in(value: Any) -> str:
    if not isinstance(value, str):
        raise NotAnAnswer
    return value


def figure_in(value: Any) -> str:
    """A number, written so that its point cannot be taken for a thousands separator."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise NotAnAnswer
    if isinstance(value, Decimal) and not -30 < value.adjusted() < 30:
        raise NotAnAnswer
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", text, re.ASCII):
        whole, _point, fraction = text.partition(".")
        return f"{whole}.{fraction.rstrip('0')}" if fraction.endswith("0") else f"{text}0"
    return text


def mapping_in(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotAnAnswer
    return value


def list_in(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotAnAnswer
    return value


def number_of_files(value: Any, most: int) -> int:
    """A list of names, or how many there are."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = len(value)
    elif isinstance(value, str):
        value = int(bool(value))
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise NotAnAnswer
    return value

"""Documents of `papers.py` as life sometimes writes them: huge or negative sums, long names,
references without a space, tables of many lines.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from grants.core.kernel.money import Money
from grants.papers.typesetting.paper import Paper

LONG_NAME = (
    "‹Ministry for Foreign Affairs, International Cooperation, Development Assistance and the "
    "Protection of Nationals Abroad of the Northern and Southern Archipelagos›"
)
LONG_REFERENCE = "‹NOTPROVIDED/20260131/ABCDEFGH1234567›"


def changed(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """Facts with each value, of whatever depth, put through `change` with its field's name."""
    if is_dataclass(value) and not isinstance(value, Money | type):
        told = {f.name: changed(getattr(value, f.name), change, f.name) for f in fields(value)}
        return change(name, replace(value, **told))
    if isinstance(value, tuple):
        return change(name, tuple(changed(item, change, name) for item in value))
    if isinstance(value, dict):
        return change(name, {key: changed(item, change, name) for key, item in value.items()})
    return change(name, value)


def sums(paper: Paper, minor: int) -> Paper:
    """The same document with one sum wherever a sum stands; what banks withhold is less."""

    def other(name: str, value: Any) -> Any:
        if not isinstance(value, Money):
            return value
        return replace(value, minor=minor // 1000 if name == "bank_fee" else minor)

    return _with(paper, other)


def wordy(paper: Paper) -> Paper:
    """The same with long names, and references that cannot be broken at a space."""

    def longer(name: str, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith("‹"):
            return value
        if name in {"bank_reference", "receipt", "reference", "pledge"}:
            return LONG_REFERENCE
        return (
            LONG_NAME if name in {"name", "donor", "organisation", "beneficiary", "text"} else value
        )

    return _with(paper, longer)


def many(paper: Paper, **numbers: int) -> Paper:
    """The same with so many lines of each kind named."""

    def more(name: str, value: Any) -> Any:
        if name not in numbers or not isinstance(value, tuple):
            return value
        return (value * numbers[name])[: numbers[name]]

    return _with(paper, more)


def _with(paper: Paper, change: Callable[[str, Any], Any]) -> Paper:
    return replace(paper, facts=changed(paper.facts, change))

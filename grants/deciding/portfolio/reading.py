"""A problem of choice from JSON, as `flask portfolio solve` takes it, and its answer as JSON."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.deciding.portfolio.problem import Bound, Candidate, Choice, Measure, Problem, Rule

BOUNDS = {
    "at_least": (Measure.COUNT, True),
    "at_most": (Measure.COUNT, False),
    "amount_at_least": (Measure.AMOUNT, True),
    "amount_at_most": (Measure.AMOUNT, False),
    "share_at_least": (Measure.SHARE, True),
    "share_at_most": (Measure.SHARE, False),
}


def read_problem(text: str) -> Problem:
    """The problem of a JSON text; DomainError names the place that cannot be read."""
    try:
        facts = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise DomainError(_("The file is not valid JSON: %(why)s.", why=error)) from error
    problem = _read_mapping(facts, "$")
    candidates = tuple(
        _read_candidate(_read_mapping(item, f"candidates[{at}]"), f"candidates[{at}]")
        for at, item in enumerate(_read_list(problem, "candidates"))
    )
    ids: set[str | int] = set()
    for candidate in candidates:
        if candidate.id in ids:
            raise DomainError(_("Candidate %(id)s appears twice.", id=candidate.id))
        ids.add(candidate.id)
    rules = tuple(
        _read_rule(_read_mapping(item, f"rules[{at}]"), at + 1)
        for at, item in enumerate(_read_list(problem, "rules", needed=False))
    )
    return Problem(_read_amount(problem, "envelope", "$"), candidates, rules)


def as_json(choice: Choice, *, as_text: bool) -> dict[str, Any]:
    """The answer in contract.md's keys. The score is a number, or a text where scores were texts.

    `cost` says by rule number how much score each binding rule costs.
    """

    def shown(score: Decimal) -> str | float | int:
        if as_text:
            return str(score)
        return int(score) if score == score.to_integral_value() else float(score)

    return {
        "chosen": [candidate.id for candidate in choice.chosen],
        "score": shown(choice.score),
        "amount": f"{Decimal(choice.amount) / 100:.2f}",
        "binding": list(choice.binding),
        "cost": {str(number): shown(cost) for number, cost in choice.binding.items()},
        "optimal": choice.optimal,
    }


def _read_mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DomainError(_("%(place)s: an object with keys is expected.", place=place))
    return value


def _read_list(mapping: Mapping[str, Any], key: str, *, needed: bool = True) -> list[Any]:
    items = mapping.get(key, None if needed else [])
    if not isinstance(items, list):
        raise DomainError(_("%(place)s: a list is expected.", place=key))
    return items


def _read_candidate(facts: Mapping[str, Any], place: str) -> Candidate:
    name = facts.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise DomainError(_("%(place)s: “id” is missing.", place=place))
    tags = {
        key: frozenset(_as_texts(value))
        for key, value in _read_mapping(facts.get("tags") or {}, f"{place}.tags").items()
    }
    return Candidate(
        name, _read_number(facts, "score", place), _read_amount(facts, "amount", place), tags
    )


def _as_texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _as_texts(item)]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(value)]


def _read_number(facts: Mapping[str, Any], key: str, place: str) -> Decimal:
    value = facts.get(key)
    try:
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
            raise InvalidOperation
        number = Decimal(value)
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise DomainError(
            _("%(place)s: “%(key)s” is not a number.", place=place, key=key)
        ) from None
    return number


def _read_amount(facts: Mapping[str, Any], key: str, place: str) -> int:
    """Minor units of an amount with at most two decimals."""
    number = _read_number(facts, key, place) * 100
    if number < 0 or number != number.to_integral_value():
        raise DomainError(
            _(
                "%(place)s: “%(key)s” must be an amount of zero or more, with two decimals.",
                place=place,
                key=key,
            )
        )
    return int(number)


def _read_rule(facts: Mapping[str, Any], number: int) -> Rule:
    place = f"rules[{number - 1}]"
    bounds = tuple(
        Bound(measure, least, _read_limit(facts, key, place, measure))
        for key, (measure, least) in BOUNDS.items()
        if key in facts
    )
    if "tag" not in facts or "value" not in facts or not bounds:
        raise DomainError(
            _(
                "%(place)s: a rule needs “tag”, “value” and one of %(keys)s.",
                place=place,
                keys=", ".join(BOUNDS),
            )
        )
    return Rule(number, str(facts["tag"]), _as_texts(facts["value"])[0], bounds)


def _read_limit(facts: Mapping[str, Any], key: str, place: str, measure: Measure) -> Decimal:
    number = _read_number(facts, key, place)
    if number < 0 or (measure is Measure.SHARE and number > 1):
        raise DomainError(
            _(
                "%(place)s: “%(key)s” must not be negative, and a share is between 0 and 1.",
                place=place,
                key=key,
            )
        )
    return number * 100 if measure is Measure.AMOUNT else number

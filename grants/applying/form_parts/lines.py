"""Lines chosen from menus: the expression that they make, and the lines that make an expression.

What was made otherwise than by menus is shown as its expression.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grants.applying.form_parts.statements import Statement
from grants.core.countries.countries import CODES, country_name
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.expressions.nodes import Both, Comparison, Literal, Node, Product
from grants.platform.expressions.parse import parse
from grants.platform.forms import typed as typing_rules

Line = Mapping[str, Any]
"""One line of a menu: "statement", "value", "share" (a percentage) and "other"."""

Figures = Mapping[str, str]
"""What a statement can be compared with: expression and kind of value."""


TIMES = frozenset({"day", "year"})
"""Kinds of value that are compared with their like alone, and have no percentage."""


class LineRefused(InvalidInput):
    """A line cannot be read; `column` is the box to correct."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def expression_of(
    word: str, lines: Sequence[Line], offered: Mapping[str, Statement], figures: Figures
) -> str:
    """The expression that lines of a menu make; LineRefused says what a line lacks."""
    return f" {word} ".join(part_of(offered[line["statement"]], line, figures) for line in lines)


def part_of(statement: Statement, line: Line, figures: Figures) -> str:
    """The part of an expression that one line makes. Nothing that was typed is left out."""
    value, share, other = (str(line.get(n) or "").strip() for n in ("value", "share", "other"))
    if "?" in statement.text:
        compared = (
            _other_answer(statement.kind, value, share, other, figures)
            if other
            else _own_value(statement.kind, value, share)
        )
        return statement.text.replace("?", compared)
    for column, typed in (("value", value), ("share", share), ("other", other)):
        if typed:
            raise LineRefused(column, _("Leave this empty: the statement needs nothing more."))
    return statement.text


def _own_value(kind: str, value: str, share: str) -> str:
    """A typed value as an expression has it."""
    if share:
        raise LineRefused("other", _("Choose the answer of which this is a percentage."))
    if not value:
        raise LineRefused("value", _("Enter the value that the statement ends with."))
    if kind == "number" and value.endswith("%"):
        message = _(
            "Enter the percentage in the box for percentages, and choose the answer "
            "that it is a part of."
        )
        raise LineRefused("value", message)
    try:
        return literal_of(kind, value)
    except InvalidInput as refusal:
        raise LineRefused("value", refusal.message) from None


def _other_answer(kind: str, value: str, share: str, other: str, figures: Figures) -> str:
    """Another answer, or a part of it."""
    if value and (share or kind == "share" or not value.endswith("%")):
        message = _("Enter a value or choose another answer, not both.")
        raise LineRefused("value", message)
    kinds = {kind, figures.get(other)}
    if (kinds & TIMES and len(kinds) > 1) or kind == "country":
        raise LineRefused("other", _("This answer cannot be compared with the statement’s."))
    column, percentage = ("share", share) if share else ("value", value)
    if not percentage:
        return other
    if kind in TIMES:
        raise LineRefused(column, _("A date or a year has no percentage. Leave this empty."))
    try:
        return f"{_part_in(percentage)} * {other}"
    except InvalidInput as refusal:
        raise LineRefused(column, refusal.message) from None


def _part_in(text: str) -> str:
    """A percentage, or a part such as 2/3, as an expression has it."""
    if found := re.fullmatch(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*", text):
        if int(found[1]) and int(found[2]):
            return f"{int(found[1])} / {int(found[2])}"
        raise InvalidInput(_("Enter a percentage above 0."))
    part = _read_percentage(text)
    if part <= 0:
        raise InvalidInput(_("Enter a percentage above 0."))
    return f"{part:f}"


def literal_of(kind: str, text: str) -> str:
    """A typed value of this kind as an expression has it; InvalidInput says how to type it."""
    match kind:
        case "day":
            return f'day("{typing_rules.iso_day(text)}")'
        case "country":
            return f'"{_country_code(text)}"'
        case "share":
            return f"{_read_percentage(text):f}"
    return f"{typing_rules.decimal_number(text, 2).normalize():f}"


def _read_percentage(text: str) -> Decimal:
    return (typing_rules.decimal_number(text.rstrip("% "), 2) / 100).normalize()


def _country_code(text: str) -> str:
    names = {country_name(code).casefold(): code for code in CODES}
    code = text.upper() if text.upper() in CODES else names.get(text.casefold(), "")
    if not code:
        raise InvalidInput(_("“%(text)s” is not a country.", text=text))
    return code


def lines_of(
    expression: str, offered: Sequence[Statement], figures: Figures
) -> tuple[str, list[dict[str, str]]] | None:
    """The lines of a menu that make this expression; None if it was not made by a menu."""
    if not expression.strip():
        return "and", []
    try:
        node = parse(expression)
    except InvalidInput:
        return None
    parts = node.parts if isinstance(node, Both) else (node,)
    figures_by_node = [(parse(text), text) for text in figures]
    lines = [_line_of(part, offered, figures_by_node) for part in parts]
    readable = [line for line in lines if line is not None]
    if len(readable) < len(lines):
        return None
    return (node.word if isinstance(node, Both) else "and"), readable


def _line_of(
    part: Node, offered: Sequence[Statement], figures: Sequence[tuple[Node, str]]
) -> dict[str, str] | None:
    for statement in offered:
        node = statement.node
        if "?" not in statement.text:
            if node == part:
                return {"statement": statement.text}
        elif isinstance(part, Comparison) and isinstance(node, Comparison):
            if (node.left, node.sign) != (part.left, part.sign):
                continue
            compared = _compared_with(part.right, statement, figures)
            return {"statement": statement.text, **compared} if compared else None
    return None


def _compared_with(
    node: Node, statement: Statement, figures: Sequence[tuple[Node, str]]
) -> dict[str, str]:
    """What a statement is compared with, in the boxes of its line; empty if no boxes say it."""
    match node:
        case Literal():
            return {"value": _typed_value(node.value, statement)}
        case Product(parts=(("*", Literal(value=Fraction() as part)), ("*", whole))):
            other = next((text for figure, text in figures if figure == whole), None)
            return {"share": decimal_text(part * 100), "other": other} if other else {}
        case Product(
            parts=(
                ("*", Literal(value=Fraction() as part)),
                ("/", Literal(value=Fraction() as of)),
                ("*", whole),
            )
        ) if part.denominator == of.denominator == 1:
            other = next((text for figure, text in figures if figure == whole), None)
            return {"share": f"{part}/{of}", "other": other} if other else {}
    other = next((text for figure, text in figures if figure == node), None)
    return {"other": other} if other else {}


def _typed_value(value: Any, statement: Statement) -> str:
    """A value of an expression as a person types it."""
    match value:
        case date():
            return value.isoformat()
        case Fraction():
            share = statement.kind == "share"
            return f"{decimal_text(value * 100)}%" if share else decimal_text(value)
    return country_name(value) if value in CODES else str(value)


def decimal_text(value: Fraction) -> str:
    """A number as a person types it."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"

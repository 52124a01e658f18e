"""Conditions and checks from menus: whole statements to choose, and the expression they make.

A statement is the text of an expression in which "?" stands for a value that a person types, or for
another answer. What was made otherwise than by menus is shown as its expression.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grants.core.kernel.countries import CODES, country_name
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    Country,
    Day,
    Files,
    Number,
    OneOf,
    Question,
    Rows,
    SeveralOf,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.kinds.rows import figures_of
from grants.platform.questionnaires.logic.nodes import Both, Comparison, Literal, Node
from grants.platform.questionnaires.logic.parse import parse
from grants.platform.questionnaires.logic.words import in_words
from grants.platform.web import typed as typing_rules

ORDER = ("==", "!=", "<", "<=", ">", ">=")
HOLES: Mapping[str, str] = {
    "number": "0",
    "share": "0",
    "day": 'day("2000-01-01")',
    "country": '"XX"',
}
"""What stands for "?" where a template is read, by the kind of value."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` is its expression; `kind` says what belongs where it has a "?"."""

    text: str
    label: str
    kind: str = ""

    @property
    def node(self) -> Node:
        return parse(self.text.replace("?", HOLES.get(self.kind, "")))


Row = dict[str, str]
"""One line of a menu: "statement", "value" and "other"."""


def figures(questions: Iterable[Question]) -> list[tuple[str, str, str]]:
    """(expression, label, kind of value) of what can be compared by its size."""
    found: list[tuple[str, str, str]] = []
    for q in questions:
        match q:
            case Number() | Amount():
                texts = [(q.key, "number")]
            case Day():
                texts = [(q.key, "day")]
            case Budget():
                shares = [(f'share({q.key}, "{c.code}")', "share") for c in q.categories]
                texts = [(f"total({q.key})", "number"), (f"count({q.key})", "number"), *shares]
            case Rows():
                sums = [(f'total({q.key}, "{c.key}")', "number") for c in figures_of(q.row)]
                texts = [(f"count({q.key})", "number"), *sums]
            case Beneficiaries():
                texts = [(f"people({q.key})", "number")]
            case Files() | SeveralOf():
                texts = [(f"count({q.key})", "number")]
            case _:
                texts = []
        found += [(text, _of_figure(text, q), kind) for text, kind in texts]
    return found


def _of_figure(text: str, question: Question) -> str:
    if text == question.key:
        return _("“%(label)s”", label=question.title)
    return in_words(parse(text), {question.key: question})


def statements(questions: Sequence[Question]) -> list[Statement]:
    """Everything that can be said of these questions, in their order."""
    return [statement for question in questions for statement in _about(question)]


def _about(question: Question) -> Iterator[Statement]:
    for text in _complete(question):
        yield Statement(text, in_words(parse(text), {question.key: question}))
    if isinstance(question, Country):
        for sign in ("==", "!="):
            yield _open(
                f"{question.key} {sign} ?", _("“%(label)s”", label=question.title), sign, "country"
            )
    for text, label, kind in figures([question]):
        for sign in ORDER:
            yield _open(f"{text} {sign} ?", label, sign, kind)


def _complete(question: Question) -> Iterator[str]:
    match question:
        case YesNo():
            yield f"{question.key} == true"
            yield f"{question.key} == false"
        case SeveralOf():
            for code in question.codes:
                yield f'"{code}" in {question.key}'
                yield f'"{code}" not in {question.key}'
        case OneOf():
            for code in question.codes:
                yield f'{question.key} == "{code}"'
                yield f'{question.key} != "{code}"'
    yield f"not empty({question.key})"
    yield f"empty({question.key})"


def _open(text: str, label: str, sign: str, kind: str) -> Statement:
    said = {
        "==": _("%(one)s is %(other)s", one=label, other="…"),
        "!=": _("%(one)s is not %(other)s", one=label, other="…"),
        "<": _("%(one)s is less than %(other)s", one=label, other="…"),
        "<=": _("%(one)s is at most %(other)s", one=label, other="…"),
        ">": _("%(one)s is more than %(other)s", one=label, other="…"),
        ">=": _("%(one)s is at least %(other)s", one=label, other="…"),
    }
    return Statement(text, said[sign], kind)


def expression_of(word: str, rows: Sequence[Row], offered: Sequence[Statement]) -> str:
    """The expression that lines of a menu make; InvalidInput says what a line lacks."""
    by_text = {statement.text: statement for statement in offered}
    parts = [_part(by_text[row["statement"]], row) for row in rows]
    return f" {word} ".join(parts)


def _part(statement: Statement, row: Row) -> str:
    if "?" not in statement.text:
        return statement.text
    value = row.get("other") or _literal(statement.kind, row.get("value", "").strip())
    return statement.text.replace("?", value)


def _literal(kind: str, text: str) -> str:
    """A typed value as an expression has it."""
    if not text:
        raise InvalidInput(_("Enter the value that the statement ends with."))
    match kind:
        case "day":
            return f'day("{typing_rules.iso_day(text)}")'
        case "country":
            return f'"{_country(text)}"'
        case "share":
            number = typing_rules.decimal_number(text.rstrip("% "), 2) / 100
            return f"{number.normalize():f}"
    return f"{typing_rules.decimal_number(text, 2).normalize():f}"


def _country(text: str) -> str:
    names = {country_name(code).casefold(): code for code in CODES}
    code = text.upper() if text.upper() in CODES else names.get(text.casefold(), "")
    if not code:
        raise InvalidInput(_("“%(text)s” is not a country.", text=text))
    return code


def rows_of(
    expression: str, offered: Sequence[Statement], others: Iterable[str]
) -> tuple[str, list[Row]] | None:
    """The lines of a menu that make this expression; None if it was not made by a menu."""
    if not expression.strip():
        return "and", []
    try:
        node = parse(expression)
    except InvalidInput:
        return None
    parts = node.parts if isinstance(node, Both) else (node,)
    figures_by_node = [(parse(text), text) for text in others]
    rows = [_row(part, offered, figures_by_node) for part in parts]
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        return None
    return (node.word if isinstance(node, Both) else "and"), found


def _row(
    part: Node, offered: Sequence[Statement], others: Sequence[tuple[Node, str]]
) -> Row | None:
    for statement in offered:
        node = statement.node
        if "?" not in statement.text:
            if node == part:
                return {"statement": statement.text}
        elif isinstance(part, Comparison) and isinstance(node, Comparison):
            if (node.left, node.sign) != (part.left, part.sign):
                continue
            if isinstance(part.right, Literal):
                return {"statement": statement.text, "value": _typed(part.right.value, statement)}
            other = next((text for found, text in others if found == part.right), None)
            return {"statement": statement.text, "other": other} if other else None
    return None


def _typed(value: Any, statement: Statement) -> str:
    """A value of an expression as a person types it."""
    match value:
        case date():
            return value.isoformat()
        case Fraction():
            share = statement.kind == "share"
            return f"{_decimal(value * 100)}%" if share else _decimal(value)
    return country_name(value) if value in CODES else str(value)


def _decimal(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"

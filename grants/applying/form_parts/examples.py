"""A rule or a formula tried on an example: a box for each figure that it names, and what it then
says or comes to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.conditions.proposing import Proposed, proposed_answers
from grants.platform.conditions.supposing import figures_named, holds_with
from grants.platform.conditions.words import figure_in_words, in_words
from grants.platform.expressions.nodes import AnswerTo, Function, Value
from grants.platform.expressions.parse import parse
from grants.platform.forms import typed as typing_rules
from grants.platform.questions import Computed, Question
from grants.platform.questions.shape import Kind, Shape

Questions = Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Box:
    """One figure of a rule with its example; `choices` where it is chosen."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """The rule as a sentence, the boxes, and what it says of them: true, false or nothing."""

    sentence: str
    boxes: Sequence[Box]
    outcome: bool | None
    refused: str = ""
    kept: str = ""
    """Answers that keep the rule, in words; empty where none are found."""
    broken: str = ""
    """Answers that break it."""
    result: str = ""
    """What a formula comes to."""


def example_of(rule: str, questions: Questions, typed: Mapping[str, str]) -> Example | None:
    """The rule tried on what was typed, or on an example that breaks it; None if it cannot be
    read.
    """
    try:
        node = parse(rule)
    except InvalidInput:
        return None
    figures = [figure for figure in figures_named(node) if figure.key in questions]
    kept, broken = proposed_answers(node, {f: _shape_of(f, questions) for f in figures})
    proposed = broken or kept
    boxes = [_box_of(at, figure, questions, typed, proposed) for at, figure in enumerate(figures)]
    example = Example(
        in_words(node, questions),
        boxes,
        None,
        kept=_answers_in_words(figures, questions, kept),
        broken=_answers_in_words(figures, questions, broken),
    )
    try:
        values = _values_in(figures, boxes, questions)
    except InvalidInput as refusal:
        return replace(example, refused=refusal.message)
    return replace(example, outcome=holds_with(node, values))


def example_of_formula(
    column: Computed, cells: Questions, typed: Mapping[str, str]
) -> Example | None:
    """The formula of a column tried on what was typed, or on usual figures; None if it cannot be
    read.
    """
    if column.node is None:
        return None
    figures = [figure for figure in figures_named(column.node) if figure.key in cells]
    proposed = {figure: _usual_figure(_shape_of(figure, cells)) for figure in figures}
    boxes = [_box_of(at, figure, cells, typed, proposed) for at, figure in enumerate(figures)]
    sentence = _(
        "%(one)s is %(other)s",
        one=_("“%(label)s”", label=column.title),
        other=figure_in_words(column.node, cells),
    )
    example = Example(sentence, boxes, None)
    try:
        values = _values_in(figures, boxes, cells)
    except InvalidInput as refusal:
        return replace(example, refused=refusal.message)
    numbers = {figure.key: value for figure, value in values.items() if isinstance(value, Fraction)}
    value = column.value_in(numbers)
    nothing = _("Nothing: a figure that it needs is missing, or it divides by 0.")
    return replace(example, result=column.wording(value).text if value is not None else nothing)


def _usual_figure(shape: Shape) -> Fraction:
    if shape.share:
        return Fraction(1, 2)
    return Fraction(1_000 if shape.currency else 10)


def _values_in(
    figures: Sequence[AnswerTo | Function], boxes: Sequence[Box], questions: Questions
) -> dict[Any, Value]:
    """What stands in the boxes; InvalidInput says how to write it."""
    return {
        figure: value
        for figure, box in zip(figures, boxes, strict=True)
        if (value := _read_value(_shape_of(figure, questions), box.value)) is not None
    }


def _answers_in_words(
    figures: Sequence[AnswerTo | Function], questions: Questions, proposed: Proposed
) -> str:
    """Each figure with its value, as “Months: 12; Country: Kenya”."""
    boxes = [_box_of(at, figure, questions, {}, proposed) for at, figure in enumerate(figures)]
    words = [
        f"{box.label}{spaced(':')}{dict(box.choices).get(box.value, box.value)}"
        for box in boxes
        if box.value
    ]
    return spaced(";").join(words)


def _box_of(
    at: int,
    figure: AnswerTo | Function,
    questions: Questions,
    typed: Mapping[str, str],
    proposed: Proposed,
) -> Box:
    question, shape = questions[figure.key], _shape_of(figure, questions)
    label = question.title if isinstance(figure, AnswerTo) else in_words(figure, questions)
    choices: Sequence[tuple[str, str]] = ()
    if shape.kind is Kind.YES_NO:
        choices = [("yes", _("Yes")), ("no", _("No"))]
    elif shape.kind is Kind.CODE:
        choices = question.options
    name = f"try-{at}"
    value = typed.get(name) or _as_text(proposed.get(figure), shape)
    return Box(name, label, value, choices)


def _shape_of(figure: AnswerTo | Function, questions: Questions) -> Shape:
    if isinstance(figure, AnswerTo):
        return questions[figure.key].shape()
    if figure.name == "empty":
        return Shape(Kind.YES_NO)
    return Shape(Kind.NUMBER, share=figure.name == "share")


def _as_text(value: Value | None, shape: Shape) -> str:
    match value:
        case None:
            return ""
        case bool():
            is_answer = shape.kind is Kind.YES_NO
            return ("yes" if value else "no") if is_answer else ""
        case Fraction():
            return f"{float(value * 100):g}%" if shape.share else f"{float(value):.12g}"
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
    return value


def _read_value(shape: Shape, text: str) -> Any:
    """The value of a box; None where it is empty. InvalidInput says how to write it."""
    if not text.strip():
        return None
    if shape.kind is Kind.YES_NO:
        return text == "yes"
    if shape.kind is Kind.NUMBER:
        number = Fraction(typing_rules.decimal_number(text.rstrip("% "), 6))
        return number / 100 if shape.share else number
    if shape.kind is Kind.DAY:
        return typing_rules.iso_day(text)
    if shape.kind is Kind.SEVERAL:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text

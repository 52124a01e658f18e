"""A condition or a check in the reader's words, with the labels of questions and choices."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal

from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.platform.conditions.former import former_name
from grants.platform.expressions.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Listed,
    Literal,
    Node,
    Not,
    Product,
    Sum,
    Value,
)
from grants.platform.questions import Budget, Country, Question, Rows
from grants.platform.questions.shape import Kind, Shape

Questions = Mapping[str, Question]


def in_words(node: Node, questions: Questions) -> str:
    """What a condition says, as a sentence without its full stop."""
    return _WORDS[type(node)](node, questions)


def figure_in_words(node: Node, questions: Questions) -> str:
    """What a formula says: with the labels of the cells that it reckons with."""
    return _side_in_words(node, questions, node)


def _title_of(key: str, questions: Questions) -> str:
    question = questions.get(key)
    return _in_quotes(question.title if question else former_name(key))


def _answer_in_words(node: AnswerTo, questions: Questions) -> str:
    """An answer by itself is one to a question of yes or no."""
    return _("%(one)s is %(other)s", one=_title_of(node.key, questions), other=_("yes"))


def _not_in_words(node: Not, questions: Questions) -> str:
    match node.of:
        case AnswerTo():
            return _("%(one)s is %(other)s", one=_title_of(node.of.key, questions), other=_("no"))
        case Function(name="empty"):
            return _("%(one)s is answered", one=_title_of(node.of.key, questions))
        case Comparison(sign="in") as inner:
            return _membership_in_words(inner, questions, is_member=False)
    return _("not (%(condition)s)", condition=in_words(node.of, questions))


def _both_in_words(node: Both, questions: Questions) -> str:
    parts = [
        f"({in_words(part, questions)})" if isinstance(part, Both) else in_words(part, questions)
        for part in node.parts
    ]
    joint = _(" and ") if node.word == "and" else _(" or ")
    return joint.join(parts)


def _comparison_in_words(node: Comparison, questions: Questions) -> str:
    if node.sign == "in":
        return _membership_in_words(node, questions, is_member=True)
    subject, compared = (
        _side_in_words(node.left, questions, node.right),
        _side_in_words(node.right, questions, node.left),
    )
    if sign := _days_in_words(node, questions, subject, compared):
        return sign
    return {
        "==": _("%(one)s is %(other)s", one=subject, other=compared),
        "!=": _("%(one)s is not %(other)s", one=subject, other=compared),
        "<": _("%(one)s is less than %(other)s", one=subject, other=compared),
        "<=": _("%(one)s is at most %(other)s", one=subject, other=compared),
        ">": _("%(one)s is more than %(other)s", one=subject, other=compared),
        ">=": _("%(one)s is at least %(other)s", one=subject, other=compared),
    }[node.sign]


def _days_in_words(
    node: Comparison, questions: Questions, subject: str, compared: str
) -> str | None:
    """A day that is earlier or later than another; None for other comparisons."""
    if not any(_is_day(side, questions) for side in (node.left, node.right)):
        return None
    return {
        "<": _("%(one)s is before %(other)s", one=subject, other=compared),
        "<=": _("%(one)s is on or before %(other)s", one=subject, other=compared),
        ">": _("%(one)s is after %(other)s", one=subject, other=compared),
        ">=": _("%(one)s is on or after %(other)s", one=subject, other=compared),
    }.get(node.sign)


def _is_day(side: Node, questions: Questions) -> bool:
    match side:
        case Literal():
            return isinstance(side.value, date)
        case AnswerTo() if side.key in questions:
            return questions[side.key].shape().kind is Kind.DAY
    return False


def _membership_in_words(node: Comparison, questions: Questions, *, is_member: bool) -> str:
    left, right = node.left, node.right
    if isinstance(right, Listed):
        subject = _side_in_words(left, questions, left)
        choices = spaced(",").join(_side_in_words(item, questions, left) for item in right.items)
        if is_member:
            return _("%(one)s is one of %(choices)s", one=subject, choices=choices)
        return _("%(one)s is not one of %(choices)s", one=subject, choices=choices)
    subject, member = (
        _side_in_words(right, questions, right),
        _side_in_words(left, questions, right),
    )
    if is_member:
        return _("%(one)s includes %(other)s", one=subject, other=member)
    return _("%(one)s does not include %(other)s", one=subject, other=member)


def _side_in_words(node: Node, questions: Questions, beside: Node) -> str:
    """One side of a comparison; a code is told by its label, which the other side knows."""
    match node:
        case AnswerTo():
            return _title_of(node.key, questions)
        case Literal(value=Fraction() as part) if _is_share(beside):
            return _compared_figure(part, Shape(Kind.NUMBER, share=True))
        case Literal():
            about = questions.get(beside.key) if isinstance(beside, AnswerTo) else None
            return _value_in_words(node.value, about)
    return in_words(node, questions)


def _is_share(node: Node) -> bool:
    return isinstance(node, Function) and node.name == "share"


def _value_in_words(value: Value, about: Question | None) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case Fraction():
            shape = about.shape() if about else Shape(Kind.NUMBER)
            return _compared_figure(value, shape)
        case date():
            return plain_day(value)
    code = str(value)
    label = about.label_of(code) if about else code
    return label if isinstance(about, Country) and label != code else _in_quotes(label)


def _compared_figure(value: Fraction, shape: Shape) -> str:
    """A number as the answer beside it is written: a year without separators, a share as a
    percentage.
    """
    if shape.share:
        return _("%(number)s%%", number=_figure_in_words(value * 100))
    return _figure_in_words(value) if shape.grouped else str(value)


def _in_quotes(label: str) -> str:
    """The words of a form within a sentence that is read in its own direction, whatever theirs."""
    isolated = f"\u2068{label}\u2069" if current_language().direction == "rtl" else label
    return _("“%(label)s”", label=isolated)


def _figure_in_words(value: Fraction) -> str:
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return str(format_decimal(decimal, format="#,##0.####", locale=current_language().locale))


def _function_in_words(node: Function, questions: Questions) -> str:
    title = _title_of(node.key, questions)
    question = questions.get(node.key)
    code = node.category
    if isinstance(question, Budget) and node.name == "total":
        code = question.meaning_of(code)
    category = _in_quotes(question.label_of(code) if question else code)
    if node.name == "share":
        if isinstance(question, Budget) and (whole := question.whole_of(code)):
            return _(
                "the share of %(category)s in %(whole)s of %(label)s",
                category=category,
                whole=_in_quotes(question.label_of(whole)),
                label=title,
            )
        return _("the share of %(category)s in %(label)s", category=category, label=title)
    if code and isinstance(question, Budget | Rows):
        return _("the total of %(column)s in %(label)s", column=category, label=title)
    return {
        "total": _("the total of %(label)s", label=title),
        "count": _("the number in %(label)s", label=title),
        "people": _("the people in %(label)s", label=title),
        "lowest": _("the smaller number of %(label)s", label=title),
        "highest": _("the larger number of %(label)s", label=title),
        "empty": _("%(one)s is not answered", one=title),
    }[node.name]


def _product_in_words(node: Product, questions: Questions) -> str:
    match node.parts:
        case (("*", Literal(value=Fraction() as part)), ("*", whole)) if part < 1:
            answer = _side_in_words(whole, questions, whole)
            return _(
                "%(percentage)s%% of %(answer)s",
                percentage=_figure_in_words(part * 100),
                answer=answer,
            )
    return _parts_in_words(node, questions)


def _parts_in_words(node: Sum | Product, questions: Questions) -> str:
    words = [
        f"{'×' if sign == '*' else sign} {_part_in_words(node, part, questions)}"
        for sign, part in node.parts
    ]
    return " ".join(words).removeprefix("+ ").removeprefix("× ")


def _part_in_words(of: Sum | Product, part: Node, questions: Questions) -> str:
    """A part of a sum or a product, in brackets where it would be misread without them."""
    words = _side_in_words(part, questions, part)
    is_apart = isinstance(part, Sum) or (isinstance(part, Product) and isinstance(of, Product))
    return f"({words})" if is_apart else words


_WORDS: Mapping[type[Node], Callable[[Any, Questions], str]] = {
    Literal: lambda node, _questions: _value_in_words(node.value, None),
    AnswerTo: _answer_in_words,
    Function: _function_in_words,
    Listed: lambda node, questions: spaced(",").join(
        in_words(item, questions) for item in node.items
    ),
    Not: _not_in_words,
    Both: _both_in_words,
    Comparison: _comparison_in_words,
    Sum: _parts_in_words,
    Product: _product_in_words,
}

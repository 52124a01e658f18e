"""What a check that failed compares: the figure that was written, and the one that is allowed."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent, round_minor
from grants.core.texts.formats import percent, plain_money, plain_number
from grants.platform.conditions.worth import GivenAnswers, holds, worth
from grants.platform.expressions.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Node,
    Product,
    Sum,
)
from grants.platform.questions import Question, Rows
from grants.platform.questions.shape import Shape

YEAR = "year"
"""How a figure is written that is a year."""


def figures_in_words(node: Node, answers: GivenAnswers) -> str:
    """Of the first comparison of figures that fails: what it is now, and what it may be. Empty
    where none compares figures.
    """
    match node:
        case Both(word="and", parts=parts):
            failed = (figures_in_words(part, answers) for part in parts if not holds(part, answers))
            return next((words for words in failed if words), "")
        case Comparison(left=left, sign=sign, right=right) if sign in ("<", "<=", ">", ">=", "=="):
            now, limit = worth(left, answers), worth(right, answers)
            if isinstance(now, Fraction) and isinstance(limit, Fraction):
                kind = _kind_of(left, answers.questions) or _kind_of(right, answers.questions)
                return _compared_in_words(
                    sign, _figure_in_words(now, kind), _figure_in_words(limit, kind)
                )
    return ""


def _compared_in_words(sign: str, now: str, limit: str) -> str:
    if sign in ("<", "<="):
        return _("It is %(now)s. At most: %(limit)s.", now=now, limit=limit)
    if sign in (">", ">="):
        return _("It is %(now)s. At least: %(limit)s.", now=now, limit=limit)
    return _("It is %(now)s. Expected: %(limit)s.", now=now, limit=limit)


def _kind_of(node: Node, questions: Mapping[str, Question]) -> str:
    """What a side of a comparison is: "share", "year", the code of a currency, or empty for a
    number.
    """
    match node:
        case Function(name="share"):
            return "share"
        case Function(name="total", key=key) | AnswerTo(key=key):
            question: Question | None = questions.get(key)
            if isinstance(question, Rows) and isinstance(node, Function):
                question = question.summable(node.category)
            return _kind_of_answer(question.shape()) if question else ""
        case Sum(parts=parts) | Product(parts=parts):
            kinds = [(sign, kind) for sign, part in parts if (kind := _kind_of(part, questions))]
            plain = ("/", "share")  # a ratio is a number, and so is a share times a hundred
            if kinds and not any(mark in plain for pair in kinds for mark in pair):
                return kinds[0][1]
    return ""


def _kind_of_answer(shape: Shape) -> str:
    return "share" if shape.share else shape.currency if shape.grouped else YEAR


def _figure_in_words(value: Fraction, kind: str) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if kind == YEAR:
        return f"{exact:f}"
    if kind == "share":
        return percent(exact, 2).striptags()
    if kind:
        return plain_money(Money(round_minor(exact.scaleb(exponent(kind))), kind))
    return plain_number(exact.quantize(Decimal("0.01")).normalize())

"""Where the parts of an expression do not fit each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.conditions.former import unknown_question
from grants.platform.conditions.shapes import (
    DAY,
    NUMBER,
    TAKES,
    UNKNOWN,
    WORDS,
    YES_NO,
    is_kind,
    said,
    shape_of,
)
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
)
from grants.platform.questions import Budget, Question, Rows
from grants.platform.questions.shape import Kind, Shape


@dataclass
class Checker:
    """Goes through an expression and collects what is wrong with it. `unread` are keys of
    questions that could not be read, so nothing can be said of them.
    """

    questions: Mapping[str, Question]
    unread: frozenset[str] = frozenset()
    faults: list[str] = field(default_factory=list)

    def check(self, node: Node) -> list[str]:
        """All that is wrong with a condition or the rule of a check."""
        self._must_be_yes_or_no(node)
        return list(dict.fromkeys(self.faults))

    def _note_fault(self, message: str) -> Shape:
        self.faults.append(message)
        return UNKNOWN

    def _must_be_yes_or_no(self, node: Node) -> None:
        if not is_kind(self.shape(node), Kind.YES_NO):
            self._note_fault(
                _("at character %(place)s: a comparison is needed here", place=node.at + 1)
            )

    def shape(self, node: Node) -> Shape:
        handlers: Mapping[type[Node], Callable[[Any], Shape]] = {
            Literal: lambda literal: shape_of(literal.value),
            AnswerTo: self._shape_of_answer,
            Function: self._shape_of_function,
            Listed: self._shape_of_list,
            Not: self._shape_of_not,
            Both: self._shape_of_both,
            Comparison: self._shape_of_comparison,
            Sum: self._shape_of_sum,
            Product: self._shape_of_product,
        }
        return handlers[type(node)](node)

    def _shape_of_not(self, node: Not) -> Shape:
        self._must_be_yes_or_no(node.of)
        return YES_NO

    def _shape_of_both(self, node: Both) -> Shape:
        for part in node.parts:
            self._must_be_yes_or_no(part)
        return YES_NO

    def _shape_of_list(self, _node: Listed) -> Shape:
        return self._note_fault(_("a list of values can only follow “in”"))

    def asked(self, key: str) -> Shape:
        """The shape of the question with this key."""
        question = self.questions.get(key)
        if question is not None:
            return question.shape()
        if key in self.unread:
            return UNKNOWN
        near = get_close_matches(key, self.questions, 1)
        message = unknown_question(key)
        return self._note_fault(
            _("%(said)s; did you mean “%(near)s”?", said=message, near=near[0]) if near else message
        )

    def _title_of(self, key: str) -> str:
        """What readers call the question with this key."""
        return self.questions[key].english_title if key in self.questions else key

    def _shape_of_answer(self, node: AnswerTo) -> Shape:
        shape = self.asked(node.key)
        instead = {
            Kind.BUDGET: 'total({key}), share({key}, "…"), count({key})',
            Kind.COUNTS: "people({key})",
            Kind.FILES: "count({key}), empty({key})",
            Kind.PARTS: "empty({key})",
            Kind.RANGE: "lowest({key}), highest({key}), empty({key})",
            Kind.ROWS: 'count({key}), total({key}, "…"), empty({key})',
        }.get(shape.kind)
        if instead is None:
            return shape
        functions = instead.format(key=node.key)
        return self._note_fault(
            _(
                "“%(key)s” cannot be compared itself; use %(functions)s",
                key=self._title_of(node.key),
                functions=functions,
            )
        )

    def _shape_of_function(self, node: Function) -> Shape:
        shape = self.asked(node.key)
        if node.name == "empty":
            return YES_NO
        if not is_kind(shape, *TAKES[node.name]):
            self._note_fault(
                _(
                    "%(name)s() cannot be used with “%(key)s”",
                    name=node.name,
                    key=self._title_of(node.key),
                )
            )
            return NUMBER
        if shape.kind is Kind.ROWS or node.name == "total":
            return self._shape_of_total(node, shape)
        if node.name == "share":
            self._check_category(node, shape)
        return NUMBER

    def _check_category(self, node: Function, shape: Shape) -> None:
        """A budget's sum, and its share, may be asked about one of its categories."""
        question = self.questions.get(node.key)
        if isinstance(question, Budget) and not question.names_division(node.category):
            self._note_fault(
                _(
                    "“%(key)s” has no category “%(code)s”; it has %(codes)s",
                    key=self._title_of(node.key),
                    code=node.category,
                    codes=spaced(",").join(sorted(shape.codes or ())),
                )
            )

    def _shape_of_total(self, node: Function, shape: Shape) -> Shape:
        """Of a budget, the whole or one category; of a table, a column with figures is added up."""
        if node.name == "count":
            return NUMBER
        if shape.kind is not Kind.ROWS:
            if node.category:
                self._check_category(node, shape)
            return Shape(Kind.NUMBER, currency=shape.currency)
        question = self.questions[node.key]
        column = question.summable(node.category) if isinstance(question, Rows) else None
        if column is None:
            return self._note_fault(
                _(
                    "name a column of “%(key)s” that has figures: %(codes)s",
                    key=self._title_of(node.key),
                    codes=spaced(",").join(sorted(shape.codes or ())) or _("there are none"),
                )
            )
        return Shape(Kind.NUMBER, currency=column.shape().currency)

    def _shape_of_comparison(self, node: Comparison) -> Shape:
        self._check_comparison(node)
        return YES_NO

    def _check_comparison(self, node: Comparison) -> None:
        left = self.shape(node.left)
        if node.sign == "in":
            self._check_membership(left, node)
            return
        right = self.shape(node.right)
        if UNKNOWN in (left, right):
            return
        if node.sign not in ("==", "!="):
            self._check_order(left, right, node)
        elif Kind.SEVERAL in (left.kind, right.kind):
            self._note_fault(
                _(
                    "“%(key)s” has several answers; use “in”",
                    key=self._title_of(left.key or right.key),
                )
            )
        elif not _are_comparable(left, right):
            self._note_mismatch(left, right, node)
        else:
            self._same_currency(left, right)
            self._choice_exists(left, node.right)
            self._choice_exists(right, node.left)

    def _check_order(self, left: Shape, right: Shape, node: Comparison) -> None:
        if left.kind is right.kind and left.kind in (Kind.NUMBER, Kind.DAY):
            self._same_currency(left, right)
        elif _are_comparable(left, right):
            self._note_fault(
                _(
                    "“%(sign)s” compares numbers and days, not %(kind)s",
                    sign=node.sign,
                    kind=said(left),
                )
            )
        else:
            self._note_mismatch(left, right, node)

    def _note_mismatch(self, left: Shape, right: Shape, node: Comparison) -> None:
        if isinstance(node.right, AnswerTo) and not isinstance(node.left, AnswerTo):
            self._note_mismatch(right, left, replace(node, left=node.right, right=node.left))
            return
        if isinstance(node.left, AnswerTo):
            self._note_fault(
                _(
                    "“%(question)s” is %(left)s and cannot be compared with %(right)s",
                    question=self._title_of(node.left.key),
                    left=said(left),
                    right=said(right),
                )
            )
            return
        self._note_fault(
            _(
                "at character %(place)s: %(left)s cannot be compared with %(right)s",
                place=node.at + 1,
                left=said(left),
                right=said(right),
            )
        )

    def _check_membership(self, left: Shape, node: Comparison) -> None:
        if isinstance(node.right, Listed):
            for item in node.right.items:
                if left.kind is not Kind.UNKNOWN and not _are_comparable(
                    left, shape_of(item.value)
                ):
                    self._note_mismatch(left, shape_of(item.value), node)
                self._choice_exists(left, item)
            return
        right = self.shape(node.right)
        if not is_kind(right, Kind.SEVERAL, Kind.TEXT):
            self._note_fault(
                _(
                    "“in” needs a list or a question with several answers, not %(kind)s",
                    kind=said(right),
                )
            )
        elif not is_kind(left, *WORDS):
            self._note_mismatch(left, right, node)
        else:
            self._choice_exists(right, node.left)

    def _choice_exists(self, shape: Shape, node: Node) -> None:
        if shape.codes is None or not isinstance(node, Literal) or node.value in shape.codes:
            return
        codes = sorted(shape.codes)
        codes_in_words = (
            spaced(",").join(codes) if len(codes) <= 12 else spaced(",").join([*codes[:12], "…"])
        )
        self._note_fault(
            _(
                "“%(code)s” is not an answer to “%(key)s”; it has %(codes)s",
                code=node.value,
                key=self._title_of(shape.key),
                codes=codes_in_words,
            )
        )

    def _same_currency(self, left: Shape, right: Shape) -> None:
        if left.currency and right.currency and left.currency != right.currency:
            self._note_fault(
                _(
                    "%(one)s and %(other)s cannot be compared",
                    one=left.currency,
                    other=right.currency,
                )
            )

    def _shape_of_sum(self, node: Sum) -> Shape:
        """Numbers, or days: a day plus or minus a number of days, the days between two days."""
        reached: Shape | None = None
        for sign, part in node.parts:
            shape = self.shape(part)
            if not is_kind(shape, Kind.NUMBER, Kind.DAY):
                return self._needs_numbers(sign, shape)
            if reached is None:
                reached = shape if sign == "+" or shape.kind is not Kind.DAY else None
                if reached is None:
                    return self._note_fault(_("a day cannot be negative"))
                continue
            reached = self._shape_of_added(reached, sign, shape)
        return reached or UNKNOWN

    def _needs_numbers(self, sign: str, shape: Shape) -> Shape:
        return self._note_fault(
            _("“%(sign)s” needs numbers, not %(kind)s", sign=sign, kind=said(shape))
        )

    def _shape_of_added(self, reached: Shape, sign: str, shape: Shape) -> Shape:
        match reached.kind, shape.kind:
            case Kind.NUMBER, Kind.NUMBER:
                self._same_currency(reached, shape)
                return reached if reached.currency else shape
            case Kind.DAY, Kind.DAY if sign == "-":
                return NUMBER
            case (Kind.DAY, Kind.NUMBER):
                return DAY
            case (Kind.NUMBER, Kind.DAY) if sign == "+":
                return DAY
            case (Kind.UNKNOWN, _) | (_, Kind.UNKNOWN):
                return UNKNOWN
        return self._note_fault(_("days cannot be added up"))

    def _shape_of_product(self, node: Product) -> Shape:
        currency = ""
        for sign, part in node.parts:
            shape = self.shape(part)
            if not is_kind(shape, Kind.NUMBER):
                return self._needs_numbers(sign, shape)
            if sign == "/" and isinstance(part, Literal) and part.value == 0:
                self._note_fault(_("division by 0 is not possible"))
            currency = "" if sign == "/" and shape.currency else currency or shape.currency
        return Shape(Kind.NUMBER, currency=currency)


def _are_comparable(left: Shape, right: Shape) -> bool:
    return left.kind is right.kind or {left.kind, right.kind} <= WORDS

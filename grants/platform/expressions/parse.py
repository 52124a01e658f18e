"""Reading a condition or a check: a small language that cannot do anything but compare answers.

It is read by hand and not by Python's own parser: numbers stay exact, every refusal knows its
place, and no future version of Python can add to what an expression may do.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NoReturn

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
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

LONGEST = 2000
DEEPEST = 20
MOST_DIGITS = 20

FUNCTIONS = ("total", "share", "count", "people", "lowest", "highest", "empty")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<text>"[^"\n]*"|'[^'\n]*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>==|!=|<=|>=|[<>+\-*/(),\[\]])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The expression; InvalidInput tells at which character it cannot be read."""
    return _Reader(text).whole()


def _refuse_at(message: str, at: int) -> NoReturn:
    raise InvalidInput(
        _("at character %(place)s: %(message)s", place=at + 1, message=message)
    ) from None


def _tokens_of(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        _refuse_at(_("an expression may have up to %(most)s characters", most=LONGEST), LONGEST)
    tokens, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            _refuse_at(_unknown_mark(text[at]), at)
        if token.lastgroup != "space":
            tokens.append(_Token(str(token.lastgroup), token[0], at))
        at = token.end()
    return [*tokens, _Token("end", "", len(text))]


def _unknown_mark(mark: str) -> str:
    if mark == "=":
        return _("use == to compare")
    if mark in "“”„‘’«»":
        return _('use straight quotes, as in "this"')
    if mark in "\"'":
        return _("this text has no closing quote")
    return _("“%(mark)s” is not part of an expression", mark=mark)


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens_of(text)
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.next
        self.place += token.kind != "end"
        return token

    def is_next(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "name") and self.next.text in texts

    def expect(self, text: str) -> None:
        if not self.is_next(text):
            _refuse_at(_("“%(mark)s” is expected here", mark=text), self.next.at)
        self.take()

    def whole(self) -> Node:
        node = self.either()
        if self.next.kind != "end":
            _refuse_at(_("“%(text)s” is not expected here", text=self.next.text), self.next.at)
        return node

    def either(self) -> Node:
        return self._read_joined("or", lambda: self._read_joined("and", self.negated))

    def _read_joined(self, word: str, part: Callable[[], Node]) -> Node:
        at, parts = self.next.at, [part()]
        while self.is_next(word):
            self.take()
            parts.append(part())
        return Both(word, tuple(parts), at) if len(parts) > 1 else parts[0]

    def negated(self) -> Node:
        if not self.is_next("not"):
            return self.compared()
        at = self.take().at
        return Not(self._read_deeper(self.negated), at)

    def compared(self) -> Node:
        """One comparison, or several in a row: `1 < a <= 5` is `1 < a and a <= 5`."""
        left, comparisons = self.sum(), []
        at = self.next.at
        while sign := self._read_comparison_sign():
            right = self.sum()
            comparison: Node = Comparison(left, sign.removeprefix("not "), right, at)
            comparisons.append(Not(comparison, at) if sign == "not in" else comparison)
            left, at = right, self.next.at
        if not comparisons:
            return left
        return (
            comparisons[0]
            if len(comparisons) == 1
            else Both("and", tuple(comparisons), comparisons[0].at)
        )

    def _read_comparison_sign(self) -> str:
        if self.is_next(*COMPARISONS, "in"):
            return self.take().text
        if self.is_next("not"):
            self.take()
            self.expect("in")
            return "not in"
        return ""

    def sum(self) -> Node:
        at, parts = self.next.at, [("+", self.product())]
        while self.is_next("+", "-"):
            parts.append((self.take().text, self.product()))
        return Sum(tuple(parts), at) if len(parts) > 1 else parts[0][1]

    def product(self) -> Node:
        at, parts = self.next.at, [("*", self.signed())]
        while self.is_next("*", "/"):
            parts.append((self.take().text, self.signed()))
        return Product(tuple(parts), at) if len(parts) > 1 else parts[0][1]

    def signed(self) -> Node:
        if not self.is_next("+", "-"):
            return self.single()
        sign = self.take()
        return Sum(((sign.text, self._read_deeper(self.signed)),), sign.at)

    def single(self) -> Node:
        token = self.take()
        match token.kind:
            case "number":
                return Literal(_number_of(token), token.at)
            case "text":
                return Literal(_text_of(token), token.at)
            case "name":
                return self._read_named(token)
            case "sign" if token.text in ("(", "["):
                return self._read_deeper(lambda: self._read_bracketed(token))
            case "end":
                _refuse_at(_("the expression ends too early"), token.at)
        _refuse_at(_("“%(text)s” is not expected here", text=token.text), token.at)

    def _read_deeper(self, part: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            _refuse_at(_("the expression is nested too deeply"), self.next.at)
        node = part()
        self.depth -= 1
        return node

    def _read_bracketed(self, opened: _Token) -> Node:
        """A part in brackets, or a list of values."""
        end = ")" if opened.text == "(" else "]"
        if self.is_next(end):
            _refuse_at(_("the brackets are empty"), opened.at)
        parts = [self.either()]
        while self.is_next(","):
            self.take()
            if self.is_next(end):
                self.take()
                return _list_of(parts, opened.at)
            parts.append(self.either())
        self.expect(end)
        if opened.text == "(" and len(parts) == 1:
            return parts[0]
        return _list_of(parts, opened.at)

    def _read_named(self, token: _Token) -> Node:
        name = token.text
        if name in ("true", "false"):
            return Literal(name == "true", token.at)
        if name in ("and", "or", "not", "in"):
            _refuse_at(_("“%(text)s” is not expected here", text=name), token.at)
        if not self.is_next("("):
            return AnswerTo(name, token.at)
        if name not in (*FUNCTIONS, "day"):
            _refuse_at(_("there is no function “%(name)s”", name=name), token.at)
        self.take()
        node = self._read_day(token) if name == "day" else self._read_function(token)
        self.expect(")")
        return node

    def _read_day(self, token: _Token) -> Node:
        quoted = self.take()
        if quoted.kind != "text":
            _refuse_at(_('write a day as day("2026-09-01")'), token.at)
        text = _text_of(quoted)
        try:
            day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
        except ValueError:
            day = None
        if day is None:
            _refuse_at(_("“%(text)s” is not a day; write it as 2026-09-01", text=text), quoted.at)
        return Literal(day, token.at)

    def _read_function(self, token: _Token) -> Node:
        key, category = self.take(), ""
        if key.kind != "name":
            _refuse_at(_("name a question in “%(name)s”", name=token.text), key.at)
        if token.text == "share" or (token.text == "total" and self.is_next(",")):
            self.expect(",")
            quoted = self.take()
            if quoted.kind != "text":
                _refuse_at(_("name a category or a column in quotes"), quoted.at)
            category = _text_of(quoted)
        return Function(token.text, key.text, category, token.at)


def _number_of(token: _Token) -> Fraction:
    if len(token.text.replace(".", "")) > MOST_DIGITS:
        _refuse_at(_("a number may have up to %(most)s digits", most=MOST_DIGITS), token.at)
    return Fraction(token.text)


def _text_of(token: _Token) -> str:
    return unicodedata.normalize("NFC", token.text[1:-1])


def _list_of(parts: list[Node], at: int) -> Node:
    items = tuple(part for part in parts if isinstance(part, Literal))
    if len(items) < len(parts):
        _refuse_at(_("a list may hold only texts, numbers and days"), at)
    return Listed(items, at)

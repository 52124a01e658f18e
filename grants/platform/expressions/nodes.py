"""What a condition or a check is made of, once it has been read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Value = bool | str | date | Fraction | tuple[str, ...]
"""What an expression comes to. Numbers are exact; a tuple holds the codes of several choices."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written in the expression itself. `at`: its place, from 0."""

    value: Value
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AnswerTo:
    """The answer to the question with this key."""

    key: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Function:
    """A figure about an answer: total, share, count, people, empty. `category` is that of a budget
    (share), or the column of a table (total).
    """

    name: str
    key: str
    category: str = ""
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """Values to choose from, as in `country in ["HN", "GT"]`."""

    items: tuple[Literal, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Both:
    """All of its parts (`and`), or at least one of them (`or`)."""

    word: str
    parts: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`sign` is one of == != < <= > >= and in."""

    left: "Node"
    sign: str
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """Parts with + or - before each."""

    parts: tuple[tuple[str, "Node"], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Product:
    """Parts with * or / before each."""

    parts: tuple[tuple[str, "Node"], ...]
    at: int = field(default=0, compare=False)


Node = Literal | AnswerTo | Function | Listed | Not | Both | Comparison | Sum | Product


def keys_in(node: Node) -> Iterator[str]:
    """The questions that an expression names, in its order; one may come more than once."""
    match node:
        case AnswerTo() | Function():
            yield node.key
        case Not():
            yield from keys_in(node.of)
        case Both():
            for part in node.parts:
                yield from keys_in(part)
        case Comparison():
            yield from keys_in(node.left)
            yield from keys_in(node.right)
        case Sum() | Product():
            for _sign, part in node.parts:
                yield from keys_in(part)


def needed_answers(node: Node) -> Iterator[str]:
    """The questions whose answer has to be given for the expression to be certain."""
    match node:
        case AnswerTo():
            yield node.key
        case Function() if node.name != "empty":
            yield node.key
        case Comparison():
            yield from needed_answers(node.left)
            yield from needed_answers(node.right)
        case Sum() | Product():
            for _sign, part in node.parts:
                yield from needed_answers(part)

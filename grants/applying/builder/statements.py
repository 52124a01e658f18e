"""What can be said of the questions of a form: whole statements to choose from a menu.

A statement is the text of an expression in which "?" stands for a value that a person types, for
another answer, or for a part of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
from grants.platform.questionnaires.logic.nodes import Node
from grants.platform.questionnaires.logic.parse import parse
from grants.platform.questionnaires.logic.words import in_words

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
                texts = _of_budget(q)
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


def _of_budget(question: Budget) -> list[tuple[str, str]]:
    """Its sum, and the share and the sum of each category."""
    key = question.key
    texts = [(f"total({key})", "number"), (f"count({key})", "number")]
    for category in question.categories:
        texts.append((f'share({key}, "{category.code}")', "share"))
        texts.append((f'total({key}, "{category.code}")', "number"))
    return texts


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

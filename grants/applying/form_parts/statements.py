"""What can be said of the questions of a form: whole statements to choose from a menu.

A statement is the text of an expression in which "?" stands for a value that a person types, for
another answer, or for a part of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grants.core.kernel.language import gettext as _
from grants.platform.conditions.words import in_words
from grants.platform.expressions.nodes import Node
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Country, Question
from grants.platform.questions.base import Option

ORDER = ("==", "!=", "<", "<=", ">", ">=")
HOLES: Mapping[str, str] = {
    "number": "0",
    "share": "0",
    "year": "2000",
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
    question: str = ""
    """What it is about, in the reader's words."""
    about: str = ""
    """Which of its figures, or the answer itself."""

    @property
    def node(self) -> Node:
        return parse(self.text.replace("?", HOLES.get(self.kind, "")))


TAKES: Mapping[str, Sequence[str]] = {
    "number": ("value", "share", "other"),
    "share": ("value", "other"),
    "year": ("value", "other"),
    "day": ("value", "other"),
    "country": ("value",),
}
"""What a line asks beside a statement, by the kind of value that it ends with."""


def figures(questions: Iterable[Question]) -> list[tuple[str, str, str]]:
    """(expression, label, kind of value) of what can be compared by its size."""
    return [
        (text, _of_figure(text, question), kind)
        for question in questions
        for text, kind in question.figures()
    ]


def _of_figure(text: str, question: Question) -> str:
    if text == question.key:
        return _("“%(label)s”", label=question.title)
    return in_words(parse(text), {question.key: question})


def statements(questions: Sequence[Question]) -> list[Statement]:
    """Everything that can be said of these questions, in their order."""
    return [
        replace(statement, question=question.title or question.key)
        for question in questions
        for statement in _statements_about(question)
    ]


def grouped(offered: Iterable[Statement]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Statements as choices below the question that they are about."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for statement in offered:
        groups.setdefault(statement.question, []).append((statement.text, statement.label))
    return list(groups.items())


def grouped_figures(questions: Iterable[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be compared by its size, as choices below the question that it belongs to."""
    by_question = ((q.title or q.key, figures([q])) for q in questions)
    return [
        (title, [(text, label) for text, label, _kind in answers])
        for title, answers in by_question
        if answers
    ]


def sections_of(form: Form) -> dict[str, str]:
    """Where each question stands, by what menus call it: its section, or the concept note."""
    note = {question.title or question.key: _("Concept note") for question in form.note}
    return note | {
        question.title or question.key: section.name
        for section in form.sections
        for question in section.questions
    }


def by_section(form: Form, questions: Collection[Question]) -> list[tuple[str, list[Option]]]:
    """Questions of a form as choices, each below its section."""
    groups = [
        (section.name, [(q.key, q.title) for q in section.questions if q in questions])
        for section in form.sections
    ]
    return [(name, choices) for name, choices in groups if choices]


def _statements_about(question: Question) -> Iterator[Statement]:
    key = question.key
    itself = _("“%(label)s”", label=question.title)
    for text in (*question.statements(), f"not empty({key})", f"empty({key})"):
        yield Statement(text, in_words(parse(text), {question.key: question}), about=itself)
    if isinstance(question, Country):
        for sign in ("==", "!="):
            yield _open_statement(f"{question.key} {sign} ?", itself, sign, "country")
    for text, label, kind in figures([question]):
        for sign in ORDER:
            yield _open_statement(f"{text} {sign} ?", label, sign, kind)


def _open_statement(text: str, label: str, sign: str, kind: str) -> Statement:
    sentences = {
        "==": _("%(one)s is %(other)s", one=label, other="…"),
        "!=": _("%(one)s is not %(other)s", one=label, other="…"),
        "<": _("%(one)s is less than %(other)s", one=label, other="…"),
        "<=": _("%(one)s is at most %(other)s", one=label, other="…"),
        ">": _("%(one)s is more than %(other)s", one=label, other="…"),
        ">=": _("%(one)s is at least %(other)s", one=label, other="…"),
    }
    return Statement(text, sentences[sign], kind, about=label)

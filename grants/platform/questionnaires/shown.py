"""Answers as their readers see them: words, lists and tables in the reader's language.

Pages and PDFs draw the same frozen facts, so they cannot differ.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from grants.core.kernel.countries import country_name
from grants.core.kernel.formats import plain_day, plain_money
from grants.core.kernel.language import current_language, in_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Country,
    Day,
    Files,
    LogicalFramework,
    LongText,
    Number,
    OneOf,
    Organisations,
    Question,
    SeveralOf,
    ShortText,
    Table,
    WorkPlan,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.logic.outcome import conditions_in_words, shown_in
from grants.platform.questionnaires.reading import Typed
from grants.platform.questionnaires.rules import choices_of, rule_of
from grants.platform.questionnaires.tables import (
    Grid,
    beneficiaries,
    budget_lines,
    counted,
    rows_of,
)


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of an answer. `id` is that of its place on the record, for its address."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str = "clean"
    """The state of the virus check: until it is clean nobody opens the file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer, in one of the four ways an answer looks."""

    key: str
    kind: str
    question: str
    help: str = ""
    required: bool = False
    rule: str = ""
    """What kind of answer is expected, and how much of it."""
    when: str = ""
    """When the question is asked, in words; empty: always."""
    choices: tuple[str, ...] = ()
    text: str = ""
    items: tuple[str, ...] = ()
    table: Grid | None = None
    files: tuple[FileShown, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.items or self.table or self.files)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its answers."""

    key: str
    title: str
    intro: str
    answers: tuple[Answer, ...]


def shown(
    form: Form,
    values: Mapping[str, Any],
    *,
    files: Mapping[str, Sequence[FileShown]] | None = None,
    typed: Typed | None = None,
) -> tuple[ShownSection, ...]:
    """The questions that are shown for these answers, with them. What a hidden question was
    answered before is not among them. `typed` is shown, word for word, where it has no value yet.
    """
    counts = {key: len(found) for key, found in (files or {}).items()}
    keys = shown_in(form, values, counts)
    sections = (
        shown_section(section, values, files=files, typed=typed, only=keys)
        for section in form.sections
    )
    return tuple(section for section in sections if section.answers)


def asked(form: Form) -> tuple[ShownSection, ...]:
    """The whole form before anybody writes, with the conditions of its questions in words."""
    when = conditions_in_words(form)
    return tuple(shown_section(section, {}, when=when) for section in form.sections)


def shown_section(
    section: Section,
    values: Mapping[str, Any],
    *,
    files: Mapping[str, Sequence[FileShown]] | None = None,
    typed: Typed | None = None,
    only: Collection[str] | None = None,
    when: Mapping[str, str] | None = None,
) -> ShownSection:
    """One section with its answers; with `only`, those to these questions."""
    return ShownSection(
        section.key,
        section.name,
        in_language(section.intro),
        tuple(
            replace(
                _answer(question, values.get(question.key), files or {}, typed or {}),
                when=(when or {}).get(question.key, ""),
            )
            for question in section.questions
            if only is None or question.key in only
        ),
    )


def _answer(
    question: Question, value: Any, files: Mapping[str, Sequence[FileShown]], typed: Typed
) -> Answer:
    said: dict[str, Any] = {}
    if value is not None:
        said = SAID[type(question)](question, value)
    elif not question.is_blank(typed):
        said = {"text": _as_typed(question, typed)}
    return Answer(
        key=question.key,
        kind=question.kind,
        question=question.title,
        help=in_language(question.help),
        required=question.required,
        rule=rule_of(question),
        choices=choices_of(question),
        files=tuple(files.get(question.key, ())),
        **said,
    )


def _as_typed(question: Question, typed: Typed) -> str:
    return " ".join(t for name, texts in typed.items() if question.owns(name) for t in texts)


def _cell(question: Question, value: Any) -> str:
    """The answer in a cell of a table, in words."""
    said = SAID[type(question)](question, value)
    return said.get("text") or ", ".join(said.get("items", ()))


def _number(question: Number, value: int | str) -> str:
    number = format_decimal(Decimal(value), locale=current_language().locale)
    unit = in_language(question.unit)
    return f"{number} {unit}" if unit else number


SAID: Mapping[type[Question], Callable[[Any, Any], dict[str, Any]]] = {
    ShortText: lambda _q, value: {"text": value},
    LongText: lambda _q, value: {"text": value},
    Number: lambda q, value: {"text": _number(q, value)},
    Amount: lambda q, value: {"text": plain_money(Money.parse(value, q.currency))},
    Day: lambda _q, value: {"text": plain_day(date.fromisoformat(value))},
    YesNo: lambda _q, value: {"text": _("Yes") if value else _("No")},
    OneOf: lambda q, value: {"text": dict(q.options).get(value, value)},
    SeveralOf: lambda q, value: {"items": tuple(dict(q.options).get(code, code) for code in value)},
    Country: lambda _q, value: {"text": country_name(value)},
    Beneficiaries: lambda _q, value: {"table": beneficiaries(value)},
    ByExploitation: lambda q, value: {"table": counted(q, value, _("Form of exploitation"))},
    ByService: lambda q, value: {"table": counted(q, value, _("Service"))},
    Budget: lambda q, value: {"table": budget_lines(q, value)},
    Files: lambda _q, _value: {},
    Table: lambda q, value: {"table": rows_of(q, value, _cell)},
    LogicalFramework: lambda q, value: {"table": rows_of(q, value, _cell)},
    WorkPlan: lambda q, value: {"table": rows_of(q, value, _cell)},
    Organisations: lambda q, value: {"table": rows_of(q, value, _cell)},
}
"""How the answer to each kind of question looks."""

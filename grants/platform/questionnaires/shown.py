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
from grants.core.kernel.formats import NBSP, plain_day, plain_money
from grants.core.kernel.language import current_language, in_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.platform.questionnaires.budget import Budget, budget_total
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Country,
    Day,
    Files,
    LongText,
    Number,
    OneOf,
    Question,
    SeveralOf,
    ShortText,
    YesNo,
)
from grants.platform.questionnaires.logic.outcome import conditions_in_words, shown_in
from grants.platform.questionnaires.reading import Typed
from grants.platform.questionnaires.rules import choices_of, rule_of


@dataclass(frozen=True, slots=True)
class Table:
    """Heads are (text, kind of column); cells are text, numbers or Money."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    foot: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of an answer. `id` is that of its place on the record, for its address."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str


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
    table: Table | None = None
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


def _number(question: Number, value: int | str) -> str:
    number = format_decimal(Decimal(value), locale=current_language().locale)
    unit = in_language(question.unit)
    return f"{number} {unit}" if unit else number


def _beneficiaries(value: Mapping[str, Mapping[str, int]]) -> Table:
    bands = [str(band) for band in AgeBand]
    counts = {sex: [value.get(sex, {}).get(band, 0) for band in bands] for sex in Sex}
    columns = [sum(column) for column in zip(*counts.values(), strict=True)]
    return Table(
        heads=(
            (_("Sex"), "text"),
            *((str(band.label), "number") for band in AgeBand),
            (_("Total"), "number"),
        ),
        rows=tuple((str(sex.label), *row, sum(row)) for sex, row in counts.items()),
        foot=(_("Total"), *columns, sum(columns)),
    )


def _counted(
    question: ByExploitation | ByService, value: Mapping[str, Mapping[str, int]], head: str
) -> Table:
    return Table(
        heads=((head, "text"), (_("People"), "number")),
        rows=tuple(
            (str(form.label), value[form.value]["people"])
            for form in question.rows
            if form.value in value
        ),
    )


def _budget(question: Budget, lines: list[dict[str, Any]]) -> Table:
    def money(text: str | None) -> Money | None:
        return None if text is None else Money.parse(text, question.currency)

    labels = dict(question.options)
    return Table(
        heads=(
            (question.column_title("category"), "text"),
            (question.column_title("description"), "text"),
            (question.column_title("quantity"), "number"),
            (question.column_title("unit_cost"), "money"),
            (_("Total"), "money"),
        ),
        rows=tuple(
            (
                labels.get(line["category"], line["category"]),
                line["description"],
                None if line["quantity"] is None else Decimal(line["quantity"]),
                money(line["unit_cost"]),
                money(line["total"]),
            )
            for line in lines
        ),
        foot=(_("Total"), NBSP, NBSP, NBSP, budget_total(lines, question.currency)),
    )


def by_category(question: Budget, lines: list[dict[str, Any]] | None) -> list[tuple[str, Money]]:
    """What a budget asks for in each category, in the order of the form."""
    found = []
    for code, label in question.options:
        amounts = [
            Money.parse(line["total"], question.currency)
            for line in lines or ()
            if line["category"] == code and line["total"] is not None
        ]
        if amounts:
            found.append((label, total(amounts, question.currency)))
    return found


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
    Beneficiaries: lambda _q, value: {"table": _beneficiaries(value)},
    ByExploitation: lambda q, value: {"table": _counted(q, value, _("Form of exploitation"))},
    ByService: lambda q, value: {"table": _counted(q, value, _("Service"))},
    Budget: lambda q, value: {"table": _budget(q, value)},
    Files: lambda _q, _value: {},
}
"""How the answer to each kind of question looks."""

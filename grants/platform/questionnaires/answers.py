"""Answers by question key, as a script or an earlier record has them, and what a form says of them.

They are turned into what a person would have typed and then read by the very rules of the pages.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Form
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
    Rows,
    SeveralOf,
    ShortText,
    Table,
    WorkPlan,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import COLUMNS, Budget
from grants.platform.questionnaires.logic.outcome import outcome_of
from grants.platform.questionnaires.reading import Fault, Problem


class _NotAnAnswer(Exception):
    """The value has not the form of an answer to this question."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a form says of some answers: keys shown, keys missing, and (key, message) of faults."""

    visible: list[str]
    missing: list[str]
    faults: list[tuple[str, str]]


def verdict_on(form: Form, answers: Mapping[str, Any]) -> Verdict:
    """Read the answers by the rules of the pages. Victims' data is not looked for here."""
    typed, files, faults = _typed(form, answers)
    unread = {key for key, _message in faults}
    parts = [section.read(typed, files) for section in form.sections]
    outcome = outcome_of(form, parts, files)
    problems = [p for part in outcome.parts for p in part.problems if p.fault is not Fault.DOUBT]
    by_key = {question.key: question for question in form.questions}
    missing = [p.question for p in problems if _is_missing(p, by_key[p.question])]
    found = [(p.question, p.message) for p in problems if not _is_missing(p, by_key[p.question])]
    return Verdict(
        [question.key for question in form.questions if question.key in outcome.shown],
        [key for key in dict.fromkeys(missing) if key not in unread],
        [*(f for f in faults if f[0] in outcome.shown or f[0] not in by_key), *found],
    )


def _is_missing(problem: Problem, question: Question) -> bool:
    """Is the whole answer missing, and not only a cell of a row that was begun?"""
    return problem.fault is Fault.MISSING and problem == question.missing()


def _typed(
    form: Form, answers: Mapping[str, Any]
) -> tuple[dict[str, list[str]], dict[str, int], list[tuple[str, str]]]:
    """What was typed, the number of files by question, and what is no answer."""
    by_key = {question.key: question for question in form.questions}
    typed: dict[str, list[str]] = {}
    files: dict[str, int] = {}
    faults: list[tuple[str, str]] = []
    for key, value in answers.items():
        question = by_key.get(key)
        if question is None:
            faults.append((key, _("there is no question with the key “%(key)s”", key=key)))
            continue
        try:
            if isinstance(question, Files):
                files[key] = _number_of_files(question, value)
            elif value is not None:
                typed |= dict(TYPED[type(question)](question, value))
        except _NotAnAnswer:
            said = _("This is not an answer to “%(label)s”.", label=question.title)
            faults.append((key, said))
    return typed, files, faults


Cells = Iterator[tuple[str, list[str]]]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _NotAnAnswer
    return value


def _figure(value: Any) -> str:
    """A number, written so that its point cannot be taken for a thousands separator."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _NotAnAnswer
    if isinstance(value, Decimal) and not -30 < value.adjusted() < 30:
        raise _NotAnAnswer
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", text, re.ASCII):
        whole, _point, fraction = text.partition(".")
        return f"{whole}.{fraction.rstrip('0')}" if fraction.endswith("0") else f"{text}0"
    return text


def _number(question: Number, value: Any) -> Cells:
    yield question.name, [_figure(value) if question.places < 3 else str(value)]


def _amount(question: Amount, value: Any) -> Cells:
    yield question.name, [_figure(value)]


def _day(question: Day, value: Any) -> Cells:
    parts = _text(value).split("-")
    if len(parts) != len(question.parts) and _text(value).strip():
        raise _NotAnAnswer
    for part, text in zip(question.parts, reversed(parts), strict=False):
        yield f"{question.name}-{part}", [text]


def _yes_no(question: YesNo, value: Any) -> Cells:
    yield (
        question.name,
        [{True: "yes", False: "no"}[value] if isinstance(value, bool) else _text(value)],
    )


def _several(question: SeveralOf, value: Any) -> Cells:
    if not isinstance(value, list):
        raise _NotAnAnswer
    yield question.name, [_text(code) for code in value]


def _people(question: Beneficiaries, value: Any) -> Cells:
    """{"female": {"12-17": 4}}; where there is only one column, {"sexual": 4} too."""
    names = {(row, column): name for row, column, name in question.cells()}
    for row, counts in _mapping(value).items():
        alone = len(question.columns) == 1 and not isinstance(counts, Mapping)
        for column, count in ({question.columns[0]: counts} if alone else _mapping(counts)).items():
            if (row, column) not in names:
                raise _NotAnAnswer
            if count is not None:
                yield names[row, column], [_figure(count)]


def _budget(question: Budget, value: Any) -> Cells:
    """Rows with category, description, quantity and unit cost; `total` is worked out again."""
    if not isinstance(value, list):
        raise _NotAnAnswer
    for index, row in enumerate(value):
        line = _mapping(row)
        if set(line) - {*COLUMNS, "total"}:
            raise _NotAnAnswer
        for column in COLUMNS:
            if line.get(column) is not None:
                numeric = column in ("quantity", "unit_cost")
                text = _figure(line[column]) if numeric else _text(line[column])
                yield question.cell(str(index), column), [text]


def _rows(question: Rows, value: Any) -> Cells:
    """Rows as mappings from the key of a column to its answer."""
    if not isinstance(value, list):
        raise _NotAnAnswer
    columns = {column.key: column for column in question.row}
    for index, row in enumerate(value):
        if set(_mapping(row)) - set(columns):
            raise _NotAnAnswer
        for key, answer in row.items():
            if answer is not None:
                cell = question.cell(str(index), columns[key])
                yield from TYPED[type(cell)](cell, answer)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _NotAnAnswer
    return value


def _number_of_files(question: Files, value: Any) -> int:
    """A list of names, or how many there are."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = len(value)
    elif isinstance(value, str):
        value = int(bool(value))
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= question.most:
        raise _NotAnAnswer
    return value


def _plain(question: Question, value: Any) -> Cells:
    yield question.name, [_text(value)]


TYPED: Mapping[type[Question], Callable[[Any, Any], Cells]] = {
    ShortText: _plain,
    LongText: _plain,
    Number: _number,
    Amount: _amount,
    Day: _day,
    YesNo: _yes_no,
    OneOf: _plain,
    SeveralOf: _several,
    Country: _plain,
    Beneficiaries: _people,
    ByExploitation: _people,
    ByService: _people,
    Budget: _budget,
    Table: _rows,
    LogicalFramework: _rows,
    WorkPlan: _rows,
    Organisations: _rows,
}
"""How each kind of answer would have been typed."""

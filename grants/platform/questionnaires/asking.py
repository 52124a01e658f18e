"""Which cells of a table are asked, where a column has a condition.

Like what can be picked, this depends on the answers, so a form is bound to them before it is read
or drawn. What is not asked keeps what was typed, but does not count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grants.platform.conditions.worth import GivenAnswers, holds
from grants.platform.expressions.nodes import Node
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.outcome import parsed, resting_on, shown_in
from grants.platform.questions import Computed, Question, Table
from grants.platform.questions.reading import Typed
from grants.platform.questions.tables import BLANK

DRAWN = 3
"""So many rows of a table are on its page, although nothing is typed into them."""


def with_asked_cells(
    form: Form,
    typed: Typed,
    files: Mapping[str, int] | None = None,
    attached: Mapping[str, Sequence[str]] | None = None,
) -> Form:
    """The form, whose tables know what they ask in each row, and which files are there. `typed` is
    what was typed in all of its sections; `files` counts those attached, and `attached` names them,
    by the key of their question or cell.
    """
    for table in form.items:
        if not isinstance(table, Table):
            continue
        bound = _with_files(table, attached or {})
        if table.has_conditions:
            bound = _bound(form, bound, typed, files or {})
        if bound is not table:
            form = _with_table(form, bound)
    return form


def _with_files(table: Table, attached: Mapping[str, Sequence[str]]) -> Table:
    if not table.file_columns:
        return table
    own = {key: tuple(names) for key, names in attached.items() if table.place_of(key)}
    return replace(table, attached=own)


def left_out(section: Section, hidden: frozenset[str]) -> list[str]:
    """What of a section is not asked: keys of questions, and of cells."""
    cells = [
        sorted(question.unasked) for question in section.questions if isinstance(question, Table)
    ]
    keys = [question.key for question in section.questions if question.key in hidden]
    return [*keys, *(key for row in cells for key in row)]


def newly_asked(section: Section, typed: Typed, unseen: set[str], hidden: frozenset[str]) -> str:
    """The first input that is asked now and was not on the page: `unseen` is what it left out."""
    opened = unseen - set(left_out(section, hidden))
    for question in section.questions:
        if question.key in opened:
            return question.target
        if isinstance(question, Table):
            for index in question.indices(typed):
                for cell in question.cells(index):
                    if cell.key in opened:
                        return cell.target
    return ""


def _with_table(form: Form, table: Table) -> Form:
    def in_section(section: Section) -> Section:
        questions = tuple(table if q.key == table.key else q for q in section.questions)
        return replace(section, questions=questions, parts=tuple(map(in_section, section.parts)))

    return replace(form, sections=tuple(map(in_section, form.sections)))


def _bound(form: Form, table: Table, typed: Typed, files: Mapping[str, int]) -> Table:
    conditions = {c.key: parsed(c.show_when) for c in table.columns if c.show_when}
    beside = _answers_beside(form, table, typed, files)
    typed_rows = table.indices(typed)
    following = str(max((int(index) for index in typed_rows), default=0) + 1)
    indices = {*typed_rows, *map(str, range(DRAWN)), following, BLANK}
    unasked = {key for i in indices for key in _unasked_in(table, i, conditions, beside, typed)}
    return replace(table, unasked=frozenset(unasked))


def _answers_beside(
    form: Form, table: Table, typed: Typed, files: Mapping[str, int]
) -> GivenAnswers:
    """The answers to other questions on which the columns rest, as far as they count."""
    deciding = resting_on(form, {table.key})
    questions = {question.key: question for question in form.items}
    values = {key: questions[key].read(typed).value for key in deciding}
    return GivenAnswers(questions, shown_in(form, values, files), values, files)


def _unasked_in(
    table: Table,
    index: str,
    conditions: Mapping[str, Node | None],
    beside: GivenAnswers,
    typed: Typed,
) -> Iterator[str]:
    """The cells of a row whose conditions do not hold. Each may rest on cells before it."""
    columns: Mapping[str, Question] = {column.key: column for column in table.columns}
    row: dict[str, Any] = dict.fromkeys(columns)
    questions = set(beside.shown) - set(columns)
    answers = GivenAnswers({**beside.questions, **columns}, questions, row, beside.files)
    answers = replace(answers, values={**beside.values, **row})
    for column in table.columns:
        cell = table.cell(index, column)
        if column.key in conditions:
            node = conditions[column.key]
            if node is None or holds(node, answers) is not True:
                yield cell.key
                continue
        questions.add(column.key)
        row[column.key] = cell.read(typed).value
        if isinstance(column, Computed):
            row |= dict(table.computed_in(row))
        answers = replace(answers, values={**beside.values, **row})

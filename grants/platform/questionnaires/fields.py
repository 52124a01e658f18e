"""A section as a form on a page: each question the field of the web layer that draws it.

The fields draw and keep what was typed; what is wrong with it is decided by the kinds of question
alone, so that a page, a submission and a job never disagree. `show` puts those problems on the
fields.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import singledispatch
from typing import Any

from werkzeug.datastructures import MultiDict

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import sentence
from grants.platform.expressions.formulas import as_steps
from grants.platform.forms import fields as web
from grants.platform.forms.forms import Form
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import CHOICE, Choice
from grants.platform.questionnaires.repeated import PartHeading
from grants.platform.questions import (
    KINDS,
    Amount,
    Beneficiaries,
    Budget,
    Computed,
    Content,
    Country,
    Day,
    Declaration,
    Email,
    Figure,
    Files,
    Iban,
    LongText,
    Number,
    OneOf,
    Parted,
    Percentage,
    Picked,
    Question,
    ReferenceLetter,
    Rows,
    SeveralOf,
    ShortText,
    Table,
    Telephone,
    WebAddress,
    Year,
    YesNo,
)
from grants.platform.questions.budget_lines import (
    COLUMNS,
    LONGEST_DESCRIPTION,
    LONGEST_NOTE,
    MOST_LINES,
    NOTE,
)
from grants.platform.questions.reading import Fault, Problem, Typed
from grants.platform.questions.rows import figures_of
from grants.platform.questions.spread import PAID

FEW = 7
"""So many choices can all be in sight; more become a list."""


FieldTexts = dict[str, Any]
"""Label, hint and whether it is required."""


MARKS = 20_000
"""Characters: the keys of all questions of a long section."""


class SectionForm(Form):
    """A section being written. `version` is that of the answers which the page was made of."""

    version = web.HiddenField()
    sheet = web.HiddenField()
    turn = web.HiddenField()
    base = web.HiddenField()
    clashes = web.HiddenField(limit=MARKS)
    hidden = web.HiddenField(limit=MARKS)
    attested = web.CheckboxField(_l("I have checked this text again: it does not identify anyone."))

    @property
    def questions_shown(self) -> list[Any]:
        """The fields of the section's own questions, in their order."""
        return [field for field in self.questions() if field.name.startswith("q_")]


def section_form(
    section: Section, typed: Typed, clashes: Collection[str] = (), **marks: str
) -> SectionForm:
    """The form of a section as a person left it; `marks` fill the hidden fields. For each question
    in `clashes` it asks which of two answers to keep.
    """
    drawn = {q.name: input_of(q, _texts_of(q)) for q in section.questions}
    drawn |= {
        f"{CHOICE}{question.key}": _choice_between(question)
        for question in section.questions
        if question.key in clashes
    }
    marks["clashes"] = " ".join(clashes)
    kind: type[SectionForm] = type("DrawnSectionForm", (SectionForm,), drawn)
    items = [(name, text) for name, texts in typed.items() for text in texts]
    return kind(MultiDict([*marks.items(), *items]), require=False)


def show(form: SectionForm, problems: Iterable[Problem]) -> None:
    """Hang problems on the inputs they are about."""
    for problem in _joined(problems):
        field: Any = form[f"q_{problem.question}"]
        match field:
            case web.RowsField() if problem.whole:
                field.errors = [problem.words, *field.errors]
                field.names_itself = True  # it is told beside what is wrong in a row
            case web.MatrixField() if not problem.whole:
                _show_in_matrix(field, problem)
            case web.RowsField():
                _show_in_rows(field, problem)
            case web.GroupField():
                _show_in_group(field, problem)
            case _:
                field.errors = [*field.errors, problem.words]
                field.names_itself = problem.fault is not Fault.WRONG


def _joined(problems: Iterable[Problem]) -> Iterable[Problem]:
    """What several checks say of one question is one text, as each question shows one."""
    joined: dict[tuple[Any, ...], Problem] = {}
    for number, problem in enumerate(problems):
        key = (problem.question, problem.fault) if problem.whole else (number,)
        earlier = joined.get(key)
        words = problem.words if earlier is None else f"{earlier.words} {problem.words}"
        joined[key] = replace(earlier or problem, message=words, figures="")
    return joined.values()


def _show_in_matrix(field: web.MatrixField, problem: Problem) -> None:
    for cell in field.cells():
        if field.cell_id(*cell) == problem.place and field.text_of(*cell):
            field.cell_errors[cell] = problem.words
            field.errors = [
                _("Correct the numbers marked below in “%(label)s”.", label=field.label.text)
            ]
            return
    field.errors = [*field.errors, problem.words]


def _show_in_group(field: web.GroupField, problem: Problem) -> None:
    """At the box that it is about, if anything has been typed into the group."""
    box = next((box for box in field.boxes if problem.place in box.inputs()), None)
    if box is None or field.is_empty():
        field.errors = [*field.errors, problem.words]
        field.names_itself = problem.fault is not Fault.WRONG
        return
    box.errors = [problem.words]
    box.names_itself = problem.fault is not Fault.WRONG


def _rows_with(field: web.RowsField, problem: Problem) -> list[tuple[web.Row, str]]:
    """The rows that it may be about, each with the name of the input there."""
    rows = [row for row in field.rows if not field.is_left_blank(row)]
    if problem.row is None:
        return [(row, problem.place) for row in rows]
    column = problem.place.rpartition("-c_")[2]
    return [(row, f"{field.name}-{row.index}-c_{column}") for row in rows[problem.row :][:1]]


def _show_in_rows(field: web.RowsField, problem: Problem) -> None:
    for row, place in _rows_with(field, problem):
        for column in row.columns():
            if place == column.name or place in column.inputs():
                if isinstance(column, web.GroupField):
                    _show_in_group(column, replace(problem, place=place))
                elif isinstance(column, web.SpreadField):
                    column.cell_errors[place] = problem.words
                else:
                    column.errors = [problem.words]
                    column.names_itself = problem.fault is not Fault.WRONG
                field.errors = [
                    _("Correct the rows marked below in “%(label)s”.", label=field.label.text)
                ]
                field.names_itself = False
                return
    field.errors = [*field.errors, problem.words]
    field.names_itself = True


def _choice_between(question: Question) -> Any:
    """Asks which of two answers to keep."""
    choices = [
        (Choice.MINE, _("My answer, as shown above")),
        (Choice.THEIRS, _("The other answer")),
    ]
    if question.joint:
        choices.append((Choice.BOTH, _("Both, one after the other")))
    return web.RadioField(
        _("Which answer to “%(label)s” do you want to keep?", label=question.title),
        choices=choices,
        required=True,
    )


@singledispatch
def input_of(question: Question, _said: FieldTexts) -> Any:
    """The field that draws a kind of question."""
    raise NotImplementedError(question.kind)


@input_of.register
def _short_text_input(question: ShortText, texts: FieldTexts) -> Any:
    return web.TextField(**texts, limit=question.limit)


@input_of.register
def _long_text_input(question: LongText, texts: FieldTexts) -> Any:
    rows = _lines_for(question.words * 7 or question.limit)
    return web.LongTextField(**texts, limit=question.limit, most_words=question.words, rows=rows)


@input_of.register
def _number_input(question: Number, texts: FieldTexts) -> Any:
    return web.NumberField(
        **texts,
        least=question.least,
        most=question.most,
        places=question.places,
        suffix=in_language(question.unit),
    )


@input_of.register
def _amount_input(question: Amount, texts: FieldTexts) -> Any:
    return web.AmountField(**texts, currency=question.currency, zero=question.zero)


@input_of.register
def _day_input(question: Day, texts: FieldTexts) -> Any:
    return web.DateField(**texts, first=question.first, last=question.last)


@input_of.register
def _yes_no_input(_question: YesNo, texts: FieldTexts) -> Any:
    return web.YesNoField(**texts)


@input_of.register
def _declaration_input(_question: Declaration, texts: FieldTexts) -> Any:
    return web.CheckboxesField(**texts, choices=[("yes", _("I confirm this."))])


@input_of.register
def _content_drawn(question: Content, _texts: FieldTexts) -> Any:
    return web.ContentField(
        question.title,
        text=in_language(question.help),
        link=(in_language(question.link), question.address) if question.address else None,
        file=(question.file, question.file_name) if question.file else None,
        picture=in_language(question.alternative) if question.is_picture else "",
    )


@input_of.register
def _part_heading_drawn(part: PartHeading, texts: FieldTexts) -> Any:
    intro = in_language(part.help)
    return web.ContentField(texts["label"], text=intro, link=None, file=None, begins_part=True)


@input_of.register
def _one_of_input(question: OneOf, texts: FieldTexts) -> Any:
    field = web.RadioField if len(question.options) <= FEW else web.SelectField
    return field(**texts, choices=question.options)


@input_of.register
def _picked_input(question: Picked, texts: FieldTexts) -> Any:
    """A list, however short: the rows that it offers come and go while the source is filled in."""
    source = question.source_title
    hint = (
        _("Chosen from “%(source)s”, as far as it has been saved.", source=source)
        if question.offers or question.beside
        else _("Fill in “%(source)s” and save it first.", source=source)
    )
    texts = {**texts, "hint": " ".join(filter(None, (texts["hint"], hint)))}
    field = web.SelectField if question.most_chosen == 1 else web.CheckboxesField
    offers = question.source if question.beside else ""
    return field(**texts, choices=question.options, offers=offers)


@input_of.register
def _several_of_input(question: SeveralOf, texts: FieldTexts) -> Any:
    return web.CheckboxesField(**texts, choices=question.options)


@input_of.register
def _year_input(_question: Year, texts: FieldTexts) -> Any:
    return web.TextField(**texts, limit=4, width=4)


@input_of.register
def _percentage_input(question: Percentage, texts: FieldTexts) -> Any:
    return web.NumberField(
        **texts,
        least=question.least,
        most=question.most,
        places=question.places,
        width=5,
        suffix="%",
    )


@input_of.register
def _email_input(_question: Email, texts: FieldTexts) -> Any:
    return web.EmailField(**texts, autocomplete="")


@input_of.register
def _telephone_input(_question: Telephone, texts: FieldTexts) -> Any:
    return web.PhoneAbroadField(**texts, autocomplete="")


@input_of.register
def _web_address_input(question: WebAddress, texts: FieldTexts) -> Any:
    return web.WebField(**texts, limit=question.longest)


@input_of.register
def _iban_input(question: Iban, texts: FieldTexts) -> Any:
    return web.TextField(**texts, limit=question.longest, width=30)


@input_of.register
def _parted_input(question: Parted, texts: FieldTexts) -> Any:
    boxes = {part.key: _column_input(part) for part in question.parts}
    return web.GroupField(type("DrawnGroup", (web.Row,), boxes), **texts)


@input_of.register
def _country_input(_question: Country, texts: FieldTexts) -> Any:
    return web.CountryField(**texts)


@input_of.register
def _people_input(question: Beneficiaries, texts: FieldTexts) -> Any:
    rows, columns = question.row_items, question.column_items
    return web.MatrixField(**texts, rows=rows, columns=columns, totals=question.totals)


@input_of.register
def _file_input(question: Files, texts: FieldTexts) -> Any:
    hint = " ".join(part for part in (texts["hint"], sentence(question.rule())) if part)
    return web.FileField(**{**texts, "hint": hint}, accept=question.accept)


@input_of.register
def _letter_drawn(question: ReferenceLetter, texts: FieldTexts) -> Any:
    return web.ContentField(
        question.title,
        text="\n".join((texts["hint"], sentence(question.rule()))),
        link=None,
        file=None,
        picture="",
    )


@input_of.register
def _budget_input(question: Budget, texts: FieldTexts) -> Any:
    titles = {column: question.column_title(column) for column in COLUMNS}
    columns = {
        "category": web.SelectField(titles["category"], question.options, required=True),
        "description": web.TextField(
            titles["description"], limit=LONGEST_DESCRIPTION, required=True
        ),
        "quantity": web.NumberField(titles["quantity"], places=2, width=5, required=True),
        "unit_cost": web.AmountField(titles["unit_cost"], required=True),
    }
    drawn: dict[str, Any] = {name: columns[name] for name in question.line_columns}
    if question.spread:
        drawn[PAID] = web.SpreadField(
            _("Amounts"),
            payers=question.spread.payers,
            periods=[label for _code, label in question.spread.periods],
            currency=question.currency,
        )
        drawn["cards"] = True
    if question.notes and question.spread:
        drawn[NOTE] = web.TextField(_("Note"), limit=LONGEST_NOTE)
    return web.RowsField(
        type("BudgetLine", (web.Row,), drawn),
        **texts,
        most=MOST_LINES,
        product=("quantity", "unit_cost") if "quantity" in question.line_columns else None,
        add_label=_("Add a line"),
    )


FEW_COLUMNS = 4
"""So many columns stand side by side on a wide screen; the rows of more become cards. A column of
figures is narrower than others.
"""


@input_of.register
def _rows_input(question: Rows, texts: FieldTexts) -> Any:
    columns = {f"c_{column.key}": _cell_input(question, column) for column in question.row}
    fixed: dict[str, Any] = {}
    if isinstance(question, Table) and question.fixed_rows:
        labels = [label for _code, label in question.labels]
        fixed = {"fixed": labels, "row_head": in_language(question.row_head)}
    if isinstance(question, Table) and question.attached:
        fixed["with_files"] = question.indices({})
    if isinstance(question, Table) and question.has_conditions:
        fixed |= _conditions_of_columns(question)
    roomy = any(
        isinstance(column, LongText | SeveralOf | Parted | Files) for column in question.row
    )
    width = sum(0.6 if isinstance(column, Figure) else 1 for column in question.row)
    drawn = {
        "sums": [f"c_{column.key}" for column in question.summed],
        "cards": roomy or width > FEW_COLUMNS,
    }
    return web.RowsField(
        type("DrawnRow", (web.Row,), columns | drawn),
        **texts,
        most=question.most_rows,
        shown=max(question.least_rows, 1),
        first_free=question.first_free,
        add_label=question.add_words,
        **fixed,
    )


def _conditions_of_columns(table: Table) -> dict[str, Any]:
    columns = {f"c_{column.key}": column for column in table.columns}
    return {
        "conditional": [name for name, column in columns.items() if column.show_when],
        "is_asked": lambda index, name: table.is_asked(index, columns[name]),
    }


def _cell_input(question: Rows, column: Question) -> Any:
    if isinstance(question, Table) and isinstance(column, Computed):
        return _computed_input(column, question)
    return _column_input(column)


def _computed_input(column: Computed, table: Table) -> Any:
    """A cell that the page reckons while a person types, and the server again when it is saved."""
    cells = {c.key: _written_cell(c) for c in figures_of(table.columns)}
    steps = as_steps(column.node, cells) if column.node else {"sum": []}

    figures = [c for c in figures_of(table.columns) if not isinstance(c, Computed)]

    def value_in(row: Any) -> str | None:
        typed = {c.name: [row[f"c_{c.key}"].text] for c in figures}
        applicable = [c for c in figures if table.is_asked(row.index, c)]
        values = {c.key: c.read(typed).value if c in applicable else None for c in figures}
        return dict(table.computed_in(values)).get(column.key)

    return web.OutputField(
        column.title,
        hint=in_language(column.help),
        reckon=value_in,
        steps=json.dumps(steps),
        places=column.decimals,
        currency=column.money,
    )


def _written_cell(column: Figure) -> dict[str, Any]:
    """How a cell that a formula names is written: its decimals, and by what it is divided."""
    return {
        "column": f"c_{column.key}",
        "places": column.decimals,
        "money": isinstance(column, Amount),
        "over": 100 if isinstance(column, Percentage) else 1,
    }


def _column_input(column: Question) -> Any:
    """As the question alone would be drawn, but small: choices are lists, texts have few lines."""
    texts = _texts_of(column)
    match column:
        case YesNo():
            return web.SelectField(**texts, choices=[("yes", _("Yes")), ("no", _("No"))])
        case SeveralOf():
            return web.CheckboxesField(**texts, choices=column.options)
        case OneOf():
            return web.SelectField(**texts, choices=column.options)
        case Telephone():
            return web.PhoneField(**texts, autocomplete="")
        case LongText():
            return web.LongTextField(**texts, limit=column.limit, most_words=column.words, rows=3)
    return input_of(column, texts)


def _texts_of(question: Question) -> FieldTexts:
    return {
        "label": question.title,
        "hint": in_language(question.help),
        "required": question.required,
    }


def undrawn_kinds(kinds: Iterable[type[Question]] = KINDS.values()) -> list[str]:
    """Kinds of question that no field draws."""
    nothing = input_of.dispatch(Question)
    return [kind.kind for kind in kinds if input_of.dispatch(kind) is nothing]


if undrawn_kinds():
    raise TypeError(f"Write in this module which field draws: {', '.join(undrawn_kinds())}.")


def _lines_for(limit: int) -> int:
    """Lines of the box for a text of this length."""
    return 4 if limit <= 600 else 8 if limit <= 2000 else 14

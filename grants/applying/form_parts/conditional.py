"""Forms about a part of a questionnaire that is shown, or holds, under a condition."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from grants.applying.form_parts.lines import LineRefused, expression_of, lines_of, part_of
from grants.applying.form_parts.statements import (
    TAKES,
    Statement,
    figures,
    grouped,
    grouped_figures,
    statements,
)
from grants.core.kernel.language import gettext as _
from grants.platform.forms.fields import (
    GroupedField,
    HiddenField,
    RadioField,
    Row,
    RowsField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.questionnaires.logic_faults import faults_of_expression
from grants.platform.questions import Question

WRITE_OUT = "write-out"
"""The button that makes an expression of the menus."""


class Versioned(Form):
    """A form about a record that another person may change meanwhile."""

    version = HiddenField()


class StatementRow(Row):
    """A statement from a menu, and what belongs where it ends in "…"."""

    cards = True
    offered: ClassVar[Mapping[str, Statement]] = {}
    figures: ClassVar[Mapping[str, str]] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Each box is right by itself, and together they make a part of an expression."""
        if not super().validate(extra_validators):
            return False
        try:
            part_of(self.offered[self["statement"].data], self.data, self.figures)
        except LineRefused as refusal:
            self[refusal.column].errors = [refusal.message]
            return False
        return True


class Conditional(Versioned):
    """A form with a condition: lines from menus, or an expression."""

    word: RadioField
    lines: RowsField
    expression: TextField
    row: type[StatementRow]
    asked: Mapping[str, Question]
    """All questions of the form, by key."""
    stands: str
    """The expression that was there before."""
    written_out = False
    """Was what the menus say just written as an expression? Then nothing is saved yet."""

    def condition(self) -> str:
        """The expression that was typed, or that the lines make."""
        if not self.lines.data:
            return str(self.expression.data).strip()
        word = self.word.data or "and"
        return expression_of(word, self.lines.data, self.row.offered, self.row.figures)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer can be used, and the condition can be read and fits the questions."""
        if WRITE_OUT in (self._source or ()):
            self._write_out()
            return False
        valid = super().validate(extra_validators)
        if self.rows_changed or self.lines.errors:
            return False
        return self._condition_fits() and valid

    def _write_out(self) -> None:
        """Put what the menus say into the box of the expression, to be changed there."""
        if self.lines.is_empty():
            self.complain("lines", _("Choose a statement first."))
            return
        if not self.lines.validate(self):
            return
        rule = self.condition()
        self.lines.process(None, [])
        self.expression.process(None, rule)
        self.expression.raw_data = None  # or the empty box that was sent would be shown again
        self.written_out = True

    def _condition_fits(self) -> bool:
        where = "lines" if self.lines.data else "expression"
        if self.lines.data and str(self.expression.data).strip():
            message = _("Use either the menus or the expression, not both: empty one of them.")
            self.complain("expression", message)
            return False
        rule = self.condition()
        faults = [] if rule == self.stands else self.expression_faults(rule)
        for fault in faults:
            self.complain(where, _("The expression is not valid: %(fault)s.", fault=fault))
        return not faults

    def expression_faults(self, rule: str) -> list[str]:
        """What is wrong with an expression about these questions."""
        return faults_of_expression(rule, self.asked)


def condition_fields(
    before: Sequence[Question],
    questions: Sequence[Question],
    expression: str,
    *,
    label: str,
    required: str = "",
    sections: Mapping[str, str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a condition about the questions `before`, and what they hold for an expression.
    `questions` are all of the form; `required` says what is missing without any condition;
    `sections` where a question stands, by what it is called.
    """
    offered = statements(before)
    answers = figures(before)
    by_text = {text: kind for text, _label, kind in answers}
    stated = lines_of(expression, offered, by_text)
    row = _row_of(offered, before, by_text, sections)
    drawn = {
        "row": row,
        "asked": {question.key: question for question in questions},
        "stands": expression.strip(),
        "word": RadioField(
            _("Combine the statements"),
            [("and", _("All of these")), ("or", _("At least one of these"))],
            default="and",
        ),
        "lines": RowsField(
            row,
            label,
            hint=_(
                "Where a statement ends in “…”, enter a number, a percentage, a date such as "
                "2026-09-01 or a country; or choose another answer. For a part of another answer, "
                "enter a percentage and choose the answer."
            ),
            most=12,
            add_label=_("Add a statement"),
            required=bool(required),
            missing=required,
            unless="expression",
        ),
        "expression": TextField(
            _("As an expression"),
            hint=_("For advanced users. Leave empty if you use the menus."),
            limit=2000,
            default="" if stated else expression,
        ),
    }
    values = {"word": stated[0] if stated else "and", "lines": stated[1] if stated else []}
    return drawn, values


def _row_of(
    offered: Sequence[Statement],
    before: Sequence[Question],
    figures: Mapping[str, str],
    sections: Mapping[str, str],
) -> type[StatementRow]:
    """One line: the statement, a value, and a percentage of another answer."""
    return type(
        "DrawnStatement",
        (StatementRow,),
        {
            "offered": {statement.text: statement for statement in offered},
            "figures": figures,
            "statement": GroupedField(
                _("Statement about the answer"),
                grouped(offered),
                first=_("Question"),
                about=_("Answer, or part of it"),
                facts={one.text: (one.about, TAKES.get(one.kind, ())) for one in offered},
                sections=sections,
                required=True,
            ),
            "value": TextField(_("Value"), limit=60, width=10),
            "share": TextField(_("or a percentage, or a fraction such as 2/3"), limit=12, width=4),
            "other": GroupedField(
                _("of another answer, or another answer itself"),
                grouped_figures(before),
                first=_("Question of the other answer"),
                sections=sections,
            ),
        },
    )

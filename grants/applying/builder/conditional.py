"""Forms about a part of a questionnaire that is shown, or holds, under a condition."""

from collections.abc import Sequence
from typing import Any

from grants.applying.builder.statements import (
    Statement,
    expression_of,
    figures,
    rows_of,
    statements,
)
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.kinds import (
    Question,
)
from grants.platform.web.fields import (
    HiddenField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.web.forms import Form


class Versioned(Form):
    """A form about a record that another person may change meanwhile."""

    version = HiddenField()


class Conditional(Versioned):
    """A form with a condition: lines from menus, or an expression."""

    word: RadioField
    lines: RowsField
    expression: TextField
    offered: Sequence[Statement] = ()

    def condition(self) -> str:
        """The expression; InvalidInput says what is wrong with a line."""
        typed = str(self.expression.data).strip()
        lines = [{name: str(text or "") for name, text in row.items()} for row in self.lines.data]
        if not lines:
            return typed
        made = expression_of(self.word.data or "and", lines, self.offered)
        if typed and typed != self.expression.default:
            raise InvalidInput(_("Use either the menus or the expression, not both."))
        return made


def condition_fields(
    before: Sequence[Question], expression: str, *, label: str, join: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a condition about these questions, and what they hold for an expression."""
    offered = statements(before)
    others = figures(before)
    found = rows_of(expression, offered, [text for text, _label, _kind in others])
    row = type(
        "StatementRow",
        (Row,),
        {
            "statement": SelectField(
                _("Statement"), [(one.text, one.label) for one in offered], required=True
            ),
            "value": TextField(_("Value"), limit=60, width=10),
            "other": SelectField(
                _("or another answer"), [(text, said) for text, said, _kind in others]
            ),
        },
    )
    drawn = {
        "offered": offered,
        "word": RadioField(
            join, [("and", _("All of these")), ("or", _("At least one of these"))], default="and"
        ),
        "lines": RowsField(
            row,
            label,
            hint=_(
                "Where a statement ends in “…”, enter a number, a percentage, a date such as "
                "2026-09-01 or a country, or choose another answer."
            ),
            most=12,
            add_label=_("Add a statement"),
        ),
        "expression": TextField(
            _("As an expression"),
            hint=_("For those who know it. Leave it empty if you use the menus."),
            limit=2000,
            default="" if found else expression,
        ),
    }
    held = {"word": found[0] if found else "and", "lines": found[1] if found else []}
    return drawn, held

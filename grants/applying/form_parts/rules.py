"""What is asked about a rule: one that several answers keep together, or each row of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.applying.form_parts.conditional import Conditional, condition_fields
from grants.applying.form_parts.naming import english
from grants.applying.form_parts.statements import by_section, sections_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import GroupedField, LongTextField, SelectField
from grants.platform.questionnaires.form import Check, Form
from grants.platform.questions import Question, RowRule, Table


class RuleForm(Conditional):
    """A rule, the message when it is broken, and where the message leads."""

    message = LongTextField(
        _l("Message when the rule is not met"), required=True, limit=300, rows=2
    )
    at: SelectField
    tries = False
    """Is the rule only tried? Then it needs no message yet."""

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.tries:
            return super().validate(extra_validators)
        for name in ("message", "at"):
            self.question(name).required = False
        return super().validate(extra_validators)

    @classmethod
    def of_form(cls, form: Form, check: Check | None) -> "RuleForm":
        """A check of a form."""
        return cls._about(
            [*form.questions, *form.note],
            check,
            GroupedField(
                _("Question that the message links to"),
                by_section(form, list(form.questions)),
                required=True,
            ),
            sections_of(form),
        )

    @classmethod
    def of_rows(cls, form: Form, table: Table, rule: RowRule | None) -> "RuleForm":
        """A rule for each row of a table: about its columns first, then about other questions."""
        columns = {column.key for column in table.columns}
        titles = {column.title or column.key: table.title for column in table.columns}
        others = [q for q in form.questions if q.key not in columns and q.key != table.key]
        return cls._about(
            [*table.columns, *others],
            rule,
            SelectField(
                _("Column at which the message is shown"),
                [(column.key, column.title) for column in table.columns],
                required=True,
            ),
            sections_of(form) | titles,
        )

    @classmethod
    def _about(
        cls,
        named: Sequence[Question],
        old: Check | RowRule | None,
        at: SelectField,
        sections: Mapping[str, str],
    ) -> "RuleForm":
        drawn, values = condition_fields(
            named,
            named,
            old.rule if old else "",
            label=_("The rule"),
            required=_("Enter the rule."),
            sections=sections,
        )
        drawn["at"] = at
        form_class: type[RuleForm] = type("DrawnRule", (cls,), drawn)
        if old:
            values |= {"message": old.message.get("en", ""), "at": old.at}
        return form_class(data=values)

    def check_made(self, old: Check | None) -> Check:
        message = english(old.message if old else {}, self.message.data)
        return Check(rule=self.condition(), message=message, at=self.at.data)

    def row_rule_made(self, old: RowRule | None) -> RowRule:
        """Other languages of the message stay."""
        message = english(old.message if old else {}, self.message.data)
        return RowRule(rule=self.condition(), message=message, at=self.at.data)

"""What is asked about a section, a question and a check of a form."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as attributes
from typing import Any

from grants.applying.builder import columns
from grants.applying.builder.naming import english, free_key
from grants.applying.builder.statements import (
    Statement,
    expression_of,
    figures,
    rows_of,
    statements,
)
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.platform.documents.checks import ENDINGS
from grants.platform.questionnaires.form import FACTS, Check, Section
from grants.platform.questionnaires.form import Form as Questionnaire
from grants.platform.questionnaires.kinds import (
    KEY,
    RESERVED,
    TAXONOMIES,
    Choice,
    Number,
    Question,
    Table,
)
from grants.platform.questionnaires.kinds.rows import MOST_COLUMNS, MOST_ROWS
from grants.platform.questionnaires.written import KINDS
from grants.platform.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    HiddenField,
    LongTextField,
    NumberField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.web.forms import Form

MOST_WORDS = 1000


def kind_names() -> dict[str, str]:
    """What each kind of question is called, in the order of the menu."""
    return {
        "short_text": _("One line of text"),
        "long_text": _("A longer text"),
        "number": _("A number"),
        "amount": _("An amount of money"),
        "day": _("A date"),
        "yes_no": _("Yes or no"),
        "one_of": _("One of several answers"),
        "several_of": _("Any of several answers"),
        "country": _("A country"),
        "beneficiaries": _("People by sex and age"),
        "by_exploitation": _("People by form of exploitation"),
        "by_service": _("People by service"),
        "budget": _("A budget"),
        "table": _("A table with columns of your own"),
        "logical_framework": _("A logical framework"),
        "work_plan": _("A work plan by months or quarters"),
        "organisations": _("Organisations, such as partners"),
        "files": _("Files"),
    }


class Versioned(Form):
    """A form about a record that another person may change meanwhile."""

    version = HiddenField()


class KindForm(Form):
    kind = RadioField(
        _l("What kind of answer do you expect?"),
        lambda: list(kind_names().items()),
        required=True,
    )


class FactsForm(Versioned):
    """Which questions tell what lists show and rules are about."""

    @classmethod
    def of(cls, form: Questionnaire) -> "FactsForm":
        labels = {
            "title": _("Title of the project"),
            "country": _("Country of the project"),
            "requested": _("Amount requested"),
            "months": _("Duration in months"),
            "starts_on": _("Start of the project"),
        }
        drawn = {
            f"fact_{fact}": SelectField(
                labels[fact],
                [(q.key, q.title) for q in form.questions if isinstance(q, kinds)],
                required=fact in ("title", "requested"),
            )
            for fact, kinds in FACTS.items()
        }
        made: type[FactsForm] = type("DrawnFactsForm", (cls,), drawn)
        return made(data={f"fact_{fact}": key for fact, key in form.facts.items()})

    def facts(self) -> dict[str, str]:
        return {fact: key for fact in FACTS if (key := self[f"fact_{fact}"].data)}


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


class SectionForm(Conditional):
    """A section: its title, what stands above its questions, and when it is shown."""

    title = TextField(_l("Title"), required=True, limit=150)
    intro = LongTextField(_l("Introduction"), limit=MOST_WORDS, rows=3)

    @classmethod
    def of(cls, section: Section | None, before: Sequence[Question]) -> "SectionForm":
        expression = section.show_when if section else ""
        drawn, held = condition_fields(
            before, expression, label=_("Show this section only when"), join=_("Combine them")
        )
        made: type[SectionForm] = type("DrawnSection", (cls,), drawn)
        if section:
            held |= {"title": section.title.get("en", ""), "intro": section.intro.get("en", "")}
        return made(data=held)

    def made(self, old: Section | None, taken: set[str]) -> Section:
        return Section(
            key=old.key if old else free_key(self.title.data, taken),
            title=english(old.title if old else {}, self.title.data),
            intro=english(old.intro if old else {}, self.intro.data),
            show_when=self.condition(),
            questions=old.questions if old else (),
        )


class ChoiceRow(Row):
    label = TextField(_l("Reply"), required=True, limit=200)
    code = TextField(_l("Code"), limit=40, width=10)


class QuestionForm(Conditional):
    """A question of one kind. Texts are in English here; see the page of translations."""

    label = LongTextField(_l("Question"), required=True, limit=300, rows=2)
    help = LongTextField(_l("Help"), limit=MOST_WORDS, rows=2)
    required = CheckboxField(_l("An application cannot be submitted without this answer"))
    key_ = TextField(
        _l("Key"),
        hint=_l("The short name of the answer in conditions and files. Leave it empty to get one."),
        limit=40,
        width=20,
    )

    @classmethod
    def of(cls, kind: str, question: Question | None, before: Sequence[Question]) -> "QuestionForm":
        drawn, held = condition_fields(
            before,
            question.show_when if question else "",
            label=_("Ask this only when"),
            join=_("Combine them"),
        )
        drawn |= {name: OWN[name]() for name in own_attributes(kind)}
        if question:
            drawn["key_"] = None
            held |= _held(question)
        else:
            held |= {name: DEFAULTS[name] for name in own_attributes(kind) if name in DEFAULTS}
        made: type[QuestionForm] = type("DrawnQuestion", (cls,), drawn)
        return made(data=held)

    @property
    def own(self) -> list[Any]:
        """The fields that only this kind has."""
        return [field for name, field in self._fields.items() if name in OWN]

    def made(self, kind: str, old: Question | None, taken: set[str]) -> Question:
        """The question as it was typed; other languages stay."""
        settings: dict[str, Any] = {
            name: READ.get(name, _as_it_is)(self[name].data, getattr(old, name, None))
            for name in own_attributes(kind)
        }
        plain = {name: value for name, value in settings.items() if value is not None}
        if "columns" in plain:
            plain |= columns.made(plain["columns"], old if isinstance(old, Table) else None)
        return KINDS[kind](
            key=old.key if old else self._key(taken),
            label=english(old.label if old else {}, self.label.data),
            help=english(old.help if old else {}, self.help.data),
            required=self.required.data,
            show_when=self.condition(),
            **plain,
        )

    def _key(self, taken: set[str]) -> str:
        wanted = str(self.key_.data).strip()
        if not wanted:
            return free_key(self.label.data, taken)
        if not re.fullmatch(KEY, wanted) or wanted in RESERVED:
            raise InvalidInput(_("Use small letters, digits and _ in the key, a letter first."))
        if wanted in taken:
            raise InvalidInput(_("Another question has the key %(key)s.", key=wanted))
        return wanted


class CheckForm(Conditional):
    """A rule that several answers keep together."""

    message = LongTextField(
        _l("What the applicant reads when the rule is broken"), required=True, limit=300, rows=2
    )
    at: SelectField

    @classmethod
    def of(cls, form: Questionnaire, check: Check | None) -> "CheckForm":
        asked = list(form.questions)
        drawn, held = condition_fields(
            asked, check.rule if check else "", label=_("The rule"), join=_("Combine them")
        )
        drawn["at"] = SelectField(
            _("The message leads to the question"),
            [(question.key, question.title) for question in asked],
            required=True,
        )
        made: type[CheckForm] = type("DrawnCheck", (cls,), drawn)
        if check:
            held |= {"message": check.message.get("en", ""), "at": check.at}
        return made(data=held)

    def made(self, old: Check | None) -> Check:
        rule = self.condition()
        if not rule:
            raise InvalidInput(_("Say what the rule is."))
        message = english(old.message if old else {}, self.message.data)
        return Check(rule=rule, message=message, at=self.at.data)


class TranslationForm(Versioned):
    """Every text of a form in one language, beside the English."""

    @classmethod
    def of(cls, texts: Sequence[tuple[str, str, str]]) -> "TranslationForm":
        """Of (name of the input, English, what stands now)."""
        drawn = {
            name: LongTextField(words, limit=MOST_WORDS, rows=1 if len(words) < 80 else 3)
            for name, words, _now in texts
        }
        made: type[TranslationForm] = type("DrawnTranslation", (cls,), drawn)
        return made(data={name: now for name, _words, now in texts})


def own_attributes(kind: str) -> list[str]:
    """What only this kind of question has, in the order in which it is asked."""
    known = {item.name for item in attributes(KINDS[kind])}
    return [name for name in OWN if name in known]


def _currency_field() -> Any:
    return TextField(_("Currency"), limit=3, width=3, required=True)


OWN: Mapping[str, Callable[[], Any]] = {
    "choices": lambda: RowsField(
        ChoiceRow, _("Answers to choose from"), shown=2, most=40, add_label=_("Add an answer")
    ),
    "taxonomy": lambda: SelectField(
        _("or a list of the fund"),
        [
            ("services", _("Services")),
            ("exploitation", _("Forms of exploitation")),
            ("pillars", _("Pillars of the Global Plan of Action")),
        ],
    ),
    "categories": lambda: RowsField(
        ChoiceRow, _("Categories"), shown=2, most=20, add_label=_("Add a category")
    ),
    "columns": lambda: RowsField(
        columns.ColumnRow,
        _("Columns"),
        shown=2,
        most=MOST_COLUMNS,
        add_label=_("Add a column"),
    ),
    "quarters": lambda: CheckboxField(_("Plan by quarters instead of months")),
    "periods": lambda: NumberField(
        _("Number of months or quarters"), least=2, most=48, width=3, required=True
    ),
    "least_rows": lambda: NumberField(_("Smallest number of rows"), most=MOST_ROWS, width=3),
    "most_rows": lambda: NumberField(
        _("Largest number of rows"), least=1, most=MOST_ROWS, width=3, required=True
    ),
    "limit": lambda: NumberField(
        _("Maximum length"), least=1, most=20_000, suffix=_("characters"), width=5, required=True
    ),
    "people": lambda: CheckboxField(
        _("Names and numbers of the organisation’s own people are wanted here")
    ),
    "unit": lambda: TextField(_("Unit"), limit=40, width=10),
    "least": lambda: NumberField(_("Smallest number"), least=-1_000_000, width=8),
    "most": lambda: NumberField(_("Largest number"), least=0, width=8),
    "places": lambda: NumberField(_("Decimals"), least=0, most=4, width=2),
    "currency": _currency_field,
    "zero": lambda: CheckboxField(_("0 is an answer too")),
    "first": lambda: DateField(_("Earliest day")),
    "last": lambda: DateField(_("Latest day")),
    "accept": lambda: CheckboxesField(
        _("Kinds of files"), [(ending, ending) for ending in ENDINGS], required=True
    ),
}
"""How each property of a question is asked for."""

DEFAULTS: Mapping[str, Any] = {
    "limit": 2000,
    "least": 0,
    "places": 0,
    "currency": FUNCTIONAL_CURRENCY,
    "accept": list(ENDINGS),
    "periods": 12,
    "least_rows": 0,
    "most_rows": 20,
}


def _choices(rows: Sequence[Mapping[str, Any]], old: Sequence[Choice] | None) -> tuple[Choice, ...]:
    """Choices as they were typed; a code that is not given is made from the words."""
    known = {choice.code: choice.label for choice in old or ()}
    taken: set[str] = set()
    found = []
    for row in rows:
        code = str(row["code"]).strip() or free_key(row["label"], taken)
        taken.add(code)
        found.append(Choice(code, english(known.get(code, {}), row["label"])))
    return tuple(found)


def _as_it_is(value: Any, _old: Any) -> Any:
    return value


READ: Mapping[str, Callable[[Any, Any], Any]] = {
    "choices": _choices,
    "categories": _choices,
    "unit": lambda text, old: english(old or {}, text),
    "accept": lambda endings, _old: tuple(endings),
    "currency": lambda code, _old: str(code).upper(),
    "taxonomy": lambda name, _old: name if name in TAXONOMIES else "",
}


def _held(question: Question) -> dict[str, Any]:
    held = {name: getattr(question, name) for name in own_attributes(question.kind)}
    for name in ("choices", "categories"):
        if name in held:
            held[name] = [
                {"label": choice.label.get("en", ""), "code": choice.code} for choice in held[name]
            ]
    if isinstance(question, Table):
        held["columns"] = columns.held(question)
    if isinstance(question, Number):
        held["unit"] = question.unit.get("en", "")
    if "accept" in held:
        held["accept"] = list(held["accept"])
    return {
        **held,
        "label": question.label.get("en", ""),
        "help": question.help.get("en", ""),
        "required": question.required,
    }


def named(question: Question) -> str:
    return in_language(question.label) or question.key

"""What is asked about a section, a question and a check of a form."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from grants.applying.form_parts import columns
from grants.applying.form_parts.conditional import Conditional, Versioned, condition_fields
from grants.applying.form_parts.naming import english, free_key
from grants.applying.form_parts.properties import (
    FILE_KINDS,
    MOST_WORDS,
    OWN,
    READ,
    as_it_is,
    columns_field,
    endings_of,
    file_kinds_field,
    first_values,
    held_by,
    lengths_of,
    own_attributes,
    required_parts_field,
    source_field,
)
from grants.applying.form_parts.statements import by_section, sections_of
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.platform.forms.fields import (
    CheckboxField,
    GroupedField,
    LongTextField,
    NumberField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.questionnaires.form import (
    FACTS,
    ONE_PAGE,
    OWN_PAGE,
    PAGE_BEFORE,
    Section,
)
from grants.platform.questionnaires.form import Form as Questionnaire
from grants.platform.questionnaires.places import fact_names
from grants.platform.questionnaires.repeated import MOST_TIMES
from grants.platform.questionnaires.written import TIMES
from grants.platform.questions import (
    EVERY_KIND,
    KEY,
    RESERVED,
    Content,
    Declaration,
    Details,
    Files,
    Question,
    Rows,
    ShortText,
    Table,
)
from grants.platform.questions.budget import Budget


def kind_names() -> dict[str, str]:
    """What each kind of question is called, in the order of the menu."""
    return {name: str(kind.kind_name) for name, kind in EVERY_KIND.items()}


LONGEST_TEXT = 3000
"""Characters of a text between questions, or of a declaration."""

OWN_PAGE_CHOICE = "own"
"""What the page of a section sends for OWN_PAGE: a choice that is made is never empty."""

AT_END = "-"
"""Not before any question."""


class KindForm(Form):
    """What kind of answer a question expects, of those that the form may ask for."""

    kind: RadioField
    before: SelectField | None = None
    """The question before which a new one comes; none in a section that has no question yet."""

    @classmethod
    def of(
        cls, kinds: Sequence[str], besides: str = "", section: Section | None = None
    ) -> "KindForm":
        """Every one of these kinds but one; with a section, the places in it too."""
        choices = [(kind, kind_names()[kind]) for kind in kinds if kind != besides]
        drawn: dict[str, Any] = {
            "kind": RadioField(_("What kind of answer do you expect?"), choices, required=True)
        }
        if section and section.questions:
            places = [
                (question.key, _("Before “%(name)s”", name=question.english_title[:70]))
                for question in section.questions
            ]
            drawn["before"] = SelectField(_("Place"), [(AT_END, _("At the end")), *places])
        form_class: type[KindForm] = type("DrawnKinds", (cls,), drawn)
        return form_class(data={"before": AT_END})


class FactsForm(Versioned):
    """Which questions tell what lists show and rules are about."""

    @classmethod
    def of(cls, form: Questionnaire) -> "FactsForm":
        labels = fact_names()
        drawn = {
            f"fact_{fact}": GroupedField(
                labels[fact],
                by_section(form, [q for q in form.questions if isinstance(q, kinds)]),
                required=fact in ("title", "requested"),
            )
            for fact, kinds in FACTS.items()
        }
        form_class: type[FactsForm] = type("DrawnFactsForm", (cls,), drawn)
        return form_class(data={f"fact_{fact}": key for fact, key in form.facts.items()})

    def facts(self) -> dict[str, str]:
        return {fact: key for fact in FACTS if (key := self[f"fact_{fact}"].data)}


class SectionForm(Conditional):
    """A section: its title, what stands above its questions, and when it is shown."""

    title = TextField(_l("Title"), required=True, limit=150)
    intro = LongTextField(_l("Introduction"), limit=MOST_WORDS, rows=3)
    most_times = NumberField(
        _l("Maximum number of times this section can be filled in"),
        hint=_l(
            "For example, once for each partner, place or post. Leave empty if it"
            " is filled in once."
        ),
        least=1,
        most=MOST_TIMES,
        width=2,
    )
    least_times = NumberField(_l("Minimum number of times"), least=1, most=MOST_TIMES, width=2)
    page = RadioField(
        _l("Page"),
        [
            (OWN_PAGE_CHOICE, _l("A page of its own; if it is repeated, one for each")),
            (ONE_PAGE, _l("All on one page, if it is repeated")),
            (PAGE_BEFORE, _l("On the page of the section before it")),
        ],
        default=OWN_PAGE_CHOICE,
    )

    @classmethod
    def of(
        cls, section: Section | None, before: Sequence[Question], form: Questionnaire
    ) -> "SectionForm":
        expression = section.show_when if section else ""
        drawn, values = condition_fields(
            before,
            list(form.questions),
            expression,
            label=_("Show this section only when"),
            sections=sections_of(form),
        )
        form_class: type[SectionForm] = type("DrawnSection", (cls,), drawn)
        if section:
            values |= {"title": section.title.get("en", ""), "intro": section.intro.get("en", "")}
            values["page"] = section.page or OWN_PAGE_CHOICE
            if section.is_repeated:
                values |= {name: getattr(section, name) for name in TIMES}
        return form_class(data=values)

    def made(self, old: Section | None, keys: set[str]) -> Section:
        return Section(
            key=old.key if old else free_key(self.title.data, keys),
            title=english(old.title if old else {}, self.title.data),
            intro=english(old.intro if old else {}, self.intro.data),
            show_when=self.condition(),
            questions=old.questions if old else (),
            least_times=self.least_times.data or 1,
            most_times=self.most_times.data or 1,
            page=OWN_PAGE if self.page.data == OWN_PAGE_CHOICE else self.page.data or OWN_PAGE,
        )


class QuestionForm(Conditional):
    """A question of one kind. Texts are in English here; see the page of translations."""

    label = LongTextField(_l("Question"), required=True, limit=300, rows=2)
    help = LongTextField(_l("Help"), limit=MOST_WORDS, rows=2)
    required = CheckboxField(_l("The form cannot be submitted without this answer"))
    key_ = TextField(
        _l("Key"),
        hint=_l(
            "The short name of the answer in conditions and files. If you leave "
            "this empty, one is chosen for you."
        ),
        limit=40,
        width=20,
    )

    question_before: Question | None = None
    """The question that is changed."""

    @classmethod
    def of(
        cls,
        kind: str,
        question: Question | None,
        before: Sequence[Question],
        form: Questionnaire,
        sources: Sequence[tuple[str, str]] = (),
        cells: Sequence[Question] = (),
    ) -> "QuestionForm":
        """`sources`: from which earlier answers it, or a column of it, may be picked. `cells`: of a
        column, the columns of its table.
        """
        expression = question.show_when if question else ""
        drawn, values = condition_fields(
            before,
            [*form.questions, *cells],
            expression,
            label=_("Ask this only when"),
            sections=sections_of(form),
        )
        fields = {**OWN, **_fields_of_sources(sources)}
        if "accept" in own_attributes(kind):
            drawn[FILE_KINDS] = file_kinds_field()
        drawn |= {name: fields[name]() for name in own_attributes(kind)}
        drawn |= _texts_of_kind(EVERY_KIND[kind])
        if isinstance(question, Content) and question.file:
            drawn["no_file"] = CheckboxField(_("Remove the file %(name)s", name=question.file_name))
        if question:
            drawn |= {"key_": None, "question_before": question}
            values |= held_by(question)
        else:
            values |= first_values(kind)
            values["names_applicant"] = EVERY_KIND[kind].names_applicant
            values["required"] = EVERY_KIND[kind].required
        form_class: type[QuestionForm] = type("DrawnQuestion", (cls,), drawn)
        return form_class(data=values)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer can be used, and each column of a table can be made."""
        valid = super().validate(extra_validators)
        rows = next((field for field in self.own if field.short_name == "columns"), None)
        if self.rows_changed or rows is None or rows.errors:
            return valid
        table = self.question_before if isinstance(self.question_before, Table) else None
        if not columns.show_refused(rows.rows, table):
            return valid
        rows.errors = [_("Correct the rows marked below in “%(label)s”.", label=rows.label.text)]
        return False

    @property
    def own(self) -> list[Any]:
        """The fields that only this kind has."""
        names = {*OWN, FILE_KINDS, "no_file"}
        return [field for name, field in self._fields.items() if name in names]

    def made(self, kind: str, old: Question | None, keys: set[str]) -> Question:
        """The question as it was typed; other languages stay."""
        settings: dict[str, Any] = {
            name: READ.get(name, as_it_is)(self[name].data, getattr(old, name, None))
            for name in own_attributes(kind)
        }
        plain = {name: value for name, value in settings.items() if value is not None}
        if "accept" in plain:
            plain["accept"] = endings_of(self[FILE_KINDS].data, plain["accept"])
        if "words" in plain:
            plain |= lengths_of(plain["limit"], plain["words"], old)
        if "columns" in plain:
            table = old if isinstance(old, Table) else None
            plain |= columns.made(plain["columns"], table) | {"rules": table.rules if table else ()}
        return EVERY_KIND[kind](
            key=old.key if old else self._typed_key(keys),
            label=english(old.label if old else {}, self.label.data),
            help=english(old.help if old else {}, self.help.data),
            required=bool(self.required and self.required.data),
            show_when=self.condition(),
            **plain,
        )

    def _typed_key(self, keys: set[str]) -> str:
        key = str(self.key_.data).strip()
        if not key:
            return free_key(self.label.data, keys)
        if not re.fullmatch(KEY, key) or key in RESERVED:
            raise InvalidInput(
                _("Use only lower-case letters, digits and _ in the key, and begin with a letter.")
            )
        if key in keys:
            raise InvalidInput(self._taken_message(key, keys))
        return key

    def _taken_message(self, key: str, keys: set[str]) -> str:
        """Which question has this key, and one that is free."""
        free = free_key(self.label.data, keys)
        if key not in self.asked:
            return _(
                "The key %(key)s is taken. Choose another, such as %(free)s.", key=key, free=free
            )
        return _(
            "The question “%(question)s” already has the key %(key)s. "
            "Choose another, such as %(free)s.",
            question=self.asked[key].title,
            key=key,
            free=free,
        )


def _fields_of_sources(sources: Sequence[tuple[str, str]]) -> dict[str, Callable[[], Any]]:
    """The fields that offer the earlier answers of this form."""
    return {
        "source": lambda: source_field(sources, required=True),
        "columns": lambda: columns_field(sources),
    }


def _texts_of_kind(kind: type[Question]) -> dict[str, Any]:
    """Content has a text instead of help, and no answer; a declaration says what is declared; parts
    of an answer may be required.
    """
    if kind is Content:
        text = LongTextField(_("Text"), limit=LONGEST_TEXT, rows=8)
        return {
            "label": TextField(_("Heading"), required=True, limit=150),
            "help": text,
            "required": None,
        }
    if kind is Files:
        return {"most": NumberField(_("Maximum number of files"), least=1, most=20, width=2)}
    if issubclass(kind, Details):
        return {"required_parts": required_parts_field(kind)}
    if kind is Declaration:
        return {"help": LongTextField(_("Text of the declaration"), limit=LONGEST_TEXT, rows=8)}
    return {}


MOST_LISTED = 8
"""Choices that the list of questions names."""


def line_of(question: Question) -> str:
    """What kind of answer a question takes, in one line of the list of questions."""
    rule, choices = question.rule(), [label for _code, label in question.options]
    if choices:
        more = ["…"] if len(choices) > MOST_LISTED else []
        rule = f"{rule} {spaced(',').join([*choices[:MOST_LISTED], *more])}"
    if isinstance(question, ShortText | Budget | Rows):
        return f"{kind_names()[question.kind]} · {rule}"
    return rule

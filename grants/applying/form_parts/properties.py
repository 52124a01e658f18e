"""What a question of each kind has of its own: how it is asked for, held and read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as attributes
from typing import Any

from grants.applying.form_parts import columns
from grants.applying.form_parts.column_rows import ColumnRow
from grants.applying.form_parts.naming import english, free_key
from grants.applying.form_parts.standard_groups import BANDS, GROUPS
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.forms.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    NumberField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
    WebField,
)
from grants.platform.questions import (
    EVERY_KIND,
    TAXONOMIES,
    Choice,
    Details,
    Group,
    Person,
    Question,
    Table,
)
from grants.platform.questions.plans import LEAST_PERIODS, MOST_PERIODS
from grants.platform.questions.references import MOST_DAYS_AFTER
from grants.platform.questions.rows import MOST_ROWS
from grants.platform.questions.spread import MOST_PAYERS, MOST_SPANS, SPANS
from grants.platform.questions.tables import MOST_COLUMNS
from grants.platform.questions.words import LONGEST_IN_WORDS

MOST_WORDS = 1000
MOST_FIXED = 60
"""Rows that a table may have of its own."""
IN_CHARACTERS, IN_WORDS = "characters", "words"
"""What the length of a longer text is counted in."""
FILE_KINDS, SOME = "file_kinds", "some"
"""The choice of kinds of files, and that they are chosen one by one."""
FILE_SETS: Mapping[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "documents": (".pdf", ".docx", ".odt", ".xlsx"),
    "pictures": (".jpg", ".jpeg", ".png"),
    "any": ENDINGS,
}


class ChoiceRow(Row):
    label = TextField(_l("Answer"), required=True, limit=200)
    code = TextField(_l("Code"), limit=40, width=10)


class FixedRow(Row):
    label = TextField(_l("Row"), required=True, limit=200)
    code = TextField(_l("Code"), limit=40, width=10)


class GroupRow(Row):
    """A group or a band of people, and what it counts as in the fund's results."""

    cards = True
    label = TextField(_l("Group or band"), required=True, limit=120)
    code = TextField(_l("Code"), limit=40, width=10)
    sex = SelectField(_l("Counts in results as"), Sex.choices)
    age = SelectField(_l("and as the age band"), AgeBand.choices)


class PayerRow(Row):
    label = TextField(_l("Name of the payer"), required=True, limit=120)
    code = TextField(_l("Code"), limit=40, width=10)


class CategoryRow(Row):
    label = TextField(_l("Category"), required=True, limit=200)
    code = TextField(_l("Code"), limit=40, width=10)


def own_attributes(kind: str) -> list[str]:
    """What only this kind of question has, in the order in which it is asked."""
    names = {item.name for item in attributes(EVERY_KIND[kind])}
    if not EVERY_KIND[kind].asks:
        names.discard("names_applicant")
    return [name for name in OWN if name in names]


def _currency_field() -> Any:
    return TextField(_("Currency"), limit=3, width=3, required=True)


def _codes_hint() -> str:
    return _(
        "The code is the short name in files and conditions. If you leave this "
        "empty, one is chosen for you."
    )


def source_field(sources: Sequence[tuple[str, str]], *, required: bool = False) -> SelectField:
    """Which earlier answers can be picked: the rows of a table, or a section that is repeated."""
    return SelectField(
        _("Picked from"),
        sources,
        hint=_(
            "Choose a table or a repeated section that comes earlier, and the answer "
            "that names its rows. An answer is kept when its row is renamed."
        ),
        required=required,
    )


def columns_field(sources: Sequence[tuple[str, str]]) -> RowsField:
    """The columns of a table, which may be picked from these sources."""
    row = type("PickingColumnRow", (ColumnRow,), {"source": source_field(sources)})
    return RowsField(
        row if sources else ColumnRow,
        _("Columns"),
        hint=_codes_hint(),
        required=True,
        shown=2,
        most=MOST_COLUMNS,
        add_label=_("Add a column"),
    )


OWN: Mapping[str, Callable[[], Any]] = {
    "choices": lambda: RowsField(
        ChoiceRow,
        _("Answers to choose from"),
        hint=_codes_hint(),
        required=True,
        least=2,
        unless="taxonomy",
        shown=2,
        most=40,
        add_label=_("Add an answer"),
    ),
    "taxonomy": lambda: SelectField(
        _("or one of the fund’s lists"),
        [
            ("services", _("Services")),
            ("exploitation", _("Forms of exploitation")),
            ("pillars", _("Pillars of the Global Plan of Action")),
        ],
    ),
    "groups": lambda: RowsField(
        GroupRow,
        _("Groups"),
        hint=_(
            "Results of grants are counted by sex and age. Choose what each group "
            "counts as. Choose nothing for a group that covers several: its people "
            "are then counted only in the total."
        ),
        required=True,
        shown=1,
        most=MOST_FIXED,
        add_label=_("Add a group"),
    ),
    "bands": lambda: RowsField(
        GroupRow,
        _("Bands"),
        hint=_("Columns of the table, such as ages. Remove all of them to ask for one number."),
        shown=0,
        most=12,
        add_label=_("Add a band"),
    ),
    "categories": lambda: RowsField(
        CategoryRow,
        _("Categories"),
        hint=_codes_hint(),
        required=True,
        least=2,
        shown=2,
        most=20,
        add_label=_("Add a category"),
    ),
    "span": lambda: SelectField(
        _("Amounts for each"),
        [("year", _("Year")), ("quarter", _("Quarter")), ("month", _("Month"))],
    ),
    "spans": lambda: NumberField(
        _("Number of years, quarters or months"),
        hint=_("Leave empty if amounts are not spread over time."),
        most=MOST_SPANS,
        width=2,
    ),
    "payers": lambda: RowsField(
        PayerRow,
        _("Who pays"),
        hint=_(
            "The fund first, then the applicant and other donors. Leave empty if "
            "only the fund pays."
        ),
        shown=1,
        most=MOST_PAYERS,
        add_label=_("Add a payer"),
    ),
    "without_unit_costs": lambda: CheckboxField(_("Without quantity and unit cost")),
    "notes": lambda: CheckboxField(_("Each line may have a note")),
    "source": lambda: source_field(()),
    "columns": lambda: columns_field(()),
    "fixed_rows": lambda: RowsField(
        FixedRow,
        _("Rows of your own"),
        hint=_("Each is asked once. Leave this empty if applicants add the rows themselves."),
        shown=1,
        most=MOST_FIXED,
        add_label=_("Add a row of your own"),
    ),
    "row_head": lambda: TextField(_("Heading above your own rows"), limit=120),
    "quarters": lambda: CheckboxField(_("Plan by quarters instead of months")),
    "periods": lambda: NumberField(
        _("Number of months or quarters"),
        least=LEAST_PERIODS,
        most=MOST_PERIODS,
        width=3,
        required=True,
    ),
    "least_rows": lambda: NumberField(_("Minimum number of rows"), most=MOST_ROWS, width=3),
    "most_rows": lambda: NumberField(
        _("Maximum number of rows"), least=1, most=MOST_ROWS, width=3, required=True
    ),
    "limit": lambda: NumberField(_("Maximum length"), least=1, most=20_000, width=5, required=True),
    "words": lambda: RadioField(
        _("The length is counted in"),
        [(IN_CHARACTERS, _("characters")), (IN_WORDS, _("words"))],
        default=IN_CHARACTERS,
        inline=True,
    ),
    "people": lambda: CheckboxField(
        _(
            "This question asks for names or telephone numbers of the organisation’s "
            "own staff or board"
        )
    ),
    "required_parts": lambda: required_parts_field(Person),
    "unit": lambda: TextField(_("Unit"), limit=40, width=10),
    "least": lambda: NumberField(_("Smallest number"), least=-1_000_000, width=8),
    "most": lambda: NumberField(_("Largest number"), least=0, width=8),
    "places": lambda: NumberField(_("Decimals"), least=0, most=4, width=2),
    "currency": _currency_field,
    "zero": lambda: CheckboxField(_("0 is a valid answer")),
    "first": lambda: DateField(_("Earliest day")),
    "last": lambda: DateField(_("Latest day")),
    "most_chosen": lambda: NumberField(
        _("Maximum number of answers that may be chosen"),
        hint=_("Leave empty for no limit."),
        most=40,
        width=2,
    ),
    "link": lambda: TextField(_("Text of the link"), limit=200),
    "address": lambda: WebField(_("Address of the link")),
    "file": lambda: FileField(
        _("Picture or file to download"),
        hint=_("A picture is shown; a PDF, DOCX, XLSX or ODT file is offered for download."),
        accept=ENDINGS,
    ),
    "alternative": lambda: TextField(
        _("What the picture shows"),
        hint=_("For people who cannot see it."),
        limit=300,
    ),
    "accept": lambda: CheckboxesField(
        _("Kinds of files, one by one"), [(ending, ending) for ending in ENDINGS]
    ),
    "confidential": lambda: CheckboxField(_("Applicants cannot read the letter")),
    "days_after": lambda: NumberField(
        _("Number of days after the deadline within which the letter may arrive"),
        hint=_("Leave empty if the letter must be received before the application is submitted."),
        most=MOST_DAYS_AFTER,
        width=2,
    ),
    "names_applicant": lambda: CheckboxField(
        _("The answer shows which organisation is applying"),
        hint=_("If the review is blind, reviewers do not see this answer."),
    ),
}
"""How each property of a question is asked for."""


DEFAULTS: Mapping[str, Any] = {
    "limit": 2000,
    "currency": FUNCTIONAL_CURRENCY,
    "accept": [],
    "groups": GROUPS,
    "bands": BANDS,
    "least_rows": 0,
    "most_rows": 20,
}


BY_KIND = ("least", "most", "places", "span", "confidential", "most_chosen", "required_parts")
"""Properties whose first value is that of their kind."""


def required_parts_field(kind: type[Details]) -> CheckboxesField:
    """Which parts of an answer are required, besides the one that always is."""
    parts = kind(key="parts", label={}).every_part
    always = next(part.title for part in parts if part.key == kind.always)
    return CheckboxesField(
        _("Required parts"),
        [(part.key, part.title) for part in parts if part.key != kind.always],
        hint=_("“%(part)s” is always required.", part=always),
    )


def file_kinds_field() -> RadioField:
    """Which files are taken, in one choice."""
    return RadioField(
        _("Kinds of files"),
        [
            ("pdf", _("PDF only")),
            ("documents", _("Documents: PDF, DOCX, ODT or XLSX")),
            ("pictures", _("Pictures: JPEG or PNG")),
            ("any", _("Any of these")),
            (SOME, _("Some of these, chosen one by one")),
        ],
        default=SOME,
    )


def set_of(accept: Sequence[str]) -> str:
    """Which choice these endings are."""
    return next((name for name, endings in FILE_SETS.items() if set(endings) == set(accept)), SOME)


def endings_of(chosen: str | None, ticked: Sequence[str]) -> tuple[str, ...]:
    """The endings that a choice stands for; InvalidInput if none is ticked one by one."""
    endings = FILE_SETS.get(chosen or SOME, tuple(ticked))
    if not endings:
        raise InvalidInput(_("Tick at least one kind of files."))
    return endings


def lengths_of(limit: int, counted_in: str, old: Any) -> dict[str, int]:
    """The limits of a longer text: the one that does not count stays as it was."""
    if counted_in != IN_WORDS:
        return {"limit": limit, "words": 0}
    if limit > LONGEST_IN_WORDS:
        raise InvalidInput(_("Enter a limit of 1 to %(most)s words.", most=LONGEST_IN_WORDS))
    return {"limit": getattr(old, "limit", DEFAULTS["limit"]), "words": limit}


def first_values(kind: str) -> dict[str, Any]:
    """What a new question of this kind has before anybody changes it."""
    names = own_attributes(kind)
    usual = {name: DEFAULTS[name] for name in names if name in DEFAULTS}
    if "accept" in names:
        usual[FILE_KINDS] = "any"
    return usual | {name: getattr(EVERY_KIND[kind], name) for name in names if name in BY_KIND}


def _choices_in(
    rows: Sequence[Mapping[str, Any]], old: Sequence[Choice] | None
) -> tuple[Choice, ...]:
    """Choices as they were typed; a code that is not given is made from the words."""
    by_code = {choice.code: choice.label for choice in old or ()}
    codes: set[str] = set()
    choices = []
    for row in rows:
        code = str(row["code"]).strip() or free_key(row["label"], codes)
        codes.add(code)
        choices.append(Choice(code, english(by_code.get(code, {}), row["label"])))
    return tuple(choices)


def _groups_in(rows: Sequence[Mapping[str, Any]], old: Sequence[Group] | None) -> tuple[Group, ...]:
    """Groups as they were typed, each with what it counts as."""
    return tuple(
        Group(choice.code, choice.label, str(row["sex"] or ""), str(row["age"] or ""))
        for choice, row in zip(_choices_in(rows, old), rows, strict=True)
    )


def as_it_is(value: Any, _old: Any) -> Any:
    return value


READ: Mapping[str, Callable[[Any, Any], Any]] = {
    "fixed_rows": _choices_in,
    "payers": _choices_in,
    "spans": lambda number, _old: number or 0,
    "span": lambda name, _old: name or SPANS[0],
    "row_head": lambda text, old: english(old or {}, text),
    "choices": _choices_in,
    "groups": _groups_in,
    "bands": _groups_in,
    "categories": _choices_in,
    "unit": lambda text, old: english(old or {}, text),
    "accept": lambda endings, _old: tuple(endings),
    "required_parts": lambda keys, _old: tuple(keys),
    "most_chosen": lambda number, _old: number or 0,
    "source": lambda name, _old: name or "",
    "days_after": lambda number, _old: number or 0,
    "link": lambda text, old: english(old or {}, text),
    "alternative": lambda text, old: english(old or {}, text),
    "file": lambda _upload, old: old or "",
    "currency": lambda code, _old: str(code).upper(),
    "taxonomy": lambda name, _old: name if name in TAXONOMIES else "",
}


WITHOUT_LIMIT = frozenset({"most_chosen", "days_after", "spans"})
"""Numbers whose box is empty where the question has 0: none."""


def _choice_as_typed(choice: Choice) -> dict[str, str]:
    counts_as = {"sex": choice.sex, "age": choice.age} if isinstance(choice, Group) else {}
    return {"label": choice.label.get("en", ""), "code": choice.code, **counts_as}


def _as_typed(question: Question, name: str) -> Any:
    value = getattr(question, name)
    return (value or None) if name in WITHOUT_LIMIT else value


def held_by(question: Question) -> dict[str, Any]:
    values = {name: _as_typed(question, name) for name in own_attributes(question.kind)}
    for name in ("choices", "categories", "payers", "fixed_rows", "groups", "bands"):
        if name in values:
            values[name] = [_choice_as_typed(choice) for choice in values[name]]
    if isinstance(question, Table):
        values["columns"] = columns.held(question)
    values.pop("file", None)  # what is uploaded takes its place
    for name in ("unit", "row_head", "link", "alternative"):
        if name in values:
            values[name] = values[name].get("en", "")
    if "accept" in values:
        values[FILE_KINDS] = set_of(values["accept"])
        values["accept"] = list(values["accept"]) if values[FILE_KINDS] == SOME else []
    if "words" in values:
        counted, values["words"] = values["words"], IN_WORDS if values["words"] else IN_CHARACTERS
        values["limit"] = counted or values["limit"]
    return {
        **values,
        "label": question.label.get("en", ""),
        "help": question.help.get("en", ""),
        "required": question.required,
    }

"""The kinds of question a form may ask: what each asks, reads, shows and means in a condition.

A new kind is a class in one of these modules, in `KINDS` below, and a field in
`questionnaires/fields.py`. The application does not start while it does not say all that
`Question` asks of it. Values are plain JSON: text, whole numbers, decimals and amounts as text
("1234.50"), days as ISO dates, lists and mappings of these.
"""

from collections.abc import Iterable, Mapping
from inspect import isabstract

from grants.platform.questions.base import KEY, RESERVED, Option, Question
from grants.platform.questions.budget import Budget
from grants.platform.questions.choices import (
    TAXONOMIES,
    Choice,
    Country,
    Group,
    OneOf,
    SeveralOf,
    YesNo,
    choice_faults,
    options_of,
)
from grants.platform.questions.columns import COLUMNS, Computed
from grants.platform.questions.contacts import Email, Iban, Telephone, WebAddress
from grants.platform.questions.content import Content, Declaration
from grants.platform.questions.figures import Amount, Day, Figure, Number, amount_above_nothing
from grants.platform.questions.files import Counted, Files
from grants.platform.questions.groups import PeopleByGroup
from grants.platform.questions.measures import Percentage, Year
from grants.platform.questions.parts import Address, Details, Organisation, Parted, Person, Range
from grants.platform.questions.people import Beneficiaries, ByExploitation, ByService
from grants.platform.questions.picked import Picked
from grants.platform.questions.plans import Countries, LogicalFramework, Organisations, WorkPlan
from grants.platform.questions.references import ReferenceLetter
from grants.platform.questions.rows import Rows
from grants.platform.questions.tables import RowRule, Table
from grants.platform.questions.words import LongText, ShortText


def complete_kinds(kinds: Iterable[type[Question]]) -> dict[str, type[Question]]:
    """The kinds by their names, each with all that a kind must say of itself."""
    for kind in kinds:
        gaps = sorted(getattr(kind, "__abstractmethods__", ()))
        gaps += [name for name in ("kind", "kind_name") if not hasattr(kind, name)]
        if isabstract(kind) or gaps:
            raise TypeError(f"The kind of question {kind.__name__} lacks: {', '.join(gaps)}.")
    return {kind.kind: kind for kind in kinds}


KINDS: Mapping[str, type[Question]] = complete_kinds(
    (
        *(ShortText, LongText, Number, Amount, Percentage, Range, Day, Year),
        *(YesNo, OneOf, SeveralOf, Picked, Country, Countries, Email, Telephone, WebAddress),
        *(Address, Person, Organisation, Iban),
        *(Beneficiaries, PeopleByGroup, ByExploitation, ByService, Budget),
        *(Table, LogicalFramework, WorkPlan, Organisations, Files, ReferenceLetter),
        *(Declaration, Content),
    )
)
"""Every kind by its name, in the order of the menu."""

COLUMN_KINDS: Mapping[str, type[Question]] = complete_kinds(COLUMNS)
"""What a column of a table can be, by its name."""

EVERY_KIND: Mapping[str, type[Question]] = {**KINDS, **COLUMN_KINDS}

__all__ = [
    "COLUMN_KINDS",
    "EVERY_KIND",
    "KEY",
    "KINDS",
    "RESERVED",
    "TAXONOMIES",
    "Address",
    "Amount",
    "Beneficiaries",
    "Budget",
    "ByExploitation",
    "ByService",
    "Choice",
    "Computed",
    "Content",
    "Counted",
    "Countries",
    "Country",
    "Day",
    "Declaration",
    "Details",
    "Email",
    "Figure",
    "Files",
    "Group",
    "Iban",
    "LogicalFramework",
    "LongText",
    "Number",
    "OneOf",
    "Option",
    "Organisation",
    "Organisations",
    "Parted",
    "PeopleByGroup",
    "Percentage",
    "Person",
    "Picked",
    "Question",
    "Range",
    "ReferenceLetter",
    "RowRule",
    "Rows",
    "SeveralOf",
    "ShortText",
    "Table",
    "Telephone",
    "WebAddress",
    "WorkPlan",
    "Year",
    "YesNo",
    "amount_above_nothing",
    "choice_faults",
    "options_of",
]

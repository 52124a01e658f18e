"""The kinds of question a form may ask, and how each reads what was typed.

A new kind is a class in one of these modules, a field in fields.py and a way to show it in
shown.py; the type checker names the last two when they are forgotten. Values are plain JSON: text,
whole numbers, decimals and amounts as text ("1234.50"), days as ISO dates, lists and mappings of
these.
"""

from grants.platform.questionnaires.kinds.base import KEY, RESERVED, Option, Question
from grants.platform.questionnaires.kinds.choices import (
    TAXONOMIES,
    Choice,
    Country,
    OneOf,
    SeveralOf,
    YesNo,
    choice_faults,
    options_of,
)
from grants.platform.questionnaires.kinds.figures import Amount, Day, Number, amount_above_nothing
from grants.platform.questionnaires.kinds.files import Files
from grants.platform.questionnaires.kinds.people import Beneficiaries, ByExploitation, ByService
from grants.platform.questionnaires.kinds.plans import LogicalFramework, Organisations, WorkPlan
from grants.platform.questionnaires.kinds.rows import Rows, Table
from grants.platform.questionnaires.kinds.words import LongText, ShortText

__all__ = [
    "KEY",
    "RESERVED",
    "TAXONOMIES",
    "Amount",
    "Beneficiaries",
    "ByExploitation",
    "ByService",
    "Choice",
    "Country",
    "Day",
    "Files",
    "LogicalFramework",
    "LongText",
    "Number",
    "OneOf",
    "Option",
    "Organisations",
    "Question",
    "Rows",
    "SeveralOf",
    "ShortText",
    "Table",
    "WorkPlan",
    "YesNo",
    "amount_above_nothing",
    "choice_faults",
    "options_of",
]

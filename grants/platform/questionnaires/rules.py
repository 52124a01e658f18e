"""What each question expects, in words: for a person who reads a form before writing anything."""

from collections.abc import Callable, Mapping
from typing import Any

from grants.core.kernel.formats import plain_number
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Country,
    Day,
    Files,
    LogicalFramework,
    LongText,
    Number,
    OneOf,
    Organisations,
    Question,
    Rows,
    SeveralOf,
    ShortText,
    Table,
    WorkPlan,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import Budget


def rule_of(question: Question) -> str:
    """What kind of answer is expected, and how much of it."""
    return RULES[type(question)](question)


def choices_of(question: Question) -> tuple[str, ...]:
    """What can be chosen."""
    if isinstance(question, OneOf | Budget):
        return tuple(label for _code, label in question.options)
    return ()


def _text(question: ShortText) -> str:
    return _("Up to %(limit)s characters", limit=plain_number(question.limit))


def _long_text(question: LongText) -> str:
    if not question.words:
        return _text(question)
    return ngettext("Up to %(num)s word", "Up to %(num)s words", question.words)


def _number(question: Number) -> str:
    unit = in_language(question.unit)
    return _("A number of %(unit)s", unit=unit) if unit else _("A number")


def _files(question: Files) -> str:
    kinds = ", ".join(ending.lstrip(".").upper() for ending in question.accept)
    return ngettext(
        "A file (%(kinds)s), up to 10 MB",
        "Up to %(num)s files (%(kinds)s), each up to 10 MB",
        question.most,
        kinds=kinds,
    )


def _rows(question: Rows) -> str:
    columns = ", ".join(column.title for column in question.row)
    if question.least_rows > 1:
        return _(
            "%(least)s to %(most)s rows with: %(columns)s",
            least=question.least_rows,
            most=question.most_rows,
            columns=columns,
        )
    return ngettext(
        "A row with: %(columns)s",
        "Up to %(num)s rows with: %(columns)s",
        question.most_rows,
        columns=columns,
    )


RULES: Mapping[type[Question], Callable[[Any], str]] = {
    ShortText: _text,
    LongText: _long_text,
    Number: _number,
    Amount: lambda q: _("An amount in %(currency)s", currency=q.currency),
    Day: lambda _q: _("A date"),
    YesNo: lambda _q: _("Yes or no"),
    OneOf: lambda _q: _("One of these:"),
    SeveralOf: lambda _q: _("Any of these:"),
    Country: lambda _q: _("A country"),
    Beneficiaries: lambda _q: _("Numbers of people by sex and age"),
    ByExploitation: lambda _q: _("Numbers of people by form of exploitation"),
    ByService: lambda _q: _("Numbers of people by service"),
    Budget: lambda _q: _("Rows with description, quantity and unit cost, in these categories:"),
    Files: _files,
    Table: _rows,
    LogicalFramework: _rows,
    WorkPlan: _rows,
    Organisations: _rows,
}

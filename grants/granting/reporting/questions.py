"""What a report asks, as a form like an application's, with the budget of its grant."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.granting.reporting.content import Content
from grants.granting.reporting.models import BudgetLine, Report
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.shown import ShownSection, shown
from grants.platform.questions import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    LongText,
)

SPENT = "spent_"
"""How the keys of the questions about expenditure begin; the budget's category follows."""


def report_form(budget: Sequence[BudgetLine]) -> Form:
    """The sections of a report, in the reader's language."""
    return Form(
        sections=(_story_section(), _people_section(), _services_section(), _money_section(budget))
    )


def _in_english(words: str) -> dict[str, str]:
    """Words that gettext has translated already."""
    return {"en": words}


def _story_section() -> Section:
    return Section(
        key="story",
        title=_in_english(_("What was done")),
        intro=_in_english(
            _("Describe the work and its results. Do not name anyone who was assisted.")
        ),
        questions=(
            LongText(
                key="narrative",
                label=_in_english(_("What did you do in this period, and what were the results?")),
                help=_in_english(_("Compare it with what you had planned.")),
                required=True,
                limit=8000,
            ),
            LongText(
                key="challenges",
                label=_in_english(
                    _("What difficulties did you face, and how will you address them?")
                ),
                required=True,
                limit=4000,
            ),
        ),
    )


def _people_section() -> Section:
    return Section(
        key="people",
        title=_in_english(_("People reached")),
        intro=_in_english(
            _(
                "Count each person once, in the report for the period in which they first "
                "received help. Leave a cell empty if there were none. Never give names or "
                "other identifying details."
            )
        ),
        questions=(
            Beneficiaries(key="beneficiaries", label=_in_english(_("New people by sex and age"))),
            ByExploitation(
                key="exploitation",
                label=_in_english(_("The same people by form of exploitation")),
                help=_in_english(
                    _(
                        "Count each person once, under the main form of exploitation. The totals "
                        "of the two tables must be the same."
                    )
                ),
            ),
        ),
    )


def _services_section() -> Section:
    return Section(
        key="services",
        title=_in_english(_("Services provided")),
        questions=(
            ByService(
                key="services",
                label=_in_english(_("People who used each service in this period")),
                help=_in_english(
                    _(
                        "Include people already counted in an earlier report. A person may use "
                        "more than one service."
                    )
                ),
            ),
        ),
    )


def _money_section(budget: Sequence[BudgetLine]) -> Section:
    return Section(
        key="money",
        title=_in_english(_("Money spent")),
        intro=_in_english(
            _(
                "Amount of the grant spent in this period, in United States dollars. Enter 0 "
                "if nothing was spent."
            )
        ),
        questions=(
            *(
                Amount(
                    key=f"{SPENT}{line.category}",
                    label=dict(line.label),
                    required=True,
                    zero=True,
                )
                for line in budget
            ),
            LongText(
                key="explanation",
                label=_in_english(_("Why does the spending differ from the budget?")),
                help=_in_english(_("If a category differs by more than 10 per cent.")),
                limit=2000,
            ),
        ),
    )


def content_of(values: Mapping[str, Any]) -> Content:
    """The content that answers make; what is not answered is empty."""
    return Content(
        narrative=values.get("narrative") or "",
        challenges=values.get("challenges") or "",
        explanation=values.get("explanation") or "",
        beneficiaries=values.get("beneficiaries") or {},
        exploitation=_people_in(values.get("exploitation")),
        services=_people_in(values.get("services")),
        expenditure={
            key.removeprefix(SPENT): Money.parse(value, "USD")
            for key, value in values.items()
            if key.startswith(SPENT) and value is not None
        },
    )


def _people_in(counts: Mapping[str, Mapping[str, int]] | None) -> dict[str, int]:
    return {code: cells["people"] for code, cells in (counts or {}).items()}


def as_read(form: Form, values: Mapping[str, Any]) -> dict[str, ShownSection]:
    """A report as its readers see it, section by section; money is shown against its budget."""
    return {section.key: section for section in shown(form, values)}


def values_of(report: Report, form: Form) -> dict[str, Any]:
    """What a report that was sent says, by question."""
    return {
        key: value
        for section in form.sections
        for key, value in section.read(typed_again(report, section.key)).values.items()
    }


def typed_again(report: Report, section: str) -> dict[str, list[str]]:
    """A section of a report that was sent, as it would be typed: for one that never had a draft."""
    return {f"q_{name}": [text] for name, text in _TYPED[section](report).items() if text}


def _cell_counts(name: str, counts: Mapping[str, int]) -> dict[str, str]:
    return {f"{name}-{code}-people": str(count) for code, count in counts.items()}


_TYPED: Mapping[str, Callable[[Report], dict[str, str]]] = {
    "story": lambda r: {"narrative": r.narrative, "challenges": r.challenges},
    "people": lambda r: {
        **{
            f"beneficiaries-{sex}-{band}": str(count)
            for sex, bands in r.beneficiaries.items()
            for band, count in bands.items()
        },
        **_cell_counts("exploitation", r.exploitation),
    },
    "services": lambda r: _cell_counts("services", r.services),
    "money": lambda r: {
        **{f"{SPENT}{category}": text for category, text in r.expenditure.items()},
        "explanation": r.explanation,
    },
}

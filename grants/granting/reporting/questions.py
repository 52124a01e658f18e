"""What a report asks, as a form like an application's, with the budget of its grant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grants.applying.calls.standard.grantee import STANDARD_REPORT
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import (
    FUNCTIONAL_CURRENCY,
    Money,
    currencies,
)
from grants.granting.reporting.circumstances import ByGround, ByPillar, ByRecruitment, ByRole
from grants.granting.reporting.workflow import ReportPart
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Choice,
    LongText,
    Number,
    OneOf,
    ShortText,
)

SPENT = "spent_"
"""How the keys of the questions about expenditure begin; the line of the budget follows."""
EXPLAINED = "explain_"
"""The same of the questions why the spending differs."""


FINANCES = frozenset({"money"})
"""The sections that make the financial report; the others are the narrative."""


def part_of_section(key: str) -> ReportPart:
    """Whether a section belongs to the narrative or to the finances of a report."""
    return ReportPart.FINANCES if key in FINANCES else ReportPart.NARRATIVE


RESULT = re.compile(r"(now|so_far|why)_(\d+)")
"""How the keys of the questions about planned results are written."""


@dataclass(frozen=True, slots=True)
class PlannedResult:
    """A result that the application promised, and how it is measured; "" where it does not say."""

    level: str
    text: str
    indicator: str = ""
    baseline: str = ""
    target: str = ""

    @property
    def title(self) -> str:
        """A few words of it."""
        words = self.indicator or self.text
        return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1].rstrip()}…"


LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """What spending is told of: a line of the organisation's own budget, else a whole category."""

    key: str
    category: str
    label: Mapping[str, str]
    budget: Money

    @property
    def name(self) -> str:
        return in_language(self.label)

    @property
    def is_category(self) -> bool:
        return self.key == self.category


def report_form(
    lines: Sequence[SpendingLine],
    results: Sequence[PlannedResult] = (),
    currency: str = FUNCTIONAL_CURRENCY,
    call_form: Form = STANDARD_REPORT,
) -> Form:
    """What a report asks: first what its call asks, then what every report does, in the reader's
    language. Amounts are typed in `currency`.
    """
    sections = [*call_form.sections]
    if results:
        sections.append(_results_section(results))
    sections += [_people_section(), _services_section(), _money_section(lines, currency)]
    return Form(sections=tuple(sections), checks=call_form.checks)


def _results_section(results: Sequence[PlannedResult]) -> Section:
    return Section(
        key="results",
        title=_in_english(_("Results")),
        intro=_in_english(
            _("Each result is taken from your application. Say how much of it was reached.")
        ),
        questions=tuple(
            question
            for number, result in enumerate(results, 1)
            for question in _questions_about(number, result)
        ),
    )


def _questions_about(number: int, result: PlannedResult) -> tuple[ShortText, ShortText, LongText]:
    facts = {"number": number, "result": result.title}
    return (
        ShortText(
            key=f"now_{number}",
            label=_in_english(_("%(number)s. %(result)s: reached in this period", **facts)),
            required=True,
        ),
        ShortText(
            key=f"so_far_{number}",
            label=_in_english(_("%(number)s. %(result)s: reached so far", **facts)),
            required=True,
        ),
        LongText(
            key=f"why_{number}",
            label=_in_english(_("%(number)s. %(result)s: why it differs from the plan", **facts)),
            limit=1000,
        ),
    )


def _in_english(words: str) -> dict[str, str]:
    """Words that gettext has translated already."""
    return {"en": words}


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
        title=_in_english(_("Services and circumstances")),
        intro=_in_english(
            _(
                "Include people already counted in an earlier report. A person may count under "
                "several lines of a table. Leave a line empty if there were none or it is not "
                "known."
            )
        ),
        questions=(
            ByService(
                key="services",
                label=_in_english(_("People who used each service in this period")),
            ),
            ByPillar(
                key="pillars",
                label=_in_english(_("People assisted, by pillar of the Global Plan of Action")),
            ),
            ByRole(
                key="roles",
                label=_in_english(_("People assisted, by role of the country of the project")),
            ),
            ByRecruitment(
                key="recruitment",
                label=_in_english(_("People assisted, by way of recruitment")),
            ),
            ByGround(
                key="grounds",
                label=_in_english(_("People assisted, by ground of discrimination")),
                help=_in_english(_("Many people suffer discrimination on several grounds.")),
            ),
        ),
    )


def _exchange_questions() -> tuple[OneOf, Number, ShortText]:
    codes = sorted(currencies() - {FUNCTIONAL_CURRENCY})
    return (
        OneOf(
            key="currency",
            label=_in_english(_("If you spent in another currency, which one?")),
            help=_in_english(
                _("Then enter all amounts in this currency. They are shown in USD at your rate.")
            ),
            choices=tuple(Choice(code, {"en": code}) for code in codes),
        ),
        Number(
            key="rate",
            label=_in_english(_("Units of this currency for 1 USD")),
            help=_in_english(
                _(
                    "The rate at which your bank converted the grant. Add evidence of "
                    "the rate to the files."
                )
            ),
            places=6,
        ),
        ShortText(
            key="rate_source",
            label=_in_english(_("Source of the rate")),
            help=_in_english(_("For example: credit advice from the bank, with its date.")),
        ),
    )


def _questions_about_line(line: SpendingLine, currency: str) -> tuple[Amount, LongText]:
    """What was spent of a line; why, is only asked where it differs from the budget."""
    return (
        Amount(
            key=f"{SPENT}{line.key}",
            label=dict(line.label),
            currency=currency,
            required=True,
            zero=True,
        ),
        LongText(
            key=f"{EXPLAINED}{line.key}",
            label=_in_english(_("Why does the spending of “%(line)s” differ?", line=line.name)),
            limit=1000,
        ),
    )


def _money_section(lines: Sequence[SpendingLine], currency: str) -> Section:
    return Section(
        key="money",
        title=_in_english(_("Money spent")),
        intro=_in_english(
            _(
                "Amount of the grant spent in this period, in United States dollars unless you "
                "choose another currency. Enter 0 if nothing was spent."
            )
        ),
        questions=(
            *_exchange_questions(),
            *(question for line in lines for question in _questions_about_line(line, currency)),
            LongText(
                key="explanation",
                label=_in_english(
                    _("Is there anything else that we should know about the spending?")
                ),
                limit=2000,
            ),
        ),
    )

"""Where the answers of an application do not fit the rules of its call."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from grants.applying.calls.ceilings import ceiling_problems
from grants.applying.calls.models import Call
from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.texts.formats import plain_day, plain_money
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions.budget import Budget, budget_total
from grants.platform.questions.reading import Fault, Problem


def requested_in(form: Form, values: Mapping[str, Any]) -> Money | None:
    """The amount asked for in these answers; None before anything is written."""
    key = form.facts.get("requested", "")
    value = values.get(key)
    if not value:
        return None
    question = next(q for q in form.questions if q.key == key)
    if isinstance(question, Budget):
        return budget_total(value, question.currency)
    return Money.parse(value, "USD")


def rule_problems(call: Call, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Where the answers do not fit the rules of the call."""
    for fact, message in _broken_rules(call, values):
        key = call.questionnaire.facts[fact]
        question = next(q for q in call.questionnaire.questions if q.key == key)
        yield Problem(key, question.target, message, Fault.WRONG, whole=True)
    yield from ceiling_problems(call, values)


def _broken_rules(call: Call, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    requested = requested_in(call.questionnaire, values)
    if requested and not call.lowest <= requested <= call.highest:
        yield (
            "requested",
            _(
                "You have requested %(amount)s. Grants under this call range from %(lowest)s "
                "to %(highest)s.",
                amount=plain_money(requested),
                lowest=plain_money(call.lowest),
                highest=plain_money(call.highest),
            ),
        )
    if (months := call.questionnaire.months(values)) is not None:
        yield from _duration_faults(call, months)
    starts_on = call.questionnaire.fact("starts_on", values)
    earliest = call.earliest_start_on
    if starts_on and earliest and date.fromisoformat(starts_on) < earliest:
        yield (
            "starts_on",
            _("Projects can start on %(day)s or later.", day=plain_day(earliest)),
        )
    elif starts_on and date.fromisoformat(starts_on) > call.latest_start_on:
        yield (
            "starts_on",
            _("Projects must start on %(day)s or earlier.", day=plain_day(call.latest_start_on)),
        )
    country = call.questionnaire.fact("country", values)
    if country and call.countries and country not in call.countries:
        yield (
            "country",
            _("The call is not for projects in %(country)s.", country=country_name(country)),
        )


def _duration_faults(call: Call, months: int) -> Iterator[tuple[str, str]]:
    at = "months" if "months" in call.questionnaire.facts else "ends_on"
    if months > call.months:
        yield (
            at,
            _("Projects under this call can last up to %(months)s months.", months=call.months),
        )
    elif months < (call.least_months or 1):
        message = ngettext(
            "Projects under this call last %(num)s month or longer.",
            "Projects under this call last %(num)s months or longer.",
            call.least_months or 1,
        )
        yield at, message


def ruled_in(section: Section, problems: Iterable[Problem]) -> list[Problem]:
    """The problems that are about a question of this section."""
    keys = {question.key for question in section.questions}
    return [problem for problem in problems if problem.question in keys]

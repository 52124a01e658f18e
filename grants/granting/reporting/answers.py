"""From the answers of a report to what it says, and back."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, to_usd, total, usd
from grants.granting.reporting.content import CIRCUMSTANCES, Content, Exchange
from grants.granting.reporting.models import Report
from grants.granting.reporting.questions import EXPLAINED, RESULT, SPENT, SpendingLine
from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.presentation import ShownSection, shown_sections
from grants.platform.questions.reading import Typed


def _results_in(values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What is told of each planned result, by its number."""
    results: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        if value and (place := RESULT.fullmatch(key)):
            results.setdefault(place[2], {})[place[1]] = value
    return results


def content_of(
    values: Mapping[str, Any],
    lines: Sequence[SpendingLine],
    answers: Mapping[str, Typed] | None = None,
) -> Content:
    """The content that answers make; what is not answered is empty. `answers` are those to the
    report form of the call, as typed.
    """
    currency = values.get("currency") or FUNCTIONAL_CURRENCY
    amounts = {
        line.key: Money.parse(values[f"{SPENT}{line.key}"], currency)
        for line in lines
        if values.get(f"{SPENT}{line.key}") is not None
    }
    exchange = _exchange_in(values, currency, amounts)
    spent = {key: _in_usd(amount, exchange) for key, amount in amounts.items()}
    return Content(
        narrative=values.get("narrative") or "",
        challenges=values.get("challenges") or "",
        explanation=values.get("explanation") or "",
        beneficiaries=values.get("beneficiaries") or {},
        exploitation=_people_in(values.get("exploitation")),
        services=_people_in(values.get("services")),
        circumstances={
            name: counts for name in CIRCUMSTANCES if (counts := _people_in(values.get(name)))
        },
        results=_results_in(values),
        expenditure=_by_category(spent, lines),
        lines={line.key: spent[line.key] for line in lines if _is_answered(line, spent)},
        exchange=exchange,
        explanations={
            line.key: words for line in lines if (words := values.get(f"{EXPLAINED}{line.key}"))
        },
        answers=dict(answers or {}),
    )


def _is_answered(line: SpendingLine, spent: Mapping[str, Money]) -> bool:
    return not line.is_category and line.key in spent


def _exchange_in(
    values: Mapping[str, Any], currency: str, amounts: Mapping[str, Money]
) -> Exchange | None:
    """None where the grantee spent in USD; a rate of 0 where none is entered yet."""
    if currency == FUNCTIONAL_CURRENCY:
        return None
    rate = Decimal(values.get("rate") or 0)
    return Exchange(currency, rate, values.get("rate_source") or "", dict(amounts))


def _in_usd(amount: Money, exchange: Exchange | None) -> Money:
    """In USD at the grantee's rate; nothing before there is a rate."""
    if exchange is not None and not exchange.rate:
        return usd(0)
    return to_usd(amount, exchange.rate if exchange else Decimal(1))


def _by_category(spent: Mapping[str, Money], lines: Sequence[SpendingLine]) -> dict[str, Money]:
    """The sum of each category all of whose lines are told."""
    categories: dict[str, list[Money | None]] = {}
    for line in lines:
        categories.setdefault(line.category, []).append(spent.get(line.key))
    return {
        category: total(amount for amount in amounts if amount is not None)
        for category, amounts in categories.items()
        if None not in amounts
    }


def _people_in(counts: Mapping[str, Mapping[str, int]] | None) -> dict[str, int]:
    return {code: cells["people"] for code, cells in (counts or {}).items()}


def as_read(form: Form, values: Mapping[str, Any]) -> dict[str, ShownSection]:
    """A report as its readers see it, section by section; money is shown against its budget."""
    return {section.key: section for section in shown_sections(form, values)}


def values_of(report: Report, form: Form) -> dict[str, Any]:
    """What a report that was sent says, by question."""
    typed = {
        name: texts
        for section in form.sections
        for name, texts in typed_again(report, section.key).items()
    }
    sections = with_asked_cells(form, typed).sections
    return {key: value for part in sections for key, value in part.read(typed).values.items()}


def typed_again(report: Report, section: str) -> dict[str, list[str]]:
    """A section of a report that was sent, as it was typed."""
    if section in report.answers:
        return {name: list(texts) for name, texts in report.answers[section].items()}
    typed = _TYPED.get(section, _story_typed)(report)
    return {f"q_{name}": [text] for name, text in typed.items() if text}


def call_answers(content: Content, section: Section) -> Typed:
    """What a section of the report form of the call is answered with."""
    story = {"q_narrative": [content.narrative], "q_challenges": [content.challenges]}
    return content.answers.get(section.key, section.kept(story))


def _story_typed(report: Report) -> dict[str, str]:
    """The words of a report of before its call had a form for them."""
    return {"narrative": report.narrative, "challenges": report.challenges}


def _amounts_typed(report: Report) -> Mapping[str, str]:
    """What was spent, as it was typed: in the grantee's currency, by its own lines."""
    amounts: Mapping[str, str] = report.exchange.get("amounts", {})
    return amounts or report.line_spending or report.expenditure


def _cell_counts(name: str, counts: Mapping[str, int]) -> dict[str, str]:
    return {f"{name}-{code}-people": str(count) for code, count in counts.items()}


_TYPED: Mapping[str, Callable[[Report], dict[str, str]]] = {
    "results": lambda r: {
        f"{part}_{number}": words
        for number, reached in r.results.items()
        for part, words in reached.items()
    },
    "people": lambda r: {
        **{
            f"beneficiaries-{sex}-{band}": str(count)
            for sex, bands in r.beneficiaries.items()
            for band, count in bands.items()
        },
        **_cell_counts("exploitation", r.exploitation),
    },
    "services": lambda r: {
        **_cell_counts("services", r.services),
        **{
            cell: text
            for name, counts in r.circumstances.items()
            for cell, text in _cell_counts(name, counts).items()
        },
    },
    "money": lambda r: {
        **{f"{SPENT}{key}": text for key, text in _amounts_typed(r).items()},
        **{f"{EXPLAINED}{key}": words for key, words in r.explanations.items()},
        "explanation": r.explanation,
        "currency": r.exchange.get("currency", ""),
        "rate": r.exchange.get("rate", ""),
        "rate_source": r.exchange.get("source", ""),
    },
}

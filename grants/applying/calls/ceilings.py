"""Ceilings of a call's budget: the most that a category may take, as a share or as a sum.

A call keeps them as rows: {"category": code, "percent": "20", "amount": "5000.00"}, of which one
of the last two may be left out. Both are exact decimals, the amount in US dollars.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import object_session

from grants.applying.calls.earlier import earlier_forms
from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_FORM
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, exponent, round_minor
from grants.core.texts.formats import percent, plain_money
from grants.core.texts.marks import listed_texts, spaced
from grants.platform.questionnaires.form import Form
from grants.platform.questions.budget import Budget
from grants.platform.questions.reading import Fault, Problem
from grants.platform.questions.spread import ALL_PAYERS

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most of one category of a budget."""

    label: str
    percent: Decimal | None
    most: Money | None
    whole: str = ""
    """Whose money the percentage is of, as the budget says it; empty where the fund alone pays."""

    @property
    def words(self) -> str:
        """What it allows, in the reader's language."""
        limits = [self._share_in_words] if self.percent else []
        if self.most:
            limits.append(_("at most %(amount)s", amount=plain_money(self.most)))
        return listed_texts(limits)

    @property
    def _share_in_words(self) -> str:
        if self.whole == ALL_PAYERS:
            return _("at most %(share)s of the total of all payers", share=self.share)
        if self.whole:
            return _("at most %(share)s of the amount requested", share=self.share)
        return _("at most %(share)s of the total", share=self.share)

    @property
    def share(self) -> str:
        """The percentage as the reader writes it."""
        share = self.percent or Decimal(0)
        return percent(share / 100, 0 if share == share.to_integral() else 2).striptags()

    def holds(self, part: Money, whole: Money) -> bool:
        """Is this part of a budget within it? A budget in another currency is within any sum: a
        call with such a form is not opened.
        """
        if self.most and part.currency == self.most.currency and part > self.most:
            return False
        return self.percent is None or part.minor * 100 <= self.percent * whole.minor


def budget_of(form: Form) -> Budget | None:
    """The budget that tells the amount asked for, or else the first one of the form."""
    budgets = [question for question in form.questions if isinstance(question, Budget)]
    preferred = [budget for budget in budgets if budget.key == form.facts.get("requested")]
    return next(iter([*preferred, *budgets]), None)


def categories_of(form: Form) -> list[tuple[str, str]]:
    """Code and label of what a ceiling can be for: a category of the budget, a period of it, what
    others pay; nothing for a form without a budget.
    """
    budget = budget_of(form)
    return budget.divisions if budget else []


def labelled(form: Form, rows: Rows) -> list[dict[str, Any]]:
    """The rows with what each category is called and whose money its percentage is of, for a trail
    that outlives the form.
    """
    budget = budget_of(form)
    choices = (*budget.categories, *budget.payers) if budget else ()
    labels = {choice.code: dict(choice.label) for choice in choices}
    return [
        {
            **row,
            "label": labels.get(row["category"]) or _label_of(budget, row),
            **({"whole": whole} if budget and (whole := budget.whole_of(row["category"])) else {}),
        }
        for row in rows
    ]


def _label_of(budget: Budget | None, row: Mapping[str, Any]) -> dict[str, str]:
    """What the program calls a part of the budget that the form has no words for."""
    label = dict(budget.divisions).get(row["category"]) if budget else None
    return {"en": label} if label else {}


def in_words(rows: Rows) -> list[str]:
    """Each ceiling as a sentence, of rows that are labelled."""
    return [spaced(":").join((ceiling.label, ceiling.words)) for ceiling in map(_ceiling_of, rows)]


def ceilings_in_words(call: Call) -> list[str]:
    """The ceilings of a call as sentences, in the language in which it is read."""
    return in_words([_named(call, row) for row in call.ceilings])


def _named(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what the form calls its category; or what an earlier form of the call did, or
    the standard form.
    """
    named = (labelled(form, [row])[0] for form in _forms_of(call))
    return next((each for each in named if each["label"]), {**row, "label": {}})


def _forms_of(call: Call) -> Iterator[Form]:
    yield call.questionnaire
    if session := object_session(call):
        yield from (earlier.questionnaire for earlier in earlier_forms(session, call))
    yield STANDARD_FORM


def _ceiling_of(row: Mapping[str, Any]) -> Ceiling:
    return Ceiling(
        in_language(row["label"]) or row["category"],
        Decimal(row["percent"]) if row.get("percent") else None,
        Money.parse(row["amount"], FUNCTIONAL_CURRENCY) if row.get("amount") else None,
        row.get("whole", ""),
    )


def ceiling_problems(call: Call, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Where the budget that was written is above a ceiling of the call."""
    budget = budget_of(call.questionnaire)
    lines = values.get(budget.key) if budget else None
    if budget is None or not lines:
        return
    for row in labelled(call.questionnaire, call.ceilings):
        ceiling = _ceiling_of(row)
        part = _as_money(budget.sum_of(lines, row["category"]), budget.currency)
        whole = _as_money(budget.whole_beside(lines, row["category"]), budget.currency)
        if not ceiling.holds(part, whole):
            message = _(
                "“%(category)s” takes %(part)s of %(whole)s. The call allows %(most)s.",
                category=ceiling.label,
                part=plain_money(part),
                whole=plain_money(whole),
                most=ceiling.words,
            )
            yield Problem(budget.key, budget.target, message, Fault.WRONG, whole=True)


def _as_money(amount: Fraction | None, currency: str) -> Money:
    exact = amount or Fraction(0)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    return Money(round_minor(decimal.scaleb(exponent(currency))), currency)


def row_faults(rows: Rows) -> Iterator[str]:
    """What is wrong with the rows by themselves, whatever the form asks."""
    categories: set[str] = set()
    for row in rows:
        if not is_row(row):
            yield _("Give each budget ceiling a percentage up to 100, or an amount.")
        elif row["category"] in categories:
            yield _("Enter only one ceiling for each budget category.")
        categories.add(str(row.get("category")))


def form_faults_of(call: Call) -> Iterator[str]:
    """Ceilings of categories that the form's budget does not have, and sums in US dollars beside a
    budget in another currency.
    """
    budget = budget_of(call.questionnaire)
    if budget and budget.currency != FUNCTIONAL_CURRENCY and any(map(_has_sum, call.ceilings)):
        yield _(
            "The budget ceilings are in US dollars and the budget is in %(currency)s."
            " Enter the ceilings as percentages, or change the budget to US dollars.",
            currency=budget.currency,
        )
    categories = dict(categories_of(call.questionnaire))
    for row in call.ceilings:
        if row["category"] not in categories:
            yield _(
                "There is a ceiling for “%(category)s”, which the form’s budget does not have.",
                category=_ceiling_of(_named(call, row)).label,
            )


def _has_sum(row: Mapping[str, Any]) -> bool:
    return bool(row.get("amount"))


def is_row(row: Any) -> bool:
    """Is it a ceiling as a call keeps it?"""
    if not isinstance(row, dict) or set(row) - {"category", "percent", "amount"}:
        return False
    percent, amount = row.get("percent"), row.get("amount")
    return (
        isinstance(row.get("category"), str)
        and bool(percent or amount)
        and (not percent or (_is_number(percent) and 0 < Decimal(percent) <= 100))
        and (not amount or (_is_number(amount) and Decimal(amount) > 0))
    )


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and bool(re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text, re.ASCII))


def lowered(before: Rows, after: Rows) -> bool:
    """Would a category be allowed less than before?"""
    before_by_category = {row["category"]: row for row in before}
    return any(
        _is_less(row.get(name), before_by_category.get(row["category"], {}).get(name))
        for row in after
        for name in ("percent", "amount")
    )


def _is_less(after: str | None, before: str | None) -> bool:
    return bool(after) and (not before or Decimal(str(after)) < Decimal(before))

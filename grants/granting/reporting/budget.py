"""The budget that a grant reports its spending against: carried over from its application."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import submission_of
from grants.applying.calls.standard import STANDARD_FORM
from grants.core.kernel.money import Money, total, usd
from grants.platform.questionnaires.form import Form
from grants.platform.questions.budget import Budget


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One line of an organisation's own budget: its place in it, and its words."""

    number: int
    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """What an application asks for in one category, named in the languages of its call; in a
    revised budget with the lines that it is made of.
    """

    category: str
    label: dict[str, str]
    amount: Money
    lines: tuple[OwnLine, ...] = ()


def asked_for(session: Session, application: Application | None) -> Sequence[RequestedLine]:
    """The budget that was submitted, by category and without the categories it leaves out.

    Without one (a call without a budget, a grant from earlier records): the usual categories,
    and no amounts.
    """
    submission = submission_of(session, application.id) if application else None
    if application and submission:
        sections = submission.snapshot["answers"].values()
        answers = {key: value for part in sections for key, value in part.items()}
        question = _budget_question(application.call.questionnaire)
        if question and (requested := _by_category(question, answers.get(question.key) or ())):
            return requested
    usual = _budget_question(STANDARD_FORM)
    assert usual is not None
    return [RequestedLine(choice.code, dict(choice.label), usd(0)) for choice in usual.categories]


def _budget_question(form: Form) -> Budget | None:
    return next((q for q in form.questions if isinstance(q, Budget)), None)


def _by_category(question: Budget, lines: Sequence[dict[str, Any]]) -> list[RequestedLine]:
    if question.currency != "USD":
        return []
    requested = []
    for choice in question.categories:
        amount = total(
            Money.parse(line["total"], "USD")
            for line in lines
            if line["category"] == choice.code and line["total"] is not None
        )
        if amount:
            requested.append(RequestedLine(choice.code, dict(choice.label), amount))
    return requested

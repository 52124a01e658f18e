"""Answers by question key, as a script or an earlier record has them, and what a form says of them.

They are turned into what a person would have typed and then read by the very rules of the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import outcome_of
from grants.platform.questionnaires.picking import with_picks
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questions import Counted, Question
from grants.platform.questions.reading import Fault, Problem
from grants.platform.questions.values import NotAnAnswer, number_of_files


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a form says of some answers: keys shown, keys missing, and (key, message) of faults."""

    visible: list[str]
    missing: list[str]
    faults: list[tuple[str, str]]


def verdict_on(form: Form, answers: Mapping[str, Any]) -> Verdict:
    """Read the answers by the rules of the pages. Victims' data is not looked for here."""
    form = with_repetitions(form)
    typed, files, faults = _typed_answers(form, answers)
    form = with_asked_cells(with_picks(form, typed), typed, files)
    unread = {key for key, _message in faults}
    parts = [section.read(typed, files) for section in form.sections]
    outcome = outcome_of(form, parts, files)
    problems = [p for part in outcome.parts for p in part.problems if p.fault is not Fault.DOUBT]
    by_key = {question.key: question for question in form.items}
    missing = [p.question for p in problems if _is_missing(p, by_key[p.question])]
    wrong = [(p.question, p.message) for p in problems if not _is_missing(p, by_key[p.question])]
    return Verdict(
        [question.key for question in form.questions if question.key in outcome.shown],
        [key for key in dict.fromkeys(missing) if key not in unread],
        [*(f for f in faults if f[0] in outcome.shown or f[0] not in by_key), *wrong],
    )


def _is_missing(problem: Problem, question: Question) -> bool:
    """Is the whole answer missing, and not only a cell of a row that was begun?"""
    return problem.fault is Fault.MISSING and problem == question.missing()


def _typed_answers(
    form: Form, answers: Mapping[str, Any]
) -> tuple[dict[str, list[str]], dict[str, int], list[tuple[str, str]]]:
    """What was typed, the number of files by question, and what is no answer."""
    by_key = {question.key: question for question in form.items}
    typed: dict[str, list[str]] = {}
    files: dict[str, int] = {}
    faults: list[tuple[str, str]] = []
    for key, value in answers.items():
        question = by_key.get(key)
        if question is None:
            faults.append((key, _("there is no question with the key “%(key)s”", key=key)))
            continue
        try:
            if isinstance(question, Counted):
                files[key] = number_of_files(value, question.most_counted)
            elif value is not None:
                typed |= dict(question.as_typed(value))
        except NotAnAnswer:
            message = _("This is not an answer to “%(label)s”.", label=question.title)
            faults.append((key, message))
    return typed, files, faults

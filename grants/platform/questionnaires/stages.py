"""Answers of the concept note in the rules of the full application.

A rule of the second stage names them with `note__` before the key of their question:
`asked <= note__asked * 1.1`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import speaking, written_language
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Counted, Question

NOTE = "note__"


def names_note(form: Form) -> bool:
    """Is any of its rules about the concept note?"""
    return any(NOTE in check.rule for check in form.checks)


def with_note(form: Form, note: Form) -> Form:
    """The form, whose rules know the questions of the concept note."""
    questions = (question for question in note.questions if not isinstance(question, Counted))
    return replace(form, note=tuple(map(_of_note, questions)))


def _of_note(question: Question) -> Question:
    label = {code: _label_in(code, text) for code, text in question.label.items()}
    return replace(question, key=NOTE + question.key, label=label)


def _label_in(code: str, text: str) -> str:
    with speaking(written_language(code)):
        return _("%(label)s (concept note)", label=text)


def values_of_note(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What was submitted in the concept note, under the keys by which rules name it."""
    parts = snapshot["answers"].values()
    return {NOTE + key: value for part in parts for key, value in part.items()}

"""A question as one of another kind, and what that changes in the rest of its form."""

from dataclasses import fields as attributes
from dataclasses import replace
from typing import Any

from grants.applying.form_parts.editing import with_question
from grants.platform.questionnaires.form import FACTS, Form
from grants.platform.questionnaires.places import FormFault
from grants.platform.questionnaires.soundness import form_faults
from grants.platform.questions import KINDS, Question


def as_kind(question: Question, kind: str) -> Question:
    """The question as one of another kind, with all that the other kind has too."""
    if kind == question.kind:
        return question
    stays = {name: getattr(question, name) for name in kept_settings(question, kind)}
    if KINDS[kind].names_applicant:
        stays["names_applicant"] = True
    return KINDS[kind](**stays)


def kept_settings(question: Question, kind: str) -> list[str]:
    """What a question of this kind takes over from one of another: its own texts and settings."""
    new, shared = KINDS[kind], {item.name for item in attributes(Question)}
    if new.family and new.family == question.family:
        shared = {item.name for item in attributes(question)}
    return [item.name for item in attributes(new) if item.name in shared]


def lost_settings(question: Question, kind: str) -> list[str]:
    """What only the present kind has, where something has been set."""
    remaining = kept_settings(question, kind)
    return [
        item.name
        for item in attributes(question)
        if item.name not in remaining and _is_set(getattr(question, item.name))
    ]


def _is_set(value: Any) -> bool:
    return value not in (None, "", 0, (), {})


def recast(form: Form, question: Question) -> Form:
    """The form with this question instead of the one with its key. If lists took a fact from the
    old question that the new kind cannot give (only a short text can be a title), the form no
    longer says where the fact comes from.
    """
    facts = {
        fact: key
        for fact, key in form.facts.items()
        if key != question.key or isinstance(question, FACTS.get(fact, ()))
    }
    return replace(with_question(form, "", question, question.key), facts=facts)


def new_faults(before: Form, after: Form) -> list[FormFault]:
    """What a change of a form leaves to be corrected that was right before."""
    earlier = set(form_faults(before))
    return [fault for fault in form_faults(after) if fault not in earlier]


def faults_elsewhere(form: Form, question: Question) -> list[FormFault]:
    """What is to be corrected in other parts of a form if this question takes its place in it. Its
    own settings can still be typed.
    """
    own_faults = set(question.faults())
    changed = recast(form, question)
    return [fault for fault in new_faults(form, changed) if fault.message not in own_faults]

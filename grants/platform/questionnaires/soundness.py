"""What has to be corrected in a form before it can be used: all of it at once, with its place."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from grants.core.kernel.language import gettext as _
from grants.platform.conditions.former import former_name
from grants.platform.questionnaires.form import FACTS, Form
from grants.platform.questionnaires.logic_faults import logic_faults
from grants.platform.questionnaires.picking import pick_faults
from grants.platform.questionnaires.places import (
    FACTS_ANCHOR,
    FormFault,
    anchor_of_section,
    fact_names,
    name_of_section,
)
from grants.platform.questionnaires.repeated import repeat_faults
from grants.platform.questionnaires.translation import translation_faults
from grants.platform.questions import KEY, RESERVED, Question


def form_faults(
    form: Form,
    unread: Iterable[str] = (),
    *,
    needs_facts: bool = True,
    languages: Collection[str] = (),
) -> list[FormFault]:
    """All that is wrong with a form. `unread` are the keys of questions that could not be read, of
    which nothing can be said; with `needs_facts` lists and rules are about some of its answers. In
    these `languages` it has to be complete, if it is in them at all.
    """
    keys = frozenset(unread)
    return [
        *_section_faults(form),
        *_question_faults(form),
        *_fact_faults(form, keys),
        *(_facts_missing(form) if needs_facts else ()),
        *logic_faults(form, keys),
        *repeat_faults(form),
        *pick_faults(form),
        *translation_faults(form, languages),
    ]


def faults_in_words(form: Form, languages: Collection[str] = ()) -> list[str]:
    """All that is wrong with a form, as sentences that name their place."""
    return [fault.sentence for fault in form_faults(form, languages=languages)]


def _section_faults(form: Form) -> Iterator[FormFault]:
    if not form.sections:
        yield FormFault("", "", _("The form has no section."))
    for key in _repeated_keys(section.key for section in form.sections):
        yield FormFault(key, "", _("Two sections have the key %(key)s.", key=key))
    for section in form.sections:
        where, at = name_of_section(section), anchor_of_section(section)
        if not re.fullmatch(KEY, section.key):
            message = _("use lower-case letters, digits and _ in the key")
            yield FormFault(section.key, where, message, at)
        if not section.title.get("en", "").strip():
            yield FormFault(section.key, where, _("give it a title in English"), at)
        if not any(question.asks for question in section.questions):
            yield FormFault(section.key, where, _("add at least one question"), at)


def _question_faults(form: Form) -> Iterator[FormFault]:
    for key in _repeated_keys(question.key for question in form.items):
        yield FormFault(key, "", _("Two questions have the key %(key)s.", key=key))
    for question in form.items:
        where, at = question.english_title, question.anchor
        if question.key in RESERVED:
            message = _(
                "the key “%(key)s” is a reserved word in conditions; choose another",
                key=question.key,
            )
            yield FormFault(question.key, where, message, at)
        for fault in question.faults():
            yield FormFault(question.key, where, fault, at)


def _fact_faults(form: Form, unread: frozenset[str]) -> Iterator[FormFault]:
    by_key = {question.key: question for question in form.questions}
    for fact, key in form.facts.items():
        if key in unread and fact in FACTS:
            continue
        if fact not in FACTS or not isinstance(by_key.get(key), FACTS[fact]):
            yield FormFault(key, "", _unfit_message(fact, key, by_key.get(key)), FACTS_ANCHOR)


def _facts_missing(form: Form) -> Iterator[FormFault]:
    for fact in ("title", "requested"):
        if fact not in form.facts:
            message = _(
                "Say under “What lists show” which question asks for “%(fact)s”.",
                fact=fact_names()[fact],
            )
            yield FormFault("", "", message, FACTS_ANCHOR)


def _unfit_message(fact: str, key: str, question: Question | None) -> str:
    """Why a fact is not provided, and what to do."""
    return _(
        "“%(label)s” cannot provide “%(fact)s”, or is no longer in the form. Choose another "
        "question under “What lists show”.",
        label=question.english_title if question else former_name(key),
        fact=fact_names().get(fact, fact),
    )


def _repeated_keys(keys: Iterator[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]

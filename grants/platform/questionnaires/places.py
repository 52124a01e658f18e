"""Where in a form something is to be corrected, and every text of a form with its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questionnaires.kinds import Number, OneOf, Question, Table
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.reading import Texts


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong in a form. `key` is that of the question, or of the section, if there is one;
    `where` is what its readers call it, `anchor` its place on the page on which the form is made.
    """

    key: str
    where: str
    message: str
    anchor: str = ""

    @property
    def sentence(self) -> str:
        if not self.where:
            return self.message
        if self.message.endswith("?"):
            return _("%(where)s: %(fault)s", where=self.where, fault=self.message)
        return _("%(where)s: %(fault)s.", where=self.where, fault=self.message)


def name_of_section(section: Section) -> str:
    return section.title.get("en", "").strip() or section.key


def name_of_question(question: Question) -> str:
    return question.label.get("en", "").strip() or question.key


def name_of_check(form: Form, check: Check) -> str:
    return _("Check %(number)s", number=form.checks.index(check) + 1)


def anchor_of_section(section: Section) -> str:
    return f"s-{section.key}"


def anchor_of_question(question: Question) -> str:
    return f"q-{question.key}"


def anchor_of_check(form: Form, check: Check) -> str:
    return f"check-{form.checks.index(check) + 1}"


_former: ContextVar[Callable[[str], str]] = ContextVar("former", default=lambda _key: "")


@contextmanager
def remembering(label_of: Callable[[str], str]) -> Iterator[None]:
    """Inside, a question that is no longer in the form is called what it was called before, which
    `label_of` tells for its key; empty if it never was in the form.
    """
    token = _former.set(label_of)
    try:
        yield
    finally:
        _former.reset(token)


def former_name(key: str) -> str:
    """What a question that is not in the form was called; its key if nobody remembers."""
    return _former.get()(key) or key


def unknown_question(key: str) -> str:
    """What is wrong where a question is named that the form does not have."""
    if label := _former.get()(key):
        return _(
            "the question “%(label)s” is no longer in the form; put it back, or choose another one "
            "here",
            label=label,
        )
    return _("there is no question with the key “%(key)s”", key=key)


FACTS_ANCHOR = "facts"


def fact_names() -> dict[str, str]:
    """What the answers are called that lists and rules are about."""
    return {
        "title": _("Title of the project"),
        "country": _("Country of the project"),
        "requested": _("Amount requested"),
        "months": _("Duration in months"),
        "starts_on": _("Start of the project"),
        "ends_on": _("End of the project"),
    }


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of a form in its languages. `part` says which, as in "label"."""

    key: str
    where: str
    part: str
    texts: Texts
    anchor: str


def texts_of(form: Form) -> Iterator[PlacedText]:
    """Everything that applicants read, in the order of the form."""
    for section in form.sections:
        where = name_of_section(section)
        at = anchor_of_section(section)
        yield PlacedText(section.key, where, _("title"), section.title, at)
        yield PlacedText(section.key, where, _("introduction"), section.intro, at)
        for question in section.questions:
            yield from texts_of_question(question)
    for check in form.checks:
        at = anchor_of_check(form, check)
        yield PlacedText(check.at, name_of_check(form, check), _("message"), check.message, at)


def texts_of_question(question: Question) -> Iterator[PlacedText]:
    key, where, at = question.key, name_of_question(question), anchor_of_question(question)
    yield PlacedText(key, where, _("label"), question.label, at)
    yield PlacedText(key, where, _("help"), question.help, at)
    if isinstance(question, Number):
        yield PlacedText(key, where, _("unit"), question.unit, at)
    choices = question.choices if isinstance(question, OneOf) else ()
    if isinstance(question, Budget):
        choices = question.categories
    for choice in choices:
        yield PlacedText(key, where, _("choice “%(code)s”", code=choice.code), choice.label, at)
    for column in question.columns if isinstance(question, Table) else ():
        inside = _("%(where)s, column “%(name)s”", where=where, name=name_of_question(column))
        yield from (
            replace(text, key=key, where=inside, anchor=at) for text in texts_of_question(column)
        )

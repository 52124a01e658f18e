"""Answers chosen from a list: yes or no, one or several of some choices, a country."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

from grants.core.countries.countries import CODES, country_name
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Exploitation, Pillar, Service, Term
from grants.core.texts.marks import spaced
from grants.platform.questions.base import Option, Question, Rewording
from grants.platform.questions.reading import Texts, Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, list_in, text_in


@dataclass(frozen=True, kw_only=True)
class YesNo(Question):
    """Yes or no."""

    kind: ClassVar[str] = "yes_no"
    kind_name: ClassVar[str] = _l("Yes or no")

    def value_of(self, typed: Typed) -> bool:
        answer = first_of(typed, self.name)
        if answer not in ("yes", "no"):
            raise InvalidInput(self.missing_text())
        return answer == "yes"

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)

    def rule(self) -> str:
        return _("Yes or no")

    def wording(self, value: Any) -> Wording:
        return Wording(text=_("Yes") if value else _("No"))

    def as_typed(self, value: Any) -> Cells:
        yes_no = {True: "yes", False: "no"}
        yield self.name, [yes_no[value] if isinstance(value, bool) else text_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.YES_NO)

    def statements(self) -> list[str]:
        return [f"{self.key} == true", f"{self.key} == false"]

    @property
    def countable(self) -> list[Option]:
        return [("yes", _("Yes"))]

    def counted_codes(self, value: Any) -> list[str]:
        return ["yes"] if value is True else []

    def blank_rule(self) -> str:
        return _("Choose one.")


TAXONOMIES: dict[str, type[Term]] = {
    "services": Service,
    "exploitation": Exploitation,
    "pillars": Pillar,
}
"""Lists of the fund that a question may offer instead of choices of its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    code: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Group(Choice):
    """A group or a band of people. `sex` and `age`: what it counts as in results, if it does."""

    sex: str = ""
    age: str = ""


@dataclass(frozen=True, kw_only=True)
class OneOf(Question):
    """One answer of a list: `choices` of its own, or one of the fund's taxonomies."""

    kind: ClassVar[str] = "one_of"
    kind_name: ClassVar[str] = _l("One of several answers")
    family: ClassVar[str] = "choices"
    choices: tuple[Choice, ...] = ()
    taxonomy: str = ""

    @property
    def options(self) -> list[Option]:
        if self.taxonomy:
            terms = TAXONOMIES.get(self.taxonomy)
            return [(code, str(label)) for code, label in terms.choices()] if terms else []
        return options_of(self.choices)

    @property
    def codes(self) -> tuple[str, ...]:
        """What can be chosen; nothing from a taxonomy that is not known."""
        if self.taxonomy:
            return tuple(TAXONOMIES.get(self.taxonomy, ()))
        return tuple(choice.code for choice in self.choices)

    def value_of(self, typed: Typed) -> Any:
        return self._known_code(first_of(typed, self.name))

    def _known_code(self, code: str) -> str:
        if code not in dict(self.options):
            raise InvalidInput(self.missing_text())
        return code

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)

    def rule(self) -> str:
        return _("One of these:")

    def wording(self, value: Any) -> Wording:
        return Wording(text=self.label_of(value))

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [text_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.CODE, frozenset(self.codes), key=self.key)

    def statements(self) -> list[str]:
        return [f'{self.key} {sign} "{code}"' for code in self.codes for sign in ("==", "!=")]

    @property
    def countable(self) -> list[Option]:
        return self.options

    def counted_codes(self, value: Any) -> list[str]:
        return [str(value)] if value else []

    def blank_rule(self) -> str:
        return _("Choose one.")

    def reworded(self, change: Rewording) -> Self:
        question = super().reworded(change)
        return replace(question, choices=choices_reworded(self, self.choices, change))

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.taxonomy:
            if self.taxonomy not in TAXONOMIES:
                yield _("use one of the taxonomies %(names)s", names=spaced(",").join(TAXONOMIES))
        else:
            yield from choice_faults(self.choices)


@dataclass(frozen=True, kw_only=True)
class SeveralOf(OneOf):
    """Any number of answers of a list, kept in its order."""

    kind: ClassVar[str] = "several_of"
    kind_name: ClassVar[str] = _l("Any of several answers")
    most_chosen: int = 0
    """How many may be chosen; 0: all."""

    def value_of(self, typed: Typed) -> list[str]:
        chosen = {self._known_code(code.strip()) for code in typed[self.name] if code.strip()}
        if self.most_chosen and len(chosen) > self.most_chosen:
            raise InvalidInput(
                ngettext(
                    "Choose no more than %(num)s answer to “%(label)s”.",
                    "Choose no more than %(num)s answers to “%(label)s”.",
                    self.most_chosen,
                    label=self.title,
                )
            )
        return [code for code, _label in self.options if code in chosen]

    def rule(self) -> str:
        if self.most_chosen:
            return ngettext("Up to %(num)s of these:", "Up to %(num)s of these:", self.most_chosen)
        return _("Any of these:")

    def wording(self, value: Any) -> Wording:
        return Wording(items=tuple(self.label_of(code) for code in value))

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [text_in(code) for code in list_in(value)]

    def shape(self) -> Shape:
        most = self.most_chosen or len(self.codes)
        return Shape(Kind.SEVERAL, frozenset(self.codes), key=self.key, most=most)

    def figures(self) -> list[tuple[str, str]]:
        return [(f"count({self.key})", "number")]

    def statements(self) -> list[str]:
        return [f'"{code}" {word} {self.key}' for code in self.codes for word in ("in", "not in")]

    def counted_codes(self, value: Any) -> list[str]:
        return [str(code) for code in value or ()]

    def blank_rule(self) -> str:
        if self.most_chosen:
            return ngettext("Tick up to %(num)s.", "Tick up to %(num)s.", self.most_chosen)
        return _("Tick all that apply.")

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.most_chosen <= len(self.codes):
            yield _("allow applicants to choose no more answers than there are")


@dataclass(frozen=True, kw_only=True)
class Country(Question):
    """A country, by its ISO code."""

    kind: ClassVar[str] = "country"
    kind_name: ClassVar[str] = _l("A country")

    def value_of(self, typed: Typed) -> str:
        code = first_of(typed, self.name)
        if code not in CODES:
            raise InvalidInput(self.missing_text())
        return code

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)

    def rule(self) -> str:
        return _("A country")

    def wording(self, value: Any) -> Wording:
        return Wording(text=country_name(value))

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [text_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.CODE, frozenset(CODES), key=self.key)

    def label_of(self, code: str) -> str:
        return country_name(code) if code in CODES else code


C = TypeVar("C", bound=Choice)


def choices_reworded(question: Question, choices: Sequence[C], change: Rewording) -> tuple[C, ...]:
    """Choices of a question with their labels as `change` gives them."""

    def part_of(choice: C) -> str:
        return _("choice “%(code)s”", code=choice.code)

    return tuple(
        replace(choice, label=change(question.placed(part_of(choice), choice.label)))
        for choice in choices
    )


def options_of(choices: Sequence[Choice]) -> list[Option]:
    return [(choice.code, in_language(choice.label)) for choice in choices]


def choice_faults(choices: Sequence[Choice]) -> Iterator[str]:
    if len(choices) < 2:
        yield _("give it at least two choices")
    yield from code_faults(choices)


def code_faults(choices: Sequence[Choice]) -> Iterator[str]:
    """What is wrong with the codes and labels of choices."""
    codes = [choice.code for choice in choices]
    if len(set(codes)) < len(codes) or not all(re.fullmatch(r"[a-z0-9_-]{1,40}", c) for c in codes):
        yield _("give each choice its own code, in lower-case letters and digits")
    if not all(choice.label.get("en", "").strip() for choice in choices):
        yield _("give each choice a label in English")

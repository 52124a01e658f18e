"""Answers chosen from a list: yes or no, one or several of some choices, a country."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grants.core.kernel.countries import CODES
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.taxonomies import Exploitation, Pillar, Service, Term
from grants.platform.questionnaires.kinds.base import Option, Question
from grants.platform.questionnaires.reading import Texts, Typed, first_of


@dataclass(frozen=True, kw_only=True)
class YesNo(Question):
    """Yes or no."""

    kind: ClassVar[str] = "yes_no"

    def value_of(self, typed: Typed) -> bool:
        answer = first_of(typed, self.name)
        if answer not in ("yes", "no"):
            raise InvalidInput(self.missing_text())
        return answer == "yes"

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)


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


@dataclass(frozen=True, kw_only=True)
class OneOf(Question):
    """One answer of a list: `choices` of its own, or one of the fund's taxonomies."""

    kind: ClassVar[str] = "one_of"
    choices: tuple[Choice, ...] = ()
    taxonomy: str = ""

    @property
    def options(self) -> list[Option]:
        if self.taxonomy:
            return [(code, str(label)) for code, label in TAXONOMIES[self.taxonomy].choices()]
        return options_of(self.choices)

    @property
    def codes(self) -> tuple[str, ...]:
        """What can be chosen; nothing from a taxonomy that is not known."""
        if self.taxonomy:
            return tuple(TAXONOMIES.get(self.taxonomy, ()))
        return tuple(choice.code for choice in self.choices)

    def value_of(self, typed: Typed) -> Any:
        return self._known(first_of(typed, self.name))

    def _known(self, code: str) -> str:
        if code not in dict(self.options):
            raise InvalidInput(self.missing_text())
        return code

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.taxonomy:
            if self.taxonomy not in TAXONOMIES:
                yield _("use one of the taxonomies %(names)s", names=", ".join(TAXONOMIES))
        else:
            yield from choice_faults(self.choices)


@dataclass(frozen=True, kw_only=True)
class SeveralOf(OneOf):
    """Any number of answers of a list, kept in its order."""

    kind: ClassVar[str] = "several_of"

    def value_of(self, typed: Typed) -> list[str]:
        chosen = {self._known(code.strip()) for code in typed[self.name] if code.strip()}
        return [code for code, _label in self.options if code in chosen]


@dataclass(frozen=True, kw_only=True)
class Country(Question):
    """A country, by its ISO code."""

    kind: ClassVar[str] = "country"

    def value_of(self, typed: Typed) -> str:
        code = first_of(typed, self.name)
        if code not in CODES:
            raise InvalidInput(self.missing_text())
        return code

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)


def options_of(choices: Sequence[Choice]) -> list[Option]:
    return [(choice.code, in_language(choice.label)) for choice in choices]


def choice_faults(choices: Sequence[Choice]) -> Iterator[str]:
    codes = [choice.code for choice in choices]
    if len(codes) < 2:
        yield _("give it at least two choices")
    if len(set(codes)) < len(codes) or not all(re.fullmatch(r"[a-z0-9_-]{1,40}", c) for c in codes):
        yield _("give each choice its own code, in lower-case letters and digits")
    if not all(choice.label.get("en", "").strip() for choice in choices):
        yield _("give each choice a label in English")

"""The kinds of question a form may ask, and how each reads what was typed.

A new kind is a class here, a field in fields.py and a way to show it in shown.py; the type checker
names the last two when they are forgotten. Values are plain JSON: text, whole numbers, decimals
and amounts as text ("1234.50"), days as ISO dates, lists and mappings of these.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from grants.core.kernel.countries import CODES
from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.formats import plain_day
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Pillar, Service, Sex, Term
from grants.platform.documents.checks import ENDINGS
from grants.platform.questionnaires.reading import Fault, Problem, Reading, Texts, Typed, first_of
from grants.platform.web import typed as typing_rules

Option = tuple[str, str]
"""A code and its label in the reader's language."""

KEY = r"[a-z][a-z0-9_]{0,39}"
"""How keys of sections and questions are written."""

RESERVED = frozenset({"true", "false", "and", "or", "not", "in"})
"""Words of conditions, which no question can have as its key."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `key` names its answer for good; texts are in several languages."""

    kind: ClassVar[str]

    key: str
    label: Texts
    help: Texts = field(default_factory=dict)
    required: bool = False
    show_when: str = ""
    """A condition, as logic/parse.py reads it; empty: always shown."""

    @property
    def name(self) -> str:
        """Of its input, and how the names of its inputs begin."""
        return f"q_{self.key}"

    @property
    def title(self) -> str:
        return in_language(self.label)

    def owns(self, name: str) -> bool:
        """Is this one of its inputs?"""
        return name == self.name

    def is_blank(self, typed: Typed) -> bool:
        return not any(
            text.strip() for name, texts in typed.items() if self.owns(name) for text in texts
        )

    def read(self, typed: Typed) -> Reading:
        """The value of what was typed, and what is to be corrected."""
        if self.is_blank(typed):
            return Reading(None, (self.missing(),) if self.required else ())
        try:
            return Reading(self.value_of(typed))
        except FundError as refusal:
            return Reading(None, (self.wrong(refusal.message),))

    def value_of(self, typed: Typed) -> Any:
        """The value of an answer that is there; InvalidInput says how to write it."""
        raise NotImplementedError

    def missing(self) -> Problem:
        return Problem(self.key, self.target, self.missing_text(), Fault.MISSING)

    def missing_text(self) -> str:
        return _("Fill in “%(label)s”.", label=self.title)

    def wrong(self, message: str, place: str = "") -> Problem:
        return Problem(self.key, place or self.target, message)

    @property
    def target(self) -> str:
        """The input that a message about the whole question leads to."""
        return self.name

    def prose(self, typed: Typed) -> Iterator[str]:  # noqa: ARG002 - most kinds hold none
        """What was written in words about others, where a victim might be mentioned."""
        return iter(())

    def faults(self) -> Iterator[str]:
        """What is wrong with the definition itself."""
        if not re.fullmatch(KEY, self.key):
            yield _("use lower-case letters, digits and _ in the key, starting with a letter")
        if not self.label.get("en", "").strip():
            yield _("give it a label in English")


@dataclass(frozen=True, kw_only=True)
class ShortText(Question):
    """One line. `people`: names and numbers of the organisation's own people are wanted here."""

    kind: ClassVar[str] = "short_text"
    limit: int = 300
    people: bool = False

    def value_of(self, typed: Typed) -> str:
        return within(unicodedata.normalize("NFC", first_of(typed, self.name)), self.limit)

    def prose(self, typed: Typed) -> Iterator[str]:
        if not self.people:
            yield from typed.get(self.name, ())

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 < self.limit <= 20_000:
            yield _("set a limit of 1 to %(most)s characters", most=20_000)


@dataclass(frozen=True, kw_only=True)
class LongText(ShortText):
    """Several lines. Characters are Unicode code points in NFC; a line's end is one."""

    kind: ClassVar[str] = "long_text"
    limit: int = 2000

    def value_of(self, typed: Typed) -> str:
        text = re.sub(r"\r\n?", "\n", first_of(typed, self.name))
        return within(unicodedata.normalize("NFC", text), self.limit)


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number from `least` to `most`, whole unless it has `places`. `unit` follows it."""

    kind: ClassVar[str] = "number"
    least: int = 0
    most: int | None = None
    places: int = 0
    unit: Texts = field(default_factory=dict)

    def value_of(self, typed: Typed) -> int | str:
        number = typing_rules.decimal_number(first_of(typed, self.name), self.places)
        if number < self.least:
            raise InvalidInput(_("Enter a number of %(least)s or more.", least=self.least))
        if self.most is not None and number > self.most:
            raise InvalidInput(_("Enter a number of %(most)s or less.", most=self.most))
        return f"{number.normalize():f}" if self.places else int(number)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.most is not None and self.most < self.least:
            yield _("set a minimum below the maximum")


@dataclass(frozen=True, kw_only=True)
class Amount(Question):
    """A sum of money above 0; with `zero`, 0 is an answer too."""

    kind: ClassVar[str] = "amount"
    currency: str = FUNCTIONAL_CURRENCY
    zero: bool = False

    def value_of(self, typed: Typed) -> str:
        text = first_of(typed, self.name)
        if self.zero and not Money.parse(text, self.currency):
            return str(Money(0, self.currency))
        return str(amount_above_nothing(text, self.currency))


@dataclass(frozen=True, kw_only=True)
class Day(Question):
    """A day, typed in three boxes."""

    kind: ClassVar[str] = "day"
    first: date | None = None
    last: date | None = None
    parts: ClassVar[tuple[str, ...]] = ("day", "month", "year")

    def owns(self, name: str) -> bool:
        return name in {f"{self.name}-{part}" for part in self.parts}

    def value_of(self, typed: Typed) -> str:
        day = typing_rules.day_of(*(first_of(typed, f"{self.name}-{part}") for part in self.parts))
        if self.first and day < self.first:
            raise InvalidInput(_("The date must be %(day)s or later.", day=plain_day(self.first)))
        if self.last and day > self.last:
            raise InvalidInput(_("The date must be %(day)s or earlier.", day=plain_day(self.last)))
        return day.isoformat()

    @property
    def target(self) -> str:
        return f"{self.name}-day"


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


@dataclass(frozen=True, kw_only=True)
class Beneficiaries(Question):
    """Numbers of people by sex and age band. Never a person, only counts."""

    kind: ClassVar[str] = "beneficiaries"
    rows: ClassVar[type[Term]] = Sex
    columns: ClassVar[tuple[str, ...]] = tuple(AgeBand)

    def cells(self) -> list[tuple[str, str, str]]:
        """(row, column, name of the input)."""
        return [
            (row.value, str(column), f"{self.name}-{row.value}-{column}")
            for row in self.rows
            for column in self.columns
        ]

    def owns(self, name: str) -> bool:
        return name in {cell for _row, _column, cell in self.cells()}

    def read(self, typed: Typed) -> Reading:
        counts: dict[str, dict[str, int]] = {}
        problems: list[Problem] = []
        for row, column, name in self.cells():
            if not (text := first_of(typed, name)):
                continue
            try:
                counts.setdefault(row, {})[column] = people_in(text)
            except InvalidInput as refusal:
                problems.append(self.wrong(refusal.message, name))
        if not problems and self.required and not any(map(sum, map(dict.values, counts.values()))):
            problems.append(self.missing())
        return Reading(counts or None, tuple(problems))

    def missing_text(self) -> str:
        return _("Fill in at least one number of “%(label)s”.", label=self.title)

    @property
    def target(self) -> str:
        return self.cells()[0][2]


@dataclass(frozen=True, kw_only=True)
class ByExploitation(Beneficiaries):
    """Numbers of people by form of exploitation; one person may count under several."""

    kind: ClassVar[str] = "by_exploitation"
    rows: ClassVar[type[Term]] = Exploitation
    columns: ClassVar[tuple[str, ...]] = ("people",)


@dataclass(frozen=True, kw_only=True)
class ByService(Beneficiaries):
    """Numbers of people by service; one person may use several."""

    kind: ClassVar[str] = "by_service"
    rows: ClassVar[type[Term]] = Service
    columns: ClassVar[tuple[str, ...]] = ("people",)


@dataclass(frozen=True, kw_only=True)
class Files(Question):
    """Up to `most` files of the kinds in `accept` (endings)."""

    kind: ClassVar[str] = "files"
    accept: tuple[str, ...] = ENDINGS
    most: int = 1

    def owns(self, name: str) -> bool:  # noqa: ARG002 - files are not typed
        return False

    def read(self, typed: Typed) -> Reading:  # noqa: ARG002 - files are not typed
        return Reading()

    def missing_text(self) -> str:
        return _("Choose a file for “%(label)s”.", label=self.title)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not self.accept or set(self.accept) - set(ENDINGS):
            yield _("accept only %(kinds)s", kinds=", ".join(ENDINGS))
        if not 0 < self.most <= 20:
            yield _("allow 1 to %(most)s files", most=20)


def within(text: str, limit: int) -> str:
    """The text, if it is not longer than its limit."""
    over = len(text) - limit
    if over > 0:
        raise InvalidInput(
            ngettext(
                "Shorten it by %(num)s character: the limit is %(limit)s.",
                "Shorten it by %(num)s characters: the limit is %(limit)s.",
                over,
                limit=limit,
            )
        )
    return text


def people_in(text: str) -> int:
    """A number of people."""
    count = typing_rules.whole_number(text)
    if not 0 <= count < 10_000_000:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=0))
    return count


def amount_above_nothing(text: str, currency: str) -> Money:
    """A sum that a person can be given."""
    amount = Money.parse(text, currency)
    if amount.minor <= 0 or amount.decimal >= Decimal(10) ** 12:
        raise InvalidInput(_("Enter an amount greater than 0."))
    return amount


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

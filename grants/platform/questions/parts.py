"""Answers that have parts, each with its own box: an address, a person, an organisation, a range.

The inputs of a part are those of its question, named after the whole: q_KEY-PART.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar, Self

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, pgettext
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.platform.questions.base import Question, Rewording
from grants.platform.questions.choices import Country
from grants.platform.questions.contacts import Email, Telephone, WebAddress
from grants.platform.questions.figures import Number
from grants.platform.questions.reading import Problem, Reading, Texts, Typed, Wording
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, NotAnAnswer, mapping_in
from grants.platform.questions.words import ShortText


def words(text: str) -> Texts:
    """A text of the program in the reader's language, where a form has texts of its own."""
    return {"en": text}


def _text_line(key: str, label: str, *, limit: int = 200) -> ShortText:
    return ShortText(key=key, label=words(label), limit=limit, people=True)


@dataclass(frozen=True, kw_only=True)
class Parted(Question):
    """An answer of several parts. Its value is a mapping from each part's key to its answer."""

    names_applicant: bool = True

    @property
    def parts(self) -> tuple[Question, ...]:
        """The questions of its parts, in the order of the page."""
        raise NotImplementedError

    def cell(self, part: Question) -> Question:
        """The question of one part, under a name of its own."""
        return replace(part, key=f"{self.key}-{part.key}")

    def owns(self, name: str) -> bool:
        if not name.startswith(f"{self.name}-"):
            return False
        part = name[len(self.name) + 1 :].partition("-")[0]
        return any(part == p.key and self.cell(p).owns(name) for p in self.parts)

    def read(self, typed: Typed) -> Reading:
        if self.is_blank(typed):
            return Reading(None, (self.missing(),) if self.required else ())
        readings = {part.key: self.cell(part).read(typed) for part in self.parts}
        value = {key: reading.value for key, reading in readings.items()}
        problems = [replace(p, question=self.key) for r in readings.values() for p in r.problems]
        return Reading(value, tuple(problems or self.problems_of_all(value)))

    def problems_of_all(self, value: Mapping[str, Any]) -> Iterator[Problem]:  # noqa: ARG002
        """What is to be corrected of the parts together."""
        return iter(())

    @property
    def target(self) -> str:
        return self.cell(self.parts[0]).target

    def rule(self) -> str:
        return _(
            "%(kind)s: %(parts)s",
            kind=str(self.kind_name),
            parts=spaced(",").join(part.title for part in self.parts),
        )

    def wording(self, value: Any) -> Wording:
        return Wording(text="\n".join(self.lines_of(value)))

    def cell_text(self, value: Any) -> str:
        return spaced(",").join(self.lines_of(value))

    def lines_of(self, value: Mapping[str, Any]) -> Iterator[str]:
        """The answer as it would stand on an envelope."""
        for part in self.parts:
            if value.get(part.key) is not None:
                yield part.wording(value[part.key]).text

    def as_typed(self, value: Any) -> Cells:
        parts = {part.key: part for part in self.parts}
        if set(mapping_in(value)) - set(parts):
            raise NotAnAnswer
        for key, answer in value.items():
            if answer is not None:
                yield from self.cell(parts[key]).as_typed(answer)

    def shape(self) -> Shape:
        return Shape(Kind.PARTS, key=self.key)

    def blank_columns(self) -> tuple[str, ...]:
        return (_("Answer"),)

    def blank_rows(self) -> tuple[str, ...]:
        return tuple(part.title for part in self.parts)

    def written_texts(self, value: Any) -> Iterator[tuple[Question, str]]:
        for part in self.parts if isinstance(value, Mapping) else ():
            yield from part.written_texts(value.get(part.key))


@dataclass(frozen=True, kw_only=True)
class Details(Parted):
    """An answer whose parts the call requires or not, except one that is always required."""

    always: ClassVar[str]
    """The key of the part that is always required."""
    required_parts: tuple[str, ...] = ()

    @property
    def every_part(self) -> tuple[Question, ...]:
        """The parts, before the call says which are required."""
        raise NotImplementedError

    @property
    def parts(self) -> tuple[Question, ...]:
        required = {self.always, *self.required_parts}
        return tuple(replace(part, required=part.key in required) for part in self.every_part)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        keys = [part.key for part in self.every_part]
        if not set(self.required_parts) <= set(keys):
            yield _("require only parts that there are: %(names)s", names=spaced(",").join(keys))


@dataclass(frozen=True, kw_only=True)
class Address(Details):
    """Where a house is."""

    kind: ClassVar[str] = "address"
    kind_name: ClassVar[str] = _l("An address")
    always: ClassVar[str] = "country"
    required_parts: tuple[str, ...] = ("street", "town")

    @property
    def every_part(self) -> tuple[Question, ...]:
        return (
            _text_line("street", _("Street and number, or post box")),
            _text_line("postcode", _("Postal code"), limit=20),
            _text_line("town", _("Town"), limit=100),
            _text_line("region", _("Region or province"), limit=100),
            Country(key="country", label=words(_("Country"))),
        )


@dataclass(frozen=True, kw_only=True)
class Person(Details):
    """A person of the organisation, such as the one to be reached."""

    kind: ClassVar[str] = "person"
    kind_name: ClassVar[str] = _l("A person, such as a contact")
    always: ClassVar[str] = "name"
    required_parts: tuple[str, ...] = ("email",)

    @property
    def every_part(self) -> tuple[Question, ...]:
        return (
            _text_line("title", pgettext("person", "Title"), limit=40),
            _text_line("name", _("Full name")),
            _text_line("job", pgettext("person", "Position"), limit=150),
            Email(key="email", label=words(_("E-mail address"))),
            Telephone(key="telephone", label=words(_("Telephone"))),
        )

    def lines_of(self, value: Mapping[str, Any]) -> Iterator[str]:
        """Title and name make one line."""
        yield " ".join(value[key] for key in ("title", "name") if value.get(key))
        for key in ("job", "email", "telephone"):
            if value.get(key):
                yield value[key]


@dataclass(frozen=True, kw_only=True)
class Organisation(Details):
    """An organisation and under which number it is registered."""

    kind: ClassVar[str] = "organisation"
    kind_name: ClassVar[str] = _l("An organisation with its registration number")
    always: ClassVar[str] = "name"
    required_parts: tuple[str, ...] = ("country",)

    @property
    def every_part(self) -> tuple[Question, ...]:
        return (
            _text_line("name", _("Name of the organisation")),
            Country(key="country", label=words(_("Country"))),
            _text_line("number", _("Registration number"), limit=80),
            _text_line("register", _("Registered with"), limit=150),
            WebAddress(key="web", label=words(_("Website"))),
        )


@dataclass(frozen=True, kw_only=True)
class Range(Parted):
    """Two numbers, the smaller first, such as ages from 10 to 19."""

    kind: ClassVar[str] = "range"
    kind_name: ClassVar[str] = _l("A range, from one number to another")
    least: int = 0
    most: int | None = None
    places: int = 0
    unit: Texts = field(default_factory=dict)
    names_applicant: bool = False

    @property
    def parts(self) -> tuple[Question, ...]:
        return self.ends

    @property
    def ends(self) -> tuple[Number, ...]:
        """The smaller number and the larger one."""
        ends = (("from", pgettext("range", "From")), ("to", pgettext("range", "To")))
        return tuple(
            Number(
                key=key,
                label=words(label),
                required=True,
                least=self.least,
                most=self.most,
                places=self.places,
                unit=self.unit,
            )
            for key, label in ends
        )

    def problems_of_all(self, value: Mapping[str, Any]) -> Iterator[Problem]:
        if Decimal(value["to"]) < Decimal(value["from"]):
            place = self.cell(self.parts[1]).target
            yield self.wrong(_("Enter a number that is not smaller than the first."), place)

    def rule(self) -> str:
        unit = in_language(self.unit)
        if unit:
            return _("Two numbers of %(unit)s, the smaller first", unit=unit)
        return _("Two numbers, the smaller first")

    def lines_of(self, value: Mapping[str, Any]) -> Iterator[str]:
        first, last = self.ends
        if value.get("from") is None or value.get("to") is None:
            yield from super().lines_of(value)
            return
        low = replace(first, unit={}).wording(value["from"]).text
        yield f"{low}–{last.wording(value['to']).text}"

    def shape(self) -> Shape:
        return Shape(Kind.RANGE, key=self.key)

    def figures(self) -> list[tuple[str, str]]:
        return [(f"{name}({self.key})", "number") for name in ("lowest", "highest")]

    def reworded(self, change: Rewording) -> Self:
        question = super().reworded(change)
        return replace(question, unit=change(self.placed(_("unit"), self.unit)))

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.most is not None and self.most < self.least:
            yield _("set a minimum below the maximum")

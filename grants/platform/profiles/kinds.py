"""The kinds of facts: how a fact of each kind is asked for, stored, put into words and imported.

`value` is the fact as the profile has it, `stored` as its column, `plain` as JSON, and
`typed` as the inputs of a form.
"""

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from datetime import date
from typing import Any, ClassVar

from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Term
from grants.core.texts import cells
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.platform.forms import typed


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What every kind has; a subclass says what is different."""

    question: str = ""
    """What a form asks, if that is more than the label of the fact."""
    hint: str = ""
    required: bool = False
    blank: ClassVar[Any] = None
    """What the profile has where nothing is stated."""

    @property
    def column(self) -> str:
        """The kind of its column in a list."""
        return "text"

    def value(self, stored: Any) -> Any:
        return self.blank if stored is None else stored

    def stored(self, value: Any) -> Any:
        return value

    def plain(self, value: Any) -> Any:
        return self.stored(value)

    def restored(self, plain: Any) -> Any:
        return self.value(plain)

    def typed(self, key: str, value: Any) -> Mapping[str, Any]:
        """What the inputs show, by their names; most kinds have one."""
        return {key: value}

    def answered(self, key: str, data: Mapping[str, Any]) -> Any:
        """The value from what was entered."""
        return self.value(data[key])

    def progress(self, value: Any) -> tuple[int, int]:
        """How many of its questions are answered, of how many."""
        return int(value != self.blank), 1

    def words(self, value: Any) -> str:
        return "" if value is None else str(value)

    def rows(self, label: str, value: Any) -> list[tuple[str, str]]:
        """Label and words, as pages list them."""
        return [(str(label), self.words(value))]

    def cell(self, value: Any) -> Any:
        """What a list shows."""
        return self.words(value)

    def answers(self, key: str, value: Any) -> Mapping[str, str]:
        """What it answers in an application, as it would be typed, by the key of the question."""
        return {key: self.words(value)}

    def imported(self, text: str) -> Any:
        """The value of a cell of a file that is not empty; InvalidInput if it is none."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """One line. `code`: letters and figures of an office, read from left to right."""

    limit: int = 300
    code: bool = False
    blank: ClassVar[str] = ""

    @property
    def column(self) -> str:
        return "code" if self.code else "text"

    def stored(self, value: str) -> str | None:
        return value.strip() or None

    def plain(self, value: str) -> str:
        return value

    def imported(self, text: str) -> str:
        return cells.words(self.limit)(text)


@dataclass(frozen=True, kw_only=True)
class LongText(Text):
    """Several lines."""

    lines: int = 6


@dataclass(frozen=True, kw_only=True)
class Web(Text):
    """The address of a web site."""

    def imported(self, text: str) -> str:
        return typed.web_address(super().imported(text))


@dataclass(frozen=True, kw_only=True)
class Phone(Text):
    """A telephone number."""

    limit: int = 40

    def imported(self, text: str) -> str:
        return typed.telephone(super().imported(text))


@dataclass(frozen=True, kw_only=True)
class Country(Text):
    """An ISO 3166 alpha-2 code, told as the name of the country."""

    def words(self, value: str) -> str:
        return country_name(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Choice(Text):
    """The code of a term."""

    terms: type[Term]

    def value(self, stored: Any) -> str:
        return str(stored) if stored else ""

    def stored(self, value: str) -> Term | None:
        return self.terms.of(value) if value else None

    def words(self, value: str) -> str:
        return str(self.terms.of(value).label) if value else ""

    def answers(self, key: str, value: str) -> Mapping[str, str]:
        return {key: value}

    def imported(self, text: str) -> str:
        return str(cells.one_of(self.terms)(text).value)


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    """A date."""

    @property
    def column(self) -> str:
        return "date"

    def plain(self, value: date | None) -> str | None:
        return value.isoformat() if value else None

    def restored(self, plain: str | None) -> date | None:
        return date.fromisoformat(plain) if plain else None

    def words(self, value: date | None) -> str:
        return plain_day(value) if value else ""

    def cell(self, value: date | None) -> date | None:
        return value

    def imported(self, text: str) -> date:
        return cells.day(text)


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A whole number from 0. `year`: one that has begun."""

    year: bool = False

    @property
    def column(self) -> str:
        return "number"

    def cell(self, value: int | None) -> int | None:
        return value

    def imported(self, text: str) -> int:
        value = typed.whole_number(text)
        if self.year:
            typed.require_begun(value)
        return value


@dataclass(frozen=True, kw_only=True)
class Flag(Kind):
    """Yes or no. A box that is not ticked is an answer, so it never lacks one."""

    blank: ClassVar[bool] = False

    def progress(self, value: bool) -> tuple[int, int]:  # noqa: ARG002, FBT001
        return 0, 0

    def words(self, value: bool) -> str:  # noqa: FBT001 - the fact itself
        return _("Yes") if value else _("No")

    def cell(self, value: bool) -> bool:  # noqa: FBT001
        return value

    def answers(self, key: str, value: bool) -> Mapping[str, str]:  # noqa: FBT001
        return {key: "yes" if value else ""}

    def imported(self, text: str) -> bool:
        return cells.yes_or_no(text)


@dataclass(frozen=True, kw_only=True)
class YesNo(Kind):
    """Yes, no, or None while the question is not answered."""

    def words(self, value: bool | None) -> str:  # noqa: FBT001
        return "" if value is None else _("Yes") if value else _("No")

    def answers(self, key: str, value: bool | None) -> Mapping[str, str]:  # noqa: FBT001
        return {key: "" if value is None else "yes" if value else "no"}


@dataclass(frozen=True, kw_only=True)
class Several(Kind):
    """Several values in their order."""

    blank: ClassVar[tuple[Any, ...]] = ()

    def value(self, stored: Any) -> tuple[Any, ...]:
        return tuple(stored or ())

    def stored(self, value: tuple[Any, ...]) -> list[Any]:
        return list(value)

    def words(self, value: tuple[Any, ...]) -> str:
        return "\n".join(map(str, value))


@dataclass(frozen=True, kw_only=True)
class Names(Several):
    """Names, one on each line; in a file a semicolon stands between them."""

    limit: int = 2000

    def stored(self, value: tuple[str, ...]) -> list[str]:
        return [name.strip() for name in value if name.strip()]

    def typed(self, key: str, value: tuple[str, ...]) -> Mapping[str, Any]:
        return {key: "\n".join(value)}

    def answered(self, key: str, data: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(data[key] or "").splitlines())

    def imported(self, text: str) -> tuple[str, ...]:
        names = (" ".join(name.split()) for name in cells.words(self.limit)(text).split(";"))
        return tuple(name for name in names if name)


@dataclass(frozen=True, kw_only=True)
class Records(Several):
    """Rows of texts, as a dataclass says which; a row without the first of them is none."""

    record: type[Any]

    def value(self, stored: Any) -> tuple[Any, ...]:
        rows = ({key: text or "" for key, text in row.items()} for row in stored or ())
        return tuple(self.record(**row) for row in rows if next(iter(row.values())))

    def stored(self, value: tuple[Any, ...]) -> list[Any]:
        return [asdict(record) for record in value]

    def typed(self, key: str, value: tuple[Any, ...]) -> Mapping[str, Any]:
        return {key: self.stored(value)}

    def words(self, value: tuple[Any, ...]) -> str:
        return "\n".join(spaced(",").join(filter(None, astuple(record))) for record in value)

    def imported(self, text: str) -> tuple[Any, ...]:
        """In a file a semicolon stands between the rows, a comma between what each says."""
        rows = (row.split(",", 1) for row in cells.words(4000)(text).split(";") if row.strip())
        return tuple(self.record(*(part.strip() for part in row)) for row in rows)

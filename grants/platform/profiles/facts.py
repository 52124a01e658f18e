"""A profile as a table of facts, each declared once.

From the table come the form, the record, the trail, the page, and what each room makes of a fact. A
room adds to `Fact` what it has to say besides. The application does not start while a fact leaves
something unsaid, has no column, or is a column of which no table says anything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any, Generic, TypeVar

from grants.core.database.db import Base
from grants.core.texts.marks import spaced
from grants.platform.profiles.kinds import Kind

P = TypeVar("P")
F = TypeVar("F", bound="Fact")


@dataclass(frozen=True, kw_only=True, eq=False)
class Fact:
    """One fact: the attribute of the profile and the column that hold it, and what it is called."""

    key: str
    label: str
    kind: Kind

    def of(self, profile: Any) -> Any:
        return getattr(profile, self.key)

    def kept_by(self, *records: Base) -> Any:
        """The value that one of the records keeps."""
        return self.kind.value(getattr(_record_of(self, records), self.key))

    def words(self, profile: Any) -> str:
        """As pages show it; empty if nothing is stated."""
        return self.kind.words(self.of(profile))


@dataclass(frozen=True)
class Table(Generic[P, F]):
    """The facts of one kind of profile, in the order in which they are asked and shown."""

    profile: type[P]
    facts: Sequence[F]
    models: Sequence[type[Base]]
    """Whose columns keep them."""
    besides: Collection[str]
    """Columns of these models that are no part of the profile."""

    def __post_init__(self) -> None:
        """TypeError with what is missing, and where."""
        declared = [fact.key for fact in self.facts]
        columns = {column.name: model for model in self.models for column in model.__table__.c}
        name = self.profile.__qualname__
        faults = [
            *(
                f"{key} is not a field of {name}"
                for key in declared
                if key not in self._field_defaults()
            ),
            *(
                f"no Fact declares {key} of {name}"
                for key in self._field_defaults()
                if key not in declared
            ),
            *(f"{key} has no column, with a migration" for key in declared if key not in columns),
            *(
                f"no Fact declares the column {key} of {columns[key].__name__}; "
                "if it is no part of the profile, name it in `besides`"
                for key in columns
                if key not in (*declared, *self.besides)
            ),
            *(
                f"`besides` names {key}, which is no column"
                for key in self.besides
                if key not in columns
            ),
            *(
                f"{key} is not in __bound__ of {columns[key].__name__}"
                for key in declared
                if key in columns and key not in columns[key].__dict__.get("__bound__", ())
            ),
        ]
        if faults:
            raise TypeError(f"The facts of {self.profile.__module__}: {'; '.join(faults)}.")

    def _field_defaults(self) -> dict[str, Any]:
        """The default of each field of the profile."""
        return {field.name: field.default for field in fields(self.profile)}  # type: ignore[arg-type]

    def default(self, fact: F) -> Any:
        """What the profile has where nothing is stated."""
        default = self._field_defaults()[fact.key]
        return fact.kind.blank if default is MISSING else default

    def completed(self, profile: P, stated: P) -> tuple[P, list[F]]:
        """The profile with what `stated` says where it says nothing itself, and the facts of which
        they say different things.
        """
        stated_facts = [fact for fact in self.facts if fact.of(stated) != self.default(fact)]
        blank = [fact for fact in stated_facts if fact.of(profile) == self.default(fact)]
        differing = [
            fact
            for fact in stated_facts
            if fact not in blank and fact.of(stated) != fact.of(profile)
        ]
        values = {fact.key: fact.of(stated) for fact in blank}
        return replace(profile, **values), differing  # type: ignore[type-var]

    def read(self, *records: Base) -> P:
        """The profile that the records keep."""
        return self.profile(**{fact.key: fact.kept_by(*records) for fact in self.facts})

    def write(self, profile: P, *records: Base) -> None:
        for fact in self.facts:
            setattr(_record_of(fact, records), fact.key, fact.kind.stored(fact.of(profile)))

    def plain(self, profile: P) -> dict[str, Any]:
        """As JSON: for the trail and for links."""
        return {fact.key: fact.kind.plain(fact.of(profile)) for fact in self.facts}

    def restored(self, plain: Mapping[str, Any]) -> P:
        """The profile from JSON; what it does not say is blank."""
        values = {fact.key: fact.kind.restored(plain.get(fact.key)) for fact in self.facts}
        return self.profile(**values)


def _record_of(fact: Fact, records: Sequence[Base]) -> Base:
    """The record that keeps a fact."""
    return next(record for record in records if fact.key in record.__table__.columns)


def rows_of(facts: Iterable[Fact], profile: Any) -> list[tuple[str, str]]:
    """Label and words of each, as pages list them."""
    return [row for fact in facts for row in fact.kind.rows(fact.label, fact.of(profile))]


@dataclass(frozen=True, kw_only=True)
class Group(Kind):
    """Several questions about one thing, kept in one column: a dataclass of facts of its own."""

    record: type[Any]
    facts: Sequence[Fact]

    def value(self, stored: Mapping[str, Any] | None) -> Any:
        return self.record(**(stored or {}))

    def stored(self, value: Any) -> dict[str, Any]:
        return asdict(value)

    def typed(self, key: str, value: Any) -> Mapping[str, Any]:  # noqa: ARG002
        return self.stored(value)

    def answered(self, key: str, data: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return self.record(**{fact.key: fact.kind.answered(fact.key, data) for fact in self.facts})

    def progress(self, value: Any) -> tuple[int, int]:
        parts = [fact.kind.progress(fact.of(value)) for fact in self.facts]
        return sum(answered for answered, _asked in parts), sum(total for _answered, total in parts)

    def words(self, value: Any) -> str:
        return "\n".join(spaced(":").join(row) for row in self.rows("", value))

    def rows(self, label: str, value: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [row for row in rows_of(self.facts, value) if row[1]]

    def answers(self, key: str, value: Any) -> Mapping[str, str]:  # noqa: ARG002
        texts: dict[str, str] = {}
        for fact in self.facts:
            texts |= fact.kind.answers(fact.key, fact.of(value))
        return texts

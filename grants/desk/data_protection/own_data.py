"""Everything that is kept about a person, read from every table by what its model declares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    Select,
    String,
    Table,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper, Session

from grants.core.audit.models import TrailRow
from grants.core.database.db import Base
from grants.core.database.encryption import Encrypted
from grants.core.database.personal import Personal, declared, refers_to_person
from grants.core.people.models import Person

HIDDEN = frozenset(
    {
        *("seal", "token_hash", "code_hash", "password_hash", "secret", "public_key"),
        *("credential_id", "cipher", "salt", "html"),
    }
)
"""Columns that are not handed out: they let a person in, or repeat what another column says."""
WHOLE = (Personal.SELF, Personal.ABOUT, Personal.ENTRY, Personal.CONTACT)
"""A row with such a column is handed out whole."""
MOST_PAIRS = 40
"""Columns of a row that fit into one call of jsonb_build_object."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that is about the person."""

    table: str
    facts: Mapping[str, Any]


def tables_about() -> list[Mapper[Any]]:
    """The models of which a person gets whole rows, by the name of the table."""
    mappers = [item for item in Base.registry.mappers if set(declared(item).values()) & set(WHOLE)]
    return sorted(mappers, key=lambda mapper: table_of(mapper).name)


def table_of(mapper: Mapper[Any]) -> Table:
    """The table of a model."""
    table = mapper.local_table
    assert isinstance(table, Table)
    return table


def rows_of_person(mapper: Mapper[Any], person: Person) -> ColumnElement[bool]:
    """Which rows of a table are about this person: by their number, or by their address."""
    table, conditions = table_of(mapper), []
    for name, kind in declared(mapper).items():
        column = table.c[name]
        if kind in (Personal.ABOUT, Personal.ENTRY) and refers_to_person(column):
            conditions.append(column == person.id)
        elif kind in WHOLE and name.rpartition("_")[2] in ("email", "recipient"):
            conditions.append(func.lower(column) == person.email.lower())
    return or_(*conditions)


def counts_about(session: Session, person: Person) -> dict[str, int]:
    """How many rows of each table are about the person; tables without any are left out."""
    query = union_all(
        *(
            select(literal(table_of(mapper).name, String), func.count())
            .select_from(table_of(mapper))
            .where(rows_of_person(mapper, person))
            for mapper in tables_about()
        )
    )
    return {name: count for name, count in session.execute(query) if count}


def rows_about(session: Session, person: Person) -> list[Row]:
    """Each row that is about the person, without what lets them in; in one question."""
    query: CompoundSelect[Any, Any, Any] = union_all(
        *(_rows_as_json(mapper, person) for mapper in tables_about())
    )
    return [
        Row(name, facts) for name, _key, facts in session.execute(query.order_by("name", "key"))
    ]


def _rows_as_json(mapper: Mapper[Any], person: Person) -> Select[Any]:
    table = table_of(mapper)
    columns = [column for column in table.c if not _is_hidden(column)]
    parts = [columns[start : start + MOST_PAIRS] for start in range(0, len(columns), MOST_PAIRS)]
    facts: ColumnElement[Any] = cast(literal("{}"), JSONB)
    for part in parts:
        pairs = [item for column in part for item in (literal(column.name, String), column)]
        facts = facts.op("||")(func.jsonb_build_object(*pairs))
    key = cast(next(iter(table.primary_key)), BigInteger) if _has_number(table) else literal(0)
    return select(
        literal(table.name, String).label("name"), key.label("key"), facts.label("facts")
    ).where(rows_of_person(mapper, person))


def _is_hidden(column: Any) -> bool:
    return column.name in HIDDEN or isinstance(column.type, Encrypted | LargeBinary)


def _has_number(table: Table) -> bool:
    return isinstance(next(iter(table.primary_key)).type, BigInteger)


def acts_of(session: Session, person: Person) -> Sequence[TrailRow]:
    """What the person did, as the trail has it, the oldest first."""
    query = select(TrailRow).where(TrailRow.person_id == person.id).order_by(TrailRow.id)
    return session.scalars(query).all()


def tables_naming(session: Session, person: Person) -> list[str]:
    """The tables that go on naming the person after an erasure, because the law asks for it."""
    queries = list(_questions_by_law(person))
    return sorted(set(session.scalars(union_all(*queries)))) if queries else []


def _questions_by_law(person: Person) -> Iterator[Select[Any]]:
    for mapper in Base.registry.mappers:
        table = table_of(mapper)
        for name, kind in declared(mapper).items():
            if kind is Personal.LAW:
                named = select(literal(table.name, String).label("name"))
                yield named.where(
                    select(table.c[name]).where(table.c[name] == person.name).exists()
                )

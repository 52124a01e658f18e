"""Each table with a person's data says how it is handed out, and what erasure makes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, Column, String, Table
from sqlalchemy.orm import Mapped, mapped_column, registry

from grants.books.ledger.models import Entry
from grants.core.database import personal
from grants.core.database.db import Base
from grants.core.database.encryption import Encrypted
from grants.core.database.personal import declared, refers_to_person

NAMING = frozenset(
    {
        *("actor", "browser", "by", "contact", "email", "holder", "name", "network", "persons"),
        *("phone", "recipient", "referees", "signatory", "telephone", "to", "who", "whom"),
    }
)
"""Last words of columns that may name a person, or say how to reach one."""


def silent_columns() -> Iterator[str]:
    """A line for each column that may be a person's data and of which its model says nothing, and
    for each that is declared and not there.
    """
    for mapper in sorted(Base.registry.mappers, key=lambda item: str(item.local_table)):
        table, columns = mapper.local_table, declared(mapper)
        assert isinstance(table, Table)
        for column in sorted(table.c, key=lambda column: column.name):
            if column.name not in columns and (refers_to_person(column) or _may_name(column)):
                yield f"{mapper.class_.__name__} does not say of {table.name}.{column.name}"
        for name in sorted(columns.keys() - set(table.c.keys())):
            yield f"{mapper.class_.__name__} declares {name}, which {table.name} does not have"


def _may_name(column: Column[Any]) -> bool:
    kind = isinstance(column.type, String | JSON | Encrypted)
    return kind and column.name.rpartition("_")[2] in NAMING


def test_each_column_with_a_persons_data_is_declared() -> None:
    silent = list(silent_columns())
    assert not silent, "\n".join([*silent, "Say it in __personal__ (core/database/personal.py)."])


def test_a_column_of_which_nothing_is_said_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Entry, "__personal__")
    assert list(silent_columns()) == [
        "Entry does not say of entry.actor",
        "Entry does not say of entry.person_id",
    ]


def test_a_new_table_with_names_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Visitor:
        """A table that nobody declared."""

        __tablename__ = "visitor"
        id: Mapped[int] = mapped_column(primary_key=True)
        guest_name: Mapped[str] = mapped_column(String(80))
        telephone: Mapped[str] = mapped_column(String(80))

    books = registry()
    books.mapped(Visitor)
    monkeypatch.setattr(Base, "registry", books)
    assert list(silent_columns()) == [
        "Visitor does not say of visitor.guest_name",
        "Visitor does not say of visitor.telephone",
    ]


def test_a_declaration_of_a_column_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**Entry.__personal__, "typist": personal.Personal.LAW}
    monkeypatch.setattr(Entry, "__personal__", more)
    assert list(silent_columns()) == ["Entry declares typist, which entry does not have"]

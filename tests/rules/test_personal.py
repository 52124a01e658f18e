"""Each table with a person's data says how it is handed out, and what erasure makes of it."""

import pytest
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, registry

from grants.books.ledger.models import Entry
from grants.core.database import personal
from grants.core.database.db import Base
from grants.core.database.personal import silent_columns


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

"""Every table says whether its rows are bound to the trail, column by column, or why not."""

import pytest
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from grants.core.database.bound import Unbound, require_declared


@pytest.fixture
def base() -> type[DeclarativeBase]:
    """Models of a register of its own."""

    class Base(DeclarativeBase):
        metadata = MetaData()

    return Base


def test_a_table_that_says_nothing_cannot_be_loaded(base: type[DeclarativeBase]) -> None:
    class Promise(base):  # type: ignore[valid-type, misc]
        __tablename__ = "promise"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(TypeError, match="whether id of promise are bound"):
        require_declared(Promise)


def test_a_new_column_of_a_bound_table_is_named(base: type[DeclarativeBase]) -> None:
    class Promise(base):  # type: ignore[valid-type, misc]
        __tablename__ = "promise"
        __bound__ = ("id",)
        __unbound__ = Unbound.PROGRESS.of("sent")
        id: Mapped[int] = mapped_column(primary_key=True)
        sent: Mapped[int]
        earmark: Mapped[str]

    with pytest.raises(TypeError, match="whether earmark of promise are bound"):
        require_declared(Promise)


def test_a_table_may_say_why_none_of_it_is_bound(base: type[DeclarativeBase]) -> None:
    class Promise(base):  # type: ignore[valid-type, misc]
        __tablename__ = "promise"
        __unbound__ = Unbound.DRAFT
        id: Mapped[int] = mapped_column(primary_key=True)

    require_declared(Promise)

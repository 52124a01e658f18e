"""What of a table is a person's data, how that person gets it, and what erasure makes of it.

Each model that refers to a person, or has a column for a name, an address or a number, says so:

    __personal__ = {**Personal.ACTED.of("drawn_by_id"), **Personal.LAW.of("name")}

tests/rules/test_personal.py names the columns of which a model says nothing. A person's own data
(grants/desk/data_protection) is read, and erased, by these declarations alone.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import Mapper


class Personal(StrEnum):
    """What a column has to do with a person."""

    SELF = "The person’s own record: handed out; name and address are replaced."
    ACTED = "The person did this: the act is handed out; it stays, by a person without a name."
    ABOUT = "The row is about the person: handed out; it stays, of a person without a name."
    ENTRY = "The row lets the person in, or is how they like the pages: handed out; deleted."
    CONTACT = "It names the person: handed out with its row; replaced."
    LAW = "It names who signed, decided or booked: it stays while the accounts have to be kept."
    RECORD = "It names persons of whom the record speaks: it goes with the record."
    OTHER = "It names a thing or an organisation."

    def of(self, *columns: str) -> dict[str, "Personal"]:
        """Columns of a table that are such data."""
        return dict.fromkeys(columns, self)


def declared(mapper: Mapper[Any]) -> dict[str, Personal]:
    """The columns of a model that are a person's data."""
    columns: dict[str, Personal] = mapper.class_.__dict__.get("__personal__", {})
    return columns


def refers_to_person(column: Column[Any]) -> bool:
    """Is it the number of a person?"""
    return any(key.target_fullname == "person.id" for key in column.foreign_keys)

"""Rows that let a person in carry a seal: a code that only the application can make.

It is an HMAC over what the row says, with a key that is outside the database. So a session, a link
or a recovery code that was written into the database by hand lets nobody in, and verification
tells of it. A session that was ended loses its seal, and cannot be revived.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import CHAR, event
from sqlalchemy.engine import Row
from sqlalchemy.orm import Mapped, mapped_column

_keys: list[bytes] = []
"""The present one first, then those that still count."""


def use_seals(secret: str, *former: str) -> None:
    """Set the secrets of this installation: the first seals, all of them count."""
    _keys[:] = [
        hmac.digest(phrase.encode(), b"paragraph 20: seals of rows", "sha256")
        for phrase in (secret, *former)
    ]


class Sealed:
    """A model whose rows are sealed as they are first written."""

    __sealed__: ClassVar[tuple[str, ...]]
    """The columns that the seal covers."""
    __open_while__: ClassVar[str]
    """The column that is empty as long as the row lets a person in."""

    seal: Mapped[str] = mapped_column(CHAR(64), default="")


def seal(row: Any) -> None:
    """Seal a row as it is now: a new one, or one whose seal was found to fit before a change."""
    row.seal = _seal_codes(type(row), row)[0]


def fits(row: Any, model: type[Sealed] | None = None) -> bool:
    """Did the application write this row? A row of columns names its model beside it."""
    codes = _seal_codes(model or type(row), row)
    return any(hmac.compare_digest(row.seal, code) for code in codes)


def is_former(row: Any) -> bool:
    """Is the seal one of a former key?"""
    return fits(row) and not hmac.compare_digest(row.seal, _seal_codes(type(row), row)[0])


def _seal_codes(model: Any, row: "Sealed | Row[Any]") -> list[str]:
    assert _keys, "use_seals was not called"
    facts = [model.__tablename__, *(_plain_value(getattr(row, name)) for name in model.__sealed__)]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    return [hmac.digest(key, text, hashlib.sha256).hex() for key in _keys]


def _plain_value(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@event.listens_for(Sealed, "before_insert", propagate=True)
def _seal_new(_mapper: Any, _connection: Any, row: Any) -> None:
    seal(row)


def codes(purpose: str, text: str) -> list[str]:
    """Codes over a text that only the application can make, the present key's first. Those of
    another purpose tell nothing about them.
    """
    assert _keys, "use_seals was not called"
    message = json.dumps([purpose, text], ensure_ascii=False).encode()
    return [hmac.digest(key, message, hashlib.sha256).hex() for key in _keys]


def token(purpose: str, text: str) -> str:
    """A text that can be given out in an address and be recognised as the application's own."""
    return f"{text}-{codes(purpose, text)[0][:CODE]}"


def text_in(purpose: str, given: str) -> str | None:
    """The text of a token that the application made for this purpose; None for any other."""
    text, _dash, code = given.rpartition("-")
    sound = any(hmac.compare_digest(code.encode(), c[:CODE].encode()) for c in codes(purpose, text))
    return text if sound else None


CODE = 40
"""Characters of the code in a token."""

"""Columns that the database keeps encrypted, with keys that are outside it.

What is kept begins with the name of its key, then ":", so that the database can be asked what
another key has encrypted. The key is derived from SECRET_KEY; FORMER_SECRET_KEYS still read.

With each text the row and column it belongs to are encrypted (`whose`), so that a text that was
copied from another row is not read. What was encrypted before November 2026 has no owner: it is
read only to be encrypted again.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

FORM = "^[0-9a-f]{8}:"
"""How everything begins that is encrypted, as a regular expression of the database."""


class Unreadable(str):
    """In place of a text that none of our keys encrypted. It is empty, and is never written."""

    __slots__ = ()


class Owned(str):
    """A text that belongs to one row and column."""

    __slots__ = ("whose",)
    whose: str | None

    def __new__(cls, text: str, whose: str | None) -> Self:
        """None: to nobody, as it was encrypted before texts had owners."""
        owned = super().__new__(cls, text)
        owned.whose = whose
        return owned


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    fernet: Fernet
    owned: bool


_keys: dict[str, _Key] = {}


def use_keys(secret: str, *former: str) -> None:
    """Set the secrets of this installation: the first encrypts, all of them read."""
    _keys.clear()
    for label, owned in ((b"owned bank details", True), (b"bank details", False)):
        for phrase in (secret, *former):
            key = hmac.digest(phrase.encode(), b"paragraph 20: " + label, "sha256")
            name = hashlib.sha256(key).hexdigest()[:8]
            fernet = Fernet(base64.urlsafe_b64encode(key))
            _keys.setdefault(name, _Key(name, fernet, owned))


def key_names() -> list[str]:
    """The names of our keys, the one that encrypts first. DomainError without any."""
    if not _keys:
        raise DomainError(_("Set SECRET_KEY: bank details are encrypted with it."))
    return list(_keys)


def encrypted(text: str) -> str:
    """With the present key; two encryptions of one text differ. Nothing stays nothing. A text
    without an owner is encrypted as before texts had one.
    """
    if isinstance(text, Unreadable):
        raise DomainError(_("This text could not be decrypted, so it cannot be saved."))
    key_names()
    whose = text.whose if isinstance(text, Owned) else None
    key = next(key for key in _keys.values() if key.owned == (whose is not None))
    plain = text if whose is None else json.dumps([whose, text], ensure_ascii=False)
    return f"{key.name}:{key.fernet.encrypt(plain.encode()).decode()}" if text else ""


def decrypted(stored: str) -> str:
    """The text and whose it is; Unreadable if it is not ours, or was changed."""
    key_names()
    if not stored:
        return ""
    name, _mark, token = stored.partition(":")
    try:
        key = _keys[name]
        plain = key.fernet.decrypt(token).decode()
    except (KeyError, InvalidToken):
        return Unreadable()
    whose, text = json.loads(plain) if key.owned else (None, plain)
    return Owned(text, whose)


def is_of(text: str, whose: str) -> bool:
    """Does the text belong to this row and column? An empty one belongs to any."""
    return not text or (isinstance(text, Owned) and text.whose == whose)


class Encrypted(TypeDecorator[str]):
    """A text of at most so many characters, of which the database sees nothing but whether it is
    empty. It cannot be searched for, sorted by or compared there.
    """

    impl = Text
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is not None and len(value) > self.limit:
            raise ValueError(f"longer than {self.limit} characters")
        return None if value is None else encrypted(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> str | None:
        return None if value is None else decrypted(value)

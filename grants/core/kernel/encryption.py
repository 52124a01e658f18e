"""Columns that the database keeps encrypted, with keys that are outside it.

What is kept begins with the name of its key, then ":", so that the database can be asked what
another key has encrypted. The key is derived from SECRET_KEY; FORMER_SECRET_KEYS still read.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    fernet: Fernet


_keys: dict[str, _Key] = {}


def use_keys(secret: str, *former: str) -> None:
    """Set the secrets of this installation: the first encrypts, all of them read."""
    _keys.clear()
    for each in (secret, *former):
        key = hmac.digest(each.encode(), b"paragraph 20: bank details", "sha256")
        name = hashlib.sha256(key).hexdigest()[:8]
        _keys.setdefault(name, _Key(name, Fernet(base64.urlsafe_b64encode(key))))


def key_names() -> list[str]:
    """The names of our keys, the one that encrypts first. DomainError without any."""
    if not _keys:
        raise DomainError(_("Set SECRET_KEY: bank details are encrypted with it."))
    return list(_keys)


def encrypted(text: str) -> str:
    """With the present key; two encryptions of one text differ. Nothing stays nothing."""
    if isinstance(text, Unreadable):
        raise DomainError(_("What could not be read cannot be saved."))
    key = _keys[key_names()[0]]
    return f"{key.name}:{key.fernet.encrypt(text.encode()).decode()}" if text else ""


def decrypted(kept: str) -> str:
    """The text; Unreadable if it is not ours, or was changed."""
    key_names()
    name, _mark, token = kept.partition(":")
    try:
        return _keys[name].fernet.decrypt(token).decode() if kept else ""
    except (KeyError, InvalidToken):
        return Unreadable()


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

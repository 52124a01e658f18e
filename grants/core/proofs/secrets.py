"""Secrets of authenticator apps, encrypted with a key that stands outside the database.

With each the factor it belongs to is encrypted (`owner`): one that was copied from another row is
not read. What was encrypted before November 2026 has no owner, and is read only to be encrypted
again.
"""

import base64
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_keys: list[Fernet] = []
"""The present one first, then those that still read."""
_before: list[Fernet] = []
"""Those of secrets without an owner."""


def use_factor_key(secret: str, *former: str) -> None:
    """Set the secrets of this installation: the first encrypts, all of them read."""
    _keys[:] = [_derive_key(text, b"owned second factors") for text in (secret, *former)]
    _before[:] = [_derive_key(text, b"second factors") for text in (secret, *former)]


def _derive_key(secret: str, label: bytes) -> Fernet:
    key = hmac.digest(secret.encode(), b"paragraph 20: " + label, "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


def encrypted(secret: str, owner: str) -> str:
    assert _keys, "use_factor_key was not called"
    return _keys[0].encrypt(json.dumps([owner, secret]).encode()).decode()


def decrypted(cipher: str, whose: str) -> str | None:
    """None if it is another factor's, or was encrypted with another key: the SECRET_KEY has changed
    since.
    """
    assert _keys, "use_factor_key was not called"
    try:
        owner, secret = json.loads(MultiFernet(_keys).decrypt(cipher))
    except InvalidToken:
        return None
    return str(secret) if owner == whose else None


def renewed(cipher: str, owner: str) -> str | None:
    """A secret encrypted with the present key; None if it is already, or no key of ours fits."""
    assert _keys, "use_factor_key was not called"
    try:
        _keys[0].decrypt(cipher)
    except InvalidToken:
        secret = decrypted(cipher, owner) or _without_owner(cipher)
        return None if secret is None else encrypted(secret, owner)
    return None


def _without_owner(cipher: str) -> str | None:
    try:
        return MultiFernet(_before).decrypt(cipher).decode()
    except InvalidToken:
        return None

"""Secrets of authenticator apps, encrypted with a key that stands outside the database."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_keys: list[Fernet] = []
"""The present one first, then those that still read."""


def use_factor_key(secret: str, *former: str) -> None:
    """Set the secrets of this installation: the first encrypts, all of them read."""
    _keys[:] = [_derived(each) for each in (secret, *former)]


def _derived(secret: str) -> Fernet:
    key = hmac.digest(secret.encode(), b"paragraph 20: second factors", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


def encrypted(secret: str) -> str:
    assert _keys, "use_factor_key was not called"
    return _keys[0].encrypt(secret.encode()).decode()


def decrypted(kept: str) -> str | None:
    """None if it was encrypted with another key: the SECRET_KEY has changed since."""
    assert _keys, "use_factor_key was not called"
    try:
        return MultiFernet(_keys).decrypt(kept).decode()
    except InvalidToken:
        return None


def renewed(kept: str) -> str | None:
    """The same under the present key; None if it is already, or no key of ours reads it."""
    assert _keys, "use_factor_key was not called"
    try:
        _keys[0].decrypt(kept)
    except InvalidToken:
        text = decrypted(kept)
        return None if text is None else encrypted(text)
    return None

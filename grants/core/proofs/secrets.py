"""Secrets of authenticator apps, encrypted with a key that stands outside the database."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken

_key: Fernet | None = None


def use_factor_key(secret: str) -> None:
    """Set the secret of this installation, once, in the assembly."""
    global _key  # noqa: PLW0603 - one process serves one installation
    key = hmac.digest(secret.encode(), b"paragraph 20: second factors", "sha256")
    _key = Fernet(base64.urlsafe_b64encode(key))


def encrypted(secret: str) -> str:
    assert _key is not None, "use_factor_key was not called"
    return _key.encrypt(secret.encode()).decode()


def decrypted(kept: str) -> str | None:
    """None if it was encrypted with another key: the SECRET_KEY has changed since."""
    assert _key is not None, "use_factor_key was not called"
    try:
        return _key.decrypt(kept).decode()
    except InvalidToken:
        return None

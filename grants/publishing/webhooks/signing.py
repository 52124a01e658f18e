"""How requests are signed: HMAC-SHA256 as https://www.standardwebhooks.com describes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

PREFIX = "whsec_"
"""How each secret begins, so that a program that looks for leaked ones knows it."""
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """The signature of a body that is sent at this moment (seconds since 1970)."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def signed_headers(secret: str, message_id: str, timestamp: int, body: str) -> Mapping[str, str]:
    """What is sent with a body, so that the receiver knows whose it is and how old."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "paragraph-20-webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }

"""How Stripe signs its webhooks: https://docs.stripe.com/webhooks#verify-manually"""

import hashlib
import hmac
from datetime import datetime, timedelta

from grants.giving.cards.providers import Forged

WINDOW = timedelta(minutes=5)
"""So old a signed message may be, as Stripe advises."""


def require_signed(header: str, body: bytes, secret: str, now: datetime) -> None:
    """Forged unless the body carries a signature of this secret, made within the window."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _mark, value in parts if name == "t"]
    signatures = [value for name, _mark, value in parts if name == "v1"]
    if len(moments) != 1 or not moments[0].isascii() or not moments[0].isdigit():
        raise Forged("no signature")
    expected = sign(moments[0], body, secret)
    if not any(hmac.compare_digest(expected.encode(), given.encode()) for given in signatures):
        raise Forged("another signature")
    if abs(now.timestamp() - int(moments[0])) > WINDOW.total_seconds():
        raise Forged("signed too long ago")


def sign(moment: str, body: bytes, secret: str) -> str:
    """The signature of a body at a moment, in seconds since 1970."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()

"""A pledge being written: each answer as it was typed, kept in this browser's signed cookie."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask import session as cookie

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.forms.forms import Typed

PLACE = "pledge"
LARGEST_COOKIE = 3900
"""Bytes; a browser keeps 4096, with the cookie's name and attributes."""


class Draft:
    """The answers so far to the questions about a pledge to one fund.

    `key` is the pledge's own: sending the same draft twice makes one pledge. `campaign` is that of
    the link that was followed. Answers stay when a person turns to another fund; only key and
    campaign are new.
    """

    def __init__(
        self, fund: str, key: str, answers: dict[str, Typed], sent: str, campaign: str = ""
    ) -> None:
        self.fund, self.key, self.sent, self.campaign = fund, key, sent, campaign
        self.answers = answers

    @classmethod
    def open(cls, fund: str) -> "Draft":
        """The draft in this browser, or an empty one."""
        stored: Mapping[str, Any] = cookie.get(PLACE) or {}
        same = stored.get("fund") == fund
        key = str(stored["key"]) if same and stored.get("key") else secrets.token_urlsafe(24)
        sent, campaign = (stored.get(name, "") if same else "" for name in ("sent", "campaign"))
        return cls(fund, key, dict(stored.get("answers", {})), sent, campaign)

    def set_campaign(self, campaign: str) -> None:
        """Remember the campaign whose link led here."""
        self.campaign = campaign[:40]
        self._store_cookie()

    def keep(self, step: str, typed: Typed) -> None:
        """Keep a page's answers. DomainError if the cookie cannot hold them."""
        self.answers[step] = {name: texts for name, texts in typed.items() if any(texts)}
        self._store_cookie()

    def done(self, reference: str) -> None:
        """The pledge is made: forget the answers, remember its reference."""
        self.answers, self.sent, self.key, self.campaign = {}, reference, "", ""
        self._store_cookie()

    def _store_cookie(self) -> None:
        before = cookie.get(PLACE)
        cookie[PLACE] = {
            "fund": self.fund,
            "key": self.key,
            "answers": self.answers,
            "sent": self.sent,
            "campaign": self.campaign,
        }
        if _cookie_size() > LARGEST_COOKIE:
            cookie[PLACE] = before
            raise DomainError(_("Your answers are too long in total. Shorten your message."))


def _cookie_size() -> int:
    """Bytes of the cookie as it will be sent."""
    interface: Any = current_app.session_interface
    signed = interface.get_signing_serializer(current_app).dumps(dict(cookie))
    return len(signed)

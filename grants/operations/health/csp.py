"""Reports of the content security policy, without what may be private in them."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

MOST = 5
"""Reports that one message of a browser may carry."""


@dataclass
class Allowance:
    """An allowance of so many reports within so many seconds, for one process."""

    number: int
    seconds: int
    since: float = field(default_factory=time.monotonic)
    used: int = 0

    def has_one_left(self) -> bool:
        now = time.monotonic()
        if now - self.since > self.seconds:
            self.since, self.used = now, 0
        self.used += 1
        return self.used <= self.number


def in_one_line(sent: bytes) -> Iterator[str]:
    """A line for each report: which rule, and from where it was to load. No address of a page of
    ours: it may hold a one-time link.
    """
    try:
        reports = json.loads(sent)
    except ValueError:
        return
    for report in (reports if isinstance(reports, list) else [reports])[:MOST]:
        body = _body_of(report)
        rule = body.get("effective-directive") or body.get("effectiveDirective")
        blocked = body.get("blocked-uri") or body.get("blockedURL")
        if isinstance(rule, str) and isinstance(blocked, str):
            yield f"content policy: {_safe_text(rule)} stopped {_origin_of(blocked)}"


def _body_of(report: Any) -> dict[str, Any]:
    """Browsers send it in one of two forms."""
    body = report.get("csp-report") or report.get("body") if isinstance(report, dict) else None
    return body if isinstance(body, dict) else {}


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "?"
    return _safe_text(f"{parts.scheme}://{parts.hostname}" if parts.hostname else address)


def _safe_text(text: str) -> str:
    """A text without anything that could begin a line of its own."""
    return "".join(sign for sign in text if sign.isalnum() or sign in "-:/.")[:100]

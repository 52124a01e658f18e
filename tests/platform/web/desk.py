"""A person at a browser, whose clicks are counted.

Opening a page from a link, ticking a box, filling in a field and pressing a button are one each.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from tests.platform.web.client import StrictClient


@dataclass
class Desk:
    """A person at a browser, whose clicks and seconds are counted by the part of the work."""

    browser: StrictClient
    clicks: dict[str, int]
    seconds: dict[str, float]
    part: str = ""
    page: Any = field(default=None, repr=False)
    path: str = ""

    def at(self, part: str, path: str) -> None:
        """Go on with a part of the work: its list is a link away."""
        self.part = part
        self._read(path)

    def several(self, act: str) -> None:
        """Tick all of the list, and press what is to be done with it."""
        found = self.page.xpath("//@formaction|//form/@action")
        action = next((a for a in found if act in a), None)
        assert action, f"{self.part}: {self.text[:3000]}"
        self._count()
        joint = "&" if "?" in action else "?"
        call = f"&call={self.path.partition('call=')[2]}" if "call=" in self.path else ""
        self._read(f"{action}{joint}all=1{call}")

    def press(self, button: str = "", **typed: Any) -> None:
        """Fill in fields of the page's form and press a button; the other fields stay."""
        data = {**_fields(self.page), **typed, **({button: "1"} if button else {})}
        self._count(len(typed) + 1)
        began = time.perf_counter()
        answer = self.browser.post(self.path, data=data, follow_redirects=True)
        self.seconds[self.part] += time.perf_counter() - began
        assert answer.status_code == 200, answer.text[:3000]
        self.page = etree.HTML(answer.text)
        errors = self.page.xpath("//*[contains(@class, 'govuk-error-summary')]")
        assert not errors, f"{self.part}: {' '.join(errors[0].itertext())[:2000]}"

    def _count(self, number: int = 1) -> None:
        self.clicks[self.part] = self.clicks.get(self.part, 0) + number

    def _read(self, path: str) -> None:
        self._count()
        began = time.perf_counter()
        answer = self.browser.get(path)
        self.seconds[self.part] = self.seconds.get(self.part, 0) + time.perf_counter() - began
        assert answer.status_code == 200, path
        self.path, self.page = path, etree.HTML(answer.text)

    @property
    def text(self) -> str:
        return " ".join(self.page.itertext())


def _fields(page: Any) -> Mapping[str, Any]:
    """What the form of a page would send as it stands."""
    (form,) = page.xpath("//main//form[@method='post']")
    sent: dict[str, list[str]] = {}
    for one in form.xpath(".//input[@name]|.//textarea[@name]|.//select[@name]"):
        ticked = one.get("type") not in {"checkbox", "radio"} or one.get("checked") is not None
        if one.get("type") != "file" and ticked:
            sent.setdefault(one.get("name"), []).append(_value(one))
    return sent


def _value(one: Any) -> str:
    if one.tag == "select":
        chosen = one.xpath(".//option[@selected]/@value") or one.xpath(".//option/@value")
        return str(chosen[0])
    return one.text or "" if one.tag == "textarea" else one.get("value", "")

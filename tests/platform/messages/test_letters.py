"""An e-mail is plain text: no figure or day in it is drawn for a page."""

import re
from collections.abc import Iterator
from typing import get_type_hints

from markupsafe import Markup

from grants.core.texts.formats import FILTERS
from tests.rules.source import ROOT

FOR_PAGES = {
    name for name, written in FILTERS.items() if get_type_hints(written).get("return") is Markup
}
"""What writes HTML."""


def drawn_for_pages(text: str) -> Iterator[str]:
    """The filters of a template that write HTML."""
    return (name for name in re.findall(r"\|\s*(\w+)", text) if name in FOR_PAGES)


def test_letters_hold_no_html() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {name}: use its plain form, such as plain_day"
        for path in sorted((ROOT / "templates").rglob("email/*.txt"))
        for name in drawn_for_pages(path.read_text("utf-8"))
    ]
    assert faults == []


def test_what_is_drawn_for_pages_is_told() -> None:
    assert list(drawn_for_pages("{{ due_on | show }}, {{ amount|money }}")) == ["show", "money"]
    assert list(drawn_for_pages("{{ due_on | plain_day }}")) == []

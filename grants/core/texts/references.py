"""References in what people read: each stays on one line and runs from left to right.

Browsers break a line after a hyphen, and in an Arabic sentence the parts of "UNVTF-P-2026-0029-P"
change places. A reference may come from a template, a message, a refusal or what people wrote, so
the pages and the HTML part of e-mails are looked through once, when they are drawn.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

_YEAR = re.compile(r"-20\d\d-")
"""What each reference holds. A page is searched for it alone, which takes a tenth of the time."""
_PART = r"[A-Z0-9]+"
_REFERENCE = re.compile(
    rf"(?<![\w/.@=?&#-])[A-Z]{{2}}[A-Z0-9]{{0,30}}(?:-[A-Z])?-20\d\d(?:-{_PART})+(?![\w/@-]|\.\w)"
)
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_ROW, _FEW, _SHORT = "</tr>\n", 10, 4000
_LONGEST = 40
"""Signs before the year, which no reference has so many of."""
_OPEN, _CLOSE = '<bdi dir="ltr">', "</bdi>"
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_TEXT_ALONE = ("option", "text", "title", "desc", "tspan")
"""Elements that hold no others: choices, what is typed, names and words of a drawing."""


def keep_references(html: str, look: str = 'class="reference"') -> Markup:
    """A piece of HTML in which each reference stands in an element of its own; `look` is its
    attribute.
    """
    rows = str(html).split(_ROW)
    mark = _kept_in_row if len(rows) > _FEW else _mark_in_page
    marked = _ROW.join([*(mark(row, look) for row in rows[:-1]), _mark_in_page(rows[-1], look)])
    return Markup(marked)  # noqa: S704 - the same HTML, with elements of ours


def keep_days(text: str) -> Markup:
    """A sentence in which each day written with hyphens stands in an element of its own, so that
    it does not break and its parts keep their places in Arabic.
    """
    marked = _DAY.sub(r'<bdi dir="ltr" class="reference">\g<0></bdi>', str(escape(text)))
    return Markup(marked)  # noqa: S704 - an escaped text, with elements of ours


def _mark_in_page(page: str, look: str) -> str:
    parts: list[str] = []
    done = 0
    for first, last, reference in _places_of_references(page):
        tag = page.rfind("<", 0, first)
        if page.rfind(">", 0, first) < tag or page.startswith(_TEXT_ALONE, tag + 1):
            continue
        parts += page[done:first], f'<bdi dir="ltr" {look}>{reference}</bdi>'
        done = last
    return "".join((*parts, page[done:]))


def _kept_in_row(row: str, look: str) -> str:
    return _of_short_row(row, look) if len(row) < _SHORT else _mark_in_page(row, look)


_of_short_row = lru_cache(maxsize=300)(_mark_in_page)
"""Rows of lists that are opened all day come again and again."""


def _places_of_references(page: str) -> Iterator[tuple[int, int, str]]:
    """Where each reference begins and ends, an element around it alone included."""
    done = 0
    for year in _YEAR.finditer(page):
        before = page[max(done, year.start() - _LONGEST) : year.start()]
        start = year.start() - len(before) + len(before.rstrip(_SIGNS))
        if year.start() < done or not (match := _REFERENCE.match(page, start)):
            continue
        first, done = start, match.end()
        if page.endswith(_OPEN, 0, start) and page.startswith(_CLOSE, done):
            first, done = start - len(_OPEN), done + len(_CLOSE)
        yield first, done, match[0]

"""References in what people read: each stays on one line and runs from left to right.

Browsers break a line after a hyphen, and in an Arabic sentence the parts of "UNVTF-P-2026-0029-P"
change places. A reference may come from a template, a message, a refusal or what people wrote, so
the pages and the HTML part of e-mails are looked through once, when they are drawn.
"""

import re

from markupsafe import Markup

_PART = r"[A-Z0-9]+"
_REFERENCE = rf"(?<![\w/.@=?&#-])[A-Z]{{2}}[A-Z0-9]*(?:-[A-Z])?-20\d\d(?:-{_PART})+(?![\w/@-]|\.\w)"
_MET = re.compile(rf'<bdi dir="ltr">({_REFERENCE})</bdi>|{_REFERENCE}')
_TEXT_ALONE = ("option", "text", "title", "desc", "tspan")
"""Elements that hold no others: choices, what is typed, names and words of a drawing."""


def keep_references(html: str, look: str = 'class="reference"') -> Markup:
    """A piece of HTML in which each reference stands in an element of its own; `look` is its
    attribute.
    """
    page = str(html)

    def kept(found: re.Match[str]) -> str:
        tag = page.rfind("<", 0, found.start())
        if page.rfind(">", 0, found.start()) < tag or page.startswith(_TEXT_ALONE, tag + 1):
            return found[0]
        return f'<bdi dir="ltr" {look}>{found[1] or found[0]}</bdi>'

    return Markup(_MET.sub(kept, page))  # noqa: S704 - the same HTML, with elements of ours

"""Icons of the pages: Phosphor's, gathered by the build into one picture that a browser keeps."""

from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

from grants.platform.web.static import asset

LIST = Path(__file__).with_name("assets") / "icons.txt"
"""Every icon that pages may show, by Phosphor's names; the build fails on one that it lacks."""

HIDDEN = Markup('aria-hidden="true"')


@cache
def names() -> frozenset[str]:
    return frozenset(LIST.read_text("utf-8").split())


def icon(name: str, label: str = "", size: int = 16) -> Markup:
    """The icon, `size` pixels wide; with a label it speaks, without one it decorates words.

    Raises LookupError for a name that icons.txt lacks.
    """
    return _drawn_icon(name, label, size, asset("icons.svg"))


@lru_cache(maxsize=256)
def _drawn_icon(name: str, label: str, size: int, pictures: str) -> Markup:
    if name not in names():
        raise LookupError(f"icons.txt has no {name}: add it there, as Phosphor names it")
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else HIDDEN
    return Markup(
        '<svg class="icon" width="{0}" height="{0}" focusable="false" {1}>'
        '<use href="{2}#{3}"/></svg>'
    ).format(size, spoken, pictures, name)

"""Is a page well-formed? A parser that follows the standard says so, once for what is alike.

That parser is slow, and most pages are made of the same pieces: an element with these attributes
within that one, text within it. A page all of whose pieces stood in pages that were found sound is
read by the quick parser alone.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import html5lib
from lxml import etree

_HARMLESS = {"unexpected-end-tag-implies-table-voodoo"}
"""Parser complaints that HTML itself allows; empty is the aim."""
_TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:[^>\"]|\"[^\"]*\")*)>")
_VALUE = re.compile(r'="[^"]*"')
_BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt|quot|nbsp|shy|#\d+);)")
"""What text of a sound page does not hold."""
_CHANGES = tuple(
    re.compile(change)
    for change in (
        'name="csrf_token" value="[^"]*"',
        'property="og:url" content="[^"]*"',
        "<code>[0-9a-z]{4}(?:-[0-9a-z]{4}){2}</code>",
        r'href="[^"]*\blanguage=',
    )
)
"""What differs from one answer to the next: patterns whose fixed beginnings are found fast."""
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)

Piece = tuple[str, str, str]
_sound: set[Piece] = set()


@lru_cache(maxsize=1)
def without_tokens(page: str) -> str:
    """A page but for its CSRF token, its address in other languages and the request's number."""
    for change in _CHANGES:
        page = change.sub("", page)
    return page


@lru_cache(maxsize=1)
def tree_of(page: str) -> etree._Element:
    """The page as the quick parser reads it, once for all who look at it one after the other."""
    return etree.HTML(page)


def parsed(page: str) -> etree._Element:
    """The page as a tree; the assertion says where it is not well-formed."""
    try:
        pieces = set(_pieces(page))
    except ValueError:
        return _by_the_standard(page)
    if pieces <= _sound:
        return tree_of(page)
    tree = _by_the_standard(page)
    _sound.update(pieces)
    return tree


def _by_the_standard(page: str) -> etree._Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    tree: etree._Element = parser.parse(page).getroot()
    errors = [error for error in parser.errors if error[1] not in _HARMLESS]
    assert not errors, f"not well-formed: {errors[:3]}"
    return tree


def _pieces(page: str) -> Iterator[Piece]:
    """What the page is made of. ValueError when it is not plainly nested."""
    around, at = [""], 0
    for token in _TOKEN.finditer(page):
        text, at = page[at : token.start()].strip(), token.end()
        if around[-1] and _BARE.search(text):
            raise ValueError(text)
        if text:
            yield around[-1], "", ""
        name, rest = token["name"], _VALUE.sub("", token["rest"])
        if token["end"]:
            if around.pop() != name:
                raise ValueError(name)
            continue
        yield around[-1], name, rest
        if name not in _VOID and not rest.endswith("/"):
            around.append(name)
    if around != [""]:
        raise ValueError(around[-1])

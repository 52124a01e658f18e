"""What a reader's program finds in a PDF: its words, as somebody copies or searches them."""

import io
import re
import unicodedata
from collections.abc import Iterator

import pypdf
import pypdfium2
from lxml import html as markup

UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
VOWELS = re.compile("[\u064b-\u0655\u0670]")
"""Signs above and below Arabic letters, which hang on the letter before them."""


def words_of(page: str) -> set[str]:
    """The words of a page of HTML that have two letters or more."""
    (body,) = markup.fromstring(page).iter("body")
    told = " ".join([*body.itertext(), body.get("data-about", ""), body.get("data-verify", "")])
    return {word for word in re.split(r"\W+", _plain(told)) if len(word) > 1 and word.isalpha()}


def lost(page: str, content: bytes) -> list[str]:
    """The words of a page that no program finds in its PDF.

    Where a line holds both directions, each program orders some words its own way.
    """
    texts = list(_read(content))
    return sorted(word for word in words_of(page) if not any(word in text for text in texts))


def _read(content: bytes) -> Iterator[str]:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    yield _joined([page.extract_text() for page in pages])
    document = pypdfium2.PdfDocument(content)  # what Chromium reads with
    yield _joined([page.get_textpage().get_text_range() for page in document])


def _joined(pages: list[str]) -> str:
    """Words that are broken over two lines are whole again."""
    return re.sub(r"[\s\ufffe\x02]+", "", _plain("\n".join(pages)))


def _plain(text: str) -> str:
    return VOWELS.sub("", UNSEEN.sub("", unicodedata.normalize("NFKC", text)))

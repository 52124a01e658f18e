"""Laying a document out as HTML for print: what its template is given."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from grants.core.countries.countries import country_name
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.core.texts.formats import NBSP, NONE, bare_amount
from grants.core.texts.templates import environment
from grants.papers.typesetting.enclosed import Picture
from grants.papers.typesetting.paper import Paper, amounts
from grants.platform.documents.origin import Origin

UPRIGHT = 10
"""Digits of the longest sum, its minus counted, that fits every column of an upright
page."""


IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def as_html(
    paper: Paper,
    origin: Origin | None = None,
    scanned: Picture | None = None,
    *,
    provisional: bool = False,
) -> str:
    """The document as HTML for print; `scanned` is the code that leads to its check."""
    template = environment().get_template(f"papers/statements/{paper.document}.html")
    return template.render(
        paper=paper,
        facts=paper.facts,
        origin=origin,
        scanned=scanned,
        provisional=provisional,
        broad=broad(paper.facts),
        verify_at=absolute("verify"),
        way=way,
        apart=apart,
        bare=bare,
        column_share=column_share,
        grouped=grouped,
        home=home,
        country_name=country_name,
    )


def broad(facts: Any) -> bool:
    """Are there sums too long for the columns of an upright page: from 100 million dollars on?"""
    return any(len(str(amount.minor)) > UPRIGHT for amount in amounts(facts))


def bare(amount: Money | None) -> str:
    """A figure in a cell of class "n", which is written from left to right in every language."""
    return NONE if amount is None else bare_amount(amount)


def way(text: str) -> str:
    """The direction of words that another person wrote: that of most of their letters."""
    kinds = Counter(unicodedata.bidirectional(sign) for sign in text or "")
    return "rtl" if kinds["R"] + kinds["AL"] > kinds["L"] else "ltr"


def grouped(number: str) -> str:
    """An IBAN in groups of four, as it is written on paper; another number as it is."""
    if not IBAN.fullmatch(number):
        return number
    return NBSP.join(number[first : first + 4] for first in range(0, len(number), 4))


def home(country: str | None, name: str) -> str:
    """A donor's country, unless its name says it already."""
    called = country_name(country) if country else ""
    return "" if called in name else called


def apart(text: str) -> str:
    """A name inside a sentence: whatever its direction, the sentence around it keeps its own."""
    return f"\u2068{text}\u2069"


def column_share(heads: Sequence[tuple[str, str]], place: int) -> int:
    """Percent of the page for a column of an applicant's table: words get twice what figures do."""
    shares = [2 if kind == "text" else 1 for _text, kind in heads]
    return 100 * shares[place] // sum(shares)

"""Laying a document out as HTML for print: what its template is given."""

import unicodedata
from collections.abc import Sequence

from grants.kernel.countries import country_name
from grants.kernel.formats import NONE, bare_amount
from grants.kernel.links import absolute
from grants.kernel.money import Money
from grants.kernel.templates import environment
from grants.statements.origin import Origin
from grants.statements.paper import Paper


def laid_out(paper: Paper, origin: Origin | None = None, *, provisional: bool = False) -> str:
    """The document as HTML for print."""
    template = environment().get_template(f"statements/{paper.document}.html")
    return template.render(
        paper=paper,
        facts=paper.facts,
        origin=origin,
        provisional=provisional,
        verify_at=absolute("verify"),
        way=way,
        apart=apart,
        bare=bare,
        column_share=column_share,
        country_name=country_name,
    )


def bare(amount: Money | None) -> str:
    """A figure in a cell of class "n", which is written from left to right in every language."""
    return NONE if amount is None else bare_amount(amount)


def way(text: str) -> str:
    """The direction of words that somebody else wrote: that of their first letter."""
    for sign in text or "":
        kind = unicodedata.bidirectional(sign)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def apart(text: str) -> str:
    """A name inside a sentence: whatever its direction, the sentence around it keeps its own."""
    return f"\u2068{text}\u2069"


def column_share(heads: Sequence[tuple[str, str]], place: int) -> int:
    """Percent of the page for a column of an applicant's table: words get twice what figures do."""
    shares = [2 if kind == "text" else 1 for _text, kind in heads]
    return 100 * shares[place] // sum(shares)

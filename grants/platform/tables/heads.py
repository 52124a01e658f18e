"""What the heads of a list say once for all of its rows: the currency, the fund."""

from collections.abc import Iterator, Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.platform.tables.cells import Code, Link


def heads_by_content(
    heads: Sequence[dict[str, str]], rows: Sequence[Sequence[Any]]
) -> list[dict[str, str]]:
    """A column of one currency names it in its head, and one of references of one fund leaves the
    fund out: "shared" says so to the style sheet, which hides it in each cell of a wide screen.
    """
    return [_head_of_cells(head, [row[place] for row in rows]) for place, head in enumerate(heads)]


NAMES_OF = {"USD": ("USD", "долл.", "دولار", "美元")}
"""How headings name a currency in some languages, besides its code."""


def _head_of_cells(head: dict[str, str], cells: Sequence[Any]) -> dict[str, str]:
    if head["kind"] == "money" and len(currencies := set(_currencies_in(cells))) == 1:
        currency, text = currencies.pop(), head["text"]
        named = _("%(column)s, %(currency)s", column=text, currency=currency)
        is_named = any(name in text for name in NAMES_OF.get(currency, (currency,)))
        return head | {"wide": text if is_named else named, "shared": "unit"}
    if head["kind"] == "code" and len(funds := set(_funds_in(cells))) == 1 and "" not in funds:
        return head | {"shared": "short"}
    return head


def _currencies_in(cells: Sequence[Any]) -> Iterator[str]:
    return (cell.currency for cell in cells if isinstance(cell, Money))


def _funds_in(cells: Sequence[Any]) -> Iterator[str]:
    for cell in cells:
        code = cell.value if isinstance(cell, Link) else cell
        if isinstance(code, Code):
            yield code.fund

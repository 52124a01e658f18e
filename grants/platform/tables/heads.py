"""What the heads of a list say once for all of its rows: the currency, the fund, the clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import list_moment, zone_city
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
    if any(type(cell) is datetime for cell in cells):
        column, place = head["text"], zone_city()
        return head | {"text": _("%(column)s (%(place)s time)", column=column, place=place)}
    return head


def without_zones(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Rows whose moments do not say whose clock it is: their head does."""
    return [_without_zones(row) for row in rows]


def _without_zones(row: Sequence[Any]) -> Sequence[Any]:
    moments = {at: list_moment(cell) for at, cell in enumerate(row) if type(cell) is datetime}
    return [moments.get(at, cell) for at, cell in enumerate(row)] if moments else row


def _currencies_in(cells: Sequence[Any]) -> Iterator[str]:
    return (cell.currency for cell in cells if isinstance(cell, Money))


def _funds_in(cells: Sequence[Any]) -> Iterator[str]:
    for cell in cells:
        code = cell.value if isinstance(cell, Link) else cell
        if isinstance(code, Code):
            yield code.fund

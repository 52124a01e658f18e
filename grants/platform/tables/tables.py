"""The rows of a table, written in one go: a list has some four hundred cells, and a macro called
for each of them took a fifth of the page's time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from markupsafe import Markup, escape

from grants.core.kernel.clock import day_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.texts.actors import actor_name
from grants.core.texts.formats import NBSP, NONE, show
from grants.platform.tables.cells import Cells

NOTHING = ("", NONE, NBSP)
"""How cells read of what is not known, does not apply, or has no sum."""


FIGURES = frozenset({"money", "number", "date"})
"""Kinds of a first column that do not say by themselves what they are, where rows become blocks."""


def table_rows(heads: Sequence[Mapping[str, Any]], rows: Sequence[Any]) -> Markup:
    """Each row of cells, or {"cells": …, "class": …}; the first cell heads its row.

    With "pick", the value of its box, and "name" a row can be ticked ("ticked": it is already).

    Each cell carries its heading, for screens on which rows become blocks.
    """
    kinds = [str(head.get("kind", "text")) for head in heads]
    opened = tuple(_opening_tag(place, head) for place, head in enumerate(heads))
    return Markup("".join(_row_html(row, opened, kinds) for row in rows))  # noqa: S704 - of escaped parts


def heads_of(columns: Iterable[Any], kind: str = "text") -> list[Mapping[str, Any]]:
    """The columns of a table: a text, of this kind, a (text, kind), or all that a column has."""
    return [_head_of(column, kind) for column in columns]


def _head_of(column: Any, kind: str) -> Mapping[str, Any]:
    if isinstance(column, Mapping):
        return column
    text, kind = column if isinstance(column, tuple) else (column, kind)
    return {"text": text, "kind": kind}


def row_under(heads: Sequence[Mapping[str, Any]]) -> Callable[..., Markup]:
    """What writes one row under these heads, for a table that its page fills row by row."""

    def row(cells: Sequence[Any], look: str = "", **parts: Any) -> Markup:
        looks = {"class": look} if look else {}
        return table_rows(heads, [{"cells": cells, **looks, **parts}])

    return row


def look_of_column(head: Mapping[str, Any]) -> str:
    """The classes of the cells of a column: its kind, its worth, and what all of them share."""
    parts = head.get("kind", "text"), head.get("worth"), head.get("shared")
    return " ".join(f"is-{part}" for part in parts if part)


def _opening_tag(place: int, head: Mapping[str, Any]) -> str:
    look = look_of_column(head)
    if place == 0:
        label = f' data-label="{escape(head["text"])}"' if head.get("kind") in FIGURES else ""
        return f'<th scope="row" class="{look}"{label}>'
    brief = f" brief brief--{head['brief']}" if "brief" in head else ""
    return f'<td class="{look}{brief}" data-label="{escape(head["text"])}">'


def _row_html(row: Any, opened: tuple[str, ...], kinds: Sequence[str]) -> str:
    facts = row if type(row) is dict or isinstance(row, Mapping) else {"cells": row}
    cells = facts["cells"]
    if type(cells) is not Cells:
        return _write_row(facts, opened, kinds)
    about = (opened, *(part for part in facts.items() if part[0] != "cells"))
    html = cells.written.get(about)
    if html is None:
        html = cells.written[about] = _write_row(facts, opened, kinds)
    return html


def _write_row(facts: Mapping[str, Any], opened: Sequence[str], kinds: Sequence[str]) -> str:
    look = f' class="{escape(facts["class"])}"' if "class" in facts else ""
    written = [f"<tr{look}>"]
    if "pick" in facts:
        written.append(_pick_box(facts))
    closed = "</th>"
    for cell, begins, kind in zip(
        facts["cells"], _row_openings(facts, opened), kinds, strict=False
    ):
        html = "" if cell is None and kind == "action" else show(cell)
        written += _marked_empty(begins) if html in NOTHING else begins, html, closed
        closed = "</td>"
    written.append("</tr>\n")
    return "".join(written)


def _row_openings(facts: Mapping[str, Any], opened: Sequence[str]) -> Sequence[str]:
    """Words at the beginning of a row, such as “Total”, are no figure of its column."""
    if not opened or " data-label" not in opened[0] or not isinstance(facts["cells"][0], str):
        return opened
    return [f"{opened[0].partition(' data-label')[0]}>", *opened[1:]]


def _marked_empty(opening: str) -> str:
    """A telephone leaves out of a row what is not known of it."""
    return opening.replace('<td class="', '<td class="is-empty ')


def _pick_box(row: Mapping[str, Any]) -> str:
    """The box of a row, named after it; the whole cell is its label."""
    value, label = escape(row["pick"]), escape(_("Select %(row)s", row=row["name"]))
    ticked = " checked" if row.get("ticked") else ""
    return (
        f'<td class="is-pick"><label class="pick"><input class="pick__box" type="checkbox" '
        f'name="row" value="{value}" aria-label="{label}"{ticked}></label></td>'
    )


def rows_of(records: Iterable[Any], *names: str) -> list[list[Any]]:
    """A row for each record, of these attributes ("organisation.name" too): for a table whose
    cells are plain facts.
    """
    facts = [attrgetter(name) for name in names]
    return [[fact(record) for fact in facts] for record in records]


def events_of(
    trail: Iterable[Any],
    titles: Mapping[str, Any],
    otherwise: str = "",
    *,
    titled_only: bool = False,
    by_name: bool = True,
    confidential: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Rows of the trail as a timeline shows them, each under the title of its action; what one
    person did several times in a row on a day, and gave no reason for, is one line.

    An action without a title is `otherwise`; with `titled_only` it is left out. Else it is a
    KeyError: a new action has to be given a title. Readers outside the fund (not `by_name`) are
    not told who acted, nor the reason of a `confidential` action.
    """
    rows = (row for row in trail if not titled_only or row.action in titles)
    return [
        {
            "title": titles.get(row.action, otherwise) if otherwise else titles[row.action],
            "at": row.at,
            "by": actor_of(row) if by_name else "",
            "text": _reason_of(row, more) if by_name or row.action not in confidential else "",
        }
        for *earlier, row in (list(alike) for _key, alike in groupby(rows, _group_key))
        for more in (len(earlier),)
    ]


def actor_of(row: Any) -> str:
    """Who did what a row of the trail tells: a person, or the installation by itself."""
    return actor_name(str(row.actor))


def _reason_of(row: Any, more: int) -> str:
    return row.reason or (_times_text(more + 1) if more else "")


def _group_key(row: Any) -> tuple[Any, ...]:
    return row.action, row.actor, day_of(row.at), row.reason and row.id


def _times_text(number: int) -> str:
    return ngettext("%(num)s time", "%(num)s times", number)

"""Long lists: filtered, ordered, page by page and as a file, as fast at a million rows as at ten.

    PLEDGES = Listing(
        columns=(
            Column(_l("Number"), lambda p: p.reference, link=lambda p: url_for(…)),
            Column(_l("Donor"), lambda p: p.donor.name, order="donor"),
            Column(_l("Amount"), lambda p: p.amount, kind="money"),
            Column(_l("Status"), lambda p: PLEDGE.names[p.state].staff,
                   tone=lambda p: PLEDGE.names[p.state].tone),
            Column(_l("Message"), lambda p: p.message, shown=False),      # in files only
        ),
        orders={                                                 # the first one holds by itself
            "newest": Order(Pledge.id, descending=True),
            "donor": Order(Organisation.name, Pledge.id),        # the last column is unique
        },
    )

    listed = PLEDGES.of(session(), queries.pledges_for(viewer(), form), "pledges")
    return listed.file or render_template("giving/pledges/index.html", listed=listed, form=form)

The page says `{% from "layout/lists.html" import listing %}{{ listing(listed, _('Pledges')) }}`.
Filters live in the address and are kept by every link. Load what the columns touch with the query
(joinedload for one, selectinload for many): a page costs two queries and those.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, request
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.database.db import hold
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.texts.formats import COUNTED, plain_number
from grants.platform.tables.cases import LIST, Beside, back_to_list
from grants.platform.tables.cells import Link, exceptions_only
from grants.platform.tables.columns import Column, brief_of
from grants.platform.tables.exports import FORMATS, MOST_ROWS, download
from grants.platform.tables.facts import Facts
from grants.platform.tables.heads import heads_by_content, without_zones
from grants.platform.tables.large import (
    as_of_order,
    making,
    question,
    reach_here,
    reporting,
)
from grants.platform.tables.looks import Look, look_of
from grants.platform.tables.orders import WORDS, Order, Place
from grants.platform.tables.picking import OF_FORM, back_to_rows, ticked_of
from grants.platform.tables.worded import count_of, page_of

__all__ = ["COUNTED", "Column", "Listed", "Listing", "Order", "numbered_page"]

Row = TypeVar("Row")
PLACES = 9
"""No list has more pages than can be written with so many digits."""
SIZE = 60
MOST_AT_ONCE = 2_000
"""Rows of an Excel file that a person waits for; a longer one is made by the worker."""
MOST_CELLS = 500_000
"""The same for CSV, in cells: about five seconds on a machine that nobody else uses."""


@dataclass(frozen=True)
class Listed:
    """One page of a list, ready for layout/lists.html; or `file`, when a file was asked for."""

    columns: Sequence[dict[str, str]] = ()
    rows: Sequence[Sequence[Any]] = ()
    subjects: Sequence[Any] = ()
    """The records behind the rows."""
    count: int = 0
    """How many there are, counted no further than COUNTED + 1."""
    previous: str = ""
    next: str = ""
    names: Sequence[str] = ()
    """What each row is called: the text of its first cell."""
    filters: Sequence[tuple[str, str]] = ()
    """What the address filters and orders by: a form around the list carries it on."""
    downloads: Sequence[tuple[str, str]] = ()
    ordered: str = ""
    """How the rows are sorted, in words; nothing where there are none or one."""
    look: Look | None = None
    """What the person who looks can set up: nothing for people outside the fund."""
    file: Response | None = field(default=None)

    @property
    def counted(self) -> str:
        """As the reader writes it: 312, or 1,000+ for more."""
        figure = plain_number(min(self.count, COUNTED))
        return f"{figure}+" if self.count > COUNTED else figure

    @property
    def results(self) -> str:
        """How many there are, as far as they were counted: 312 results, or more than 1,000."""
        if self.count > COUNTED:
            return _("More than %(count)s results", count=plain_number(COUNTED))
        return ngettext("%(num)s result", "%(num)s results", self.count)

    def linked(self, key: str, address: Callable[[Any], str]) -> "Listed":
        """The page whose cells of one column lead somewhere: where `address` says so of a row."""
        place = next((at for at, head in enumerate(self.columns) if head["key"] == key), None)
        if place is None:
            return self
        rows = [
            [*cells[:place], Link(cells[place], there), *cells[place + 1 :]]
            if (there := address(subject))
            else cells
            for cells, subject in zip(self.rows, self.subjects, strict=True)
        ]
        return replace(self, rows=rows)

    def redrawn(self, key: str, cell: Callable[[Any], Any]) -> "Listed":
        """The page with one column drawn from what was read for all of its rows at once."""
        place = next((at for at, head in enumerate(self.columns) if head["key"] == key), None)
        if place is None:
            return self
        rows = [
            [*cells[:place], cell(subject), *cells[place + 1 :]]
            for cells, subject in zip(self.rows, self.subjects, strict=True)
        ]
        return replace(self, rows=rows)

    @property
    def to_pick(self) -> list[dict[str, Any]]:
        """The rows with a box each, for a list whose records can be acted on together."""
        return [
            {"cells": cells, "pick": str(subject.id), "name": name}
            for cells, subject, name in zip(self.rows, self.subjects, self.names, strict=True)
        ]


@dataclass(frozen=True)
class Listing:
    """What a list shows and how it may be ordered."""

    columns: Sequence[Column]
    orders: Mapping[str, Order]
    size: int = SIZE
    sought: tuple[Select[Any], str] | None = None
    """Where the query names what a text has found: all that the person may see, and the text. By
    these a file is known, whatever is found by the text when it is fetched.
    """
    facts: Facts | None = None
    """For a list that is opened all day: its rows are read as facts, and not as records."""
    prepare: Callable[[Sequence[Any]], None] | None = None
    """Called with the records of a page before their cells are asked for: reads for all of them
    at once what no query brings.
    """

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two columns are called the same: {', '.join(sorted(twice))}")
        if unworded := self.orders.keys() - WORDS.keys():
            raise ValueError(f"no words say how a list is sorted by: {', '.join(sorted(unworded))}")

    def of(
        self,
        session: Session,
        query: Select[Any],
        name: str,
        values: Mapping[str, Any] | None = None,
    ) -> Listed:
        """The page, or the file, that this request asks for. `name` begins the file's name;
        `values` are those of a query that is worded without them.
        """
        ending = request.args.get("format", "")
        if ending in FORMATS:
            query = query.params(values) if values else query
            return Listed(file=self._file_of_ticked(session, query, name, ending))
        place = self._requested_place()
        records = self._read_page(session, query, place, values)
        more = len(records) > self.size
        count = self._count_rows(session, query, place, records, values)
        records = records[: self.size]
        if place.backwards:
            records.reverse()
        look = look_of(self.columns)
        subjects, rows = self._drawn_rows(records, look.columns)
        return Listed(
            columns=heads_by_content(self._head_cells(look.columns, place.order), rows),
            rows=exceptions_only(without_zones(rows)),
            subjects=subjects,
            names=[str(self.columns[0].value(row)) for row in subjects],
            count=count,
            previous=self._turn_address(place, records, backwards=True, more=more),
            next=self._turn_address(place, records, backwards=False, more=more),
            filters=_arguments_without({"page", "format"}),
            downloads=[(kind.upper(), _this_address(format=kind)) for kind in FORMATS],
            ordered=str(WORDS[place.order]) if count > 1 else "",
            look=look if look.page else None,
        )

    def beside(
        self,
        session: Session,
        query: Select[Any],
        record: Any,
        back: str,
        link: Callable[[Any], str] | None = None,
    ) -> Beside | None:
        """The records before and after this one in the list that it was opened from, in the order
        of that list; None if it was opened from elsewhere. `back` is the endpoint of the list;
        `link` leads to another page of a record than its row does.

        Two rows are read, however long the list is.
        """
        if LIST not in request.args:
            return None
        order = self.orders[self._requested_place().order]
        this_row = query.where(order.by[-1] == getattr(record, order.by[-1].key))
        here = session.execute(this_row.with_only_columns(*order.by)).first()
        if here is None:
            return None
        leads = link or next(column.link for column in self.columns if column.link)

        def neighbour(*, backwards: bool) -> str:
            beyond = order.beyond(query, here, backwards=backwards)
            query_beyond = order.sorted(beyond, backwards=backwards).limit(1)
            nearest = session.scalars(query_beyond).unique().first()
            return "" if nearest is None else leads(nearest)

        return Beside(neighbour(backwards=True), neighbour(backwards=False), back_to_list(back))

    def _requested_place(self) -> Place:
        if text := request.args.get("page"):
            return Place.read(text, self.orders)
        order = request.args.get("order", "")
        return Place(order if order in self.orders else next(iter(self.orders)), False, ())

    def _read_page(
        self, session: Session, query: Select[Any], place: Place, values: Mapping[str, Any] | None
    ) -> list[Any]:
        order = self.orders[place.order]
        page = page_of(query, order, self.size + 1, place, self.facts)
        result = session.execute(page, values)
        return list(result) if self.facts else list(result.unique())

    def _count_rows(
        self,
        session: Session,
        query: Select[Any],
        place: Place,
        records: Sequence[Any],
        values: Mapping[str, Any] | None,
    ) -> int:
        """How many there are. A list that its first page holds need not be counted."""
        if self.facts and records:
            return int(records[0][0])
        if len(records) <= self.size and not place.values:
            return len(records)
        return count_of(session, query, self.orders[place.order], values=values)

    def _drawn_rows(
        self, records: Sequence[Any], columns: Sequence[Column]
    ) -> tuple[Sequence[Any], Sequence[Sequence[Any]]]:
        """What the rows are about, and their cells."""
        if self.facts:
            drawn = self.facts.drawn(records, columns)
            return [subject for subject, _cells in drawn], [cells for _subject, cells in drawn]
        subjects = self._prepared_subjects([row[0] for row in records])
        return subjects, [[column.cell(row) for column in columns] for row in subjects]

    def _turn_address(
        self, place: Place, records: Sequence[Any], *, backwards: bool, more: bool
    ) -> str:
        """The address of the page before or after; nothing where the list ends."""
        there = more if place.backwards == backwards else bool(place.values)
        if not there or not records:
            return ""
        edge = tuple(records[0 if backwards else -1])[-len(self.orders[place.order].by) :]
        return _this_address(page=str(Place(place.order, backwards, edge)))

    def _head_cells(self, columns: Sequence[Column], current: str) -> list[dict[str, str]]:
        brief = brief_of(columns)
        return [
            {"text": str(column.text), "kind": column.kind, "key": column.key}
            | ({"worth": column.worth} if column.worth else {})
            | ({"brief": brief[column.key]} if column.key in brief else {})
            | ({"href": _this_address(order=column.order)} if column.order else {})
            | ({"sorted": self._sort_direction(current)} if column.order == current else {})
            for column in columns
        ]

    def _sort_direction(self, order: str) -> str:
        return "descending" if self.orders[order].descending else "ascending"

    def _file_of_ticked(
        self, session: Session, query: Select[Any], name: str, ending: str
    ) -> Response:
        """The rows that were ticked in the form around the list, or the whole list."""
        ticked = ticked_of(query, self.orders[self._requested_place().order].by[-1])
        if ticked is not None:
            return self._file_of_list(session, ticked, name, ending)
        flash(_("Select at least one row."), "error")
        here = f"{request.path}?{urlencode(_arguments_without(OF_FORM))}"
        return make_response(redirect(back_to_rows(here)))

    def _file_of_list(
        self, session: Session, query: Select[Any], name: str, ending: str
    ) -> Response:
        """The whole list. A long file is made by the worker, a workbook sooner, since it cannot be
        sent as it is written; it holds what the list held when it was made.
        """
        order = self.orders[self._requested_place().order]
        every = order.sorted(query, backwards=False).execution_options(yield_per=500)
        heads = [head for column in self.columns for head in column.file_heads()]

        def written(total: int = 0) -> Response:
            return download(name, ending, heads, reporting(self._file_rows(session, every), total))

        most = most_at_once(ending, heads)
        if count_of(session, query, order, most) <= most:
            return written()
        total = count_of(session, query, order, MOST_ROWS) if making() else 0
        if self.sought:
            listed, text = self.sought
            source: object = (question(order.sorted(listed, backwards=False)), text)
        else:
            source = question(every)
        return as_of_order(lambda: written(total), source, name, heads, reach_here())

    def _file_rows(self, session: Session, every: Select[Any]) -> Generator[list[Any]]:
        """Every row of a file; closing it early closes the database's cursor as well."""
        hold(session)
        facts = self.facts
        with closing(session.execute(facts.read_by(every) if facts else every)) as result:
            for part in result.partitions(500):
                if facts:
                    rows = [facts.make(*row) for row in facts.whole(part)]
                else:
                    rows = [row[0] for row in part]
                yield from (self._file_cells(row) for row in self._prepared_subjects(rows))

    def _prepared_subjects(self, subjects: Sequence[Any]) -> Sequence[Any]:
        if self.prepare is not None and subjects:
            self.prepare(subjects)
        return subjects

    def _file_cells(self, row: Any) -> list[Any]:
        return [cell for column in self.columns for cell in column.file_cells(row)]


def most_at_once(ending: str, heads: Sequence[str]) -> int:
    """Rows of a file with these columns that a person waits for."""
    return MOST_AT_ONCE if ending == "xlsx" else MOST_CELLS // len(heads)


def numbered_page(rows: Sequence[Row], size: int = SIZE) -> tuple[Sequence[Row], str, str]:
    """A page of rows that were reckoned together and so are all at hand, and the addresses of the
    page before and after. A list of records is a Listing, which reads one page alone.
    """
    last = max((len(rows) - 1) // size + 1, 1)
    page_text = request.args.get("page", "")
    number = (
        min(max(int(page_text), 1), last)
        if page_text.isdecimal() and len(page_text) < PLACES
        else 1
    )
    previous = _this_address(page=str(number - 1)) if number > 1 else ""
    following = _this_address(page=str(number + 1)) if number < last else ""
    return rows[(number - 1) * size : number * size], previous, following


def _this_address(**changed: str) -> str:
    """This address with its filters, another page, order or format."""
    leaving = {"page", "format"} | ({"order"} if "order" in changed else set())
    return f"{request.path}?{urlencode([*_arguments_without(leaving), *changed.items()])}"


def _arguments_without(leaving: Collection[str]) -> list[tuple[str, str]]:
    return [(key, text) for key, text in request.args.items(multi=True) if key not in leaving]

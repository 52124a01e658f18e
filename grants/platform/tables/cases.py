"""The frame of a case: its stages, its parts as tabs, and its place in the list it was opened from.

    case = Case(
        stages=[Stage(_("Submission"), "done"), Stage(_("Screening"), "now")],
        tabs=tabs([Part("", _("Overview")), Part("application", _("Application"))]),
        place=place_in(queue, Application, application),
    )

The page extends layout/case.html and gets `case`. A room names only the parts that this person may
see: what is not named is not there. The list's filters stay in the address, so that previous and
next lead through the same list.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for
from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import COUNTED, plain_day
from grants.platform.web.database import session


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the case, named by a noun: "Agreement" is true before, while and after it is
    signed. `state`: done, now or next.
    """

    text: str
    state: str
    note: str = ""
    """The day on which it was done; of the current one, what it waits for and since when."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the case: the first one has no key in the address."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A part as a link."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the records of a list this is, and the references before and after it.

    `number` 0: the list is too long to be counted for one record of it.
    """

    number: int
    count: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """What the frame shows. No stages: the case has left its course; one part needs no tabs."""

    stages: Sequence[Stage]
    tabs: Sequence[Tab] = ()
    place: Place | None = None


def part_of(parts: Sequence[Part]) -> str:
    """The key of the part that the address asks for, if this person may see it; else the first."""
    key = request.args.get("part", "")
    return key if key in {part.key for part in parts} else parts[0].key


def tabs(parts: Sequence[Part]) -> list[Tab]:
    """The parts as links, with the filters of the list kept."""
    current = part_of(parts)
    return [Tab(part.text, _address_of(part.key), part.key == current) for part in parts]


def _address_of(part: str) -> str:
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "part"]
    query = urlencode([*pairs, *([("part", part)] if part else [])])
    return f"{request.path}?{query}" if query else request.path


def address_of(reference: str) -> str:
    """The address of this page about another record, with the filters of the list kept."""
    endpoint = request.endpoint
    assert endpoint is not None
    values = (request.view_args or {}) | {"reference": reference}
    return url_for(endpoint, **values, **request.args.to_dict())  # type: ignore[arg-type]


def place_in(
    listed: Select[Any], model: Any, record: Any, by: Sequence[ColumnElement[Any]] = ()
) -> Place | None:
    """Where a record stands in a list in this order, or else that of its numbers; None if it is not
    in it.
    """
    if not by:
        return _place_by_number(listed, model, record)
    order: Any = {"order_by": [*by, model.id]}
    listed_ids = listed.with_only_columns(model.id, maintain_column_froms=True).order_by(None)
    is_there = listed_ids.where(model.id == record.id).subquery()
    numbered = (
        listed.with_only_columns(
            model.id.label("id"),
            func.row_number().over(**order).label("number"),
            func.count().over().label("of"),
            func.lag(model.reference).over(**order).label("previous"),
            func.lead(model.reference).over(**order).label("next"),
            maintain_column_froms=True,
        )
        # nothing is numbered where it is not in the list
        .where(select(is_there).exists())
        .order_by(None)
        .subquery()
    )
    row = session().execute(select(numbered).where(numbered.c.id == record.id)).one_or_none()
    return None if row is None else Place(row.number, row.of, row.previous, row.next)


def _place_by_number(listed: Select[Any], model: Any, record: Any) -> Place | None:
    """The same in the order of numbers, which is found from the record itself: a list longer than
    COUNTED is not counted.
    """

    def found(column: Any, *where: ColumnElement[bool]) -> Select[Any]:
        only = listed.with_only_columns(column, maintain_column_froms=True)
        return only.order_by(None).where(*where)

    def counted(*where: ColumnElement[bool]) -> ScalarSelect[int]:
        few = found(model.id, *where).limit(COUNTED + 1).subquery()
        return select(func.count()).select_from(few).scalar_subquery()

    before, after = model.id < record.id, model.id > record.id
    previous = found(model.reference, before).order_by(model.id.desc()).limit(1)
    following = found(model.reference, after).order_by(model.id).limit(1)
    listed_id = found(model.id, model.id == record.id).subquery()
    row = (
        session()
        .execute(
            # nothing beside it is looked for where it is not in the list
            select(
                counted(model.id <= record.id).label("number"),
                counted().label("of"),
                previous.scalar_subquery().label("previous"),
                following.scalar_subquery().label("next"),
            ).select_from(listed_id)
        )
        .one_or_none()
    )
    if row is None:
        return None
    return Place(row.number if row.of <= COUNTED else 0, row.of, row.previous, row.next)


def stage_bar(texts: Sequence[str], reached: int) -> list[Stage]:
    """The stages in their order: those before `reached` are done, that one is going on."""
    return [
        Stage(text, "done" if at < reached else "now" if at == reached else "next")
        for at, text in enumerate(texts)
    ]


def dated(
    stages: Sequence[Stage], days: Mapping[str, date | datetime | None], waits_for: object = ""
) -> list[Stage]:
    """The stages with their days, by their texts; the current one waits since the last of them, for
    what its workflow names as the next step.
    """
    known = {text: _day_of(moment) for text, moment in days.items() if moment is not None}
    done = [known[stage.text] for stage in stages if stage.state == "done" and stage.text in known]
    since = max(done, default=None)
    return [replace(stage, note=_note_of(stage, known, since, waits_for)) for stage in stages]


def _note_of(stage: Stage, days: Mapping[str, date], since: date | None, waits_for: object) -> str:
    if stage.state == "done":
        return plain_day(days.get(stage.text), "medium") if stage.text in days else ""
    if stage.state != "now" or since is None:
        return ""
    day = plain_day(since, "medium")
    if not waits_for:
        return _("since %(day)s", day=day)
    return _("%(step)s, since %(day)s", step=waits_for, day=day)


def _day_of(moment: date | datetime) -> date:
    return clock.day_of(moment) if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class Beside:
    """The addresses of the records before and after one in its list, and of the list."""

    previous: str
    next: str
    back: str


LIST = "list"
"""The parameter of the address of a record that was opened from a list."""


_MARKS = tuple(str(900_719_925_474_990 + at) for at in range(10))
"""Stand in an address where a record is named: numbers and texts may be so long."""
_ONE_MARK = re.compile(f"({'|'.join(map(re.escape, _MARKS))})")
_PLAIN = re.compile(r"[\w.-]+", re.ASCII).fullmatch
"""What an address holds as it is."""


def from_list(endpoint: str, **values: Any) -> str:
    """The address of a record of the list that is open, or of its neighbour: the filters go with
    it, so that previous, next and back lead through the same list.
    """
    texts = [str(value) for value in values.values()]
    if None in values.values() or not all(map(_PLAIN, texts)):
        return url_for(endpoint, **{**_filters_here(), LIST: 1, **values})
    by_mark = dict(zip(_MARKS, texts, strict=False))
    return "".join([by_mark.get(part, part) for part in _parts_of(endpoint, tuple(values))])


def _parts_of(endpoint: str, names: tuple[str, ...]) -> list[str]:
    """The address around the values, each of which is a mark: written once for a page of rows."""
    addresses = g.setdefault("addresses of records", {})
    if (endpoint, names) not in addresses:
        marked = dict(zip(names, _MARKS, strict=False))
        address = url_for(endpoint, **{**_filters_here(), LIST: 1, **marked})
        addresses[endpoint, names] = _ONE_MARK.split(address)
    parts: list[str] = addresses[endpoint, names]
    return parts


def back_to_list(endpoint: str) -> str:
    """The list that a record was opened from, with its filters."""
    return url_for(endpoint, **_filters_here())


def _filters_here() -> dict[str, Any]:
    leaving = {"page", "format", "part", "language", LIST}
    arguments = request.args.to_dict(flat=False)
    return {key: texts for key, texts in arguments.items() if key not in leaving}

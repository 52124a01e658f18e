"""Files that take longer than a request may: the worker makes them, and the same address that
asked for them hands them out.

A view gives `handed_out` the digest of what the file is made from. If such a file is kept, it is
sent at once; if not, the person is led to a page that orders it. The worker asks for the very same
address as the same person, so that whatever the view refuses is refused then, too, and again when
the file is fetched.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import Response, g, make_response, redirect, request, send_file, url_for
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.slots import Slot
from grants.core.people.viewer import VISITOR, Viewer
from grants.platform.documents.entries import KeptFile
from grants.platform.web.access import FUND, chosen_fund, viewer
from grants.platform.web.database import session

Row = TypeVar("Row")
READY = "ready"
"""In an address: the person was told that the file is there."""
ASKED = "asked"
"""In an address: the moment at which the file was asked for."""


KEPT: Slot[Callable[[Session, str], KeptFile | None]] = Slot("platform.web.large.KEPT")
"""Finds the file that was made from what has this digest."""


REACH: Slot[Callable[[Session, Viewer], object]] = Slot("platform.web.large.REACH")
"""What a person has declared, which opens records to them or closes them whatever their roles are.
A list's file made before another one is not handed out.
"""


@dataclass
class Making:
    """The worker asks: the file is made now."""

    tell: Callable[[int, int], None]
    """Takes how many parts are done, of how many."""
    key: str = ""
    """The digest of what it is made from, noted by the view."""


def making() -> Making | None:
    """Does the worker ask?"""
    work: Making | None = g.get("making")
    return work


def handed_out(key: str, make: Callable[[], Response]) -> Response:
    """The file made from what `key` is the digest of: as it is kept, or the page that orders it.

    The caller has found that the person may have it.
    """
    work = making()
    if work is not None:
        work.key = key
        return make()
    for find_file in KEPT:
        if file := find_file(session(), key):
            return _send_kept(file, key)
    return order_page(address_here(), changed="1" if READY in request.args else None)


def as_of_order(make: Callable[[], Response], *what: object, **pinned: str) -> Response:
    """A file that holds what the records hold when it is made: found by `what` it is, and by the
    moment in which it was asked for, for the caller as for `handed_out`. Visitors share what one of
    them has ordered within the hour. `pinned` is what the address says by leaving it out, and would
    say otherwise on another day.
    """
    moment = request.args.get(ASKED, "")
    if not moment:
        precision = "hours" if viewer() is VISITOR else "milliseconds"
        return order_page(address_here(asked=clock.now().isoformat(timespec=precision), **pinned))
    return handed_out(_digest_of(*what, moment, current_language().code), make)


def order_page(address: str, changed: str | None = None) -> Response:
    """Lead the person to where the file at an address is ordered; `changed`: it was there before,
    made from what has changed since.
    """
    there = url_for("large_files.show", address=address, changed=changed)
    return make_response(redirect(there))


def reporting(rows: Iterable[Row], total: int) -> Iterable[Row]:
    """The rows; while the worker writes them, it hears how far it is."""
    work = making()
    return rows if work is None else _counting_rows(rows, work, total)


def _counting_rows(rows: Iterable[Row], work: Making, total: int) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        work.tell(number, total)
        yield row


def question(query: Select[Any]) -> tuple[str, object]:
    """A question to the database with its values: where it is the same, the same person may have
    the same rows.
    """
    compiled = query.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return str(compiled), sorted(compiled.params.items())


def _digest_of(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def reach_here() -> tuple[object, ...]:
    """What this person may reach now."""
    return tuple(reach(session(), viewer()) for reach in REACH)


def address_here(**more: str) -> str:
    """This address, with what is given in the place of what it says."""
    leaving = {READY, FUND, *more}
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] not in leaving]
    only = {FUND: str(chosen)} if (chosen := chosen_fund()) else {}
    query = urlencode([*pairs, *({**only, **more}.items())])
    return f"{quote(request.path)}?{query}" if query else quote(request.path)


def _send_kept(file: KeptFile, key: str) -> Response:
    """As it is read from the store; a download that broke off goes on from where it was."""
    response = send_file(
        file.content,
        file.media_type,
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=key,
    )
    response.content_length = file.size
    response.call_on_close(file.content.close)
    response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response

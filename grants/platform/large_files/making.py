"""Making a large file: its address is asked for as the person who ordered it would ask."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic

from flask import Flask, Response, current_app, g
from werkzeug.http import parse_options_header

from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError, FundError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR, Viewer
from grants.platform.documents.store import store
from grants.platform.large_files import service
from grants.platform.large_files.models import LargeFile
from grants.platform.large_files.queries import place_of
from grants.platform.tables.large import Making
from grants.platform.web.access import answer_as, opens_here

EVERY = 1.0
"""Seconds between two notes on how far it is."""


def make_here(number: int) -> None:
    """By the worker, in its own application."""
    make(current_app, number)


def make(app: Flask, number: int) -> None:
    """Make a file that was ordered. Done twice, it is done once; what the page refuses is told."""
    database: Database = app.extensions["database"]()
    with database.session() as session:
        ordered = session.get(LargeFile, number)
        if ordered is None or not ordered.is_waiting:
            return
        viewer = VISITOR if ordered.person_id is None else viewer_of(session, ordered.person_id)
    with use_language(ordered.language):
        try:
            _make_file(app, database, ordered, viewer or VISITOR)
        except FundError as refusal:
            with database.transaction() as session:
                service.note_failure(session, session.get_one(LargeFile, number), refusal.message)


def _make_file(app: Flask, database: Database, ordered: LargeFile, viewer: Viewer) -> None:
    work = Making(_progress_teller(database, ordered.id))
    here: Settings = app.extensions["settings"]
    with app.test_request_context(ordered.address, base_url=here.base_url):  # no other host is ours
        g.making = work
        answer_as(viewer)
        if not opens_here():
            raise Missing(_("You no longer have access to this file."))
        answer = app.make_response(app.dispatch_request())
        if not work.key:
            raise DomainError(_("This file does not have to be prepared. Open it directly."))
        name, kind = _name_of(answer), str(answer.mimetype)
        place = place_of(ordered.id)
        size = _write_answer(answer, place, here.data_dir)
    result = service.ReadyFile(work.key, name, kind, size)
    with database.transaction() as session:
        if not service.note_made(session, session.get_one(LargeFile, ordered.id), result):
            store().remove(place)


def _name_of(answer: Response) -> str:
    _kind, options = parse_options_header(answer.headers["Content-Disposition"])
    return options["filename"] or "file"


def _write_answer(answer: Response, place: str, work_folder: Path) -> int:
    """Whole first, so that half a file is never found in the store. Returns its bytes."""
    answer.direct_passthrough = False
    try:
        with TemporaryFile(dir=work_folder) as file:
            for part in answer.iter_encoded():
                file.write(part)
            size = file.tell()
            file.seek(0)
            store().write(place, file)
    finally:
        answer.close()
    return size


def _progress_teller(database: Database, number: int) -> Callable[[int, int], None]:
    """Notes how far it is in transactions of its own, which others can see at once."""
    last = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last < EVERY:
            return
        last = monotonic()
        with database.transaction() as session:
            service.note_progress(session, number, done, total)

    return tell

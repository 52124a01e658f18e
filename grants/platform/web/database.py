"""The request's session, and `transaction`, where a request commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from grants.core.database.db import Database, settle

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, opened: Callable[[], Database]) -> None:
    """Let the application open its database when it is first asked for: once, however many ask at
    that moment.
    """
    app.extensions["database"] = _Opened(opened)

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()


class _Opened:
    """The database, opened by the first who asks, for whom the others wait."""

    def __init__(self, opened: Callable[[], Database]) -> None:
        self.opened = opened
        self.lock = Lock()
        self.found: Database | None = None

    def __call__(self) -> Database:
        with self.lock:
            if self.found is None:
                self.found = self.opened()
            return self.found


def database() -> Database:
    """The database of this installation."""
    opened: Callable[[], Database] = current_app.extensions["database"]
    return opened()


def session() -> Session:
    """This request's session. In a GET the database itself refuses to write."""
    if "session" not in g:
        reads = request and request.method in SAFE_METHODS
        g.session = database().reading() if reads else database().session()
    opened: Session = g.session
    return opened


@contextmanager
def after_reading() -> Iterator[Session]:
    """A transaction of its own at the end of a GET, whose own session is closed before: for the log
    of who was given what, and nothing else.
    """
    reading = g.pop("session", None)
    if reading is not None:
        reading.close()
    with database().transaction() as opened:
        yield opened


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what happens inside, or roll all of it back on any exception."""
    with settle(session()) as opened:
        yield opened

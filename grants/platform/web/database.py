"""The request's session, and `transaction`, where a request commits."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.database.db import Database, settle

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


_HERE = "grants.reads_here"
"""In the environment of a request that the replica has broken off."""


class BrokenOff(BaseException):
    """The replica broke off what this request read. No handler of errors is to answer it."""


def install(app: Flask, opened: Callable[[], Database]) -> None:
    """Let the application open its database when it is first asked for: once, however many ask at
    that moment.
    """
    app.extensions["database"] = _Opened(opened)
    app.wsgi_app = _Again(app.wsgi_app)  # type: ignore[method-assign]

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()


class _Again:
    """Answer from the database itself what the replica broke off: it has written nothing."""

    def __init__(self, answer: "WSGIApplication") -> None:
        self.answer = answer

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            return self.answer(environ, start_response)
        except BrokenOff:
            return self.answer({**environ, _HERE: True}, start_response)


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
        here = bool(request) and _HERE in request.environ
        g.session = database().reading(here=here) if reads else database().session()
    opened: Session = g.session
    return opened


def ask_again_if_broken_off(error: BaseException) -> None:
    """Leave this request, to begin it again, if what it read was broken off by the replica."""
    opened = g.get("session")
    replica = database().replica if opened else None
    cause = error.orig if isinstance(error, DBAPIError) else error
    if replica and replica.broke_off(opened, cause):
        raise BrokenOff from error


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

"""How gunicorn takes requests in: whole, and within a time, before one of the few that answer is
busy with them. Where a proxy stands before the application, it does the same earlier.
"""

import time
from contextlib import suppress
from socket import SHUT_RD, SHUT_WR
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

from grants.platform.web.arrival import began

ANSWERING = 4
"""Requests that a process answers at a time."""
GRACE = 15
"""Seconds that head and body of a request may take, and one more for each SLOWEST bytes."""
SLOWEST = 16 * 1024
LARGEST = 26 * 1024 * 1024
"""Bytes of a body that are taken in; the application refuses larger ones by itself."""
IN_MEMORY = 256 * 1024
SILENT = 5
"""Seconds after which a connection on which nothing has come is closed."""
LINGER = 2
"""Seconds that the other side of a connection has to end it after us."""
STALLED = 60
"""Seconds in which a reader must take some of an answer."""


class Hurried:
    """The socket of a request that is arriving: reading from it fails once its sender was slower
    than is allowed.
    """

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.began = time.monotonic()
        self.received = 0

    def recv(self, size: int) -> bytes:
        remaining = self.began + GRACE + self.received / SLOWEST - time.monotonic()
        if remaining <= 0:
            raise NoMoreData
        self.sock.settimeout(remaining)
        try:
            part: bytes = self.sock.recv(size)
        except TimeoutError as slow:
            raise NoMoreData from slow
        self.received += len(part)
        return part


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A thread that waits for a slow sender costs little; one that answers holds a connection to
    the database. So there are many of the first, and few of them answer at a time.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.answering = BoundedSemaphore(ANSWERING)

    def handle(self, conn: Any) -> Any:
        goes_on = self._answer_request(conn)
        if not goes_on:
            _let_go(conn.sock)
        return goes_on

    def _answer_request(self, conn: Any) -> Any:
        """The answer of a request; false if the connection ends with it."""
        if not conn.initialized:
            if not conn.wait_for_data(SILENT):
                return False
            conn.init()
        conn.parser.unreader.sock = Hurried(conn.sock)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        began.set(time.monotonic())
        whole = _taken_in(req)
        conn.sock.settimeout(STALLED)
        with self.answering:
            goes_on = super().handle_request(req, conn)
        return goes_on and whole


def _let_go(sock: Any) -> None:
    """Say that nothing more is coming, and wait a moment for the other side to end, so that it gets
    all of the answer. Gunicorn does that for one connection after the other, while all others wait.
    """
    with suppress(OSError):
        sock.shutdown(SHUT_WR)
        sock.settimeout(LINGER)
        for _part in range(16):
            if not sock.recv(4096):
                break
    with suppress(OSError):
        sock.shutdown(SHUT_RD)


def _taken_in(req: Any) -> bool:
    """Read the whole body into memory or a file; false if it is larger than will be answered."""
    announced = [int(value) for name, value in req.headers if name == "CONTENT-LENGTH"]
    if sum(announced) > LARGEST:
        return False
    spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when the request is forgotten
    while part := req.body.read(64 * 1024):
        spool.write(part)
        if spool.tell() > LARGEST:
            return False
    spool.seek(0)
    req.body = spool
    return True

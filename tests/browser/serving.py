"""A server for the browser of the tests, in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Reads a file of ours at once and closes it.

    Werkzeug's server leaves one open when the browser goes away in the middle of it.
    """

    def make_environ(self) -> dict[str, Any]:
        return super().make_environ() | {"wsgi.file_wrapper": _whole}


def _whole(file: IO[bytes], _size: int = 0) -> list[bytes]:
    with file:
        return [file.read()]


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which the application answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()

"""A daemon that speaks clamd's protocol: VERSION and INSTREAM, on a socket of its own."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = "ClamAV 1.4.3/27800/Wed Nov 25 09:00:00 2026"
MARK = b"a test file that every scanner is told to find"


@dataclass
class Daemon:
    """Finds MARK; `answers` are given instead of its own, one for each file."""

    address: str
    seen: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def says(self, content: bytes) -> bytes:
        self.seen.append(content)
        if self.answers:
            return self.answers.pop(0)
        return b"stream: Test.File-1 FOUND\0" if MARK in content else b"stream: OK\0"


@contextmanager
def daemon(path: Path) -> Iterator[Daemon]:
    found = Daemon(f"unix://{path}")

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = self._command()
            if command == b"zVERSION":
                self.wfile.write(VERSION.encode() + b"\0")
            elif command == b"zINSTREAM":
                self.wfile.write(found.says(self._stream()))
            else:
                self.wfile.write(b"UNKNOWN COMMAND\0")

        def _command(self) -> bytes:
            said = b""
            while (byte := self.rfile.read(1)) not in (b"\0", b""):
                said += byte
            return said

        def _stream(self) -> bytes:
            content = b""
            while size := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(size)
            return content

    server: Any = socketserver.ThreadingUnixStreamServer(str(path), Line)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        path.unlink()


@contextmanager
def silent(path: Path) -> Iterator[str]:
    """Takes a connection and never says a word."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield f"unix://{path}"

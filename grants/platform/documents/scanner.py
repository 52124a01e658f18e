"""A virus scanner that speaks the protocol of clamd, over a socket of this machine or TCP.

One connection for each question, as clamd recommends; INSTREAM, so that the scanner need not see
our files. What it does not answer in time it has not answered: the file waits.
"""

import re
import socket
import time
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

CONNECT = 2
"""Seconds to reach the scanner: the person who uploads waits for it."""
PATIENCE = 20
"""Seconds for a whole answer."""
PIECE = 64 * 1024
LONGEST = 4096
"""Bytes of an answer."""
_FOUND = re.compile(r"stream: (?P<what>.+) FOUND")


class ScannerAway(Exception):
    """The scanner does not answer, or answers something else than clean or infected."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a scanner said of a file."""

    scanner: str
    """Its name, version and the day of its signatures."""
    infection: str | None
    """The name of what it found; None: clean."""


class Scanner(Protocol):
    """Something that looks for malicious content."""

    def scan(self, content: bytes) -> Result:
        """ScannerAway if it cannot say."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon at tcp://host:port or unix:///path/to/clamd.ctl."""

    address: str | tuple[str, int]

    @classmethod
    def at(cls, url: str) -> "Clamd":
        """DomainError if it is neither."""
        try:
            parts = urlsplit(url)
            if parts.scheme == "unix" and parts.path and not parts.netloc:
                return cls(unquote(parts.path))
            if parts.scheme == "tcp" and parts.hostname:
                return cls((parts.hostname, parts.port or 3310))
        except ValueError:
            pass
        raise DomainError(
            _("SCANNER_URL must be like tcp://localhost:3310 or unix:///run/clamav/clamd.ctl.")
        )

    def scan(self, content: bytes) -> Result:
        answer = self._send_command(b"zINSTREAM\0", content)
        if answer == "stream: OK":
            return Result(self._read_version(), None)
        match = _FOUND.fullmatch(answer)
        if match is None:
            raise ScannerAway(answer[:200])
        return Result(self._read_version(), match["what"][:100])

    def _read_version(self) -> str:
        return self._send_command(b"zVERSION\0")[:60]

    def _send_command(self, command: bytes, content: bytes | None = None) -> str:
        until = time.monotonic() + PATIENCE
        try:
            with self._connect_to() as line:
                line.sendall(command)
                if content is not None:
                    _send_pieces(line, content, until)
                return _read_answer(line, until)
        except (OSError, UnicodeDecodeError) as error:
            raise ScannerAway(str(error)) from error

    def _connect_to(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, CONNECT)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT)
        try:
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line


def _send_pieces(line: socket.socket, content: bytes, until: float) -> None:
    """The content in pieces, each after its length; a length of nothing ends it."""
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        line.settimeout(_seconds_left(until))
        line.sendall(len(piece).to_bytes(4, "big") + piece)
    line.sendall(bytes(4))


def _read_answer(line: socket.socket, until: float) -> str:
    """What it says until it closes the connection or ends with a zero."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) <= LONGEST:
        line.settimeout(_seconds_left(until))
        piece = line.recv(LONGEST)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8")


def _seconds_left(until: float) -> float:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no whole answer in time")
    return seconds


_scanner: Scanner | None = None


def use_scanner(scanner: Scanner | None) -> None:
    """Set the scanner of this installation, once, in the assembly; None: there is none."""
    global _scanner  # noqa: PLW0603 - one process serves one installation
    _scanner = scanner


def scanner() -> Scanner | None:
    """The scanner of this installation."""
    return _scanner

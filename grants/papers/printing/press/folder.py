"""The folder of a run: whose it is at the moment, what is in it, and the manifest.

A journal is about each statement once it is in its place, so a run that was killed goes on where
it stood. Nothing is believed of a file but what its own bytes say: their hash is compared.
"""

import csv
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.papers.printing.press.order import Line, Order

MANIFEST, JOURNAL, LOCK = "manifest.csv", ".journal", ".lock"
UNFINISHED = ".part"
COLUMNS = ("file", "donor", "language", "sha256", "bytes", "pages")


class Folder:
    """A folder that belongs to this run alone, as long as it runs."""

    def __init__(self, path: Path, journal: IO[str], lines: dict[str, Line]) -> None:
        self.path = path
        self.known = lines
        """The lines of the journal, by the donor's code."""
        self._journal = journal

    def note(self, line: Line) -> None:
        """A statement is in its place."""
        self._write_line(asdict(line))
        self.known[line.donor] = line

    def head(self, order: Order) -> None:
        self._write_line(order.as_record())

    def _write_line(self, facts: Mapping[str, str | int | None]) -> None:
        with as_one_line(self.path):
            self._journal.write(json.dumps(facts, ensure_ascii=False) + "\n")
            self._journal.flush()

    def close(self, lines: Iterable[Line]) -> Path:
        """Write the manifest of these statements, all of it at once."""
        table = io.StringIO()
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        for line in lines:
            rows.writerow(
                [line.file, line.donor, line.language, line.sha256, line.size, line.pages]
            )
        place = self.path / MANIFEST
        with as_one_line(self.path):
            os.fsync(self._journal.fileno())
            save(place, table.getvalue().encode())
        return place


@contextmanager
def opened(path: Path, order: Order) -> Iterator[Folder]:
    """Take the folder for a run. DomainError if another run holds it, if it was filled by a run of
    another order, or if it cannot be written.
    """
    with as_one_line(path):
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK).open("a")
    with lock:  # the system lets go of it with the file, however the run ends
        _take_lock(lock, path)
        head, lines = _read_journal(path / JOURNAL)
        if head not in (None, order.as_record()):
            raise DomainError(
                _(
                    "%(folder)s holds statements of another period, fund or language. "
                    "Choose another folder.",
                    folder=path,
                )
            )
        with as_one_line(path):
            for unfinished in path.glob(f"*{UNFINISHED}"):
                unfinished.unlink()
            (path / MANIFEST).unlink(missing_ok=True)
            journal = (path / JOURNAL).open("a", encoding="utf-8")
        with journal:
            folder = Folder(path, journal, lines)
            folder.head(order)
            yield folder


def _take_lock(lock: IO[str], path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DomainError(
            _(
                "Another batch is being produced in %(folder)s. Wait until it has finished.",
                folder=path,
            )
        ) from None


def _read_journal(journal: Path) -> tuple[dict[str, str | None] | None, dict[str, Line]]:
    """Which order the folder was filled by, and what it holds; half a line is none."""
    if not journal.exists():
        return None, {}
    head, lines = None, {}
    for text in journal.read_text("utf-8", "replace").splitlines():
        try:
            facts = json.loads(text)
            if "donor" in facts:
                lines[facts["donor"]] = Line(**facts)
            else:
                head = facts
        except (ValueError, TypeError):  # the run was killed while it wrote this line
            continue
    return head, lines


def save(place: Path, content: bytes) -> None:
    """The file is there whole, or not at all."""
    unfinished = place.with_name(f"{place.name}.{os.getpid()}{UNFINISHED}")
    unfinished.write_bytes(content)
    unfinished.replace(place)


def holds(path: Path, line: Line) -> bool:
    """Does the file lie there, with the very bytes that the journal is about?"""
    place = path / line.file
    try:
        if place.stat().st_size != line.size:
            return False
        return hashlib.sha256(place.read_bytes()).hexdigest() == line.sha256
    except OSError:
        return False


@contextmanager
def as_one_line(path: Path) -> Iterator[None]:
    """What the system says of a folder or a full disk, as a sentence for a person who can correct
    it.
    """
    try:
        yield
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=path, why=trouble.strerror)
        ) from trouble

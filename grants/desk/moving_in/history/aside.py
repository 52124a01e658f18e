"""The rows of a file, laid aside on disk: memory keeps where each begins. A history is read whole
before anything is done, since acts are done in order of date; its rows are not held meanwhile.
"""

import os
import pickle
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import fields
from operator import attrgetter
from tempfile import TemporaryFile
from typing import Any, Generic, TypeVar
from weakref import finalize

from grants.core.kernel.tabular import Row

R = TypeVar("R")
SMALL = 100_000
"""Octets that stay in memory."""


class Aside(Generic[R]):
    """Rows of one kind in the order of their lines, each read again when it is asked for."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._cells = attrgetter(*(one.name for one in fields(self._kind)))
        self._begins, self._lengths, self._lines = array("Q"), array("I"), array("Q")
        self._end = self._written = 0
        self._waiting = bytearray()
        self._file: Any = None

    def append(self, row: Row[R]) -> None:
        packed = pickle.dumps(self._cells(row.value))
        self._begins.append(self._end)
        self._lengths.append(len(packed))
        self._lines.append(row.line)
        self._end += len(packed)
        self._waiting += packed
        if len(self._waiting) > SMALL:
            self._write()

    def _write(self) -> None:
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed with its rows
            finalize(self, self._file.close)
        self._file.write(self._waiting)
        self._file.flush()  # all of it, or an error
        self._written = self._end
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: int) -> Row[R]:
        begin, length = self._begins[place], self._lengths[place]
        if begin >= self._written:
            packed = bytes(self._waiting[begin - self._written :][:length])
        else:
            packed = os.pread(self._file.fileno(), length, begin)
        cells = pickle.loads(packed)  # noqa: S301 - a file of our own that has no name
        return Row(self._lines[place], self._kind(*cells))

    def __iter__(self) -> Iterator[Row[R]]:
        return map(self.__getitem__, range(len(self)))

    def some(self, lines: Collection[int]) -> Iterator[Row[R]]:
        """The rows of these lines, in their order; of a line without one, none."""
        for line in sorted(lines):
            place = bisect_left(self._lines, line)
            if place < len(self) and self._lines[place] == line:
                yield self[place]

    def drop(self, lines: Collection[int]) -> None:
        """Go on without the rows of these lines."""
        kept = [place for place, line in enumerate(self._lines) if line not in lines]
        for each in (self._begins, self._lengths, self._lines):
            each[:] = array(each.typecode, (each[place] for place in kept))
